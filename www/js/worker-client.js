// @ts-check
/** @import { Options, Outcome, Reply, Request, Typing } from './types.js' */

/** How long each kind of request may take, in ms, before the worker counts as stalled. */
const PATIENCE = { init: 20_000, frame: 8_000, rgba: 8_000, photo: 30_000, pixels: 30_000, other: 8_000 };
/** So many workers lost in such a time means that a new one will not help. */
const MOST_LOSSES = 4;
const LOSSES_WITHIN_MS = 60_000;

const PAYMENT = new Set(['gs1-128-payment', 'el-qr']);

/** The worker is gone, or the module in it has trapped; the request is not answered. */
export class ReaderLost extends Error {
  /**
   * @param {string} message
   * @param {boolean} final whether replacing the worker has been given up
   */
  constructor(message, final = false) {
    super(message);
    this.name = 'ReaderLost';
    this.final = final;
  }
}

/**
 * @typedef {object} WorkerLike
 * @property {(message: any, transfer?: Transferable[]) => void} postMessage
 * @property {() => void} terminate
 * @property {((event: { data: Reply }) => void) | null} onmessage
 * @property {((event: any) => void) | null} onerror
 */

/**
 * The page's side of the worker. A worker that dies, traps or stalls is replaced by a new one, which is told again
 * the texts of the slips read so far, so that nothing read is lost.
 */
