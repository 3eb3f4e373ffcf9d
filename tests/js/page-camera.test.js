// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Camera, faultOf, rankRear } from '../../www/js/camera.js';

test('what getUserMedia throws leads to the page that tells it', () => {
  const cases = [
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['OverconstrainedError', 'unfit'],
    ['TypeError', 'unsupported'],
  ];
  for (const [name, fault] of cases) assert.equal(faultOf(Object.assign(new Error(), { name })), fault, name);
});

test('rear cameras, the best for close reading first', () => {
  const camera = (/** @type {string} */ label) => ({ kind: 'videoinput', label, deviceId: label });
  const cases = [
    {
      why: 'iPhones: joined lenses before single ones',
      labels: ['Front Camera', 'Back Ultra Wide Camera', 'Back Camera', 'Back Dual Wide Camera', 'Back Triple Camera'],
      ranked: ['Back Triple Camera', 'Back Dual Wide Camera', 'Back Camera', 'Back Ultra Wide Camera'],
    },
    {
      why: 'Android: number 0 is the main one, wherever it stands in the list',
      labels: ['camera2 2, facing back', 'camera2 1, facing front', 'camera2 0, facing back'],
      ranked: ['camera2 0, facing back', 'camera2 2, facing back'],
    },
    {
      why: 'the same in Japanese',
      labels: [
        '前面カメラ',
        '背面超広角カメラ',
        '背面望遠カメラ',
        '背面カメラ',
        '背面デュアル広角カメラ',
        '背面トリプルカメラ',
      ],
      ranked: ['背面トリプルカメラ', '背面デュアル広角カメラ', '背面カメラ', '背面超広角カメラ', '背面望遠カメラ'],
    },
    { why: 'a PC: nothing tells front from rear', labels: ['HD Webcam', ''], ranked: [] },
  ];
  for (const { labels, ranked, why } of cases) assert.deepEqual(rankRear(labels.map(camera)), ranked, why);
});

/**
 * A browser with cameras, for one test.
 *
 * @param {Record<string, any>[]} devices the first is what `facingMode` gives
 */
