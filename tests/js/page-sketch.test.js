// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lieOf } from '../../www/js/frames.js';
import { createFollower, shownAdvice, shownAt, shownSize } from '../../www/js/sketch.js';

const lie = (turn = 0, mirrored = false) => ({ width: 1920, height: 1080, turn, mirrored });

test('a place in the frame, in the picture as it is shown', () => {
  /** @type {[ReturnType<typeof lie>, { x: number, y: number }, string][]} */
  const cases = [
    [lie(), { x: 100, y: 10 }, 'as it is'],
    [lie(90), { x: 1070, y: 100 }, 'a phone held upright: the top of the frame is at the right'],
    [lie(180), { x: 1820, y: 1070 }, 'a phone held sideways the other way round'],
    [lie(270), { x: 10, y: 1820 }, 'upside down'],
    [lie(0, true), { x: 1820, y: 10 }, 'as in a mirror'],
    [lie(90, true), { x: 10, y: 100 }, 'turned, then as in a mirror'],
  ];
  for (const [how, place, why] of cases) assert.deepEqual(shownAt({ x: 100, y: 10 }, how), place, why);
  assert.deepEqual(shownSize(lie(90)), { width: 1080, height: 1920 });
  assert.deepEqual(shownSize(lie(180)), { width: 1920, height: 1080 });
});

test('a side that is cut off, in the picture as it is shown', () => {
  /** @type {[string | null, ReturnType<typeof lie>, string | null][]} */
  const cases = [
    ['cut-left', lie(), 'cut-left'],
    ['cut-left', lie(90), 'cut-top'],
    ['cut-top', lie(90), 'cut-right'],
    ['cut-bottom', lie(270), 'cut-right'],
    ['cut-left', lie(180), 'cut-right'],
    ['cut-left', lie(0, true), 'cut-right'],
    ['cut-top', lie(0, true), 'cut-top'],
    ['cut-left', lie(90, true), 'cut-top'],
    ['closer', lie(90), 'closer'],
    [null, lie(90), null],
  ];
  for (const [said, how, shown] of cases)
    assert.equal(shownAdvice(said, how), shown, `${said}, ${JSON.stringify(how)}`);
  // The side and the place agree: a code at the left edge of the frame is drawn where the arrow points.
  const corner = shownAt({ x: 0, y: 540 }, lie(90));
  assert.deepEqual(corner, { x: 540, y: 0 });
});

test('how a frame lies', () => {
  const visibleRect = { width: 1920, height: 1080 };
  /** @type {[object, { videoWidth: number, videoHeight: number }, object, string][]} */
  const cases = [
    [{ visibleRect }, { videoWidth: 1920, videoHeight: 1080 }, { turn: 0, mirrored: false }, 'a PC'],
    [
      { visibleRect, rotation: 90, flip: false },
      { videoWidth: 1080, videoHeight: 1920 },
      { turn: 90, mirrored: false },
      'told',
    ],
    [
      { visibleRect },
      { videoWidth: 1080, videoHeight: 1920 },
      { turn: 90, mirrored: false },
      'shown upright and not told',
    ],
    [
      { visibleRect, rotation: 0, flip: true },
      { videoWidth: 1920, videoHeight: 1080 },
      { turn: 0, mirrored: true },
      'mirrored',
    ],
  ];
  for (const [frame, video, { turn, mirrored }, why] of /** @type {any[]} */ (cases)) {
    assert.deepEqual(lieOf(frame, video), { width: 1920, height: 1080, turn, mirrored }, why);
  }
});

test('a code that is not found anew is not drawn for long', () => {
  let at = 0;
  const follow = createFollower({ now: () => at });
  const coach = (x = 5) => ({ advice: 'closer', confidence: 1, at: [{ x, y: 5 }] });
  assert.equal(follow(null, lie()), null);
  assert.deepEqual(follow(coach(), lie()), [{ x: 5, y: 5 }]);
  at = 600;
  assert.deepEqual(follow(coach(), lie()), [{ x: 5, y: 5 }], 'one or two frames without it are no reason to flicker');
  at = 800;
  assert.equal(follow(coach(), lie()), null, 'the same to the last digit: an old place');
  assert.deepEqual(follow(coach(6), lie()), [{ x: 6, y: 5 }]);
  assert.equal(follow({ advice: 'not-found', confidence: 1 }, lie()), null);
});
