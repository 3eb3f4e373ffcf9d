// @ts-check
/**
 * A camera made inside the page: the same in every engine, and able to fail in all the ways that cameras fail.
 *
 * The functions that start with `in page` run there: they use nothing from this file.
 */
/** @typedef {import('./engine.js').Page} Page */

/**
 * How the camera behaves.
 *
 * @typedef {object} Behaviour
 * @property {string[]} [pictures] paths of JPEG files, shown in turn; none is a lens cap: a black picture
 * @property {string} [refuse] name of the DOMException that getUserMedia rejects with
 * @property {boolean} [missing] there is no `navigator.mediaDevices`, as on a page without TLS
 * @property {boolean} [insecure] the page came without TLS, and the browser says so
 * @property {boolean} [unanswered] the browser's question is still open
 * @property {boolean} [torch] the camera has a light
 */

/**
 * @param {Page} page
 * @param {Behaviour} behaviour
 */
export async function fakeCamera(page, { pictures = [], refuse, ...flags }) {
  const encoded = pictures.length === 0 ? [] : await base64(pictures);
  await page.evaluate(inPageCamera, encoded, { refuse: refuse ?? null, ...flags });
}

/** @param {string[]} paths */
async function base64(paths) {
  // Only here, so that the gallery can take this file into a page.
  const { readFile } = await import('node:fs/promises');
  return Promise.all(paths.map((path) => readFile(path, 'base64')));
}

/**
 * The page's long patience, a minute and more, runs out after a second; its short waits stay as they are.
 *
 * @param {Page} page
 */
export function hurry(page) {
  return page.evaluate(() => {
    const wait = window.setTimeout;
    window.setTimeout = /** @type {any} */ (
      (/** @type {() => void} */ then, /** @type {number} */ ms) => wait(then, ms >= 60_000 ? 1_000 : ms)
    );
  });
}

/**
 * Every worker of the page breaks as soon as it is spoken to, as where the browser has no WebAssembly to give.
 *
 * @param {Page} page
 */
export function breakWorkers(page) {
  return page.evaluate(() => {
    Worker.prototype.postMessage = function () {
      setTimeout(() => this.dispatchEvent(new ErrorEvent('error')));
    };
  });
}

/**
 * What the page has done with its camera so far.
 *
 * @param {Page} page
 */
export function cameraLog(page) {
  return page.evaluate(() => {
    const { calls, tracks, applied } = /** @type {any} */ (window).__camera;
    return {
      calls: /** @type {number} */ (calls.length),
      constraints: /** @type {any[]} */ (calls),
      applied: /** @type {Record<string, unknown>} */ (applied),
      live: /** @type {number} */ (tracks.filter((/** @type {any} */ track) => track.readyState === 'live').length),
    };
  });
}

/**
 * The camera's plug is pulled, or another program takes it.
 *
 * @param {Page} page
 */
export function endTrack(page) {
  return page.evaluate(() => {
    for (const track of /** @type {any} */ (window).__camera.tracks) {
      if (track.readyState !== 'live') continue;
      track.stop();
      // stop() by itself tells nobody; a lost camera does.
      track.dispatchEvent(new Event('ended'));
    }
  });
}

/**
 * The visitor goes to another window, or comes back.
 *
 * @param {Page} page
 * @param {'hidden' | 'visible'} state
 */
export function setVisibility(page, state) {
  return page.evaluate((to) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => to });
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => to === 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

/**
 * In page.
 *
 * @param {string[]} pictures
 * @param {{ refuse: string | null, missing?: boolean, insecure?: boolean, unanswered?: boolean, torch?: boolean }} options
 */
export async function inPageCamera(pictures, { refuse, missing, insecure, unanswered, torch }) {
  const log = {
    calls: /** @type {any[]} */ ([]),
    tracks: /** @type {MediaStreamTrack[]} */ ([]),
    applied: /** @type {Record<string, unknown>} */ ({}),
  };
  /** @type {any} */ (window).__camera = log;
  if (insecure) Object.defineProperty(window, 'isSecureContext', { configurable: true, get: () => false });
  if (missing) {
    Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: undefined });
    return;
  }
  const images = await Promise.all(
    pictures.map((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    }),
  );
  const width = images[0]?.width ?? 640;
  const height = images[0]?.height ?? 480;

  const getUserMedia = async (/** @type {MediaStreamConstraints} */ constraints) => {
    log.calls.push(JSON.parse(JSON.stringify(constraints)));
    if (unanswered) return new Promise(() => undefined);
    if (refuse) throw new DOMException('as the test wants it', refuse);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    let shown = 0;
    const draw = () => {
      const image = images[shown++ % Math.max(1, images.length)];
      if (image) context.drawImage(image, 0, 0);
      // A canvas hands out a new frame only when something was drawn on it.
      else context.fillRect(0, 0, width, height);
    };
    draw();
    const stream = canvas.captureStream(15);
    const ticking = setInterval(draw, 66);
    const track = /** @type {any} */ (stream.getVideoTracks()[0]);
    const stop = track.stop.bind(track);
    track.stop = () => {
      clearInterval(ticking);
      stop();
    };
    track.getSettings = () => ({ width, height, frameRate: 15, facingMode: 'environment', deviceId: 'fake' });
    track.getCapabilities = () => ({ facingMode: ['environment'], ...(torch ? { torch: true } : {}) });
    track.applyConstraints = async (/** @type {any} */ wanted) => {
      for (const one of wanted?.advanced ?? []) Object.assign(log.applied, one);
    };
    log.tracks.push(track);
    return stream;
  };
  // On the prototype: WebKit lets go of `navigator.mediaDevices` itself when memory is collected, and of what was put
  // on it.
  MediaDevices.prototype.getUserMedia = getUserMedia;
  MediaDevices.prototype.enumerateDevices = async () => [];
}
