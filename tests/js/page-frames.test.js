// @ts-check
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createWorkerCore } from '../../www/js/worker-core.js';

/** @import { Outcome, Reply } from '../../www/js/types.js' */

let copies = 0;

/**
 * A page with a video of thirty frames a second and a reader, on a clock of the test's own.
 *
 * @param {object} [world]
 * @param {boolean} [world.announces] the browser tells of new frames
 * @param {number} [world.takes] milliseconds that the reader takes over a frame
 * @param {(way: string) => void} [world.refuse] throws where a way to the reader is not there
 * @param {() => Partial<Outcome>} [world.sees]
 */
async function scene({ announces = true, takes = 60, refuse = () => {}, sees = () => ({}) } = {}) {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let now = 0;
  /** @type {(() => void)[]} */
  let waiting = [];
  let calls = 0;
  const video = /** @type {any} */ ({ readyState: 4, videoWidth: 1920, videoHeight: 1080, currentTime: 0 });
  if (announces) video.requestVideoFrameCallback = (/** @type {() => void} */ call) => waiting.push(call);
  const shape = { visibleRect: { width: 1920, height: 1080 }, width: 1920, height: 1080, close() {} };
  /** @type {[name: string, value: any][]} */
  const globals = [
    ['performance', { now: () => now }],
    ['HTMLMediaElement', { HAVE_CURRENT_DATA: 2 }],
    [
      'VideoFrame',
      class {
        constructor() {
          refuse('frame');
          Object.assign(this, shape, { at: video.currentTime });
        }
      },
    ],
    [
      'createImageBitmap',
      async () => {
        refuse('bitmap');
        return { ...shape, bitmap: true, at: video.currentTime };
      },
    ],
    [
      'document',
      {
        hidden: false,
        createElement: () => ({
          getContext: () => ({
            drawImage: () => {},
            getImageData: () => ({ width: 1920, height: 1080, at: video.currentTime }),
          }),
        }),
      },
    ],
  ];
  for (const [name, value] of globals) Object.defineProperty(globalThis, name, { value, configurable: true });
  /** @type {{ way: string, at: number, shown: number }[]} */
  const read = [];
  const answer =
    (/** @type {string} */ way) =>
    (/** @type {any} */ { bitmap, at }) => {
      read.push({ way: bitmap ? 'bitmap' : way, at: now, shown: at });
      return new Promise((resolve) => setTimeout(() => resolve({ report: null, ...sees() }), takes));
    };
  /** @type {string[]} */
  const heard = [];
  // A new copy each time: it remembers which ways did not work.
  const path = `../../www/js/frames.js?${(copies += 1)}`;
  /** @type {typeof import('../../www/js/frames.js')} */
  const { pumpFrames } = await import(path);
  const pump = pumpFrames(video, /** @type {any} */ ({ frame: answer('frame'), rgba: answer('rgba') }), {
    outcome: () => heard.push('outcome'),
    black: (black) => heard.push(black ? 'black' : 'light'),
    frozen: () => heard.push('frozen'),
    lost: () => heard.push('lost'),
  });
  return {
    read,
    heard,
    pump,
    calls: () => calls,
    /** @param {number} ms @param {boolean} [frozen] */
    async run(ms, frozen = false) {
      for (const end = now + ms; now < end;) {
        now += 1;
        if (!frozen && now % 33 === 0) {
          video.currentTime = now;
          const due = waiting;
          waiting = [];
          calls += due.length;
          for (const call of due) call();
        }
        mock.timers.tick(1);
        for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
      }
    },
    end() {
      pump.stop();
      mock.timers.reset();
    },
  };
}

test('frames are read as fast as the reader and the phone allow, one at a time, and always the newest', async () => {
  /** @type {[why: string, world: Parameters<typeof scene>[0], least: number, most: number][]} */
  const cases = [
    ['a quick reader: no more than the phone stays cool with', { takes: 5 }, 11, 12],
    ['what the reader takes, not that and the wait for a next frame', { takes: 90 }, 10.5, 11.2],
    ['a slow one', { takes: 200 }, 4.8, 5],
    ['a browser that does not tell of frames', { takes: 5, announces: false }, 5, 12.5],
  ];
  for (const [why, world, least, most] of cases) {
    const { run, read, calls, end } = await scene(world);
    await run(10_000);
    end();
    const rate = read.length / 10;
    assert.ok(rate >= least && rate <= most, `${why}: ${rate} a second`);
    // The browser is not made to call back thirty times a second.
    assert.ok(calls() <= read.length + 1, `${why}: ${calls()} calls back for ${read.length} frames`);
    for (const { at, shown } of read) assert.ok(at - shown <= 33, `${why}: a frame of ${at - shown} ms ago`);
    if (world?.announces !== false) {
      assert.equal(new Set(read.map(({ shown }) => shown)).size, read.length, `${why}: a frame read twice`);
    }
  }
});

