// @ts-check
/** @import { Answer, Options, Outcome, Parts, Report } from './types.js' */
/** @import { Words } from './words.js' */
/** @import { Course, Route } from './flow.js' */
import { answerView, findingItems, nameIn, spoken, stepList } from './answer.js';
import { createAnnouncer, createSteady } from './announcer.js';
import { Camera } from './camera.js';
import { ALL, GROUPS, PREFIX, emptyGroups, fill, joinGroups, wholeOf } from './digits.js';
import { course, wantsSecondTry } from './flow.js';
import { pumpFrames } from './frames.js';
import { languageButton, languageSwitch, languagesOf } from './languages.js';
import { setText } from './phrases.js';
import { plain } from './ruby.js';
import { createScanner } from './scanner.js';
import { hush, localVoice, speak } from './speech.js';
import { dayInJapan } from './today.js';
import { View, copy, make, say, translate } from './view.js';
import { createWords } from './words.js';
import { Reader, ReaderLost } from './worker-client.js';

/** So long a person may try with the camera before other ways are offered. No hurry is shown before. */
const TRY_MS = 75_000;
/** Advice is drawn from single frames; this many in a row must say the same. */
const STEADY_FRAMES = 4;
/** What was seen that is no notice is said for so long before advice takes its place. */
const SEEN_MS = 5_000;
/** The longest side of a photo that the browser decodes for us, in pixels. */
const PHOTO_SIDE = 4_096;

/**
 * A second tap in the same place so soon after the page has changed was meant for what stood there before: it must
 * neither confirm an amount nor stop the camera.
 */
const SECOND_TAP_MS = 500;
const SAME_PLACE_PX = 40;

/** So many letters of the page's basic size (rem) must fit the width for the languages to stand in the open. */
const FEWEST_LETTERS = 18;

/** Help pages that begin with the camera's fault: there, trying the camera again is one of the ways. */
const CAMERA_FAULTS = new Set(['denied', 'missing', 'busy', 'unfit', 'timeout', 'lost', 'slow']);

/** States that are worth going back to from help; the others are one touch away. */
const BACK_TO = new Set(['typing', 'confirm', 'answer']);

