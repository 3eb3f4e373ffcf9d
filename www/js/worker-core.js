// @ts-check
/** @import { Options, Outcome, Package, Reply, Request, SessionLike } from './types.js' */

/**
 * Answers the page's requests, one after the other. That order matters: a frame is copied into the module's memory
 * while we wait, and no other request may make that memory grow (and so move) in between.
 *
 * @param {Package} wasm
 * @param {(reply: Reply) => void} send
 * @returns {(message: Request & { id: number }) => Promise<void>}
 */
export function createWorkerCore(wasm, send) {
  /** @type {SessionLike | null} */
  let session = null;
  /** @type {string} */
  let profile = '';
  let line = Promise.resolve();

  /** @param {Options} options */
  const open = (options) => {
    session?.free?.();
    session = new wasm.Session(options);
    profile = JSON.stringify(options.profile ?? null);
  };

  /** @returns {SessionLike} */
  const ready = () => {
    if (!session) throw new Error('expected "init" as the first request, found another');
    return session;
  };

  /** @param {Request} request */
  const answer = async (request) => {
    switch (request.type) {
      case 'init':
        await wasm.init(await unpack(request.wasm));
        return open(request.options);
      case 'options':
        // Only another ward needs another session; a new day is told to the one that is there.
        if (JSON.stringify(request.options.profile ?? null) !== profile) return open(request.options);
        return ready().setToday(request.options.today, request.options.built);
      case 'frame':
        return await readFrame(ready(), request.frame);
      case 'rgba':
        return readPixels(ready(), request.pixels, request.width, request.height);
      case 'pixels':
        return ready().pixels(request.pixels, request.width, request.height);
      case 'photo':
        return ready().photo(request.bytes);
      case 'digits':
        return ready().digits(request.text);
      case 'typing':
        return ready().typing(request.groups);
      case 'next':
        return ready().next();
      case 'forget':
        return ready().forget();
    }
  };

  return (message) => {
    const { id, ...request } = message;
    line = line.then(async () => {
      try {
        send({ id, ok: true, outcome: await answer(request) });
      } catch (error) {
        const { name, message: text } = error instanceof Error ? error : new Error(String(error));
        send({ id, ok: false, error: { name, message: text } });
      } finally {
        // A frame holds one of the camera's few buffers until it is closed.
        if (request.type === 'frame') request.frame.close();
      }
    });
    return line;
  };
}

/**
 * @param {SessionLike} session
 * @param {VideoFrame | ImageBitmap} frame
 * @returns {Promise<Outcome>}
 */
async function readFrame(session, frame) {
  if (!('copyTo' in frame)) {
    const { width, height } = frame;
    return readPixels(session, pixelsOf(frame), width, height);
  }
  // An opaque frame has no format of its own; RGBA can always be asked for.
  /** @type {VideoFrameCopyToOptions} */
  const options = frame.format === null ? { format: 'RGBA' } : {};
  const format = frame.format ?? 'RGBA';
  const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
  const memory = session.plane(frame.allocationSize(options));
  const [first] = await frame.copyTo(memory, options);
  if (!first) throw new Error('expected at least one plane in the frame, found none');
  const colours = /^(RGB|BGR)/.test(format);
  const light = mean(memory, { width, height, ...first, step: colours ? 4 : 1 });
  // Cameras count black as 16 unless they say otherwise.
  const floor = colours || frame.colorSpace?.fullRange ? 0 : 16;
  const outcome = session.planeFrame(format, width, height, first.offset, first.stride);
  return { ...outcome, light: Math.max(0, light - floor) };
}

/**
 * @param {SessionLike} session
 * @param {Uint8ClampedArray} pixels red, green, blue, alpha
 * @param {number} width
 * @param {number} height
 * @returns {Outcome}
 */
function readPixels(session, pixels, width, height) {
  const light = mean(pixels, { width, height, offset: 0, stride: 4 * width, step: 4 });
  return { ...session.rgba(pixels, width, height), light };
}

/**
 * The mean of a few hundred of a picture's pixels: enough to tell a covered lens.
 *
 * @param {Uint8Array | Uint8ClampedArray} bytes
 * @param {{ width: number, height: number, offset: number, stride: number, step: number }} plane `step`: bytes from a
 *   pixel to the next
 */
function mean(bytes, { width, height, offset, stride, step }) {
  const [across, down] = [32, 18];
  let sum = 0;
  for (let row = 0; row < down; row += 1) {
    const start = offset + stride * Math.floor(((row + 0.5) * height) / down);
    for (let column = 0; column < across; column += 1) {
      const at = start + step * Math.floor(((column + 0.5) * width) / across);
      // Green lies in the middle, whichever way round the colours are.
      sum += bytes[step === 1 ? at : at + 1] ?? 0;
    }
  }
  return sum / (across * down);
}

/** @type {OffscreenCanvasRenderingContext2D | null} */
let scratch = null;

/** @param {ImageBitmap} bitmap */
function pixelsOf(bitmap) {
  const { width, height } = bitmap;
  // Not for a graphics card: the pixels are read back at once.
  scratch ??= new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, alpha: false });
  if (!scratch) throw new Error('expected a canvas with a 2d context, found none');
  const { canvas } = scratch;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  scratch.drawImage(bitmap, 0, 0);
  return scratch.getImageData(0, 0, width, height).data;
}

/**
 * @param {Uint8Array} bytes the module, or the module as gzip
 * @returns {Promise<Uint8Array>}
 */
async function unpack(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  // Not blob.stream(): WebKit cannot read a blob's stream on a page opened from disk.
  const packed = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const stream = packed.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
