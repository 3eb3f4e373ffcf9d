// @ts-check
/**
 * Hands inside the page: they press what a visitor presses, by the page's hooks, and stand in for what a tester may
 * not have: a camera, a paper, another day.
 *
 * The page itself is whole. Digits go to the real reader, pictures are drawn and read; only what cannot be had on
 * every machine is played: cameras that fail, a day that is not today, advice to the hand that holds the phone, and
 * apps of the made-up ward that began or ended.
 */
import { inPageCamera } from '../e2e/camera.js';
import { drawn } from '../js/drawn.js';

/** @typedef {import('../../www/js/types.js').Outcome} Outcome */
/** @typedef {import('../e2e/camera.js').Behaviour} Behaviour */

/** How long a state may take to come; the reader's first start compiles its module. */
const PATIENCE_MS = 20_000;

/** @type {string[] | null} digits that the next photo stands for */
let photoOf = null;
/** @type {((ward: any) => any) | null} what other facts the ward is given */
let facts = null;
/** @type {Outcome | null} what every frame of the camera says */
let frames = null;

/** The worker hears what the case wants it to hear; everything it says is its own, but for {@link advice}. */
export function listenIn() {
  const send = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ transfer) {
    const say = (/** @type {any} */ other) => send.call(this, other, transfer ?? []);
    if (message?.options?.profile && facts) {
      message = { ...message, options: { ...message.options, profile: facts(message.options.profile) } };
    }
    if (message?.type === 'photo' && photoOf) {
      const texts = photoOf;
      photoOf = null;
      // Digits told one after the other are one slip. The page waits for the last only.
      texts.slice(0, -1).forEach((text, at) => send.call(this, { id: -1 - at, type: 'digits', text }));
      return send.call(this, { id: message.id, type: 'digits', text: texts.at(-1) });
    }
    if (frames && ['frame', 'rgba'].includes(message?.type)) {
      const outcome = frames;
      message.frame?.close();
      setTimeout(() => this.onmessage?.(/** @type {any} */ ({ data: { id: message.id, ok: true, outcome } })), 60);
      return undefined;
    }
    return say(message);
  };
}

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {string | (() => unknown)} what a selector, or a function that answers true
 * @param {number} [patience]
 */
export async function until(what, patience = PATIENCE_MS) {
  const started = performance.now();
  for (;;) {
    if (typeof what === 'string' ? document.querySelector(what) : what()) return;
    if (performance.now() - started > patience) {
      const { step, help } = document.querySelector('main')?.dataset ?? {};
      throw new Error(`expected ${what} within ${patience} ms; found step ${step}, help ${help}`);
    }
    await pause(10);
  }
}

/** @param {string} step */
export const step = (step) => until(`main[data-step="${step}"]`);

/** @param {string} help */
export const help = (help) => until(`main[data-step="help"][data-help="${help}"]`);

/** @param {string} selector */
export function press(selector) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`expected something to press at ${selector}, found nothing`);
  element.click();
}

/** @param {string} name */
export const act = (name) => press(`main [data-action="${name}"], [data-action="${name}"]`);

/**
 * A text into the first field, as the clipboard brings it.
 *
 * @param {string} text
 */
export function paste(text) {
  const field = /** @type {HTMLInputElement} */ (document.querySelector('[data-input="digits"]'));
  field.focus();
  const data = new DataTransfer();
  data.setData('text/plain', text);
  if (!field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })))
    return;
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste', data: text }));
}

/**
 * Types a code and hands it in.
 *
 * @param {string} digits
 */
export async function type(digits) {
  act('type');
  await step('typing');
  paste(digits);
  if (document.querySelector('main')?.dataset.step === 'typing') act('submit');
}

/**
 * As `type`, on to the answer.
 *
 * @param {string} digits
 */
export async function answer(digits) {
  await type(digits);
  await yes();
}

/** The amount is right. */
export async function yes() {
  await until('main[data-step="confirm"], main[data-step="answer"]');
  if (document.querySelector('main[data-step="confirm"]')) act('confirm-yes');
  await step('answer');
}

/** Back to where the next paper begins. */
export async function again() {
  act('restart');
  await until('main[data-step="start"], main[data-step="counter"]');
}

/**
 * Keys of a hand scanner, with no field focused.
 *
 * @param {string} text digits and capital letters
 */
export function scan(text) {
  /** @type {any} */ (document.activeElement)?.blur?.();
  for (const key of [...text, 'Enter']) {
    const code = key === 'Enter' ? key : /[0-9]/.test(key) ? `Digit${key}` : `Key${key}`;
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));
  }
}

/**
 * A photo is chosen.
 *
 * @param {BlobPart} bytes
 * @param {string} [name]
 * @param {string} [mime]
 */
export function photo(bytes, name = 'photo.png', mime = 'image/png') {
  const field = /** @type {HTMLInputElement} */ (document.querySelector('[data-input="photo"]'));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: mime }));
  field.files = data.files;
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

/**
 * A photo of one sheet on which these codes stand.
 *
 * @param {string[]} texts
 */
export function photoSaying(texts) {
  photoOf = texts;
  photo('');
}

