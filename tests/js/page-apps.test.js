// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mayTake } from '../../www/js/apps.js';

/** @typedef {import('../../www/js/types.js').AppFacts} AppFacts */
/** @typedef {import('../../www/js/types.js').Report} Report */

/** @param {Partial<AppFacts>} facts */
const app = (facts) => /** @type {AppFacts} */ ({ kind: 'real', ended: 'unknown', ceiling: 'unknown', ...facts });

const KNOWN = {
  any: app({ id: 'any', barcode: 'unknown', el_qr: 'unknown' }),
  bars: app({ id: 'bars', barcode: true, el_qr: false }),
  ended: app({ id: 'ended', barcode: true, el_qr: true, ended: '2026-03-31' }),
  low: app({ id: 'low', barcode: true, el_qr: true, ceiling: 250_000 }),
  drawn: app({ id: 'drawn', kind: 'sample', barcode: true, el_qr: true }),
};

test('of apps that no ward names those are told that nothing known speaks against', () => {
  /** @type {[string, { kind?: string, valid?: boolean, amount?: number, today?: string, findings?: object[], sample?: boolean }, string[]][]} */
  const cases = [
    ['a barcode', {}, ['any', 'bars', 'low']],
    ['an eL-QR', { kind: 'el-qr' }, ['any', 'low']],
    ['the last day of one', { today: '2026-03-31' }, ['any', 'bars', 'ended', 'low']],
    ['as much as one takes', { amount: 250_000 }, ['any', 'bars', 'low']],
    ['more than one takes', { amount: 250_001 }, ['any', 'bars']],
    ['one of which the ward has told something', { findings: [{ id: 'app-not-yet', app: 'bars' }] }, ['any', 'low']],
    ['the sample', { sample: true }, ['drawn']],
    ['a code that does not check', { valid: false }, []],
  ];
  for (const [why, about, expected] of cases) {
    const { kind = 'gs1-128-payment', valid = true, amount = 12_500, today = '2026-11-28', findings = [] } = about;
    const report = /** @type {Report} */ (
      /** @type {unknown} */ ({ symbols: [{ kind, valid }], findings, answer: { amount, today } })
    );
    const found = mayTake(KNOWN, report, about.sample ?? false).map(({ id }) => id);
    assert.deepEqual(found, expected, why);
  }
});
