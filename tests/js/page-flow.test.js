// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { course, seenIn, wantsSecondTry } from '../../www/js/flow.js';

/** @import { Report } from '../../www/js/types.js' */

/**
 * @param {string[]} kinds
 * @param {Partial<Report>} [more]
 * @returns {Report}
 */
function report(kinds, more = {}) {
  const symbols = kinds.map((kind) => ({ kind, text: '', valid: false }));
  return { symbols, notice: null, findings: [], verdict: 'no-read', answer: null, ...more };
}

test('a notice leads to the amount by every route', () => {
  const read = report(['gs1-128-payment'], { notice: { kind: 'gs1-128-payment' } });
  for (const route of /** @type {const} */ (['camera', 'photo', 'sample', 'typed', 'scanner'])) {
    assert.equal(course({ report: read }, route).to, 'notice');
  }
});

test('what is no notice never leads to an answer', () => {
  for (const kinds of [['web-link'], ['other-qr'], ['other-code'], ['gs1-128-payment'], []]) {
    for (const route of /** @type {const} */ (['camera', 'photo', 'sample', 'typed', 'scanner'])) {
      assert.notEqual(course({ report: report(kinds) }, route).to, 'notice');
    }
  }
});

test('a photo is told what it shows', () => {
  const cases = /** @type {const} */ ([
    [{ report: null, error: { id: 'photo-heic' } }, 'photo-heic'],
    [{ report: null, error: { id: 'photo-no-code' } }, 'photo-no-code'],
    [{ report: null, error: { id: 'photo-something-new' } }, 'photo-broken'],
    [{ report: report(['web-link']) }, 'not-a-notice'],
    [{ report: report(['gs1-128-payment']) }, 'unchecked'],
    [{ report: report([], { findings: [{ id: 'several-notices', severity: 'ask' }] }) }, 'several'],
  ]);
  for (const [outcome, help] of cases) {
    const next = course(/** @type {any} */ (outcome), 'photo');
    assert.equal(next.to === 'help' && next.help, help);
  }
});

test('typed digits stay where they were typed, with the reason', () => {
  const next = course({ report: null, error: { id: 'check-digit' } }, 'typed');
  assert.deepEqual(next, { to: 'typing', fault: 'check-digit' });
});

test('in the camera the code that is looked for comes first', () => {
  assert.equal(seenIn(report(['web-link', 'gs1-128-payment'])), 'unchecked');
  assert.equal(seenIn(report(['other-code', 'web-link'])), 'web-link');
  assert.equal(seenIn(report([])), null);
  assert.equal(seenIn(null), null);
});

test('the browser decodes what the module cannot, and nothing else', () => {
  const cases = [
    ['photo-heic', true],
    ['photo-broken', true],
    ['photo-no-code', false],
    ['photo-too-large', false],
  ];
  for (const [id, again] of cases) {
    assert.equal(wantsSecondTry({ report: null, error: { id: String(id) } }), again, String(id));
  }
});