export class Reader {
  /** @type {WorkerLike | null} */
  #worker = null;
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void, timer: any }>} */
  #waiting = new Map();
  #id = 0;
  /** @type {Promise<void> | null} */
  #opening = null;
  /** @type {number[]} */
  #losses = [];
  /** Texts of the codes read so far: a list for each slip done with, and one for the slip in hand. */
  /** @type {string[][]} */
  #earlier = [];
  /** @type {string[]} */
  #inHand = [];

  /**
   * @param {object} made
   * @param {() => WorkerLike} made.spawn
   * @param {() => Promise<Uint8Array>} made.wasm the module, asked for each time a worker is made
   * @param {() => Options} made.options what to judge by, asked each time a worker is made
   * @param {() => number} [made.now]
   */
  constructor({ spawn, wasm, options, now = () => performance.now() }) {
    this.spawn = spawn;
    this.wasm = wasm;
    this.options = options;
    this.now = now;
    this.told = '';
  }

  /** How many slips were read before the one in hand. */
  get earlier() {
    return this.#earlier.length;
  }

  /** Makes the worker ready ahead of the first request. */
  async open() {
    await this.#open();
  }

  /**
   * @param {VideoFrame | ImageBitmap} frame given away
   * @returns {Promise<Outcome>}
   */
  async frame(frame) {
    try {
      await this.#open();
    } catch (error) {
      frame.close();
      throw error;
    }
    return this.#keep(await this.#ask({ type: 'frame', frame }, [frame]));
  }

  /**
   * @param {ImageData} image given away
   * @returns {Promise<Outcome>}
   */
  async rgba({ data, width, height }) {
    await this.#open();
    return this.#keep(await this.#ask({ type: 'rgba', pixels: data, width, height }, [data.buffer]));
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {Promise<Outcome>}
   */
  async photo(bytes) {
    return this.#keep(await this.#twice({ type: 'photo', bytes }));
  }

  /**
   * @param {ImageData} image a photo that the browser has decoded
   * @returns {Promise<Outcome>}
   */
  async pixels({ data, width, height }) {
    return this.#keep(await this.#twice({ type: 'pixels', pixels: data, width, height }));
  }

  /**
   * @param {string} text
   * @returns {Promise<Outcome>}
   */
  async digits(text) {
    return this.#keep(await this.#twice({ type: 'digits', text }));
  }

  /**
   * @param {string[]} groups
   * @returns {Promise<Typing>}
   */
  async typing(groups) {
    return this.#twice({ type: 'typing', groups });
  }

  /** The slip in hand becomes an earlier one. */
  async next() {
    if (this.#inHand.length === 0) return;
    this.#earlier.push(this.#inHand);
    this.#inHand = [];
    await this.#twice({ type: 'next' });
  }

  /** Only the slip in hand is forgotten. */
  async drop() {
    if (this.#inHand.length === 0) return;
    this.#inHand = [];
    await this.#twice({ type: 'forget' });
    await this.#tellAgain();
  }

  /** All that was read is forgotten. */
  async forget() {
    const nothing = this.#inHand.length === 0 && this.#earlier.length === 0;
    this.#earlier = [];
    this.#inHand = [];
    if (!nothing) await this.#twice({ type: 'forget' });
  }

  /** Forgets at once and lets the worker go: the page is being left. */
  close() {
    this.#earlier = [];
    this.#inHand = [];
    this.#lose(new ReaderLost('the page was left'), false);
  }

  /** @param {Outcome} outcome */
  #keep(outcome) {
    if (outcome?.report?.notice) {
      // A report names all codes of the slip in hand.
      const read = outcome.report.symbols.filter(({ kind, valid }) => valid && PAYMENT.has(kind));
      this.#inHand = read.map(({ text }) => text);
    }
    return outcome;
  }

  /**
   * A request whose data is still here is asked once more of a new worker.
   *
   * @param {Request} request
   */
  async #twice(request) {
    try {
      await this.#open();
      return await this.#ask(request);
    } catch (error) {
      if (!(error instanceof ReaderLost) || error.final) throw error;
      await this.#open();
      return await this.#ask(request);
    }
  }

  async #open() {
    if (!this.#worker || this.#opening) {
      this.#opening ??= this.#start().finally(() => (this.#opening = null));
      await this.#opening;
    }
    // Also after a start: on a slow phone a ward may be chosen while the module is still being compiled.
    await this.#tellOptions();
  }

  async #start() {
    const recent = this.#losses.filter((at) => this.now() - at < LOSSES_WITHIN_MS);
    this.#losses = recent;
    if (recent.length >= MOST_LOSSES) throw new ReaderLost(`${recent.length} workers were lost within a minute`, true);
    let worker;
    try {
      worker = this.spawn();
    } catch (error) {
      throw new ReaderLost(`no worker can be made: ${error}`, true);
    }
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      if (this.#worker === worker) this.#hear(data);
    };
    worker.onerror = (event) => {
      event?.preventDefault?.();
      if (this.#worker === worker)
        this.#lose(new ReaderLost(`the worker died: ${event?.message ?? 'no reason given'}`));
    };
    const options = this.options();
    this.told = JSON.stringify(options);
    try {
      await this.#ask({ type: 'init', wasm: await this.wasm(), options });
    } catch (error) {
      if (error instanceof ReaderLost) throw error;
      // The module does not compile or start here; the next worker would fare no better.
      const reason = new ReaderLost(`the module does not start: ${error}`, true);
      this.#lose(reason);
      throw reason;
    }
    await this.#tellAgain();
  }

  /** A new day or another ward is told before the next request. */
  async #tellOptions() {
    const options = this.options();
    const now = JSON.stringify(options);
    if (now === this.told) return;
    const before = this.told === '' ? null : JSON.parse(this.told);
    this.told = now;
    await this.#ask({ type: 'options', options });
    const sameWard = JSON.stringify(before?.profile ?? null) === JSON.stringify(options.profile ?? null);
    if (!sameWard) await this.#tellAgain();
  }

  /** Tells a fresh session what the one before it had read. */
  async #tellAgain() {
    for (const slip of this.#earlier) {
      for (const text of slip) await this.#ask({ type: 'digits', text });
      await this.#ask({ type: 'next' });
    }
    for (const text of this.#inHand) await this.#ask({ type: 'digits', text });
  }

  /**
   * @param {Request} request
   * @param {Transferable[]} [transfer]
   * @returns {Promise<any>}
   */
  #ask(request, transfer = []) {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new ReaderLost('there is no worker'));
    const id = (this.#id += 1);
    const { promise, resolve, reject } = withResolvers();
    const patience = PATIENCE[/** @type {keyof typeof PATIENCE} */ (request.type)] ?? PATIENCE.other;
    const timer = setTimeout(
      () => this.#lose(new ReaderLost(`no answer to "${request.type}" within ${patience} ms`)),
      patience,
    );
    this.#waiting.set(id, { resolve, reject, timer });
    try {
      worker.postMessage({ id, ...request }, transfer);
    } catch (error) {
      // The data cannot be sent to a worker at all; the worker itself is well.
      this.#waiting.delete(id);
      clearTimeout(timer);
      reject(error);
    }
    return promise;
  }

  /** @param {Reply} reply */
  #hear(reply) {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if (!reply.ok && reply.error?.name === 'RuntimeError') {
      // After a trap the module's memory cannot be relied on.
      this.#lose(new ReaderLost(`the module trapped: ${reply.error.message}`));
      return;
    }
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if (reply.ok) waiting.resolve(reply.outcome);
    else waiting.reject(Object.assign(new Error(reply.error?.message), { name: reply.error?.name ?? 'Error' }));
  }

  /**
   * @param {ReaderLost} reason
   * @param {boolean} [counts]
   */
  #lose(reason, counts = true) {
    const worker = this.#worker;
    this.#worker = null;
    if (worker) {
      worker.onmessage = null;
      worker.onerror = null;
      worker.terminate();
      if (counts) this.#losses.push(this.now());
    }
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of waiting) {
      clearTimeout(timer);
      reject(reason);
    }
  }
}

/** Promise.withResolvers, which Safari knows only since 17.4. */
function withResolvers() {
  /** @type {(value: any) => void} */
  let resolve = () => {};
  /** @type {(error: any) => void} */
  let reject = () => {};
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
