// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unfold } from '../../www/js/parts.js';

/** What the test of `xtask/src/build/parts.rs` has the build make. */
const FOLDED = `{"catalogues":{"en":{"guide":["A"],"meta":{"lang":"en"},"page":["B","C",null]},\
"ko":{"meta":{"lang":"ko"},"page":[null,"다","라"]}},"keys":{"guide":["a"],"page":["b","c","d"]}}`;

test('catalogues come out of the page as they were written', () => {
  assert.deepEqual(unfold(JSON.parse(FOLDED)), {
    en: { meta: { lang: 'en' }, guide: { a: 'A' }, page: { b: 'B', c: 'C' } },
    ko: { meta: { lang: 'ko' }, page: { c: '다', d: '라' } },
  });
});
