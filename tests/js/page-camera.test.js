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
    { why: 'Japanese labels', labels: ['前面カメラ', '背面カメラ'], ranked: ['背面カメラ'] },
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
      onended: null,
      applied: /** @type {any[]} */ ([]),
      getCapabilities: () => device.caps ?? {},
      getSettings: () => ({ deviceId: device.deviceId }),
      getConstraints: () => track.applied.at(-1) ?? {},
      applyConstraints: async (/** @type {any} */ wanted) => void track.applied.push(wanted),
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
    torch: (available) => heard.push(`torch ${available}`),
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

test('a camera without focus gives way to the next rear one, one stream at a time', async () => {
  const { camera, video, tracks } = browser([
    { deviceId: 'wide', label: 'camera2 2, facing back', caps: { focusMode: ['manual'] } },
    { deviceId: 'front', label: 'camera2 1, facing front', caps: FOCUS },
    { deviceId: 'main', label: 'camera2 0, facing back', caps: FOCUS },
  ]);
  await camera.open(video);
  assert.deepEqual(
    tracks.map((track) => [track.getSettings().deviceId, track.readyState]),
    [
      ['wide', 'ended'],
      ['main', 'live'],
    ],
  );
  camera.close();
});

test('where no camera can focus, the first one is used', async () => {
  const { camera, video, tracks } = browser([
    { deviceId: 'a', label: 'back a', caps: { focusMode: ['manual'] } },
    { deviceId: 'b', label: 'back b', caps: { focusMode: ['manual'] } },
  ]);
  await camera.open(video);
  const live = tracks.filter(({ readyState }) => readyState === 'live');
  assert.deepEqual(
    live.map((track) => track.getSettings().deviceId),
    ['a'],
  );
  camera.close();
});

test('a PC camera that tells nothing about focus is taken as it is', async () => {
  const { camera, video, calls } = browser([{ deviceId: 'webcam' }, { deviceId: 'other' }]);
  await camera.open(video);
  assert.equal(calls.length, 1);
  camera.close();
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
