// @ts-check
/** @import { Options, Package, Reply, Request, SessionLike } from './types.js' */

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
        return ready().rgba(request.pixels, request.width, request.height);
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
 * @param {VideoFrame} frame
 */
async function readFrame(session, frame) {
  // An opaque frame has no format of its own; RGBA can always be asked for.
  /** @type {VideoFrameCopyToOptions} */
  const options = frame.format === null ? { format: 'RGBA' } : {};
  const format = frame.format ?? 'RGBA';
  const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
  const memory = session.plane(frame.allocationSize(options));
  const [first] = await frame.copyTo(memory, options);
  if (!first) throw new Error('expected at least one plane in the frame, found none');
  return session.planeFrame(format, width, height, first.offset, first.stride);
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
