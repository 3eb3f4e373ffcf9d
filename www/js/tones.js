// @ts-check

/**
 * Each sound as the pitches it is made of, in Hz, one after the other. None is above 2,500 Hz (JIS S 0014: many people
 * over 70 hear nothing above that), and each is told apart by its tune as well as by its pitch.
 */
export const TONES = Object.freeze({
  /** No code in sight. */
  search: [880],
  /** A code is in sight. */
  seen: [1320],
  /** Read. */
  done: [1320, 1760],
});

/** So long between two sounds: as between two lines of words. The one that says "read" comes at once. */
export const REST_MS = 2_500;
/** So long until a search that goes on is heard again: enough to know that the camera runs. */
export const PATIENCE_MS = 10_000;
/** Loud enough for a quiet room; a phone's own volume does the rest. */
const LOUDNESS = 0.12;
/** One pitch, in seconds; it swells and fades so that it does not click. */
const LENGTH = 0.16;
const SWELL = 0.03;

/**
 * @typedef {keyof typeof TONES} Tone
 * @typedef {{ type: string }} AudioSession Safari's, which no type definition knows yet
 */

/** Short soft sounds, for whoever does not look at the screen. Each has a twin among the words. */
export class Tones {
  /** Kept while the page is open and nowhere else. */
  on = true;
  /** @type {AudioContext | null} */
  #context = null;
  #last = -Infinity;
  /** @type {Tone | null} */
  #tone = null;

  /** @param {{ now?: () => number }} [clock] */
  constructor({ now = () => performance.now() } = {}) {
    this.now = now;
  }

  /** Whether the browser can make sounds at all. */
  get possible() {
    return typeof globalThis.AudioContext === 'function';
  }

  /** To be called from the touch that opens the camera: browsers let only a touch start sounds. */
  start() {
    if (!this.on || !this.possible) return;
    // A passing sound: what else plays on the phone gets quieter and goes on.
    session('transient');
    try {
      this.#context ??= new AudioContext();
    } catch {
      return; // Too many of them, or no sound device: the words say all that the sounds do.
    }
    this.#last = -Infinity;
    this.#tone = null;
    // Also after the phone was locked: it stops what sounded.
    void this.#context.resume().catch(() => {});
  }

  /**
   * For every frame, with what it showed; what comes too soon is not sounded.
   *
   * @param {Tone} tone
   */
  play(tone) {
    const context = this.#context;
    if (!this.on || !context) return;
    const now = this.now();
    const rest = tone === 'search' && this.#tone === tone ? PATIENCE_MS : REST_MS;
    if (tone !== 'done' && now - this.#last < rest) return;
    this.#last = now;
    this.#tone = tone;
    const begin = context.currentTime + 0.02;
    TONES[tone].forEach((pitch, at) => beep(context, pitch, begin + at * (LENGTH + 0.04)));
  }

  /** Lets the sound device go, after what still sounds. */
  stop() {
    const context = this.#context;
    this.#context = null;
    if (!context) return;
    setTimeout(() => {
      session('auto');
      void context.close().catch(() => {});
    }, 600);
  }
}

/**
 * @param {AudioContext} context
 * @param {number} pitch in Hz
 * @param {number} begin in seconds of the context
 */
function beep(context, pitch, begin) {
  const oscillator = context.createOscillator();
  const loudness = context.createGain();
  oscillator.type = 'sine';
  oscillator.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, begin);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, begin + SWELL);
  loudness.gain.setValueAtTime(LOUDNESS, begin + LENGTH - SWELL);
  loudness.gain.linearRampToValueAtTime(0, begin + LENGTH);
  oscillator.connect(loudness);
  loudness.connect(context.destination);
  oscillator.start(begin);
  oscillator.stop(begin + LENGTH);
}

/** @param {string} type */
function session(type) {
  const { audioSession } = /** @type {{ audioSession?: AudioSession }} */ (navigator);
  if (!audioSession) return;
  try {
    audioSession.type = type;
  } catch {
    // A browser with other types than these: it keeps its own.
  }
}

/** A short shake that says "read", where the phone can. Never alone: the sound and the words say the same. */
export function shake() {
  try {
    navigator.vibrate?.(120);
  } catch {
    // Some browsers have the call and refuse it.
  }
}