test('a way to the reader that does not work gives place to the next for good', async () => {
  /** @type {[why: string, missing: string[], taken: string][]} */
  const cases = [
    ['all newer browsers', [], 'frame'],
    ['Firefox on phones has no VideoFrame', ['frame'], 'bitmap'],
    ['neither', ['frame', 'bitmap'], 'rgba'],
  ];
  for (const [why, missing, taken] of cases) {
    let refused = 0;
    const { run, read, heard, end } = await scene({
      refuse: (way) => {
        if (!missing.includes(way)) return;
        refused += 1;
        throw new ReferenceError(`${way} is not defined`);
      },
    });
    await run(1_000);
    end();
    assert.ok(read.length > 5 && read.every(({ way }) => way === taken), `${why}: ${read.map(({ way }) => way)}`);
    assert.equal(refused, missing.length, `${why}: tried once each`);
    assert.ok(heard.length > 5);
  }
});

test('a way that has worked is kept after one failure, and left when it goes on failing', async () => {
  /** @type {[why: string, failing: (call: number) => boolean, last: string][]} */
  const cases = [
    ['the camera was just being closed', (call) => call === 5, 'frame'],
    ['another lens, whose frames cannot be read so', (call) => call > 5, 'bitmap'],
  ];
  for (const [why, failing, last] of cases) {
    let calls = 0;
    const { run, read, end } = await scene({
      refuse: (way) => {
        if (way === 'frame' && failing((calls += 1))) throw new Error('no frame');
      },
    });
    await run(2_000);
    end();
    assert.equal(read.at(-1)?.way, last, why);
    assert.ok(read.length > 15, why);
  }
});

test('black for three seconds is told, and light again; one black frame is not', async () => {
  let light = 0;
  const { run, heard, end } = await scene({ sees: () => ({ light }) });
  const told = () => heard.filter((what) => what !== 'outcome');
  await run(2_500);
  light = 80;
  await run(300);
  light = 0;
  await run(2_500);
  assert.deepEqual(told(), []);
  await run(1_000);
  assert.deepEqual(told(), ['black']);
  light = 40;
  await run(300);
  end();
  assert.deepEqual(told(), ['black', 'light']);
});

test('a video that stands still is told as frozen; one whose frames are not announced is read all the same', async () => {
  const still = await scene();
  await still.run(1_000);
  await still.run(7_000, true);
  still.pump.stop();
  assert.deepEqual(
    still.heard.filter((what) => what !== 'outcome'),
    ['frozen'],
  );
  const before = still.read.length;
  assert.ok(before > 15, 'WebKit stops announcing where it takes a video for hidden');
  await still.run(1_000);
  still.end();
  assert.equal(still.read.length, before, 'nothing after the stop');
});

test('the worker tells how light a frame is, from whatever the browser hands over', async () => {
  const width = 64;
  const height = 36;
  /** @type {Record<string, any>} */
  const frames = {
    'a covered lens, as cameras count': { format: 'NV12', grey: 16, light: 0 },
    'a dark room, as cameras count': { format: 'I420', grey: 40, light: 24 },
    'the same of a camera that uses the whole range': { format: 'I420', full: true, grey: 40, light: 40 },
    'colours, blue first': { format: 'BGRA', grey: 10, light: 10 },
    'a frame that hides its format': { format: null, grey: 7, light: 7 },
  };
  const planes = { NV12: 1.5, I420: 1.5, BGRA: 4, RGBA: 4 };
  let length = 0;
  class Session {
    plane = (/** @type {number} */ bytes) => new Uint8Array((length = bytes));
    planeFrame = () => ({ report: null });
    rgba = () => ({ report: null });
  }
  /** @type {Reply[]} */
  const replies = [];
  const wasm = /** @type {any} */ ({ init: async () => {}, Session });
  const core = createWorkerCore(wasm, (reply) => replies.push(reply));
  await core({ id: 0, type: 'init', wasm: new Uint8Array([0]), options: { today: '2026-11-21' } });
  for (const [why, { format, full, grey, light }] of Object.entries(frames)) {
    const bytes = width * height * planes[/** @type {'NV12'} */ (format ?? 'RGBA')];
    const frame = {
      format,
      colorSpace: { fullRange: full ?? null },
      visibleRect: { width, height },
      allocationSize: () => bytes,
      copyTo: async (/** @type {Uint8Array} */ memory) => {
        // What lies behind the luminance is not looked at.
        memory.fill(200);
        memory.fill(grey, 0, bytes / (bytes > width * height * 2 ? 1 : 1.5));
        return [{ offset: 0, stride: bytes > width * height * 2 ? 4 * width : width }];
      },
      close() {},
    };
    await core({ id: 1, type: 'frame', frame: /** @type {any} */ (frame) });
    assert.equal(length, bytes);
    assert.equal(/** @type {any} */ (replies.at(-1)).outcome?.light, light, why);
  }
  const pixels = new Uint8ClampedArray(4 * width * height).fill(90);
  await core({ id: 2, type: 'rgba', pixels, width, height });
  assert.equal(/** @type {any} */ (replies.at(-1)).outcome.light, 90, 'pixels off a canvas');
});
