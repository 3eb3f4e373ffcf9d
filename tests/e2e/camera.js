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
 * @property {{ min: number, max: number }} [zoom] the camera has a zoom
 * @property {boolean} [stubborn] every constraint is refused once the camera runs
 * @property {Lens[]} [lenses] several cameras; the first one is what the browser gives by itself
 * @property {[width: number, height: number]} [size] an even grey picture of this size, where no pictures are given
 *
 * @typedef {object} Lens
 * @property {string} id
 * @property {string} label as the browser names it
 * @property {string[]} [focus] modes
 * @property {boolean} [torch]
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
 * From now on every frame gives this advice, whatever is in it: what the page does with advice is tested apart from
 * the reading.
 *
 * @param {Page} page
 * @param {string} advice an empty one: frames are read again
 * @param {{ x: number, y: number }[]} [at] the corners of the code, in pixels of the frame
 */
export function advise(page, advice, at) {
  return page.evaluate(
    (said, place) => {
      const scene = /** @type {any} */ (window);
      scene.__advice = { advice: said, at: place };
      if (scene.__puppet) return;
      scene.__puppet = true;
      const send = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any[]} */ ...rest) {
        if ((message.type !== 'frame' && message.type !== 'rgba') || !scene.__advice.advice) {
          return send.apply(this, /** @type {any} */ ([message, ...rest]));
        }
        message.frame?.close();
        const { advice, at } = scene.__advice;
        // A code in a hand never lies in the same place to the last digit.
        const moved = at?.map((/** @type {any} */ { x, y }) => ({ x: x + Math.random(), y }));
        const coach = { advice, confidence: 1, ...(moved ? { at: moved } : {}) };
        const data = { id: message.id, ok: true, outcome: { report: null, advice, coach } };
        setTimeout(() => this.onmessage?.(new MessageEvent('message', { data })), 10);
      };
    },
    advice,
    at,
  );
}

/**
 * What the page sounds and how it shakes, noted from now on.
 *
 * @param {Page} page
 */
export function listen(page) {
  return page.evaluate(() => {
    const heard = { pitches: /** @type {number[]} */ ([]), shakes: /** @type {unknown[]} */ ([]) };
    /** @type {any} */ (window).__heard = heard;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (/** @type {number | undefined} */ when) {
      heard.pitches.push(Math.round(this.frequency.value));
      return start.call(this, when);
    };
    navigator.vibrate = (pattern) => {
      heard.shakes.push(pattern);
      return true;
    };
  });
}

/** @param {Page} page */
export function heard(page) {
  return page.evaluate(
    () => /** @type {{ pitches: number[], shakes: unknown[] }} */ (/** @type {any} */ (window).__heard),
  );
}

/**
 * In page.
 *
 * @param {string[]} pictures
 * @param {Omit<Behaviour, 'pictures' | 'refuse'> & { refuse: string | null }} options
 */
export async function inPageCamera(
  pictures,
  { refuse, missing, insecure, unanswered, torch, zoom, stubborn, lenses = [], size },
) {
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
  const width = images[0]?.width ?? size?.[0] ?? 640;
  const height = images[0]?.height ?? size?.[1] ?? 480;

  const getUserMedia = async (/** @type {MediaStreamConstraints} */ constraints) => {
    log.calls.push(JSON.parse(JSON.stringify(constraints)));
    if (unanswered) return new Promise(() => undefined);
    if (refuse) throw new DOMException('as the test wants it', refuse);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    if (size) context.fillStyle = '#808080';
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
    const id = /** @type {any} */ (constraints.video)?.deviceId?.exact;
    const lens = lenses.find((each) => each.id === id) ?? lenses[0];
    /** @type {Record<string, unknown>} */
    const own = { width, height, frameRate: 15, facingMode: 'environment', deviceId: lens?.id ?? 'fake' };
    if (lens) Object.defineProperty(track, 'label', { value: lens.label });
    track.getSettings = () => own;
    track.getCapabilities = () => ({
      facingMode: ['environment'],
      ...((lens ? lens.torch : torch) ? { torch: true } : {}),
      ...(zoom ? { zoom } : {}),
      ...(lens?.focus ? { focusMode: lens.focus } : {}),
    });
    track.applyConstraints = async (/** @type {any} */ wanted) => {
      if (stubborn) throw new DOMException('as the test wants it', 'OverconstrainedError');
      Object.assign(log.applied, { width: wanted.width, height: wanted.height });
      for (const one of wanted?.advanced ?? []) Object.assign(log.applied, one);
    };
    log.tracks.push(track);
    return stream;
  };
  // On the prototype: WebKit lets go of `navigator.mediaDevices` itself when memory is collected, and of what was put
  // on it.
  MediaDevices.prototype.getUserMedia = getUserMedia;
  MediaDevices.prototype.enumerateDevices = async () =>
    lenses.map(({ id, label }) => /** @type {any} */ ({ kind: 'videoinput', deviceId: id, label, groupId: '' }));
}
