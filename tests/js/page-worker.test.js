// @ts-check
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Reader, ReaderLost } from '../../www/js/worker-client.js';
import { createWorkerCore } from '../../www/js/worker-core.js';

/** @import { Options, Reply, SessionLike } from '../../www/js/types.js' */

const WASM = new Uint8Array([0, 0x61, 0x73, 0x6d]);
const SLIP_A = '91912345000012025010123456780026093000125005';
const SLIP_B = '91912345000012025010123456780026093003000002';

/** A session that writes down what it is asked. */
function fakePackage() {
  /** @type {unknown[][]} */
  const log = [];
  class Session {
    /** @param {Options} options */
    constructor(options) {
      log.push(['new', options.today, options.profile?.id ?? null]);
    }
    /** @param {string} text */
    digits(text) {
      log.push(['digits', text]);
      const symbols = [{ kind: 'gs1-128-payment', text, valid: true }];
      return {
        report: { symbols, notice: { kind: 'gs1-128-payment' }, findings: [], verdict: 'payable', answer: null },
      };
    }
    /** @param {Uint8Array} bytes */
    photo(bytes) {
      log.push(['photo', bytes.length]);
      if (bytes[0] === 13) throw Object.assign(new Error('unreachable'), { name: 'RuntimeError' });
      return { report: null, error: { id: 'photo-no-code' } };
    }
    /** @param {number} bytes */
    plane(bytes) {
      log.push(['plane', bytes]);
      return new Uint8Array(bytes);
    }
    /** @param {unknown[]} args */
    planeFrame(...args) {
      log.push(['planeFrame', ...args]);
      return { report: null, advice: 'closer' };
    }
    /** @param {string} today */
    setToday(today) {
      log.push(['setToday', today]);
    }
    next() {
      log.push(['next']);
    }
    forget() {
      log.push(['forget']);
    }
  }
  /** @type {Uint8Array[]} */
  const started = [];
  const init = async (/** @type {Uint8Array} */ wasm) => started.push(wasm);
  return { log, started, wasm: /** @type {any} */ ({ init, Session }) };
}

/** Workers that run in this thread. `behave` may keep a request from them. */
function workers(/** @type {(request: any, worker: any) => boolean} */ behave = () => true) {
  const made = fakePackage();
  /** @type {any[]} */
  const all = [];
  const spawn = () => {
    /** @type {any} */
    const worker = { onmessage: null, onerror: null, gone: false };
    const core = createWorkerCore(made.wasm, (/** @type {Reply} */ reply) => {
      if (!worker.gone) worker.onmessage?.({ data: structuredClone(reply) });
    });
    worker.terminate = () => (worker.gone = true);
    worker.postMessage = (/** @type {any} */ request) => {
      if (behave(request, worker)) void core(request);
    };
    all.push(worker);
    return worker;
  };
  return { ...made, all, spawn };
}

const today = () => ({ today: '2026-11-21' });

test('the module comes as it is or as gzip', async () => {
  for (const sent of [WASM, new Uint8Array(gzipSync(WASM))]) {
    const { wasm, started } = fakePackage();
    /** @type {Reply[]} */
    const replies = [];
    await createWorkerCore(wasm, (reply) => replies.push(reply))({ id: 1, type: 'init', wasm: sent, options: today() });
    assert.deepEqual(replies, [{ id: 1, ok: true, outcome: undefined }]);
    assert.deepEqual([...(started[0] ?? [])], [...WASM]);
  }
});

test('a frame is copied into the module and closed, whatever happens', async () => {
  const { wasm, log } = fakePackage();
  const core = createWorkerCore(wasm, () => {});
  await core({ id: 1, type: 'init', wasm: WASM, options: today() });
  let closed = 0;
  const frame = (/** @type {string | null} */ format, /** @type {boolean} */ broken) => ({
    format,
    visibleRect: { width: 640, height: 480 },
    allocationSize: (/** @type {any} */ options) => (options.format === 'RGBA' ? 4 : 1) * 640 * 480,
    copyTo: async () => {
      if (broken) throw new Error('the frame is gone');
      return [{ offset: 0, stride: 704 }];
    },
    close: () => (closed += 1),
  });
  for (const each of [frame('I420', false), frame(null, false), frame('NV12', true)]) {
    await core({ id: 2, type: 'frame', frame: /** @type {any} */ (each) });
  }
  assert.equal(closed, 3);
  assert.deepEqual(log.slice(1), [
    ['plane', 307_200],
    ['planeFrame', 'I420', 640, 480, 0, 704],
    ['plane', 1_228_800],
    ['planeFrame', 'RGBA', 640, 480, 0, 704],
    ['plane', 307_200],
  ]);
});

test('requests are answered in order, also while a frame is being copied', async () => {
  const { wasm, log } = fakePackage();
  const core = createWorkerCore(wasm, () => {});
  void core({ id: 1, type: 'init', wasm: WASM, options: today() });
  const slow = {
    format: 'I420',
    visibleRect: { width: 2, height: 2 },
    allocationSize: () => 6,
    copyTo: () => new Promise((resolve) => setTimeout(() => resolve([{ offset: 0, stride: 2 }]), 20)),
    close() {},
  };
  void core({ id: 2, type: 'frame', frame: /** @type {any} */ (slow) });
  await core({ id: 3, type: 'digits', text: SLIP_A });
  assert.deepEqual(
    log.map(([name]) => name),
    ['new', 'plane', 'planeFrame', 'digits'],
  );
});

