// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL, GROUPS, emptyGroups, fill, joinGroups, plainDigits, wholeOf } from '../../www/js/digits.js';

const WHOLE = '91912345000012025010123456780026093000125005';
const PARTS = ['912345', '0000120250101234567800', '260930', '0', '012500', '5'];

/**
 * As the page does with each key.
 *
 * @param {string[]} groups
 * @param {number} at
 * @param {string} text
 */
function keyed(groups, at, text) {
  for (const sign of text) {
    let filled = fill(groups, at, (groups[at] ?? '') + sign);
    const whole = filled.whole ?? wholeOf(filled.groups);
    if (whole !== null) filled = { ...fill(emptyGroups(), 0, whole) };
    ({ groups, at } = filled);
  }
  return groups;
}

test('the groups are those of the printed line', () => {
  assert.equal(ALL, 44);
  assert.equal(joinGroups(PARTS), WHOLE);
  assert.deepEqual(
    PARTS.map((part) => part.length),
    [...GROUPS],
  );
});

test('digits come in many dresses', () => {
  const cases = [
    ['９１２３４５', '912345', 'full-width, from a Japanese keyboard'],
    ['(91)912345-0000', '919123450000', 'brackets and hyphens as printed'],
    ['91 2345\u3000\n6', '9123456', 'blanks and line ends'],
    ['12ー34－5', '12345', 'what a Japanese keyboard gives for a hyphen'],
    [`]C1${WHOLE}`, WHOLE, 'a hand scanner that tells the kind of code'],
    [`］ｄ２(${WHOLE}`, WHOLE, 'the same through a Japanese keyboard'],
    ['[91]O5', '91O5', 'a bracket elsewhere begins no identifier'],
    ['12O4', '12O4', 'a letter stays to be told: without it every digit after it would move'],
  ];
  for (const [text, digits, why] of cases) assert.equal(plainDigits(/** @type {string} */ (text)), digits, why);
});

test('a whole code fills all fields, whichever field it is pasted into', () => {
  const dressed = [
    '91912345000012025010123456780026093000125005',
    '(91)912345-0000120250101234567800-260930-0-012500-5',
    `]C1${WHOLE}`,
    `番号：${WHOLE}`,
    `番号 (${WHOLE}) です。`,
    '91,912345,0000120250101234567800,260930,0,012500,5',
  ];
  for (const text of dressed) {
    for (let at = 0; at < GROUPS.length; at += 1) {
      const { groups, whole } = fill(['1', '2', '3', '', '', ''], at, text);
      assert.deepEqual(groups, PARTS);
      assert.equal(whole, WHOLE);
    }
  }
});

test('an eL-QR is taken whole and leaves the fields alone', () => {
  const { groups, whole } = fill(emptyGroups(), 0, '0'.repeat(255));
  assert.deepEqual(groups, emptyGroups());
  assert.equal(whole?.length, 255);
});

test('what is too much for a field goes on into the next', () => {
  assert.deepEqual(fill(emptyGroups(), 0, '9123450'), { groups: ['912345', '0', '', '', '', ''], at: 1, whole: null });
  const cascade = fill(['912345', '', '', '', '', ''], 1, `${PARTS[1]}2609300`);
  assert.deepEqual(cascade.groups, ['912345', PARTS[1], '260930', '0', '', '']);
  assert.equal(cascade.at, 3);
});

test('no digit is dropped or pushed along in silence', () => {
  const full = fill(PARTS, 2, '2609301');
  assert.deepEqual(full.groups, PARTS.with(2, '2609301'), 'the next field is full: the extra digit stays in sight');
  const last = fill(emptyGroups(), 5, '55');
  assert.equal(last.groups[5], '55', 'there is no field after the last');
  const long = fill(emptyGroups(), 0, `123456${WHOLE}`);
  assert.equal(long.whole, null, 'the last 44 of 50 digits are no code of their own');
  assert.equal(long.groups.join(''), `123456${WHOLE}`);
  const letter = fill(emptyGroups(), 0, `${WHOLE.slice(0, 20)}O${WHOLE.slice(20)}`);
  assert.equal(letter.whole, null, 'a letter among the digits is no label');
  assert.equal(fill(emptyGroups(), 0, `https://${WHOLE}`).whole, null, 'nor is a web link');
});

test('a hand scanner that types into the first field is understood once all 44 have come', () => {
  let groups = emptyGroups();
  let at = 0;
  for (const digit of WHOLE) ({ groups, at } = fill(groups, at, (groups[at] ?? '') + digit));
  assert.equal(wholeOf(groups), WHOLE);
  assert.equal(wholeOf(PARTS), null, '42 digits typed by a person are no whole code');
});

test('a hand scanner that types into a field may begin with the kind of code', () => {
  for (const kind of [']C1', ']Q1', ']d2', '］Ｃ１']) {
    for (let at = 0; at < GROUPS.length; at += 1) {
      assert.deepEqual(keyed(emptyGroups(), at, kind + WHOLE), PARTS, `${kind} into field ${at + 1}`);
    }
  }
});

test('a code that is scanned once more takes the place of the one in the fields', () => {
  // Begun like the scan itself, and otherwise; the second one was misread.
  const olds = [PARTS, PARTS.with(4, '012600'), PARTS.with(0, '512345')];
  for (const old of olds) {
    for (const kind of ['', ']C1']) {
      for (let at = 0; at < GROUPS.length; at += 1) {
        const why = `${kind} into field ${at + 1} of ${old.join('-')}`;
        assert.deepEqual(keyed(old, at, kind + WHOLE), PARTS, why);
        // All at once, as by an input method.
        assert.deepEqual(fill(old, at, old[at] + kind + WHOLE).groups, PARTS, why);
        // A browser selects what stands in a field that is reached by Tab.
        assert.deepEqual(keyed(old.with(at, ''), at, kind + WHOLE), PARTS, `${why}, emptied`);
      }
    }
  }
  const wrong = fill(PARTS, 5, `5${WHOLE.slice(0, -1)}6`);
  assert.equal(wrong.whole, null, 'without the right check digit it is no code');
});

test('however long a text is that somebody pastes, the page does not stand still over it', () => {
  // Work that grows with the square of the length would take half an hour, which no step of the test is given.
  const long = 1_000_000;
  for (const text of [
    `9${'x'.repeat(long)}9`,
    '1x'.repeat(long / 2),
    ']'.repeat(long),
    `${'番号 '.repeat(long / 3)}91`,
  ])
    assert.equal(fill(emptyGroups(), 0, text).whole, null);
});
