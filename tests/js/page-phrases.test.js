// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longest, phrases, runs } from '../../www/js/phrases.js';

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
  ['「au PAY」の アプリ', ['「au PAY」の ', 'アプリ'], 'a name stays whole, its blank too'],
  ['国の 決まり JIS X 8341-3:2016の AA', ['国の ', '決まり ', 'JIS X 8341-3:2016の ', 'AA'], 'and that of a standard'],
  ['', [], 'nothing'],
];

/** What the largest letters break: `|` always, `/` where letters are large, `\\` also on small phones. @type {[string, string][]} */
const LARGE = [
  ['うごきません。', 'fits a line at any size'],
  ['バーコードが |見つかり/ません。', 'before the ending of a verb'],
  ['紙を |なおして/います。', 'also of one that goes on'],
  ['すぎて/いません。', 'never within the ending'],
  ['払った/あとは、', 'between words already in one of six letters'],
  ['わかりません。', 'whose verbs stay whole'],
  ['読めません/でした', 'and the negation never'],
  ['聞いて/ください', 'a request, however short'],
  ['2026年12月31日|（令和8年）|土曜日/まで/でした。', 'a date beside its era, and before what is said of it'],
  ['8時30分/から |17時まで', 'an hour before what is said of it'],
  ['1回 |300,000円/まで/です。', 'nor in an amount'],
  ['この |お金を/払う/紙を', 'where another word begins; お金 is one'],
  ['消費者/ホットライン', 'and where the script changes'],
  ['コンビニ/では |払えません。', 'a name before what is said of it: は never stands alone'],
  ['はじめから |しらべ\\なおして\\ください。', 'so long that a list on a small phone does not hold it'],
];

test('lines are broken between phrases only', () => {
  for (const [text, pieces, why] of CASES) {
    assert.deepEqual(phrases(text), pieces, why);
    assert.equal(phrases(text).join(''), text, 'nothing is lost');
  }
});

test('where letters are large, long phrases are broken at their joints', () => {
  const marks = new Map([
    ['', '|'],
    ['narrow', '/'],
    ['narrow long', '\\'],
  ]);
  for (const [expected, why] of LARGE) {
    const pieces = runs(expected.replace(/[|/\\]/g, ''));
    const seen = pieces.map(({ narrow, parts }, at) => (at > 0 ? marks.get(narrow) : '') + parts.join('')).join('');
    assert.equal(seen, expected, why);
  }
});

test('a headline is as large as its longest part that is not broken lets it be', () => {
  /** @type {[string, string, number, string][]} */
  const cases = [
    ['払えます', 'ja', 4, 'all of it'],
    ['スマホでは 払えません', 'ja', 5, 'the longer of two, its blank not counted'],
    ['わかりません。', 'ja', 6, 'nor its stop'],
    ['窓口で 聞いてください', 'ja', 4, 'a request is broken'],
    ['払《はら》えます', 'ja', 4, 'readings stand above'],
    ['Not payable by phone', 'en', 7 * 0.62, 'Latin letters are narrower'],
  ];
  for (const [line, language, letters, why] of cases) assert.equal(longest(line, language), letters, why);
});