test('another request before init is an error that says so', async () => {
  const { wasm } = fakePackage();
  /** @type {Reply[]} */
  const replies = [];
  await createWorkerCore(wasm, (reply) => replies.push(reply))({ id: 7, type: 'forget' });
  assert.equal(replies[0]?.ok, false);
  assert.match(replies[0]?.error?.message ?? '', /init/);
});

test('a worker that traps is replaced and told again what was read', async () => {
  const { spawn, all, log } = workers();
  const reader = new Reader({ spawn, wasm: async () => WASM, options: today });
  await reader.digits(SLIP_A);
  await reader.next();
  await reader.digits(SLIP_B);
  log.length = 0;
  await assert.rejects(reader.photo(new Uint8Array([13])), ReaderLost, 'twice trapped: the photo itself is at fault');
  await reader.open();
  assert.equal(all.length, 3);
  assert.deepEqual(log.slice(-4), [['new', '2026-11-21', null], ['digits', SLIP_A], ['next'], ['digits', SLIP_B]]);
});

test('a worker that dies while asked is replaced, and the request is asked again', async () => {
  let deaths = 1;
  const { spawn, all } = workers((request, worker) => {
    if (request.type !== 'digits' || deaths === 0) return true;
    deaths -= 1;
    queueMicrotask(() => worker.onerror?.({ message: 'out of memory' }));
    return false;
  });
  const reader = new Reader({ spawn, wasm: async () => WASM, options: today });
  const outcome = await reader.digits(SLIP_A);
  assert.equal(outcome.report?.symbols[0]?.text, SLIP_A);
  assert.equal(all.length, 2);
  assert.equal(all[0].gone, true);
});

test('a worker that stalls is replaced after its time', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let stalls = 1;
    const { spawn, all } = workers((request) => request.type !== 'photo' || stalls-- <= 0);
    const reader = new Reader({ spawn, wasm: async () => WASM, options: today });
    const outcome = reader.photo(new Uint8Array([1]));
    await settle();
    mock.timers.tick(29_000);
    await settle();
    assert.equal(all.length, 1, 'a large photo may take its time');
    mock.timers.tick(2_000);
    await settle();
    assert.equal((await outcome).error?.id, 'photo-no-code');
    assert.equal(all.length, 2);
  } finally {
    mock.timers.reset();
  }
});

test('workers that keep dying are given up, not made for ever', async () => {
  const { spawn, all } = workers((request, worker) => {
    if (request.type !== 'digits') return true;
    queueMicrotask(() => worker.onerror?.({}));
    return false;
  });
  const reader = new Reader({ spawn, wasm: async () => WASM, options: today });
  for (let round = 0; round < 5; round += 1) await assert.rejects(reader.digits(SLIP_A), ReaderLost);
  assert.ok(all.length <= 4, `${all.length} workers`);
});

test('a module that does not start is told once and for all', async () => {
  const { spawn, wasm } = workers();
  wasm.init = async () => {
    throw Object.assign(new Error('no SIMD'), { name: 'CompileError' });
  };
  const reader = new Reader({ spawn, wasm: async () => WASM, options: today });
  await assert.rejects(reader.digits(SLIP_A), (error) => error instanceof ReaderLost && error.final);
});

test('a new day and another ward are told before the next request', async () => {
  /** @type {Options} */
  let options = { today: '2026-11-21' };
  const { spawn, log } = workers();
  const reader = new Reader({ spawn, wasm: async () => WASM, options: () => options });
  await reader.digits(SLIP_A);
  log.length = 0;
  options = { today: '2026-11-22' };
  await reader.digits(SLIP_A);
  options = { today: '2026-11-22', profile: { id: 'sample', kind: 'sample', ja: '', en: '' } };
  await reader.digits(SLIP_B);
  assert.deepEqual(log, [
    ['setToday', '2026-11-22'],
    ['digits', SLIP_A],
    ['new', '2026-11-22', 'sample'],
    ['digits', SLIP_A], // another ward's session has seen nothing: it is told again
    ['digits', SLIP_B],
  ]);
});

test('a ward chosen while the worker is still starting is told before the next request', async () => {
  /** @type {Options} */
  let options = { today: '2026-11-21' };
  const { spawn, log } = workers();
  const reader = new Reader({ spawn, wasm: async () => WASM, options: () => options });
  const opening = reader.open();
  options = { today: '2026-11-21', profile: { id: 'sample', kind: 'sample', ja: '', en: '' } };
  await Promise.all([opening, reader.digits(SLIP_A)]);
  assert.deepEqual(log, [
    ['new', '2026-11-21', null],
    ['new', '2026-11-21', 'sample'],
    ['digits', SLIP_A],
  ]);
});

test('what is dropped or forgotten is not told again', async () => {
  const { spawn, log } = workers();
  const reader = new Reader({ spawn, wasm: async () => WASM, options: today });
  await reader.digits(SLIP_A);
  await reader.next();
  await reader.digits(SLIP_B);
  log.length = 0;
  await reader.drop();
  assert.deepEqual(log, [['forget'], ['digits', SLIP_A], ['next']], 'earlier slips stay');
  log.length = 0;
  await reader.forget();
  assert.equal(reader.earlier, 0);
  reader.close();
  await reader.open();
  assert.deepEqual(log, [['forget'], ['new', '2026-11-21', null]]);
});

/** Lets promises that wait for each other run. */
async function settle() {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
