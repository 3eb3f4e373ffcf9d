// @ts-check
/** @import { Coach, Outcome } from './types.js' */
/** @import { Words } from './words.js' */
/** @import { Course } from './flow.js' */
/** @import { Lie } from './sketch.js' */
/** @import { Reader } from './worker-client.js' */
import { GAP_MS, createAnnouncer, createSteady } from './announcer.js';
import { createAssist } from './assist.js';
import { Camera } from './camera.js';
import { pumpFrames } from './frames.js';
import { machine } from './inapp.js';
import { setText } from './phrases.js';
import { ARROWS, createFollower, shownAdvice, shownSize } from './sketch.js';
import { hush, localVoice, speak, speakable } from './speech.js';
import { Tones, shake } from './tones.js';
import { make, translate } from './view.js';
import { createWakefulness } from './wakefulness.js';

/** So long a person may try with the camera before other ways are offered. No hurry is shown before. */
const TRY_MS = 75_000;
/** Advice is drawn from single frames; this many in a row must say the same. */
const STEADY_FRAMES = 4;
/** What was seen that is no notice, and what the page did by itself, is said for so long before advice follows. */
const SAID_MS = 5_000;

/** Advice while no code is in sight; any other is for a code that is. */
const SEARCHING = new Set(['not-found', 'too-dark']);

/** The state in which the camera runs: what is seen goes to the reader, and what helps is said, drawn and sounded. */
export class Filming {
  /** Counts openings, so that one which was overtaken changes nothing. */
  #turn = 0;
  /** @type {{ stop: () => void } | null} */
  #pump = null;
  /** @type {any} */
  #tryTimer = null;
  /** Keeps the screen from going dark over a hand that does not touch it. */
  #awake = createWakefulness();
  #reopened = false;
  #black = false;
  #steady = createSteady(STEADY_FRAMES);
  #follow = createFollower();
  #assist = createAssist();
  #saidAt = -Infinity;
  /** What stands in the status line, by its key. */
  #said = '';
  /** The camera stands still, as on a counter: it is the paper that is moved. */
  #desk = false;
  /** Whether the lines are read aloud, and whether one is just now. */
  #aloud = false;
  #speaking = false;
  #utterance = 0;
  /** The light shall be on: a camera that was closed and opened again comes back without. */
  #lit = false;

