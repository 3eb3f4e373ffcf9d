// @ts-check
/** @import { Answer, Options, Outcome, Parts, Report } from './types.js' */
/** @import { Words } from './words.js' */
/** @import { Route } from './flow.js' */
import { answerView, findingItems, stepList } from './answer.js';
import { Back } from './back.js';
import { whomToAsk } from './contacts.js';
import { Filming } from './filming.js';
import { course, wantsSecondTry } from './flow.js';
import { wayToCamera } from './inapp.js';
import { FEWEST_LETTERS, languageButton, languageSwitch, languagesOf, lettersAcross } from './languages.js';
import { nameIn } from './names.js';
import { setText } from './phrases.js';
import { plain } from './ruby.js';
import { createScanner } from './scanner.js';
import { chooseSize, drawSizes } from './sizes.js';
import { hush, localVoice, onVoices, speak, spokenLines } from './speech.js';
import { dayInJapan } from './today.js';
import { Typing } from './typing.js';
import { View, copy, keepWhole, make, say, translate } from './view.js';
import { createWords } from './words.js';
import { Reader, ReaderLost } from './worker-client.js';

/** The longest side of a photo that the browser decodes for us, in pixels. */
const PHOTO_SIDE = 4_096;

/**
 * A second tap in the same place so soon after the page has changed was meant for what stood there before: it must
 * neither confirm an amount nor stop the camera.
 */
const SECOND_TAP_MS = 500;
const SAME_PLACE_PX = 40;

/** Nobody can have read a screen sooner: what the next one will need is made ready then. */
const REHEARSE_MS = 300;

/** So many letters must fit the width for their sizes to stand at the head of the first screen, which they would fill. */
const FEWEST_FOR_SIZES = 11;

/** Help pages that begin with the camera's fault: there, trying the camera again is one of the ways. */
const CAMERA_FAULTS = new Set(['denied', 'missing', 'busy', 'unfit', 'timeout', 'lost', 'slow']);
/** Faults that pass: the words of their pages say that it can be tried again, so that stands first. */
const PASSING = new Set(['busy', 'timeout', 'lost', 'slow']);

/** Nobody has touched anything for so long: whoever it was read for may be gone. */
const IDLE_MS = 300_000;
/** From the question on there is time to say that one is still looking (WCAG 2.2.1), as often as one likes. */
const WIPE_MS = 20_000;
/** What is done by somebody who is there. */
const TOUCHES = ['pointerdown', 'keydown', 'wheel', 'scroll'];

/** States that are worth going back to from help; the others are one touch away. */
const BACK_TO = new Set(['typing', 'confirm', 'answer']);
/** From which one goes back to them. */
const ASIDE = new Set(['help', 'statement', 'left-alone']);

/**
 * @typedef {'start' | 'camera' | 'reading' | 'typing' | 'confirm' | 'answer' | 'help' | 'counter' | 'left-alone'
 *   | 'statement'} StepName
 */

