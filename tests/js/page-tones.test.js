// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TONES, Tones } from '../../www/js/tones.js';

/** A browser that notes what it is asked to sound. */
function speaker() {
  let at = 0;
  /** @type {{ pitches: number[], type: string, contexts: number, resumed: number, shapes: Set<string> }} */
  const heard = { pitches: [], type: 'auto', contexts: 0, resumed: 0, shapes: new Set() };
  class Context {
    currentTime = 0;
    destination = {};
    constructor() {
      heard.contexts += 1;
    }
    createOscillator() {
      const frequency = { value: 0 };
      return {
        frequency,
        type: '',
        connect() {},
        start() {
          heard.pitches.push(frequency.value);
          heard.shapes.add(this.type);
        },
        stop() {},
      };
    }
    createGain() {
      return { gain: { setValueAtTime() {}, linearRampToValueAtTime() {} }, connect() {} };
    }
    async resume() {
      heard.resumed += 1;
    }
    async close() {}
  }
  Object.defineProperty(globalThis, 'AudioContext', { value: Context, configurable: true, writable: true });
  const audioSession = {
    get type() {
      return heard.type;
    },
    set type(type) {
      heard.type = type;
    },
  };
  Object.defineProperty(globalThis, 'navigator', { value: { audioSession }, configurable: true });
  return { heard, tones: new Tones({ now: () => at }), wait: (/** @type {number} */ ms) => (at += ms) };
}

test('every pitch can be heard at seventy', () => {
  for (const [name, pitches] of Object.entries(TONES)) {
    for (const pitch of pitches) assert.ok(pitch >= 500 && pitch <= 2_500, `${name}: ${pitch} Hz`);
  }
  assert.equal(new Set(Object.values(TONES).map(String)).size, 3, 'three that differ');
});

test('sounds come no faster than words, and the one that says "read" at once', () => {
  const { heard, tones, wait } = speaker();
  tones.play('seen');
  assert.deepEqual(heard.pitches, [], 'nothing before the touch that opens the camera');
  tones.start();
  assert.equal(heard.type, 'transient');
  tones.play('seen');
  for (let frame = 0; frame < 24; frame += 1) {
    wait(100);
    tones.play('search');
  }
  assert.deepEqual(heard.pitches, [1320]);
  wait(100);
  tones.play('search');
  tones.play('done');
  assert.deepEqual(heard.pitches, [1320, 880, 1320, 1760]);
  assert.deepEqual([...heard.shapes], ['sine']);
  wait(2_500);
  for (let frame = 0; frame < 200; frame += 1, wait(100)) tones.play('search');
  assert.deepEqual(heard.pitches.slice(4), [880, 880], 'a long search is heard, and does not chant');
});

test('switched off there is no sound and no sound device', () => {
  const { heard, tones } = speaker();
  tones.on = false;
  tones.start();
  tones.play('done');
  assert.equal(heard.contexts, 0);
  tones.on = true;
  tones.start();
  tones.play('done');
  assert.equal(heard.pitches.length, 2);
  tones.stop();
  tones.play('done');
  assert.equal(heard.pitches.length, 2, 'after the camera was closed');
});

test('a browser without sounds, or with too many, goes on in silence', () => {
  const { tones } = speaker();
  Object.defineProperty(globalThis, 'AudioContext', { value: undefined, configurable: true, writable: true });
  assert.equal(tones.possible, false);
  tones.start();
  tones.play('done');
  Object.defineProperty(globalThis, 'AudioContext', {
    value: class {
      constructor() {
        throw new Error('no more of them');
      }
    },
    configurable: true,
  });
  tones.start();
  tones.play('done');
  tones.stop();
});
