// @ts-check
/** @import { Outcome } from './types.js' */
/** @import { Lie } from './sketch.js' */
/** @import { Reader } from './worker-client.js' */

/** No more frames than this are read a second: the phone stays cool, and a hand needs longer to move. */
const FRAMES_A_SECOND = 12;
/** Without a new frame for so long the camera counts as frozen. */
const FROZEN_MS = 6000;
/** Mean luminance (0–255) below which a picture shows nothing at all. A dark room gives more. */
const BLACK = 4;
const BLACK_MS = 3000;
const LOOK_MS = 500;
const PULSE_MS = 80;
/** A way that has worked before is given up after so many failures in a row. */
const MOST_FAILURES = 3;

/**
 * Takes frames off a video, one in flight, and gives them to the reader.
 *
 * @param {HTMLVideoElement} video
 * @param {Reader} reader
 * @param {object} hear
 * @param {(outcome: Outcome, lie: Lie) => void} hear.outcome with how the frame lies in the picture that is shown
 * @param {(black: boolean) => void} hear.black nothing but black for three seconds, or light again
 * @param {() => void} hear.frozen
 * @param {(error: Error) => void} hear.lost the reader cannot be had again
 * @returns {{ stop: () => void }}
 */
export function pumpFrames(video, reader, hear) {
  // Where the browser does not tell of new frames a timer looks for them.
  const byFrame = typeof video.requestVideoFrameCallback === 'function';
  let running = true;
  let inFlight = false;
  /** A frame is there that was not read yet. */
  let fresh = true;
  let asked = false;
  let lastRead = -Infinity;
  let lastFrame = performance.now();
  let lastTime = -1;
  /** @type {any} */
  let soon = null;
  /** @type {number | null} */
  let darkSince = null;
  let black = false;

  const read = async () => {
    if (!running || inFlight || document.hidden) return;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return;
    const now = performance.now();
    const early = lastRead + 1000 / FRAMES_A_SECOND - now;
    if (early > 0) {
      soon ??= setTimeout(() => {
        soon = null;
        void read();
      }, early);
      return;
    }
    lastRead = now;
    inFlight = true;
    fresh = false;
    listen();
    try {
      const grabbed = await grab(video, reader);
      if (!running || !grabbed) return;
      hear.outcome(grabbed.outcome, grabbed.lie);
      if (running) lighten(grabbed.outcome.light ?? BLACK);
    } catch (error) {
      // A lost worker is replaced at the next frame; only when that is given up there is something to tell.
      if (running && error instanceof Error && 'final' in error && error.final) hear.lost(error);
    } finally {
      inFlight = false;
      // What has come in meanwhile: waiting for the next frame would cost the reader half of its pause.
      if (byFrame && fresh) void read();
    }
  };

  // Asked only after a frame was taken: each call back makes the browser work through the page as for a new picture of
  // it, thirty times a second if it were asked always.
  const listen = () => {
    if (!byFrame || asked) return;
    asked = true;
    video.requestVideoFrameCallback(() => {
      asked = false;
      fresh = true;
      void read();
    });
  };
  listen();
  const pulse = setInterval(() => {
    // Also where frames announce themselves: WebKit stops announcing on videos it takes for hidden.
    if (!byFrame || performance.now() - lastRead > LOOK_MS) void read();
  }, PULSE_MS);

  /** @param {number} light of the frame, 0 to 255 */
  const lighten = (light) => {
    const now = performance.now();
    darkSince = light < BLACK ? (darkSince ?? now) : null;
    const isBlack = darkSince !== null && now - darkSince > BLACK_MS;
    if (isBlack !== black) hear.black((black = isBlack));
  };

  const watch = setInterval(() => {
    const now = performance.now();
    if (document.hidden || video.currentTime !== lastTime) {
      lastTime = video.currentTime;
      lastFrame = now;
    } else if (now - lastFrame > FROZEN_MS) {
      lastFrame = now;
      hear.frozen();
    }
  }, LOOK_MS);

  return {
    stop() {
      running = false;
      clearTimeout(soon);
      clearInterval(pulse);
      clearInterval(watch);
    },
  };
}

/**
 * How frames go to the reader, the best way first. A way that does not work is not tried again.
 *
 * @type {((video: HTMLVideoElement, reader: Reader) => Promise<{ outcome: Outcome, lie: Lie } | null>)[]}
 */
const ways = [
  // The luminance plane goes into the module's memory without a canvas.
  async (video, reader) => {
    const frame = new VideoFrame(video);
    try {
      const lie = lieOf(frame, video);
      return { outcome: await reader.frame(frame), lie };
    } finally {
      frame.close();
    }
  },
  // Its pixels are read by the worker: on the page that would hold up a slow phone for a tenth of a second.
  async (video, reader) => {
    const bitmap = await createImageBitmap(video);
    const { width, height } = bitmap;
    return { outcome: await reader.frame(bitmap), lie: { width, height, turn: 0, mirrored: false } };
  },
  async (video, reader) => {
    scratch ??= makeScratch();
    if (!scratch) return null;
    const { canvas, context } = scratch;
    if (canvas.width !== video.videoWidth || canvas.height !== video.videoHeight) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
    }
    context.drawImage(video, 0, 0);
    const { width, height } = canvas;
    const outcome = await reader.rgba(context.getImageData(0, 0, width, height));
    return { outcome, lie: { width, height, turn: 0, mirrored: false } };
  },
];
/** Whether the first of them has worked, and how often it has failed since. */
let worked = false;
let failures = 0;
/** @type {{ canvas: HTMLCanvasElement, context: CanvasRenderingContext2D } | null} */
let scratch = null;

/**
 * One frame to the reader.
 *
 * @param {HTMLVideoElement} video
 * @param {Reader} reader
 * @returns {Promise<{ outcome: Outcome, lie: Lie } | null>}
 */
async function grab(video, reader) {
  for (;;) {
    const [way] = ways;
    if (!way) return null;
    try {
      const grabbed = await way(video, reader);
      worked = true;
      failures = 0;
      return grabbed;
    } catch (error) {
      if ((error instanceof Error && error.name === 'ReaderLost') || ways.length === 1) throw error;
      failures += 1;
      // A frame of a camera that is just being closed is no reason to go the slow way ever after.
      if (worked && failures < MOST_FAILURES) throw error;
      ways.shift();
      worked = false;
      failures = 0;
    }
  }
}

/**
 * The reader gets the pixels as the sensor has them; newer browsers keep beside them how the picture is to be turned.
 * Where one turns it on the screen and does not say so, it is a phone held upright, whose sensor lies on its side.
 *
 * @param {VideoFrame & { rotation?: number, flip?: boolean }} frame
 * @param {{ videoWidth: number, videoHeight: number }} video
 * @returns {Lie}
 */
export function lieOf(frame, { videoWidth, videoHeight }) {
  const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
  const silent = !frame.rotation && width > height && videoHeight > videoWidth;
  return { width, height, turn: silent ? 90 : (frame.rotation ?? 0), mirrored: frame.flip ?? false };
}

function makeScratch() {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  return context ? { canvas, context } : null;
}