/**
 * @typedef {'start' | 'camera' | 'reading' | 'typing' | 'confirm' | 'answer' | 'help' | 'counter'} StepName
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
  /** Whether the answer for the slip in hand was shown. */
  #shown = false;
  #counter = false;
  #groups = emptyGroups();
  /** A whole code that was pasted and does not fit the fields (an eL-QR's 255 digits). */
  #pasted = '';
  /** @type {string | null} */
  #fault = null;
  /** Counts reads, so that one which was overtaken changes nothing. */
  #turn = 0;
  /** @type {{ stop: () => void } | null} */
  #pump = null;
  /** @type {any} */
  #tryTimer = null;
  #reopened = false;
  #torch = false;
  /** When the state last changed, and where the page was last touched. */
  #changed = -Infinity;
  #touched = { x: -Infinity, y: -Infinity };

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
    this.camera = new Camera({
      live: () => this.#cameraLive(),
      stopped: () => {
        this.#stopPump();
        this.#status(this.words.t('camera.stopped'));
      },
      problem: ({ fault }) => this.#showHelp(fault),
      torch: (available) => this.#offerTorch(available),
    });
    this.announcer = createAnnouncer((line) => {
      const place = this.main.querySelector('[data-slot="status"]');
      if (place) setText(place, line, this.words.lang);
    });
    this.scanner = createScanner((text) => this.#scanned(text));
  }

  start() {
    document.addEventListener('click', (event) => this.#click(event));
    document.addEventListener('change', (event) => this.#change(event));
    document.addEventListener('input', (event) => this.#input(event));
    document.addEventListener('compositionend', (event) => this.#input(event));
    document.addEventListener('paste', (event) => this.#paste(event));
    document.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    document.addEventListener('keydown', (event) => this.#keydown(event), { capture: true });
    // What was read must not come back by the browser's own "back".
    document.addEventListener('dragover', (event) => this.#drag(event));
    document.addEventListener('drop', (event) => this.#drag(event));
    addEventListener('pagehide', () => this.#wipe());
    addEventListener('pageshow', (event) => {
      if (event.persisted) this.#go('start', false);
    });
    this.#frame();
    this.#go('start', false);
    // Voices arrive late in some browsers; asked for once, they are there when the answer is.
    globalThis.speechSynthesis?.getVoices();
    this.reader.open().catch(() => {});
  }

  /** @returns {Options} */
  #options() {
    // The sample comes from a body that does not exist: only there are its apps and telephones those of the paper.
    const profile = this.parts.profiles.find(({ id, kind }) =>
      this.#sample ? kind === 'sample' : id === this.profile && kind !== 'sample',
    );
    const built = this.parts.built;
    return { today: dayInJapan(Date.now()), ...(built ? { built } : {}), ...(profile ? { profile } : {}) };
  }

  // ---- states ----

  /**
   * @param {StepName} step
   * @param {boolean} [focus] whether to move to the heading: not when the page opens
   */
  #go(step, focus = true) {
    if (step !== 'camera') this.#closeCamera();
    this.#turn += 1;
    hush();
    this.#step = step;
    this.#changed = performance.now();
    this.#render();
    if (focus) {
      scrollTo(0, 0);
      this.main.querySelector('h1')?.focus({ preventScroll: true });
    }
  }

  #render() {
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
    main.querySelector('h1')?.setAttribute('tabindex', '-1');
    const title = this.#step === 'answer' ? `title.answer.${main.dataset.verdict}` : `title.${this.#step}`;
    this.#title(this.#unsayable() ? 'title.draft' : title);
    this.#languages();
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
        return this.#typingView();
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
      case 'counter':
        return new View('counter', this.words);
    }
  }

  #startView() {
    const { words } = this;
    const view = new View('start', words);
    const profiles = this.parts.profiles.filter(({ kind }) => kind !== 'sample');
    view.keepIf('wards', profiles.length > 0);
    view.keepIf('earlier', this.reader.earlier > 0);
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
            autocomplete: 'off',
          });
          input.checked = (this.profile ?? '') === id;
          return make('label', { class: 'choice' }, [
            input,
            say('span', name, words, lang === words.lang ? {} : { lang }),
          ]);
        }),
      );
    }
    return view;
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
    view.text('amount', this.words.yen(this.#amount() ?? 0));
    return view;
  }

  #answerView() {
    const { words } = this;
    const report = /** @type {Report} */ (this.#report);
    const answer = /** @type {Answer} */ (report.answer);
    const voice = localVoice(words.lang) !== null;
    return answerView({ report, answer, sample: this.#sample, voice, counter: this.#counter }, words);
  }

  #helpView() {
    const { words } = this;
    const view = new View('help', words);
    const help = this.#help;
    view.text('title', words.t(`help.${help}.title`));
    const lines = words.t(`help.${help}.text`).split('\n');
    view.slot('lines').append(...lines.map((line) => say('p', line, words)));
    // What was found and what to do about it are parts of an answer.
    const report = words.reviewed ? this.#report : null;
    const items = report ? findingItems(report, words) : [];
    view.keepIf('findings', items.length > 0);
    if (items.length > 0) view.slot('findings').append(...items);
    const steps = report?.answer?.steps ?? [];
    view.keepIf('steps', steps.length > 0);
    if (steps.length > 0) view.slot('steps').replaceWith(stepList(steps, words));
    // The guide's own steps lead to a person too.
    view.keepIf('person', !steps.some(({ contacts, next }) => contacts?.length || /counter|ward/.test(next)));

    view.keepIf('ways', help !== 'reader');
    if (help === 'reader') return view;
    const ways = view.slot('ways');
    const camera = copy('way-camera');
    if (CAMERA_FAULTS.has(help)) camera.querySelector('[data-t]')?.setAttribute('data-t', 'help.retry');
    const others = [copy('way-photo'), copy('way-type')];
    if (help === 'general' && this.#back) ways.append(copy('way-back'));
    // Where the camera itself is the trouble, the other ways stand before it, or in its place.
    if (help === 'unsupported' || help === 'insecure') ways.append(...others);
    else if (CAMERA_FAULTS.has(help) && help !== 'slow') ways.append(...others, camera);
    else ways.append(camera, ...others);
    translate(ways, words);
    return view;
  }

  #typingView() {
    const { words } = this;
    const view = new View('typing', words);
    const groups = view.slot('groups');
    GROUPS.forEach((length, at) => {
      const input = make('input', {
        type: 'text',
        id: `group-${at + 1}`,
        'data-input': 'digits',
        'data-group': String(at),
        inputmode: 'numeric',
        autocomplete: 'off',
        autocapitalize: 'off',
        autocorrect: 'off',
        spellcheck: 'false',
        translate: 'no',
        'aria-describedby': `group-${at + 1}-state`,
        class: `digits wide-${length}`,
      });
      input.value = this.#groups[at] ?? '';
      const field = make('div', { class: 'field' }, [
        say('label', words.t(`typing.label.${at + 1}`), words, { for: input.id }),
        make(
          'div',
          { class: 'row' },
          at === 0 ? [make('span', { class: 'prefix', 'aria-hidden': 'true' }, [`(${PREFIX})`]), input] : [input],
        ),
        make('p', { class: 'state', id: `group-${at + 1}-state` }),
      ]);
      groups.append(field);
    });
    if (this.#fault) view.text('fault', this.#fault);
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

  /** The frame around the states: name, footer, language. */
  #frame() {
    const { words } = this;
    document.documentElement.lang = words.lang;
    document.documentElement.dataset.language = words.id;
    for (const part of document.querySelectorAll('.top, .foot')) translate(part, words);
  }

  /** On the first screen the switch stands above; later below, so that nothing stands between a person and the answer. */
  #languages() {
    const nav = document.querySelector('.languages');
    if (!nav) return;
    const above = this.#step === 'start' || this.#step === 'counter';
    const place = document.querySelector(above ? '.top' : '.foot');
    if (nav.parentElement !== place) place?.append(nav);
    // In letters so large that hardly a name fits beside another, the names alone would fill the first screen.
    const letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const open = above && innerWidth >= FEWEST_LETTERS * letter;
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
      if (near && performance.now() - this.#changed < SECOND_TAP_MS) return event.preventDefault();
      this.#touched = { x: event.clientX, y: event.clientY };
    }
    const control = event.target instanceof Element ? event.target.closest('[data-action]') : null;
    if (!(control instanceof HTMLElement)) return;
    switch (control.dataset.action) {
      case 'camera':
        return void this.#openCamera();
      case 'type':
        this.#fault = null;
        return this.#showTyping();
      case 'sample':
        return void this.#readPhoto(this.parts.sample, 'sample');
      case 'confirm-yes':
        return this.#showAnswer();
      case 'confirm-no':
        this.#report = null;
        void this.reader.drop().catch(() => {});
        return this.#showHelp('amount-differs');
      case 'restart':
        return this.#restart();
      case 'forget':
        void this.reader.forget().catch(() => {});
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
        this.#back = BACK_TO.has(this.#step) ? { step: this.#step, report: this.#report } : null;
        this.#report = null;
        return this.#showHelp('general');
      case 'back':
        this.#report = this.#back?.report ?? null;
        return this.#back?.step === 'typing' ? this.#showTyping() : this.#go(this.#back?.step ?? 'start');
      case 'print':
        return print();
      case 'speak':
        return this.#speak(control);
      case 'torch':
        return void this.#switchTorch(control);
      case 'language':
        return this.#switchLanguage(control.dataset.language ?? '');
    }
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
    this.#fault = null;
    this.#groups = emptyGroups();
    this.#pasted = '';
    this.#freshSlip().catch(() => {});
    this.#go(this.#counter ? 'counter' : 'start');
  }

  /** @param {string} lang */
  #switchLanguage(lang) {
    const words = this.all[lang];
    if (!words || words === this.words) return;
    this.words = words;
    this.#frame();
    if (this.#step === 'camera') {
      // The picture runs on; only the words around it change.
      translate(this.main, words);
      this.#title('title.camera');
      this.#languages();
      this.announcer.clear();
      return;
    }
    if (this.#step === 'typing') this.#fault = null;
    this.#render();
    // The button that was pressed is gone: its language is on.
    this.main.querySelector('h1')?.focus({ preventScroll: true });
    if (this.#step === 'typing') void this.#judge();
  }

  /** @param {HTMLElement} control */
  #speak(control) {
    const voice = localVoice(this.words.lang);
    const answer = this.#report?.answer;
    if (!voice || !answer) return;
    const label = (/** @type {string} */ key) => setText(control, this.words.t(key), this.words.lang);
    if (speechSynthesis.speaking) {
      hush();
      return label('answer.speak');
    }
    label('answer.speak.stop');
    speak(spoken(answer, this.words), voice, () => label('answer.speak'));
  }

  // ---- reading ----

  /**
   * @param {Outcome} outcome
   * @param {Route} route
   */
  #take(outcome, route) {
    const next = course(outcome, route);
    switch (next.to) {
      case 'notice':
        this.#report = next.report;
        this.#fault = null;
        // At the counter the clerk holds the paper and sees the amount in the answer; a question would cost each slip
        // one more key.
        if (this.#amount() === null || (this.#counter && route === 'scanner')) return this.#showAnswer();
        return this.#go('confirm');
      case 'typing':
        // What was pasted whole stands in no field: there is nothing to compare digit by digit.
        this.#fault = this.#faultText(this.#pasted && next.fault === 'check-digit' ? 'pasted' : next.fault);
        return this.#showTyping(true);
      case 'help':
        this.#report = next.report;
        return this.#showHelp(next.help);
      case 'camera':
        return this.#advise(next);
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    // Anything but a lost worker is a mistake in the page: the console hears of it, and the person still has a way on.
    if (!(error instanceof ReaderLost)) reportError(error);
    this.#showHelp('reader');
  }

  /**
   * @param {Blob} photo
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
      const outcome = await this.#photoOutcome(photo);
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
    if (faulty) this.#showFault();
    void this.#judge();
  }

  #showFault() {
    const place = this.main.querySelector('[data-slot="fault"]');
    if (!(place instanceof HTMLElement) || !this.#fault) return;
    setText(place, this.#fault, this.words.lang);
    place.focus();
    place.scrollIntoView({ block: 'center' });
  }

  /** @param {string} fault */
  #faultText(fault) {
    const key = `typing.fault.${fault}`;
    return this.words.t(Object.hasOwn(this.#page(), key) ? key : 'typing.fault.other');
  }

  /** @returns {Record<string, string>} */
  #page() {
    return this.parts.words[this.words.id]?.page ?? {};
  }

  /** @returns {HTMLInputElement[]} */
  #fields() {
    return [.../** @type {NodeListOf<HTMLInputElement>} */ (this.main.querySelectorAll('[data-input="digits"]'))];
  }

  /** @param {Event} event */
  #input(event) {
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || target.dataset.input !== 'digits') return;
    // While an input method composes, its text is not ours to change.
    if (event instanceof InputEvent && event.isComposing) return;
    this.#typed(Number(target.dataset.group), target.value, target);
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || target.dataset.input !== 'digits') return;
    const text = event.clipboardData?.getData('text') ?? '';
    // A whole code goes to its places wherever it is pasted; a piece is the field's own matter.
    const { whole } = fill(this.#groups, Number(target.dataset.group), text);
    if (whole === null) return;
    event.preventDefault();
    this.#typed(Number(target.dataset.group), text, target);
  }

  /**
   * @param {number} at
   * @param {string} text
   * @param {HTMLInputElement} field
   */
  #typed(at, text, field) {
    const caretAtEnd = field.selectionStart === field.value.length;
    let filled = fill(this.#groups, at, text);
    const whole = filled.whole ?? wholeOf(filled.groups);
    if (whole !== null && whole.length === ALL) filled = fill(emptyGroups(), 0, whole);
    this.#groups = filled.groups;
    this.#pasted = whole !== null && whole !== joinGroups(filled.groups) ? whole : '';
    this.#fields().forEach((each, index) => {
      const value = this.#groups[index] ?? '';
      if (each.value !== value) each.value = value;
    });
    if (filled.at !== at && caretAtEnd) this.#fields()[filled.at]?.focus();
    void (this.#pasted ? this.#submit() : this.#judge());
  }

  /** Groups as they are printed: the 91 belongs to the first. */
  #printedGroups() {
    return this.#groups.map((group, at) => (at === 0 && group !== '' ? PREFIX + group : group));
  }

  async #judge() {
    const groups = this.#printedGroups();
    let typing;
    try {
      typing = await this.reader.typing(groups);
    } catch {
      return; // Handing the digits in tells what is wrong; judging while typing is only a help.
    }
    if (this.#step !== 'typing' || groups.join() !== this.#printedGroups().join()) return;
    const judged = /** @type {{ state: string, why?: { id: string } }[]} */ (typing.groups ?? []);
    this.#fields().forEach((field, at) => {
      const { state = 'empty', why } = judged[at] ?? {};
      const place = document.getElementById(`group-${at + 1}-state`);
      if (!place) return;
      const expected = GROUPS[at] ?? 0;
      const found = (this.#groups[at] ?? '').length;
      const whyKey = `typing.why.${why?.id}`;
      field.setAttribute('aria-invalid', String(state === 'wrong'));
      field.closest('.field')?.setAttribute('data-state', state);
      if (state === 'wrong') {
        const key = Object.hasOwn(this.#page(), whyKey) ? whyKey : 'typing.fault.other';
        setText(place, this.words.t(key), this.words.lang);
      } else if (state === 'ok') {
        setText(place, this.words.t('typing.ok'), this.words.lang);
      } else {
        setText(place, found === 0 ? '' : this.words.t('typing.count', { found, expected }), this.words.lang);
      }
    });
  }

  async #submit() {
    const turn = (this.#turn += 1);
    const fault = this.#pasted ? null : this.#faultInFields();
    if (fault) {
      this.#fault = fault;
      this.#showFault();
      return;
    }
    try {
      await this.#freshSlip();
      const outcome = await this.reader.digits(this.#pasted || joinGroups(this.#groups));
      if (turn === this.#turn) this.#take(outcome, 'typed');
    } catch (error) {
      if (turn === this.#turn) this.#failed(error);
    }
  }

  /** What can be told of the fields before any reading: what is no digit at all, and what is missing. */
  #faultInFields() {
    if (this.#groups.some((group) => /[^0-9]/.test(group))) {
      return this.#faultText(/^https?:/i.test(this.#groups.join('')) ? 'web-link' : 'strange-character');
    }
    if (this.#groups.every((group) => group === '')) return this.#faultText('no-digits');
    const short = GROUPS.findIndex((length, at) => (this.#groups[at] ?? '').length < length);
    return short < 0 ? null : this.words.t('typing.fault.missing', { group: short + 1 });
  }

  // ---- camera ----

  async #openCamera() {
    this.#report = null;
    this.#torch = false;
    this.#reopened = false;
    this.#go('camera');
    this.announcer.clear();
    const turn = this.#turn;
    // A live region that comes into the page already filled is not read out.
    setTimeout(() => {
      if (turn === this.#turn && !this.#pump) this.#status(this.words.t('camera.opening'));
    }, 150);
    await this.#freshSlip().catch(() => {});
    const video = this.main.querySelector('video');
    if (turn !== this.#turn || !video) return;
    // Not only as an attribute: without the property set, iPhones refuse to play by themselves.
    video.muted = true;
    await this.camera.open(video);
  }

  #cameraLive() {
    const video = this.camera.video;
    if (this.#step !== 'camera' || !video) return;
    this.#status(this.words.t('camera.live'));
    this.#stopPump();
    this.steady = createSteady(STEADY_FRAMES);
    this.seenAt = -Infinity;
    this.#pump = pumpFrames(video, this.reader, {
      outcome: (outcome) => this.#take(outcome, 'camera'),
      black: (black) => {
        this.black = black;
        if (black) this.#status(this.words.t('camera.black'));
      },
      frozen: () => {
        // Once by itself: some phones freeze the picture after the page was away. A second time a person decides.
        if (this.#reopened) {
          this.camera.close();
          this.#showHelp('lost');
          return;
        }
        this.#reopened = true;
        this.#stopPump();
        void this.camera.reopen();
      },
      lost: () => this.#showHelp('reader'),
    });
    this.#tryTimer = setTimeout(() => this.#showHelp('slow'), TRY_MS);
  }

  /** @param {Extract<Course, { to: 'camera' }>} seen */
  #advise({ seen, advice }) {
    if (this.black) return;
    const now = performance.now();
    if (seen) {
      this.seenAt = now;
      return this.#status(this.words.t(`camera.seen.${seen}`));
    }
    const steady = this.steady?.(advice) ?? null;
    if (steady === null || now - (this.seenAt ?? -Infinity) < SEEN_MS) return;
    const key = `camera.advice.${steady}`;
    if (Object.hasOwn(this.#page(), key)) this.#status(this.words.t(key));
  }

  /** @param {string} line */
  #status(line) {
    this.announcer.say(line);
  }

  #stopPump() {
    this.#pump?.stop();
    this.#pump = null;
    clearTimeout(this.#tryTimer);
  }

  #closeCamera() {
    this.#stopPump();
    this.black = false;
    this.camera.close();
    this.announcer.clear();
  }

  /** @param {boolean} available */
  #offerTorch(available) {
    if (available === this.#torch || this.#step !== 'camera') return;
    this.#torch = available;
    const place = this.main.querySelector('.camera .ways');
    if (available && place && !place.querySelector('[data-action="torch"]')) {
      const button = make('button', {
        type: 'button',
        class: 'button',
        'data-action': 'torch',
        'data-t': 'camera.torch',
      });
      place.prepend(button);
      translate(place, this.words);
    }
  }

  /** @param {HTMLElement} control */
  async #switchTorch(control) {
    await this.camera.torch(!this.camera.lit);
    control.dataset.t = this.camera.lit ? 'camera.torch.off' : 'camera.torch';
    setText(control, this.words.t(control.dataset.t), this.words.lang);
  }

  /** The page is left or put aside: nothing that was read stays. */
  #wipe() {
    this.#closeCamera();
    hush();
    this.#turn += 1;
    this.#report = null;
    this.#sample = false;
    this.#back = null;
    this.#shown = false;
    this.#fault = null;
    this.#groups = emptyGroups();
    this.#pasted = '';
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
