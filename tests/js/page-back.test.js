// @ts-check
/** The phone's own "back": which screen it leads to is the page's matter; here is when it leads out of it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Back, ENTRIES } from '../../www/js/back.js';

/** A history with what `back` and `forward` move along, and what it was asked for. */
let entries = 1;
let at = 0;
/** @type {Back} */
let back;
let home = true;
/** @type {string[]} */
let shown = [];

const go = (/** @type {number} */ by) => {
  if (at + by < 0) return shown.push('left');
  at += by;
  return back.pressed();
};

beforeEach(() => {
  [entries, at, home, shown] = [1, 0, true, []];
  back = new Back({ home: () => home, before: () => shown.push('before') });
  Object.assign(globalThis, {
    history: {
      go,
      pushState: (/** @type {unknown} */ state, /** @type {string} */ title, /** @type {unknown} */ url) => {
        assert.deepEqual([state, title, url], [null, '', undefined], 'an entry holds nothing');
        at += 1;
        entries = at + 1;
      },
    },
  });
});
afterEach(() => Reflect.deleteProperty(globalThis, 'history'));

test('the first screen makes no entry, and “back” leads out of it', () => {
  back.changed();
  assert.equal(entries, 1);
  go(-1);
  assert.deepEqual(shown, ['left']);
});

test('as often as there are screens it leads to the one before, and not once more', () => {
  home = false;
  for (let i = 0; i < 5; i += 1) back.changed();
  assert.equal(entries, 1 + ENTRIES, 'never more');
  for (let i = 0; i < ENTRIES; i += 1) go(-1);
  assert.deepEqual(
    shown,
    Array.from({ length: ENTRIES }, () => 'before'),
  );
  go(-1);
  assert.equal(shown.at(-1), 'left');
});

test('showing the screen before makes no entry: a browser would pass over it', () => {
  home = false;
  back.changed();
  back.before = () => back.changed();
  go(-1);
  assert.deepEqual([at, entries], [ENTRIES - 1, ENTRIES + 1]);
  // The next touch does, up to as many as before.
  back.changed();
  assert.deepEqual([at, entries], [ENTRIES, ENTRIES + 1]);
});

test('after a visit that ended by a button one press takes away what is left over', () => {
  home = false;
  back.changed();
  home = true;
  back.changed();
  go(-1);
  assert.deepEqual([at, shown], [0, []]);
  go(-1);
  assert.deepEqual(shown, ['left']);
});

test('a screen that cannot be shown does not stop it from working', () => {
  home = false;
  back.changed();
  back.before = () => {
    throw new Error('no such screen');
  };
  assert.throws(() => go(-1), /no such screen/);
  back.changed();
  assert.equal(at, ENTRIES, 'what was used up is made anew');
});