/**
 * The made-up ward's own paper, whose facts the page knows: apps, charges, telephones.
 *
 * @param {string[]} texts
 * @param {(ward: any) => any} [other] facts instead of the ward's own
 */
export async function sample(texts, other) {
  photoOf = texts;
  facts = other ?? null;
  act('sample');
  await yes();
}

/**
 * A camera that behaves so, behind the camera button.
 *
 * @param {Behaviour} behaviour
 * @param {string[]} [pictures] base64 of JPEG
 */
export async function camera({ refuse, ...flags }, pictures = []) {
  await inPageCamera(pictures, { refuse: refuse ?? null, ...flags });
  act('camera');
}

/**
 * A camera that gives a picture, seen by a reader that says always the same.
 *
 * @param {Outcome} outcome
 */
export async function filming(outcome) {
  frames = outcome;
  await camera({}, [await jpeg(table())]);
  await step('camera');
  await until(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
}

/** The camera stops by itself. */
export function loseCamera() {
  for (const track of /** @type {any} */ (window).__camera.tracks) {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
}

/** The signal is gone, as far as the page can tell. */
export function goOffline() {
  Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false });
  dispatchEvent(new Event('offline'));
}

/** Longer than anybody looks, and as long as a timer can wait. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * What takes the page a minute takes a second.
 *
 * @param {number} [never] and what would come after so many milliseconds does not come
 */
export function hurry(never = NaN) {
  const wait = window.setTimeout;
  window.setTimeout = /** @type {any} */ (
    (/** @type {() => void} */ then, /** @type {number} */ ms) =>
      wait(then, ms === never ? NEVER_MS : ms >= 60_000 ? 1_000 : ms)
  );
}

/**
 * The page's own clock runs faster, until it is told to go on as ever.
 *
 * @param {number} times
 * @returns {() => void} from now on as ever
 */
export function quicken(times) {
  const wait = window.setTimeout;
  const now = performance.now.bind(performance);
  const began = now();
  performance.now = () => began + (now() - began) * times;
  window.setTimeout = /** @type {any} */ (
    (/** @type {() => void} */ then, /** @type {number} */ ms) => wait(then, ms / times)
  );
  return () => {
    const ahead = performance.now() - now();
    performance.now = () => now() + ahead;
    window.setTimeout = wait;
  };
}

/** Workers break as soon as they are spoken to. */
export function breakWorkers() {
  Worker.prototype.postMessage = function () {
    setTimeout(() => this.dispatchEvent(new ErrorEvent('error')));
  };
}

/**
 * The device believes that it is this day.
 *
 * @param {string} today YYYY-MM-DD
 */
export function setToday(today) {
  const ahead = Date.parse(`${today}T12:00:00+09:00`) - Date.now();
  const now = Date.now.bind(Date);
  Date.now = () => now() + ahead;
}

// ---- pictures ----

/**
 * @param {number} width
 * @param {number} height
 * @param {string} [ground]
 */
function sheet(width, height, ground = '#b0b0b0') {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = ground;
  pen.fillRect(0, 0, width, height);
  return { canvas, pen };
}

/** A grey table with a paper on it. */
export function table() {
  const { canvas, pen } = sheet(640, 480, '#8c7f70');
  pen.fillStyle = '#efece4';
  pen.fillRect(60, 60, 520, 340);
  return canvas;
}

/** Nothing but grey. */
export const wall = () => sheet(640, 480).canvas;

/**
 * Bar codes below each other on white paper.
 *
 * @param {string[]} codes
 */
export function bars(codes) {
  const pictures = codes.map((code) => drawn(code));
  const width = Math.max(...pictures.map((picture) => picture.width));
  const height = pictures.reduce((sum, picture) => sum + picture.height, 0);
  const { canvas, pen } = sheet(width, height, '#ebebeb');
  let top = 0;
  for (const { luma, width: wide, height: high } of pictures) {
    const image = new ImageData(wide, high);
    luma.forEach((value, at) => image.data.set([value, value, value, 255], 4 * at));
    pen.putImageData(image, 0, top);
    top += high;
  }
  return canvas;
}

/**
 * A QR symbol.
 *
 * @param {number[]} rows the first module in the highest bit
 */
export function squares(rows) {
  const scale = 10;
  const quiet = 6;
  const side = (rows.length + 2 * quiet) * scale;
  const { canvas, pen } = sheet(side, side, '#e8e8e8');
  pen.fillStyle = '#202020';
  rows.forEach((row, y) => {
    for (let x = 0; x < rows.length; x += 1) {
      if ((row >> (rows.length - 1 - x)) & 1) pen.fillRect((x + quiet) * scale, (y + quiet) * scale, scale, scale);
    }
  });
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} [mime]
 * @returns {Promise<Blob>}
 */
export function file(canvas, mime = 'image/png') {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(`expected ${mime}, found nothing`))), mime, 0.9);
  });
}

/** @param {HTMLCanvasElement} canvas */
async function jpeg(canvas) {
  const bytes = new Uint8Array(await (await file(canvas, 'image/jpeg')).arrayBuffer());
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
}
