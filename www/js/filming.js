// @ts-check
/** @import { Outcome } from './types.js' */
/** @import { Words } from './words.js' */
/** @import { Course } from './flow.js' */
/** @import { Reader } from './worker-client.js' */
import { createAnnouncer, createSteady } from './announcer.js';
import { Camera } from './camera.js';
import { pumpFrames } from './frames.js';
import { setText } from './phrases.js';
import { make, translate } from './view.js';

/** So long a person may try with the camera before other ways are offered. No hurry is shown before. */
const TRY_MS = 75_000;
/** Advice is drawn from single frames; this many in a row must say the same. */
const STEADY_FRAMES = 4;
/** What was seen that is no notice is said for so long before advice takes its place. */
const SEEN_MS = 5_000;

/** The state in which the camera runs: what is seen goes to the reader, and what helps is said. */
export class Filming {
  /** Counts openings, so that one which was overtaken changes nothing. */
  #turn = 0;
  /** @type {{ stop: () => void } | null} */
  #pump = null;
  /** @type {any} */
  #tryTimer = null;
  #reopened = false;
  #torch = false;
  #black = false;
  #steady = createSteady(STEADY_FRAMES);
  #seenAt = -Infinity;

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
    this.camera = new Camera({
      live: () => this.#live(),
      stopped: () => {
        this.#stopPump();
        this.#status('camera.stopped');
      },
      problem: ({ fault }) => page.help(fault),
      torch: (available) => this.#offerTorch(available),
    });
    this.announcer = createAnnouncer((line) => {
      const place = page.main.querySelector('[data-slot="status"]');
      if (place) setText(place, line, page.words().lang);
    });
  }

  /**
   * The camera's view has come onto the page.
   *
   * @param {Promise<unknown>} ready what must be done before the first frame is read
   */
  async open(ready) {
    const turn = (this.#turn += 1);
    this.#torch = false;
    this.#reopened = false;
    this.announcer.clear();
    // A live region that comes into the page already filled is not read out.
    setTimeout(() => {
      if (turn === this.#turn && !this.#pump) this.#status('camera.opening');
    }, 150);
    await ready.catch(() => {});
    const video = this.page.main.querySelector('video');
    if (turn !== this.#turn || !video) return;
    // Not only as an attribute: without the property set, iPhones refuse to play by themselves.
    video.muted = true;
    await this.camera.open(video);
  }

  close() {
    this.#turn += 1;
    this.#stopPump();
    this.#black = false;
    this.camera.close();
    this.announcer.clear();
  }

  /** The language was changed: the picture runs on, only the words around it change. */
  translate() {
    translate(this.page.main, this.page.words());
    this.announcer.clear();
  }

  /**
   * What a frame gave that is no notice.
   *
   * @param {Extract<Course, { to: 'camera' }>} seen
   */
  advise({ seen, advice }) {
    if (this.#black) return;
    const now = performance.now();
    if (seen) {
      this.#seenAt = now;
      return this.#status(`camera.seen.${seen}`);
    }
    const steady = this.#steady(advice);
    if (steady === null || now - this.#seenAt < SEEN_MS) return;
    const key = `camera.advice.${steady}`;
    if (this.page.knows(key)) this.#status(key);
  }

  /** @param {HTMLElement} control */
  async switchTorch(control) {
    const words = this.page.words();
    await this.camera.torch(!this.camera.lit);
    control.dataset.t = this.camera.lit ? 'camera.torch.off' : 'camera.torch';
    setText(control, words.t(control.dataset.t), words.lang);
  }

  #live() {
    const video = this.camera.video;
    if (!this.page.shown() || !video) return;
    this.#status('camera.live');
    this.#stopPump();
    this.#steady = createSteady(STEADY_FRAMES);
    this.#seenAt = -Infinity;
    this.#pump = pumpFrames(video, this.page.reader, {
      outcome: (outcome) => this.page.outcome(outcome),
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

  /** @param {string} key */
  #status(key) {
    this.announcer.say(this.page.words().t(key));
  }

  #stopPump() {
    this.#pump?.stop();
    this.#pump = null;
    clearTimeout(this.#tryTimer);
  }

  /** @param {boolean} available */
  #offerTorch(available) {
    if (available === this.#torch || !this.page.shown()) return;
    this.#torch = available;
    const place = this.page.main.querySelector('.camera .ways');
    if (available && place && !place.querySelector('[data-action="torch"]')) {
      const button = make('button', {
        type: 'button',
        class: 'button',
        'data-action': 'torch',
        'data-t': 'camera.torch',
      });
      place.prepend(button);
      translate(place, this.page.words());
    }
  }
}