  /**
   * @param {object} page
   * @param {HTMLElement} page.main
   * @param {Reader} page.reader
   * @param {() => Words} page.words
   * @param {(key: string) => boolean} page.knows whether the page has words for a key
   * @param {() => boolean} page.shown whether the camera's view is on the page
   * @param {(outcome: Outcome) => void} page.outcome what a frame gave
   * @param {(help: string) => void} page.help the camera gives no picture, or none that can be read: which page tells it
   */
  constructor(page) {
    this.page = page;
    this.tones = new Tones();
    this.camera = new Camera({
      live: () => this.#live(),
      stopped: () => {
        this.#stopPump();
        this.#draw(null);
        this.#silence();
        this.#status('camera.stopped');
      },
      problem: ({ fault }) => page.help(fault),
      able: () => void this.#able(),
    });
    const show = (/** @type {string} */ line, /** @type {string} */ key) => {
      const place = page.main.querySelector('[data-slot="status"]');
      if (!place) return;
      setText(place, line, page.words().lang);
      this.#said = key;
      // Drawn with the words that stand there, not with those to come: one thing at a time.
      // The arrows say where to move a phone; a key for the desk has none.
      this.#point(ARROWS[key.replace(/^camera\.advice\./, '')] ?? null);
      this.#speak(line);
    };
    this.announcer = createAnnouncer(show, { busy: () => this.#speaking });
  }

  /**
   * The camera's view has come onto the page. To be called from the touch that asked for it: sounds begin only there.
   *
   * @param {Promise<unknown>} ready what must be done before the first frame is read
   */
  async open(ready) {
    const turn = (this.#turn += 1);
    // After the view is there: to open the sound device takes a slow phone a moment. A timer as short as this is still
    // the touch's own to browsers.
    setTimeout(() => {
      if (turn === this.#turn) this.tones.start();
    }, 0);
    this.#reopened = false;
    this.#lit = false;
    this.#desk = machine(navigator.userAgent, navigator.maxTouchPoints) === 'pc';
    this.#assist = createAssist();
    this.#said = '';
    this.announcer.clear();
    this.#tools();
    // A live region that comes into the page already filled is not read out.
    setTimeout(() => {
      if (turn === this.#turn && !this.#pump) this.#status('camera.opening');
    }, 150);
    await ready.catch(() => {});
    const video = this.page.main.querySelector('video');
    if (turn !== this.#turn || !video) return;
    // Not only as an attribute: without the property set, iPhones refuse to play by themselves.
    video.muted = true;
    video.addEventListener('resize', () => this.#shape(video));
    await this.camera.open(video);
  }

  close() {
    this.#turn += 1;
    this.#stopPump();
    this.#black = false;
    this.camera.close();
    this.announcer.clear();
    this.tones.stop();
    this.#silence();
    this.#awake.rest();
  }

  /** What was looked for is read. */
  celebrate() {
    this.tones.play('done');
    shake();
  }

  /** The language was changed: the picture runs on, only the words around it change. */
  translate() {
    translate(this.page.main, this.page.words());
    this.announcer.clear();
    this.#silence();
    this.#tools();
    if (this.#said) this.#status(this.#said);
  }

  /**
   * What a frame gave that is no notice.
   *
   * @param {Extract<Course, { to: 'camera' }>} seen
   */
  advise({ seen, advice }) {
    this.#help(seen ? '' : (advice ?? ''));
    if (this.#black) return;
    const now = performance.now();
    if (seen) {
      this.#saidAt = now;
      return this.#status(`camera.seen.${seen}`);
    }
    const steady = this.#steady(advice);
    if (steady === null || now - this.#saidAt < SAID_MS) return;
    const key = `camera.advice.${steady}`;
    const ownKey = this.#desk && this.page.knows(`${key}.desk`) ? `${key}.desk` : key;
    if (this.page.knows(ownKey)) this.#status(ownKey);
  }

  /**
   * One of the buttons beside the picture.
   *
   * @param {string} action
   */
  async press(action) {
    switch (action) {
      case 'torch':
        this.#assist.leave('light');
        this.#lit = !this.camera.lit;
        await this.camera.torch(this.#lit);
        break;
      case 'sound':
        this.tones.on = !this.tones.on;
        if (this.tones.on) {
          this.tones.start();
          this.tones.play('seen');
        } else this.tones.stop();
        break;
      case 'voice':
        this.#aloud = !this.#aloud;
        this.#silence();
        if (this.#said) this.#speak(this.page.words().t(this.#said));
        break;
      case 'lens':
        this.#lit = false;
        this.#stopPump();
        this.#draw(null);
        await this.camera.change();
        this.#tell('camera.lens.changed');
        break;
      case 'zoom-in':
      case 'zoom-out': {
        this.#assist.leave('zoom');
        const larger = action === 'zoom-in';
        if (!(await this.camera.step(larger ? 1 : -1))) this.#tell(larger ? 'camera.zoom.most' : 'camera.zoom.least');
        break;
      }
    }
    this.#tools();
  }

  #live() {
    const video = this.camera.video;
    if (!this.page.shown() || !video) return;
    this.tones.start();
    this.#awake.stay();
    this.#shape(video);
    this.#tools();
    this.#status('camera.live');
    this.#stopPump();
    this.#steady = createSteady(STEADY_FRAMES);
    this.#follow = createFollower();
    // Advice does not take the place of the first hint before that could be read.
    this.#saidAt = performance.now() - SAID_MS + GAP_MS;
    this.#pump = pumpFrames(video, this.page.reader, {
      outcome: (outcome, lie) => {
        const advice = shownAdvice(outcome.advice ?? null, lie);
        this.#draw(outcome.coach ?? null, lie);
        this.#finder()?.toggleAttribute('data-found', advice !== null && !SEARCHING.has(advice));
        // Two things at once are heard badly.
        if (advice && !this.#speaking) this.tones.play(SEARCHING.has(advice) ? 'search' : 'seen');
        this.page.outcome({ ...outcome, advice });
      },
      black: (black) => {
        this.#black = black;
        if (black) this.#status('camera.black');
      },
      frozen: () => {
        // Once by itself: some phones freeze the picture after the page was away. A second time a person decides.
        if (this.#reopened) {
          this.camera.close();
          this.page.help('lost');
          return;
        }
        this.#reopened = true;
        this.#stopPump();
        void this.camera.reopen();
      },
      lost: () => this.page.help('reader'),
    });
    this.#tryTimer = setTimeout(() => this.page.help('slow'), TRY_MS);
  }

  async #able() {
    if (!this.page.shown()) return;
    if (this.#lit && this.camera.light) await this.camera.torch(true);
    this.#tools();
  }

  /**
   * What the page does by itself, where the same advice has stood for long.
   *
   * @param {string} advice
   */
  #help(advice) {
    const { light, lit, room } = this.camera;
    const help = this.#assist.next(advice, { light, lit, ...room });
    if (help) void this.#act(help);
  }

  /** @param {import('./assist.js').Help} help */
  async #act(help) {
    const turn = this.#turn;
    if (help === 'light-on' || help === 'light-off') {
      const on = help === 'light-on';
      if ((await this.camera.torch(on)) !== on) return;
      this.#lit = on;
    } else await this.camera.enlarge(help === 'zoom-in');
    if (turn !== this.#turn) return;
    this.#tell(`camera.assist.${help}`);
    this.#tools();
  }

  /**
   * Said, and left to stand before advice follows.
   *
   * @param {string} key
   */
  #tell(key) {
    this.#saidAt = performance.now();
    this.#status(key);
  }

  /** @param {string} line */
  #speak(line) {
    const { lang } = this.page.words();
    const voice = this.#aloud ? localVoice(lang) : null;
    if (!voice) return;
    const turn = (this.#utterance += 1);
    this.#speaking = true;
    // One that was cut short says that it is over only after the next has begun.
    speak([speakable(line, lang)], voice, () => {
      if (turn === this.#utterance) this.#speaking = false;
    });
  }

  #silence() {
    hush();
    this.#speaking = false;
  }

  /** @param {string} key */
  #status(key) {
    this.announcer.say(this.page.words().t(key), key);
  }

  #stopPump() {
    this.#pump?.stop();
    this.#pump = null;
    clearTimeout(this.#tryTimer);
  }

  /** The buttons for what this camera and this browser can do; others are not there at all. */
  #tools() {
    const { camera, tones, page } = this;
    if (!page.shown()) return;
    /** @type {[place: string, action: string, words: string | null][]} */
    const tools = [
      ['tools', 'sound', tones.possible ? (tones.on ? 'camera.sound.off' : 'camera.sound') : null],
      ['tools', 'torch', camera.light ? (camera.lit ? 'camera.torch.off' : 'camera.torch') : null],
      // Only with a voice that is on the device itself.
      ['more', 'voice', localVoice(page.words().lang) ? (this.#aloud ? 'camera.voice.off' : 'camera.voice') : null],
      ['more', 'zoom-in', camera.zoom ? 'camera.zoom.in' : null],
      ['more', 'zoom-out', camera.zoom ? 'camera.zoom.out' : null],
      ['more', 'lens', camera.choices > 1 ? 'camera.lens' : null],
    ];
    for (const [slot, action, words] of tools) {
      const place = page.main.querySelector(`[data-slot="${slot}"]`);
      const there = place?.querySelector(`[data-action="${action}"]`);
      if (!words) there?.remove();
      else if (place) {
        const button = there ?? make('button', { type: 'button', class: 'button', 'data-action': action });
        if (!there) place.append(button);
        if (button.getAttribute('data-t') === words) continue;
        button.setAttribute('data-t', words);
        setText(button, page.words().t(words), page.words().lang);
      }
    }
  }

  /** @returns {HTMLElement | null} */
  #finder() {
    return this.page.main.querySelector('.finder');
  }

  /**
   * The view takes the picture's shape, so that its whole width is seen: what is cut off here is cut off for the reader.
   *
   * @param {HTMLVideoElement} video
   */
  #shape({ videoWidth, videoHeight }) {
    if (videoWidth > 0) this.#finder()?.style.setProperty('--tall', String(videoHeight / videoWidth));
  }

  /**
   * Where the code was seen.
   *
   * @param {Coach | null} coach
   * @param {Lie} [lie]
   */
  #draw(coach, lie) {
    const finder = this.#finder();
    const traced = finder?.querySelector('.traced');
    if (!finder || !traced) return;
    const corners = lie ? this.#follow(coach, lie) : null;
    finder.toggleAttribute('data-seen', corners !== null);
    if (!lie) finder.removeAttribute('data-found');
    if (!corners || !lie) return;
    const { width, height } = shownSize(lie);
    traced.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const points = corners.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`).join(' ');
    for (const line of traced.children) line.setAttribute('points', points);
  }

  /** @param {string | null} arrow */
  #point(arrow) {
    const finder = this.#finder();
    if (!finder) return;
    if (arrow) finder.dataset.arrow = arrow;
    else delete finder.dataset.arrow;
  }
}
