// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScanner } from '../../www/js/scanner.js';

const CODE = '91912345000012025010123456780026093000125005';
const EL_QR = `000201${'7'.repeat(249)}`;

/** A clock that the test turns by hand. */
function bench() {
  let time = 0;
  /** @type {{ run: () => void, at: number }[]} */
  let timers = [];
  /** @type {string[]} */
  const scans = [];
  const scanner = createScanner((text) => scans.push(text), {
    now: () => time,
    wait: (run, ms) => {
      const timer = { run, at: time + ms };
      timers.push(timer);
      return timer;
    },
    stop: (timer) => (timers = timers.filter((each) => each !== timer)),
  });
  const pass = (/** @type {number} */ ms) => {
    time += ms;
    const due = timers.filter(({ at }) => at <= time);
    timers = timers.filter(({ at }) => at > time);
    for (const { run } of due) run();
  };
  /** @param {string} text @param {number} [ms] */
  const type = (text, ms = 5) => {
    for (const sign of text) {
      scanner.key(KEYS[sign] ?? { code: /[0-9]/.test(sign) ? `Digit${sign}` : `Key${sign}` });
      pass(ms);
    }
  };
  const enter = () => scanner.key({ code: 'Enter' });
  return { scanner, scans, type, enter, pass };
}

/** @type {Record<string, import('../../www/js/scanner.js').Key>} */
const KEYS = {
  '(': { code: 'Digit8', shiftKey: true },
  ')': { code: 'Digit9', shiftKey: true },
  ']': { code: 'BracketRight' },
  C: { code: 'KeyC', shiftKey: true },
};

test('one result for each way in which scanners send', () => {
  const cases = [
    [CODE, CODE, 'digits alone'],
    [`]C1${CODE}`, `]C1${CODE}`, 'the identifier is handed on: it tells what kind of code it was'],
    [`(91)${CODE.slice(2)}`, CODE, 'brackets around the identifier'],
  ];
  for (const [typed, scan, why] of cases) {
    for (const ms of [1, 5, 80]) {
      const { scans, type, enter } = bench();
      type(/** @type {string} */ (typed), ms);
      assert.equal(enter(), true, 'the closing Enter must press no button');
      assert.deepEqual(scans, [scan], `${why}, ${ms} ms apart`);
    }
  }
});

test('without a closing key a pause ends it', () => {
  const { scans, type, pass } = bench();
  type(CODE, 80);
  assert.deepEqual(scans, []);
  pass(100);
  assert.deepEqual(scans, [CODE]);
});

test('nor is one needed where the scanner leaves out the 91', () => {
  const { scans, type, pass } = bench();
  type(CODE.slice(2), 80);
  pass(500);
  assert.deepEqual(scans, [CODE.slice(2)]);
});

test('a whole code is not cut after 42 digits', () => {
  for (const digits of [42, 43]) {
    const { scans, type, pass } = bench();
    type(CODE.slice(0, digits), 80);
    pass(150);
    type(CODE.slice(digits), 80);
    pass(100);
    assert.deepEqual(scans, [CODE]);
  }
});

test('an eL-QR is not cut after 44 digits', () => {
  const { scans, type, pass } = bench();
  type(EL_QR.slice(0, 60), 80);
  pass(150); // a scanner that takes a breath
  type(EL_QR.slice(60), 80);
  pass(100);
  assert.deepEqual(scans, [EL_QR]);
});

test('Tab and the number pad work as well', () => {
  const { scanner, scans } = bench();
  for (const digit of CODE) scanner.key({ code: `Numpad${digit}` });
  assert.equal(scanner.key({ code: 'Tab' }), true);
  assert.deepEqual(scans, [CODE]);
});

test('keys that are no scan stay what they are', () => {
  const { scanner, scans, type, enter, pass } = bench();
  assert.equal(enter(), false, 'Enter alone presses the button');
  type('12');
  assert.equal(enter(), false, 'too few digits');
  scanner.key({ code: 'Digit1', ctrlKey: true });
  type('12345678901234567890');
  pass(3000);
  assert.equal(enter(), false, 'keys from long ago are forgotten');
  assert.deepEqual(scans, []);
});

test('two scans one after the other are two', () => {
  const { scans, type, enter } = bench();
  type(CODE);
  enter();
  type(CODE.replace('12500', '22500'));
  enter();
  assert.equal(scans.length, 2);
  assert.equal(scans[1]?.length, 44);
});
