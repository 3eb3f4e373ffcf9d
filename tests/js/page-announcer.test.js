// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GAP_MS, createAnnouncer, createSteady } from '../../www/js/announcer.js';

function bench() {
  let time = 0;
  /** @type {{ run: () => void, at: number } | null} */
  let timer = null;
  /** @type {[number, string][]} */
  const lines = [];
  const voice = { busy: false };
  const announcer = createAnnouncer((line) => lines.push([time, line]), {
    busy: () => voice.busy,
    now: () => time,
    wait: (run, ms) => (timer = { run, at: time + ms }),
    stop: () => (timer = null),
  });
  const pass = (/** @type {number} */ ms) => {
    time += ms;
    if (timer && timer.at <= time) {
      const { run } = timer;
      timer = null;
      run();
    }
  };
  return { announcer, lines, pass, voice };
}

test('lines stand long enough to be heard, and the newest comes next', () => {
  const { announcer, lines, pass } = bench();
  announcer.say('a');
  pass(100);
  announcer.say('b');
  pass(100);
  announcer.say('c');
  pass(GAP_MS);
  assert.deepEqual(lines, [
    [0, 'a'],
    [200 + GAP_MS, 'c'],
  ]);
});

test('the same line is not said twice, nor one that was taken back', () => {
  const { announcer, lines, pass } = bench();
  for (const line of ['a', 'a', 'b', 'a']) {
    announcer.say(line);
    pass(10);
  }
  pass(GAP_MS);
  assert.deepEqual(lines, [[0, 'a']]);
});

test('advice every 80 ms for a minute changes the line at most every 2.5 s', () => {
  const { announcer, lines, pass } = bench();
  for (let at = 0; at < 60_000; at += 80) {
    announcer.say(`advice ${at}`);
    pass(80);
  }
  assert.ok(lines.length >= 20, 'it goes on speaking');
  lines.slice(1).forEach(([at], index) => assert.ok(at - (lines[index]?.[0] ?? 0) >= GAP_MS));
});

test('a line that is read aloud is not cut short, and a voice that got stuck does not silence the page', () => {
  const { announcer, lines, pass, voice } = bench();
  announcer.say('a');
  voice.busy = true;
  announcer.say('b');
  for (let at = 0; at < 4_000; at += 50) pass(50);
  announcer.say('c');
  assert.deepEqual(lines, [[0, 'a']]);
  voice.busy = false;
  pass(300);
  assert.deepEqual(lines.at(-1), [4_300, 'c'], 'the newest of what came in meanwhile');
  voice.busy = true;
  announcer.say('d');
  for (let at = 0; at < 12_000; at += 50) pass(50);
  assert.equal(lines.at(-1)?.[1], 'd');
});

test('advice that flickers is held back', () => {
  const steady = createSteady(3);
  const heard = ['closer', 'not-found', 'closer', 'closer', 'closer', 'closer'].map((advice) => steady(advice));
  assert.deepEqual(heard, [null, null, null, null, 'closer', 'closer']);
});
