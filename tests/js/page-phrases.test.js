// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phrases } from '../../www/js/phrases.js';

/** @type {[string, string[], string][]} */
const CASES = [
  ['紙の 金額と 同じですか', ['紙の ', '金額と ', '同じですか'], 'at the blanks of the catalogue'],
  ['スマホで払えません', ['スマホで', '払えません'], 'without blanks, where hiragana ends'],
  [
    'コード（しま模様）を うつします。',
    ['コード', '（しま模様）を ', 'うつします。'],
    'a particle stays with its bracket',
  ],
  [
    '2026年12月31日（令和8年）木曜日まで',
    ['2026年12月31日', '（令和8年）', '木曜日まで'],
    'a date breaks around its era',
  ],
  ['はい。', ['はい。'], 'nothing to break'],
  ['「払った日」を 書く。', ['「払った日」を ', '書く。'], 'no break before the first bracket'],
  ['', [], 'nothing'],
];

test('lines are broken between phrases only', () => {
  for (const [text, pieces, why] of CASES) {
    assert.deepEqual(phrases(text), pieces, why);
    assert.equal(phrases(text).join(''), text, 'nothing is lost');
  }
});
