// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAssist } from '../../www/js/assist.js';

const PHONE = { light: true, lit: false, larger: true, smaller: false };

/**
 * Ten frames a second.
 *
 * @param {[said: string, seconds: number, able?: Partial<typeof PHONE>][]} seen
 * @param {'light' | 'zoom'} [chosen] what a person has decided before
 */
function watch(seen, chosen) {
  let at = 0;
  const able = { ...PHONE };
  const assist = createAssist({ now: () => at });
  if (chosen) assist.leave(chosen);
  /** @type {string[]} */
  const done = [];
  for (const [said, seconds, change] of seen) {
    Object.assign(able, change);
    for (const end = at + 1000 * seconds; at < end; at += 100) {
      const help = assist.next(said, able);
      if (!help) continue;
      done.push(`${help} ${(at / 1000).toFixed(1)}`);
      if (help.startsWith('light')) able.lit = help === 'light-on';
      else Object.assign(able, { larger: help === 'zoom-out', smaller: help === 'zoom-in' });
    }
  }
  return done;
}

test('what the page does by itself, and when', () => {
  /** @type {[why: string, seen: Parameters<typeof watch>[0], chosen: 'light' | 'zoom' | undefined, done: string[]][]} */
  const cases = [
    ['dark for two seconds: light, once', [['too-dark', 20]], undefined, ['light-on 2.0']],
    [
      'dark for a moment',
      [
        ['too-dark', 1.5],
        ['not-found', 1],
        ['too-dark', 1.5],
      ],
      undefined,
      [],
    ],
    ['dark, and there is no light', [['too-dark', 5, { light: false }]], undefined, []],
    ['dark, and the person has put the light out', [['too-dark', 5]], 'light', []],
    [
      'the light that came by itself only shines back',
      [
        ['too-dark', 3],
        ['glare', 4],
      ],
      undefined,
      ['light-on 2.0', 'light-off 5.9'],
    ],
    ['the person’s own light shines back: theirs to put out', [['glare', 5, { lit: true }]], 'light', []],
    [
      'dark again after it was put out: no flicker',
      [
        ['too-dark', 3],
        ['glare', 4],
        ['too-dark', 9],
      ],
      undefined,
      ['light-on 2.0', 'light-off 5.9'],
    ],
    ['too small for three seconds', [['closer', 4]], undefined, ['zoom-in 3.0']],
    ['too small, and there is no zoom', [['closer', 9, { larger: false }]], undefined, []],
    ['too small, and the person has chosen the size', [['closer', 9]], 'zoom', []],
    [
      'and back when it no longer fits',
      [
        ['closer', 4],
        ['farther', 4],
      ],
      undefined,
      ['zoom-in 3.0', 'zoom-out 6.9'],
    ],
    ['too large from the beginning', [['farther', 4, { larger: false, smaller: true }]], undefined, ['zoom-out 2.0']],
    [
      'a hand that goes to and fro: not for ever',
      [
        ['closer', 6],
        ['farther', 6],
        ['closer', 6],
        ['farther', 6],
      ],
      undefined,
      ['zoom-in 3.0', 'zoom-out 8.0', 'zoom-in 15.0'],
    ],
  ];
  for (const [why, seen, chosen, done] of cases) assert.deepEqual(watch(seen, chosen), done, why);
});