/** The page: which state it is in, what is known in it, and what each control does. */
export class App {
  /** @type {StepName} */
  #step = 'start';
  /** @type {string} */
  #help = 'general';
  /** @type {Report | null} */
  #report = null;
  /** What help was asked from, to go back to: nothing that was read is lost by asking. */
  /** @type {{ step: StepName, report: Report | null } | null} */
  #back = null;
  #sample = false;
  /** Whether what was read was typed. */
  #typed = false;
  /** Whether the answer for the slip in hand was shown. */
  #shown = false;
  #counter = false;
  /** What happens at the counter if nobody touches anything. */
  /** @type {any} */
  #idle = null;
  /** Counts reads, so that one which was overtaken changes nothing. */
  #turn = 0;
  /** When the state last changed, and where the page was last touched. */
  #changed = -Infinity;
  #touched = { x: -Infinity, y: -Infinity };
  /** How many letters of the basic size the width holds. */
  #across = 0;
  /** The answer that follows if the amount is right, and what it was made of. */
  /** @type {{ report: Report, words: Words, voice: boolean, view: View } | null} */
  #ahead = null;

  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.languages = languagesOf(parts.words);
    /** @type {Record<string, Words>} */
    this.all = Object.fromEntries(
      this.languages.map(({ id }) => [id, createWords(/** @type {any} */ (parts.words[id]), id)]),
    );
    const first = this.all.ja ?? Object.values(this.all).find(({ reviewed }) => reviewed);
    if (!first) throw new Error('expected at least one reviewed catalogue of words, found none');
    /** @type {Words} */
    this.words = first;
    this.main = /** @type {HTMLElement} */ (document.querySelector('main'));
    /** @type {string | null} */
    this.profile = parts.defaultProfile;
    this.reader = new Reader({
      spawn: () => /** @type {any} */ (new Worker(parts.workerUrl)),
      wasm: parts.wasm,
      options: () => this.#options(),
    });
    const page = {
      main: this.main,
      reader: this.reader,
      words: () => this.words,
      knows: (/** @type {string} */ key) => Object.hasOwn(this.#page(), key),
    };
    this.filming = new Filming({
      ...page,
      shown: () => this.#step === 'camera',
      outcome: (outcome) => this.#take(outcome, 'camera'),
      help: (help) => this.#showHelp(help),
    });
    this.typing = new Typing({ ...page, shown: () => this.#step === 'typing', submit: () => void this.#submit() });
    this.back = new Back({ home: () => this.#home(), before: () => this.#toScreenBefore() });
    this.scanner = createScanner((text) => this.#scanned(text));
  }

  start() {
    document.addEventListener('click', (event) => this.#click(event));
    document.addEventListener('change', (event) => this.#change(event));
    document.addEventListener('input', (event) => this.typing.input(event));
    document.addEventListener('compositionend', (event) => this.typing.input(event));
    document.addEventListener('paste', (event) => this.typing.paste(event));
    document.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    document.addEventListener('keydown', (event) => this.#keydown(event), { capture: true });
    // What was read must not come back by the browser's own "back".
    document.addEventListener('dragover', (event) => this.#drag(event));
    document.addEventListener('drop', (event) => this.#drag(event));
    addEventListener('pagehide', () => this.#wipe());
    addEventListener('popstate', () => this.back.pressed());
    for (const touch of TOUCHES) addEventListener(touch, () => this.#watch(), { capture: true, passive: true });
    for (const change of ['online', 'offline']) addEventListener(change, () => this.#signal(document));
    addEventListener('pageshow', (event) => {
      if (!event.persisted) return;
      this.#go(this.#counter ? 'counter' : 'start', false);
      this.reader.open().catch(() => {});
    });
    this.#go('start', false);
    // Without a program its buttons would do nothing.
    document.querySelector('.foot')?.removeAttribute('hidden');
    this.#frame();
    onVoices(() => this.#offerVoice());
    document.addEventListener('visibilitychange', () => {
      // A voice that goes on while another app is open would tell the amount to whoever is near.
      if (document.visibilityState === 'hidden') this.#silence();
    });
    setTimeout(() => this.reader.open().catch(() => {}), REHEARSE_MS);
    this.#rehearse();
  }

  /**
   * A browser's first date and first number take a slow phone a fifth of a second. Neither the first screen nor the
   * answer shall wait for that: it is done between them.
   */
  #rehearse() {
    const { words } = this;
    setTimeout(() => words.number(0), 2 * REHEARSE_MS);
    setTimeout(() => words.date(this.#options().today), 3 * REHEARSE_MS);
  }

  /** @returns {Options} */
  #options() {
    const profile = this.#ward();
    const built = this.parts.built;
    return { today: dayInJapan(Date.now()), ...(built ? { built } : {}), ...(profile ? { profile } : {}) };
  }

  /** Whose facts count. */
  #ward() {
    // The sample comes from a body that does not exist: only there are its apps and telephones those of the paper.
    return this.parts.profiles.find(({ id, kind }) =>
      this.#sample ? kind === 'sample' : id === this.profile && kind !== 'sample',
    );
  }

  // ---- states ----

  /**
   * @param {StepName} step
   * @param {boolean} [focus] whether to move to the heading: not when the page opens
   */
  #go(step, focus = true) {
    if (step !== 'camera') this.filming.close();
    if (step !== 'answer') this.#ahead = null;
    this.#turn += 1;
    hush();
    this.#step = step;
    this.#changed = performance.now();
    this.back.changed();
    this.#render();
    if (focus) {
      scrollTo(0, 0);
      this.#toHeading();
    }
  }

  #home() {
    return this.#step === 'start' || this.#step === 'counter';
  }

  /** Where the phone's own "back" leads to. */
  #toScreenBefore() {
    switch (this.#step) {
      case 'help':
      case 'statement':
      case 'left-alone':
        return this.#comeBack();
    }
    // The next visitor may stand there already.
    if (this.#counter) return this.#restart();
    if (this.#step === 'answer' && this.#amount() !== null) return this.#go('confirm');
    const inHand = this.#step === 'answer' || this.#step === 'confirm';
    this.#report = null;
    // The same slip once more, not another one after it.
    if (inHand) this.#shown = false;
    if (inHand && this.#typed) return this.#showTyping();
    if (this.#step !== 'typing') void this.#freshSlip().catch(() => {});
    // What was typed stays in its fields.
    this.#go('start');
  }

  /** From help to where it was asked from. */
  #comeBack() {
    const back = this.#back;
    this.#back = null;
    this.#report = back?.report ?? null;
    if (back?.step === 'typing') this.#showTyping();
    else this.#go(back?.step ?? (this.#counter ? 'counter' : 'start'));
  }

  #toHeading() {
    this.main.querySelector('h1')?.focus({ preventScroll: true });
  }

  #render() {
    // Measured before anything is changed: after it, the browser would have to lay out the page only to answer.
    this.#across = lettersAcross();
    const { main } = this;
    const view = this.#view();
    main.dataset.step = this.#step;
    delete main.dataset.help;
    delete main.dataset.verdict;
    if (this.#step === 'help') main.dataset.help = this.#help;
    if (this.words.reviewed && (this.#step === 'answer' || (this.#step === 'help' && this.#report))) {
      main.dataset.verdict = this.#report?.verdict ?? 'no-read';
    }
    main.replaceChildren(view.root);
    clearTimeout(this.#idle);
    if (this.#step === 'left-alone') this.#idle = setTimeout(() => this.#restart(), WIPE_MS);
    else this.#watch();
    main.querySelector('h1')?.setAttribute('tabindex', '-1');
    this.#foot();
    // The title is what is heard first: it must not say less than the heading, as that of an older paper does.
    const older = this.#report?.answer?.headline.key === 'headline.ask.older' ? '.older' : '';
    const answer = `title.answer.${main.dataset.verdict}${older}`;
    const title = this.#step === 'answer' ? answer : `title.${this.#step}`;
    this.#title(this.#unsayable() ? 'title.draft' : title);
    this.#languages();
  }

  /**
   * A clerk who is called away leaves somebody's paper on the screen. It is covered after a while, and wiped if nobody
   * is there. Not on a phone: there it is the visitor's own.
   */
  #watch() {
    if (!this.#counter || this.#step === 'left-alone') return;
    clearTimeout(this.#idle);
    if (!BACK_TO.has(this.#step) && this.#back === null) return;
    this.#idle = setTimeout(() => {
      this.#away();
      this.#go('left-alone');
    }, IDLE_MS);
  }

  /**
   * Whether what was read would now be told in words that nobody has reviewed. Nothing of it is: neither the verdict
   * nor the amount, which is asked back before it.
   */
  #unsayable() {
    return !this.words.reviewed && (this.#step === 'answer' || this.#step === 'confirm');
  }

  /** @param {string} key */
  #title(key) {
    const { words } = this;
    // The blanks that guide line breaks in Japanese have no use in one line.
    const step = words.lang.startsWith('ja') ? words.t(key).replaceAll(' ', '') : words.t(key);
    document.title = plain(words.t('title', { step, name: words.t('name') }));
  }

  /** @returns {View} */
  #view() {
    if (this.#unsayable()) return this.#draftView();
    switch (this.#step) {
      case 'start':
        return this.#startView();
      case 'typing':
        return this.typing.view();
      case 'confirm':
        return this.#confirmView();
      case 'answer':
        return this.#answerView();
      case 'help':
        return this.#helpView();
      case 'camera':
        return new View('camera', this.words);
      case 'reading':
        return new View('reading', this.words);
      case 'counter': {
        const view = new View('counter', this.words);
        this.#wards(view);
        return view;
      }
      case 'left-alone':
        return new View('left-alone', this.words);
      case 'statement': {
        const view = new View('statement', this.words);
        view.keepIf('back', this.#back !== null);
        return view;
      }
    }
  }

  /**
   * That it works without a signal is the plainest proof that nothing is sent: it is said where there is none.
   *
   * @param {ParentNode} where
   */
  #signal(where) {
    for (const place of where.querySelectorAll('[data-signal]')) {
      place.setAttribute('data-t', navigator.onLine ? 'promise.offline' : 'promise.offline.now');
      translate(/** @type {ParentNode} */ (place.parentNode), this.words);
    }
  }

  #startView() {
    const { words } = this;
    const view = new View('start', words);
    this.#signal(view.root);
    view.keepIf('earlier', this.reader.earlier > 0);
    this.#wards(view);
    return view;
  }

  /**
   * Whose facts count, to be chosen: at the counter too, where the clerk must see it.
   *
   * @param {View} view
   */
  #wards(view) {
    const { words } = this;
    const profiles = this.parts.profiles.filter(({ kind }) => kind !== 'sample');
    view.keepIf('wards', profiles.length > 0);
    if (profiles.length > 0) {
      const choices = [
        { id: '', name: words.t('ward.none'), lang: words.lang },
        ...profiles.map((profile) => ({ id: profile.id, ...nameIn(profile, words) })),
      ];
      view.slot('wards').append(
        ...choices.map(({ id, name, lang }) => {
          const input = make('input', {
            type: 'radio',
            name: 'ward',
            value: id,
            'data-input': 'ward',
          });
          input.checked = (this.profile ?? '') === id;
          return make('label', { class: 'choice' }, [
            input,
            say('span', name, words, lang === words.lang ? {} : { lang }),
          ]);
        }),
      );
    }
  }

  /** In place of what may not be told in a draft: the languages in which it may. */
  #draftView() {
    const view = new View('draft', this.words);
    const whole = this.languages.filter(({ mark }) => mark === null);
    view.slot('languages').append(...whole.map((language) => languageButton(language)));
    return view;
  }

  #confirmView() {
    const view = new View('confirm', this.words);
    view.keepIf('sample', this.#sample);
    const amount = this.words.yen(this.#amount() ?? 0);
    view.text('amount', amount);
    keepWhole(view.slot('amount'), amount);
    // To make the answer takes a slow phone a tenth of a second. Whoever compares an amount needs longer than that.
    const report = this.#report;
    setTimeout(() => {
      if (this.#step === 'confirm' && this.#report === report) this.#ahead = this.#answerAhead();
    }, REHEARSE_MS);
    return view;
  }

  #answerAhead() {
    const { words } = this;
    const report = /** @type {Report} */ (this.#report);
    const answer = /** @type {Answer} */ (report.answer);
    const voice = localVoice(words.lang) !== null;
    const { apps } = this.parts;
    const view = answerView({ report, answer, sample: this.#sample, voice, counter: this.#counter, apps }, words);
    return { report, words, voice, view };
  }

  #answerView() {
    const { words } = this;
    const ahead = this.#ahead;
    // Shown once: when it is left, its nodes are gone with it.
    this.#ahead = null;
    const fits =
      ahead?.report === this.#report && ahead?.words === words && ahead?.voice === (localVoice(words.lang) !== null);
    return (ahead && fits ? ahead : this.#answerAhead()).view;
  }

  #helpView() {
    const { words } = this;
    const view = new View('help', words);
    const help = this.#help;
    view.text('title', words.t(`help.${help}.title`));
    const typed = this.#typed && help === 'amount-differs';
    const lines = words.t(`help.${help}${typed ? '.typed' : ''}.text`).split('\n');
    view.slot('lines').append(...lines.map((line) => say('p', line, words)));
    // What was found and what to do about it are parts of an answer.
    const report = words.reviewed ? this.#report : null;
    const items = report ? findingItems(report, words) : [];
    view.keepIf('findings', items.length > 0);
    if (items.length > 0) view.slot('findings').append(...items);
    const steps = report?.answer?.steps ?? [];
    view.keepIf('steps', steps.length > 0);
    if (steps.length > 0) {
      const list = stepList(steps, words);
      view.slot('steps').replaceWith(list);
      // The buttons are the next step and stand first, unless only a person can help.
      if (steps[0]?.next === 'ask-ward') view.slot('ways-title').before(list);
    }

    const camera = wayToCamera(help, navigator.userAgent, navigator.maxTouchPoints);
    view.keepIf('way-to-camera', camera !== null);
    if (camera) {
      const around = view.slot('app-around');
      if (camera.app) view.text('app-around', words.t('camera.way.inside', { app: camera.app }));
      else around.remove();
      view.slot('way-to-camera').append(...camera.steps.map((key) => say('li', words.t(key), words)));
    }

    view.keepIf('ways', help !== 'reader');
    if (help === 'reader') return view;
    const ways = view.slot('ways');
    const again = copy('way-camera');
    if (CAMERA_FAULTS.has(help)) again.querySelector('[data-t]')?.setAttribute('data-t', 'help.retry');
    const others = [copy('way-photo'), copy('way-type')];
    if (help === 'general' && this.#back) ways.append(copy('way-back'));
    // Where the camera itself is the trouble, the other ways stand before it, or in its place.
    if (help === 'unsupported' || help === 'insecure') ways.append(...others);
    else if (typed) ways.append(copy('way-type'), again, copy('way-photo'));
    else if (CAMERA_FAULTS.has(help) && !PASSING.has(help)) ways.append(...others, again);
    // Another photo is what the page asks for; one that this device cannot open at all would fail again.
    else if (help.startsWith('photo-') && help !== 'photo-heic')
      ways.append(copy('way-photo'), again, copy('way-type'));
    else ways.append(again, ...others);
    translate(ways, words);
    return view;
  }

  /** @returns {number | null} */
  #amount() {
    const answer = this.#report?.answer;
    if (answer) return answer.amount;
    const amount = this.#report?.notice?.amount;
    return typeof amount === 'number' ? amount : null;
  }

  /** @param {string} help */
  #showHelp(help) {
    this.#help = help;
    this.#go('help');
  }

  /** Whom to ask depends on what was read; it stands in the same place on every screen. */
  #foot() {
    const place = document.querySelector('[data-slot="whom"]');
    place?.replaceChildren(...whomToAsk(this.#report, this.#ward() ?? null, this.words));
    // The first screen has the sizes at its head, where they are looked for; every other one below.
    const letters = document.querySelector('.letters');
    if (!letters) return;
    if (this.#step === 'start' && this.#across >= FEWEST_FOR_SIZES) document.querySelector('.top')?.append(letters);
    else document.querySelector('[data-action="statement"]')?.before(letters);
  }

  /** The frame around the states: name, footer, language. */
  #frame() {
    const { words } = this;
    document.documentElement.lang = words.lang;
    document.documentElement.dataset.language = words.id;
    for (const part of document.querySelectorAll('.top, .foot')) translate(part, words);
    const sizes = /** @type {HTMLElement | null} */ (document.querySelector('.sizes'));
    if (sizes) drawSizes(sizes, this.words);
  }

  /** On the first screen the switch stands above; later below, so that nothing stands between a person and the answer. */
  #languages() {
    const nav = document.querySelector('.languages');
    if (!nav) return;
    const above = this.#home();
    const place = document.querySelector(above ? '.top' : '.foot');
    // Above the sizes of letters, whichever of the two comes back first.
    if (nav.parentElement !== place) place?.insertBefore(nav, place.querySelector('.name + .letters'));
    // In letters so large that hardly a name fits beside another, the names alone would fill the first screen; below,
    // nothing comes after them.
    const open = !above || this.#across >= FEWEST_LETTERS;
    const label = this.words.t('language.label');
    nav.replaceChildren(...languageSwitch(this.languages, { open, current: this.words.id, label }));
  }

  // ---- controls ----

  /** @param {MouseEvent} event */
  #click(event) {
    // A key, or a screen reader, clicks too; those have no place, and their detail is 0.
    if (event.detail > 0) {
      const { x, y } = this.#touched;
      const near = Math.hypot(event.clientX - x, event.clientY - y) < SAME_PLACE_PX;
      if (near && performance.now() - this.#changed < SECOND_TAP_MS) {
        // The browser took the focus from the heading to where it was tapped.
        this.#toHeading();
        return event.preventDefault();
      }
      this.#touched = { x: event.clientX, y: event.clientY };
    }
    const control = event.target instanceof Element ? event.target.closest('[data-action]') : null;
    if (!(control instanceof HTMLElement)) return;
    switch (control.dataset.action) {
      case 'camera':
        return void this.#openCamera();
      case 'type':
        this.typing.clearFault();
        return this.#showTyping();
      case 'sample':
        return void this.#readPhoto(this.parts.sample(), 'sample');
      case 'confirm-yes':
        return this.#showAnswer();
      case 'confirm-no':
        this.#report = null;
        this.#back = null;
        void this.reader.drop().catch(() => {});
        return this.#showHelp('amount-differs');
      case 'restart':
        return this.#restart();
      case 'forget':
        void this.reader.forget().catch(() => {});
        this.#report = null;
        this.#back = null;
        this.typing.forget();
        return this.#go('start');
      case 'counter':
        this.#counter = true;
        return this.#restart();
      case 'leave-counter':
        // The last visitor's paper is no paper of whoever comes next.
        void this.#freshSlip().catch(() => {});
        this.#counter = false;
        return this.#restart();
      case 'help':
        this.#away();
        return this.#showHelp('general');
      case 'statement':
        this.#away();
        return this.#go('statement');
      case 'size':
        chooseSize(control);
        this.#across = lettersAcross();
        return this.#languages();
      case 'back':
        return this.#comeBack();
      case 'print':
        return print();
      case 'speak':
        return this.#speak(control);
      case 'torch':
      case 'sound':
      case 'voice':
      case 'lens':
      case 'zoom-in':
      case 'zoom-out':
        return void this.filming.press(control.dataset.action);
      case 'language':
        return this.#switchLanguage(control.dataset.language ?? '');
    }
  }

  /** To a page from which one comes back; from there to another such page, the way back stays. */
  #away() {
    if (this.#back !== null && ASIDE.has(this.#step)) return;
    this.#back = BACK_TO.has(this.#step) ? { step: this.#step, report: this.#report } : null;
    this.#report = null;
  }

  /** @param {Event} event */
  #change(event) {
    const { target } = event;
    if (!(target instanceof HTMLInputElement)) return;
    if (target.dataset.input === 'photo') {
      const file = target.files?.[0];
      // Emptied, so that the same photo chosen once more is an event again.
      const photo = file ?? null;
      if (photo) void this.#readPhoto(photo, 'photo').finally(() => (target.value = ''));
    } else if (target.dataset.input === 'ward') {
      this.profile = target.value === '' ? null : target.value;
      this.#across = lettersAcross();
      this.#foot();
    }
  }

  /**
   * A photo may be dropped anywhere. Left to itself, the browser would go to what is dropped and the page would be gone.
   *
   * @param {DragEvent} event
   */
  #drag(event) {
    if (event.target instanceof HTMLInputElement && event.target.dataset.input === 'digits') return;
    event.preventDefault();
    const photo = event.type === 'drop' ? event.dataTransfer?.files[0] : null;
    if (photo) void this.#readPhoto(photo, 'photo');
  }

  #restart() {
    this.#report = null;
    this.#back = null;
    this.typing.forget();
    this.#freshSlip().catch(() => {});
    this.#go(this.#counter ? 'counter' : 'start');
  }

  /** @param {string} lang */
  #switchLanguage(lang) {
    const words = this.all[lang];
    if (!words || words === this.words) return;
    this.words = words;
    this.#frame();
    this.#rehearse();
    this.#across = lettersAcross();
    if (this.#step === 'camera') {
      this.filming.translate();
      this.#foot();
      this.#languages();
      this.#title('title.camera');
    } else this.#render();
    // The button that was pressed is gone: its language is on. Below the answer, what changed is out of sight.
    if (document.querySelector('.foot .languages')) scrollTo(0, 0);
    this.#toHeading();
    if (this.#step === 'typing') void this.typing.judge();
  }

  /** @param {HTMLElement} control */
  #speak(control) {
    const voice = localVoice(this.words.lang);
    const article = this.main.querySelector('.answer');
    if (!voice || !article) return;
    if (control.dataset.speaking) return this.#silence();
    control.dataset.speaking = 'yes';
    setText(control, this.words.t('answer.speak.stop'), this.words.lang);
    speak(spokenLines(article, this.words.lang), voice, () => this.#silence());
  }

  #silence() {
    hush();
    const control = this.main.querySelector('[data-action="speak"][data-speaking]');
    if (!(control instanceof HTMLElement)) return;
    delete control.dataset.speaking;
    setText(control, this.words.t('answer.speak'), this.words.lang);
  }

  /** Voices come and go: the button is there exactly as long as there is one that speaks on the device itself. */
  #offerVoice() {
    const place = this.main.querySelector('.answer [data-slot="after"]');
    if (!place) return;
    const there = place.querySelector('[data-action="speak"]');
    if (localVoice(this.words.lang) === null) {
      this.#silence();
      there?.remove();
    } else if (!there) {
      const button = make('button', { type: 'button', class: 'button', 'data-action': 'speak' });
      setText(button, this.words.t('answer.speak'), this.words.lang);
      place.append(button);
    }
  }

  // ---- reading ----

  /**
   * @param {Outcome} outcome
   * @param {Route} route
   */
  #take(outcome, route) {
    const next = course(outcome, route);
    this.#typed = route === 'typed';
    switch (next.to) {
      case 'notice':
        this.#report = next.report;
        this.typing.clearFault();
        if (route === 'camera') this.filming.celebrate();
        // At the counter the clerk holds the paper and sees the amount in the answer; a question would cost each slip
        // one more key.
        if (this.#amount() === null || (this.#counter && route === 'scanner')) return this.#showAnswer();
        return this.#go('confirm');
      case 'typing':
        this.typing.refuse(next.fault);
        return this.#showTyping(true);
      case 'help':
        this.#report = next.report;
        return this.#showHelp(next.help);
      case 'camera':
        return this.filming.advise(next);
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    // Anything but a lost worker is a mistake in the page: the console hears of it, and the person still has a way on.
    if (!(error instanceof ReaderLost)) reportError(error);
    this.#showHelp('reader');
  }

  /**
   * @param {Blob | Promise<Blob>} photo
   * @param {'photo' | 'sample'} route
   */
  async #readPhoto(photo, route) {
    this.#report = null;
    this.#go('reading');
    const turn = this.#turn;
    try {
      await this.#freshSlip();
      if (turn !== this.#turn) return;
      this.#sample = route === 'sample';
      const outcome = await this.#photoOutcome(await photo);
      if (turn === this.#turn) this.#take(outcome, route);
    } catch (error) {
      if (turn !== this.#turn) return;
      // Two workers lost over one photo: it is the photo, as long as a third worker can be had.
      if (error instanceof ReaderLost && !error.final) this.#showHelp('photo-broken');
      else this.#failed(error);
    }
  }

  /**
   * @param {Blob} photo
   * @returns {Promise<Outcome>}
   */
  async #photoOutcome(photo) {
    let bytes;
    try {
      bytes = new Uint8Array(await photo.arrayBuffer());
    } catch {
      // The file was moved, or lies in a cloud that cannot be reached.
      return { report: null, error: { id: 'photo-broken' } };
    }
    const outcome = await this.reader.photo(bytes);
    if (!wantsSecondTry(outcome)) return outcome;
    const image = await decode(photo).catch(() => null);
    return image ? this.reader.pixels(image) : outcome;
  }

  /**
   * What was read before must not be joined with what comes now. A slip whose answer was shown stays to be compared
   * with; the sample and one whose amount was not confirmed do not; at the counter nothing passes from one visitor to
   * the next.
   */
  async #freshSlip() {
    const done = this.#shown && !this.#sample;
    this.#back = null;
    this.#shown = false;
    this.#sample = false;
    if (this.#counter) await this.reader.forget();
    else if (done) await this.reader.next();
    else await this.reader.drop();
  }

  #showAnswer() {
    this.#shown = true;
    this.#go('answer');
  }

  /** @param {string} text */
  async #scanned(text) {
    const turn = (this.#turn += 1);
    try {
      await this.#freshSlip();
      const outcome = await this.reader.digits(text);
      if (turn === this.#turn) this.#take(outcome, 'scanner');
    } catch (error) {
      if (turn === this.#turn) this.#failed(error);
    }
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    const editable = event.target instanceof HTMLInputElement && event.target.dataset.input === 'digits';
    if (editable) return;
    if (this.#step === 'reading') return;
    if (this.scanner.key(event)) {
      // The scanner's closing Enter must not press the button that has the focus.
      event.preventDefault();
      event.stopPropagation();
    }
  }

  // ---- typing ----

  /** @param {boolean} [faulty] */
  #showTyping(faulty = false) {
    this.#go('typing', !faulty);
    if (faulty) this.typing.showFault();
    void this.typing.judge();
  }

  /** @returns {Record<string, string>} */
  #page() {
    return this.parts.words[this.words.id]?.page ?? {};
  }

  async #submit() {
    const turn = (this.#turn += 1);
    if (this.typing.refused()) return;
    try {
      await this.#freshSlip();
      const outcome = await this.reader.digits(this.typing.text);
      if (turn === this.#turn) this.#take(outcome, 'typed');
    } catch (error) {
      if (turn === this.#turn) this.#failed(error);
    }
  }

  // ---- camera ----

  async #openCamera() {
    this.#report = null;
    this.#go('camera');
    await this.filming.open(this.#freshSlip());
  }

  /** The page is left or put aside: nothing that was read stays. */
  #wipe() {
    this.filming.close();
    hush();
    this.#turn += 1;
    this.#report = null;
    this.#sample = false;
    this.#back = null;
    this.#ahead = null;
    this.#shown = false;
    this.typing.forget();
    this.scanner.clear();
    this.reader.close();
    this.#step = this.#counter ? 'counter' : 'start';
    this.#render();
  }
}

/**
 * A photo by the browser's own decoder, upright, made smaller where it is huge.
 *
 * @param {Blob} photo
 * @returns {Promise<ImageData | null>}
 */
async function decode(photo) {
  const bitmap = await createImageBitmap(photo, { imageOrientation: 'from-image' });
  const scale = Math.min(1, PHOTO_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!context) return null;
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
