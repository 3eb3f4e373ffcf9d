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
  let running = true;
  let inFlight = false;
  let lastRead = -Infinity;
  let lastFrame = performance.now();
  let lastTime = -1;
  /** @type {number | null} */
  let darkSince = null;
  let black = false;
  /** The reader calls the picture dark, or has not seen one yet. */
  let dark = true;

  const read = async () => {
    if (!running || inFlight || document.hidden) return;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return;
    const now = performance.now();
    if (now - lastRead < 1000 / FRAMES_A_SECOND) return;
    lastRead = now;
    inFlight = true;
    try {
      const grabbed = await grab(video, reader);
      if (!running || !grabbed) return;
      dark = grabbed.outcome.advice === 'too-dark';
      hear.outcome(grabbed.outcome, grabbed.lie);
    } catch (error) {
      // A lost worker is replaced at the next frame; only when that is given up there is something to tell.
      if (running && error instanceof Error && 'final' in error && error.final) hear.lost(error);
    } finally {
      inFlight = false;
    }
  };

  // Asked for anew at each frame; where the browser has no such call a timer does.
  const byFrame = typeof video.requestVideoFrameCallback === 'function';
  const onFrame = () => {
    if (!running) return;
    video.requestVideoFrameCallback(onFrame);
    void read();
  };
  if (byFrame) video.requestVideoFrameCallback(onFrame);
  const pulse = setInterval(() => {
    // Also where frames announce themselves: WebKit stops announcing on videos it takes for hidden.
    if (!byFrame || performance.now() - lastRead > LOOK_MS) void read();
  }, 80);

  const look = createLook();
  const watch = setInterval(() => {
    const now = performance.now();
    if (document.hidden || video.currentTime !== lastTime) {
      lastTime = video.currentTime;
      lastFrame = now;
    } else if (now - lastFrame > FROZEN_MS) {
      lastFrame = now;
      hear.frozen();
      return;
    }
    // Looking costs a slow phone a tenth of a second: only where it may be black is it worth that.
    const mean = dark ? look(video) : BLACK;
    if (mean === null) return;
    darkSince = mean < BLACK ? (darkSince ?? now) : null;
    const isBlack = darkSince !== null && now - darkSince > BLACK_MS;
    if (isBlack !== black) hear.black((black = isBlack));
  }, LOOK_MS);

  return {
    stop() {
      running = false;
      clearInterval(pulse);
      clearInterval(watch);
    },
  };
}

let videoFramesWork = typeof VideoFrame === 'function';
/** @type {{ canvas: HTMLCanvasElement, context: CanvasRenderingContext2D } | null} */
let scratch = null;

/**
 * One frame to the reader: as a VideoFrame, whose luminance plane goes into the module's memory without a canvas,
 * and where there is none or it cannot be handed over, as pixels off a canvas.
 *
 * @param {HTMLVideoElement} video
 * @param {Reader} reader
 * @returns {Promise<{ outcome: Outcome, lie: Lie } | null>}
 */
async function grab(video, reader) {
  if (videoFramesWork) {
    /** @type {VideoFrame | null} */
    let frame = null;
    try {
      frame = new VideoFrame(video);
      const lie = lieOf(frame, video);
      return { outcome: await reader.frame(frame), lie };
    } catch (error) {
      if (error instanceof Error && error.name === 'ReaderLost') throw error;
      frame?.close();
      videoFramesWork = false;
    }
  }
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

/** @returns {(video: HTMLVideoElement) => number | null} the mean luminance of a thumbnail of the picture, 0–255 */
function createLook() {
  const canvas = document.createElement('canvas');
  canvas.width = 32;
  canvas.height = 18;
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  return (video) => {
    if (!context || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let at = 0; at + 2 < data.length; at += 4) {
      sum += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    }
    return sum / (data.length / 4);
  };
}
