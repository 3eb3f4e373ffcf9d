// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayInJapan } from '../../www/js/today.js';

const CASES = [
  ['2026-09-30T14:59:59Z', '2026-09-30', 'one second before midnight in Japan'],
  ['2026-09-30T15:00:00Z', '2026-10-01', 'midnight in Japan, still September in Greenwich'],
  ['2025-12-31T15:00:00Z', '2026-01-01', 'the year turns in Japan first'],
  ['2028-02-28T16:00:00Z', '2028-02-29', 'a leap day'],
  ['1970-01-01T00:00:00Z', '1970-01-01', 'a phone whose clock was lost'],
];

for (const zone of ['Asia/Tokyo', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
  test(`the day is Japan's on a device set to ${zone}`, () => {
    process.env.TZ = zone;
    for (const [at, day, why] of CASES) assert.equal(dayInJapan(Date.parse(/** @type {string} */ (at))), day, why);
  });
}