function browser(devices) {
  const page = new EventTarget();
  const frame = new EventTarget();
  /** @type {any[]} */
  const calls = [];
  /** @type {any[]} */
  const tracks = [];
  let error = /** @type {string | null} */ (null);
  const getUserMedia = async (/** @type {any} */ constraints) => {
    calls.push(constraints);
    if (error) throw Object.assign(new Error(), { name: error });
    const id = constraints.video.deviceId?.exact;
    const device = id ? devices.find(({ deviceId }) => deviceId === id) : devices[0];
    if (!device) throw Object.assign(new Error(), { name: 'OverconstrainedError' });
    const track = {
      readyState: 'live',
      label: device.label ?? '',
      onended: null,
      applied: /** @type {any[]} */ ([]),
      getCapabilities: () => device.caps ?? {},
      getSettings: () => ({ deviceId: device.deviceId, ...device.settings }),
      getConstraints: () => track.applied.at(-1) ?? {},
      applyConstraints: async (/** @type {any} */ wanted) => {
        if (device.stubborn) throw Object.assign(new Error(), { name: 'OverconstrainedError' });
        track.applied.push(wanted);
      },
      stop: () => (track.readyState = 'ended'),
    };
    tracks.push(track);
    return { getTracks: () => [track], getVideoTracks: () => [track] };
  };
  const enumerateDevices = async () => devices.map((device) => ({ kind: 'videoinput', label: '', ...device }));
  const world = {
    document: Object.assign(page, { hidden: false }),
    isSecureContext: true,
    addEventListener: frame.addEventListener.bind(frame),
  };
  for (const [name, value] of Object.entries(world))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  Object.defineProperty(globalThis, 'navigator', {
    value: { mediaDevices: { getUserMedia, enumerateDevices } },
    configurable: true,
  });
  /** @type {string[]} */
  const heard = [];
  const camera = new Camera({
    live: () => heard.push('live'),
    stopped: () => heard.push('stopped'),
    problem: ({ fault }) => heard.push(fault),
    able: () => heard.push('able'),
  });
  const video = /** @type {any} */ ({ srcObject: null, play: async () => {} });
  return {
    calls,
    tracks,
    heard,
    camera,
    video,
    fail: (/** @type {string | null} */ name) => (error = name),
    async tell(/** @type {string} */ event) {
      if (event === 'hide' || event === 'show') {
        /** @type {any} */ (globalThis.document).hidden = event === 'hide';
        page.dispatchEvent(new Event('visibilitychange'));
      } else frame.dispatchEvent(new Event(event));
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

const FOCUS = { focusMode: ['manual', 'continuous'], zoom: { min: 1, max: 8 } };

test('nothing is asked before it is opened, and no size when it is', async () => {
  const { camera, calls, video, heard, tracks } = browser([{ deviceId: 'a', caps: FOCUS }]);
  assert.equal(calls.length, 0);
  await camera.open(video);
  assert.deepEqual(calls, [{ video: { facingMode: { ideal: 'environment' } }, audio: false }]);
  assert.deepEqual(heard, ['live']);
  const last = tracks[0].applied.at(-1);
  assert.deepEqual(last.advanced, [{ focusMode: 'continuous' }, { zoom: 2 }]);
  assert.equal(last.width.ideal, 1920, 'the size is still asked for: constraints replace those before them');
  camera.close();
  assert.equal(tracks[0].readyState, 'ended');
});

test('which lens is taken where there are several, one stream at a time', async () => {
  const light = { ...FOCUS, torch: true };
  const fixed = { focusMode: ['manual'] };
  /** @type {{ why: string, devices: Record<string, any>[], opened: string[] }[]} */
  const cases = [
    {
      why: 'focus and light, and no lens for landscapes: nothing better is to be found',
      devices: [
        { deviceId: 'a', label: 'camera2 2, facing back', caps: light },
        { deviceId: 'b', label: 'camera2 0, facing back', caps: light },
      ],
      opened: ['a'],
    },
    {
      why: 'no light, and the main one has another number',
      devices: [
        { deviceId: 'a', label: 'camera2 2, facing back', caps: FOCUS },
        { deviceId: 'b', label: 'camera2 0, facing back', caps: light },
      ],
      opened: ['a', 'b'],
    },
    {
      why: 'the main one turns out worse: back to the first',
      devices: [
        { deviceId: 'a', label: 'camera2 2, facing back', caps: FOCUS },
        { deviceId: 'b', label: 'camera2 0, facing back', caps: fixed },
      ],
      opened: ['a', 'b', 'a'],
    },
    {
      why: 'an iPhone that gives its widest lens and tells nothing of focus',
      devices: [
        { deviceId: 'a', label: '背面超広角カメラ' },
        { deviceId: 'b', label: '背面カメラ' },
        { deviceId: 'c', label: '背面デュアル広角カメラ' },
      ],
      opened: ['a', 'c'],
    },
    {
      why: 'the widest lens can focus and has a light, and is still the wrong one',
      devices: [
        { deviceId: 'a', label: 'Back Ultra Wide Camera', caps: light },
        { deviceId: 'b', label: 'Back Camera', caps: light },
      ],
      opened: ['a', 'b'],
    },
    {
      why: 'of those that stand still the one with a light',
      devices: [
        { deviceId: 'a', label: 'back a', caps: fixed },
        { deviceId: 'b', label: 'back b', caps: { ...fixed, torch: true } },
      ],
      opened: ['a', 'b'],
    },
    {
      why: 'the first cannot focus, the next one looks at the person',
      devices: [
        { deviceId: 'a', label: 'camera2 2, facing back', caps: fixed },
        { deviceId: 'b', label: 'camera2 1, facing front', caps: FOCUS },
        { deviceId: 'c', label: 'camera2 0, facing back', caps: FOCUS },
      ],
      opened: ['a', 'c'],
    },
    {
      why: 'none can focus: back to the first',
      devices: [
        { deviceId: 'a', label: 'back a', caps: fixed },
        { deviceId: 'b', label: 'back b', caps: fixed },
      ],
      opened: ['a', 'b', 'a'],
    },
    {
      why: 'a PC whose cameras tell nothing',
      devices: [{ deviceId: 'a' }, { deviceId: 'b' }],
      opened: ['a'],
    },
  ];
  for (const { why, devices, opened } of cases) {
    const { camera, video, tracks } = browser(devices);
    await camera.open(video);
    assert.deepEqual(
      tracks.map((track) => track.getSettings().deviceId),
      opened,
      why,
    );
    assert.deepEqual(
      tracks.map(({ readyState }) => readyState),
      opened.map((_, at) => (at === opened.length - 1 ? 'live' : 'ended')),
      why,
    );
    camera.close();
  }
});

test('a camera that refuses every constraint keeps its picture', async () => {
  const { camera, video, heard } = browser([{ deviceId: 'a', caps: { ...FOCUS, torch: true }, stubborn: true }]);
  await camera.open(video);
  assert.deepEqual(heard, ['live']);
  assert.notEqual(video.srcObject, null);
  await new Promise((resolve) => setTimeout(resolve, 550));
  assert.equal(camera.light, true);
  assert.equal(await camera.torch(true), false, 'a light that does not come on is not said to be on');
  assert.equal(await camera.step(1), false);
  camera.close();
});

test('the light is as the camera tells, and off after a return', async () => {
  const { camera, video, heard, tell } = browser([{ deviceId: 'a', caps: { ...FOCUS, torch: true } }]);
  await camera.open(video);
  assert.equal(camera.light, false, 'some tell of their light only after a while');
  await new Promise((resolve) => setTimeout(resolve, 550));
  assert.deepEqual(heard, ['live', 'able']);
  assert.equal(await camera.torch(true), true);
  await tell('hide');
  await tell('show');
  assert.equal(camera.lit, false);
  camera.close();

  const dead = browser([{ deviceId: 'a', caps: { torch: true }, settings: { torch: false } }]);
  await dead.camera.open(dead.video);
  await new Promise((resolve) => setTimeout(resolve, 550));
  assert.equal(await dead.camera.torch(true), false, 'taken, and yet off');
  dead.camera.close();
});

test('zoom goes in steps between the view of the lens and what the camera can', async () => {
  /** @type {{ why: string, zoom: { min: number, max: number }, begins: number, up: number[], down: number[] }[]} */
  const cases = [
    { why: 'a usual phone', zoom: { min: 1, max: 8 }, begins: 2, up: [3, 4], down: [3, 2, 1.5, 1] },
    { why: 'a wider lens below 1', zoom: { min: 0.5, max: 3 }, begins: 2, up: [3], down: [2, 1.5, 1] },
    { why: 'less than twice', zoom: { min: 1, max: 1.6 }, begins: 1.6, up: [], down: [1.5, 1] },
    {
      why: 'counted in percent',
      zoom: { min: 100, max: 400 },
      begins: 200,
      up: [300, 400],
      down: [300, 200, 150, 100],
    },
  ];
  for (const { why, zoom, begins, up, down } of cases) {
    const { camera, video, tracks, tell } = browser([{ deviceId: 'a', caps: { zoom } }]);
    await camera.open(video);
    assert.equal(camera.zoom?.now, begins, why);
    for (const [way, values] of /** @type {const} */ ([
      [1, up],
      [-1, down],
    ])) {
      for (const value of values) {
        assert.equal(await camera.step(way), true, why);
        assert.equal(camera.zoom?.now, value, why);
        assert.deepEqual(tracks.at(-1).applied.at(-1).advanced, [{ zoom: value }], why);
      }
      assert.equal(await camera.step(way), false, why);
    }
    await tell('hide');
    await tell('show');
    assert.equal(camera.zoom?.now, down.at(-1), `${why}: what was set is not lost while the page is away`);
    camera.close();
  }
});

test('another camera is taken on request, and kept', async () => {
  /** @type {[why: string, devices: Record<string, any>[], choices: number, opened: string[]][]} */
  const cases = [
    [
      'a PC: all of them, round and round',
      [
        { deviceId: 'a', label: 'Integrated Webcam' },
        { deviceId: 'b', label: 'Document Camera' },
      ],
      2,
      ['a', 'b', 'a', 'b', 'b'],
    ],
    [
      'a phone: only those on the back',
      [
        { deviceId: 'a', label: 'camera2 0, facing back', caps: { ...FOCUS, torch: true } },
        { deviceId: 'b', label: 'camera2 1, facing front', caps: FOCUS },
        { deviceId: 'c', label: 'camera2 2, facing back', caps: FOCUS },
      ],
      2,
      ['a', 'c', 'a', 'c', 'c'],
    ],
    ['only one', [{ deviceId: 'a', label: 'Integrated Webcam' }], 1, ['a', 'a']],
  ];
  for (const [why, devices, choices, opened] of cases) {
    const { camera, video, tracks, tell } = browser(devices);
    await camera.open(video);
    await new Promise((resolve) => setTimeout(resolve, 550));
    assert.equal(camera.choices, choices, why);
    for (let change = 0; change < 3; change += 1) await camera.change();
    await tell('hide');
    await tell('show');
    assert.deepEqual(
      tracks.map((track) => track.getSettings().deviceId),
      opened,
      why,
    );
    assert.equal(tracks.filter(({ readyState }) => readyState === 'live').length, 1, why);
    camera.close();
  }
});

test('hidden: let go; back: opened once, the same camera, however often the return is told', async () => {
  const { camera, video, calls, tracks, heard, tell } = browser([{ deviceId: 'a', caps: FOCUS }]);
  await camera.open(video);
  await tell('hide');
  assert.equal(tracks[0].readyState, 'ended');
  await Promise.all([tell('show'), tell('pageshow'), tell('focus')]);
  assert.equal(calls.length, 2);
  assert.deepEqual(calls[1].video, { deviceId: { exact: 'a' } });
  assert.deepEqual(heard, ['live', 'stopped', 'live']);
  camera.close();
  await tell('hide');
  await tell('show');
  assert.equal(calls.length, 2, 'a camera that was closed stays closed');
});

test('a lost track, and each refusal, is told once', async () => {
  const lost = browser([{ deviceId: 'a', caps: FOCUS }]);
  await lost.camera.open(lost.video);
  lost.tracks[0].onended?.();
  assert.deepEqual(lost.heard, ['live', 'lost']);

  for (const [name, fault] of [
    ['NotAllowedError', 'denied'],
    ['NotReadableError', 'busy'],
  ]) {
    const refused = browser([{ deviceId: 'a' }]);
    refused.fail(String(name));
    await refused.camera.open(refused.video);
    assert.deepEqual(refused.heard, [fault]);
  }
});

test('without a safe context or the interface nothing is asked', async () => {
  const insecure = browser([{ deviceId: 'a' }]);
  Object.defineProperty(globalThis, 'isSecureContext', { value: false, configurable: true });
  await insecure.camera.open(insecure.video);
  assert.deepEqual(insecure.heard, ['insecure']);

  const bare = browser([{ deviceId: 'a' }]);
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  await bare.camera.open(bare.video);
  assert.deepEqual(bare.heard, ['unsupported']);
});

test('granted after the person went on: the camera does not stay on', async () => {
  const { camera, video, tracks, heard } = browser([{ deviceId: 'a', caps: FOCUS }]);
  const opening = camera.open(video);
  camera.close();
  await opening;
  assert.ok(tracks.every(({ readyState }) => readyState === 'ended'));
  assert.deepEqual(heard, []);
});
