// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runs } from '../../www/js/phrases.js';
import { plain, readRuby } from '../../www/js/ruby.js';
import { createWords } from '../../www/js/words.js';

const catalogue = JSON.parse(readFileSync(new URL('../../www/words/ja-easy.json', import.meta.url), 'utf8'));
const easy = createWords(catalogue, 'ja-easy');

test('readings are found and taken away', () => {
  /** @type {[string, string, [string, string][], string][]} */
  const cases = [
    ['紙《かみ》を 見《み》る', '紙を 見る', [['紙', 'かみ'], ['見', 'み']], 'over the kanji before'],
    ['人々《ひとびと》', '人々', [['人々', 'ひとびと']], 'the sign that repeats a kanji is one'],
    ['｜20日《はつか》まで', '20日まで', [['20日', 'はつか']], 'from the bar on'],
    ['お金《かね》', 'お金', [['金', 'かね']], 'not over the kana before'],
    ['「{app}」の アプリ', '「{app}」の アプリ', [], 'none at all'],
    ['かな《kana》', 'かな《kana》', [], 'over no kanji: left as it is'],
    ['', '', [], 'nothing'],
  ]; // prettier-ignore
  for (const [marked, bare, rubies, why] of cases) {
    assert.equal(plain(marked), bare, why);
    const read = readRuby(marked);
    assert.equal(read.text, bare, why);
    assert.deepEqual(
      read.rubies.map(({ from, to, reading }) => [bare.slice(from, to), reading]),
      rubies,
      why,
    );
  }
});

test('a line is broken between phrases, never inside a word with its reading', () => {
  const word = (/** @type {string} */ base, /** @type {string} */ reading) => ({ base, reading });
  /** @type {[string, (string | { base: string, reading: string })[][], string][]} */
  const cases = [
    [
      '紙《かみ》を 見《み》る。',
      [
        [word('紙', 'かみ'), 'を '],
        [word('見', 'み'), 'る。'],
      ],
      'at the blank',
    ],
    // Without a blank, a line may be broken where hiragana ends, which お金 has inside.
    ['｜お金《おかね》', [[word('お金', 'おかね')]], 'a word of kana and kanji stays whole'],
    ['聞《き》いてください', [[word('聞', 'き'), 'いて'], ['ください']], 'where large letters need it'],
    ['そのまま', [['そのまま']], 'no reading'],
    ['', [], 'nothing'],
  ];
  for (const [line, expected, why] of cases) {
    assert.deepEqual(
      runs(line).map(({ parts }) => parts),
      expected,
      why,
    );
  }
});

test('days in やさしい日本語 are written with their readings', () => {
  /** @type {[string, string, string][]} */
  const days = [
    ['2026-09-30', '2026年《ねん》9月《がつ》30日《にち》（令和《れいわ》8年《ねん》）水曜日《すいようび》', 'the plain case'],
    ['2019-05-01', '2019年《ねん》5月《がつ》｜1日《ついたち》（令和《れいわ》元年《がんねん》）水曜日《すいようび》', '元年'],
    ['2019-04-20', '2019年《ねん》4月《がつ》｜20日《はつか》（平成《へいせい》31年《ねん》）土曜日《どようび》', 'はつか'],
    ['2026-03-14', '2026年《ねん》3月《がつ》｜14日《じゅうよっか》（令和《れいわ》8年《ねん》）土曜日《どようび》', 'よっか'],
    ['2026-03-19', '2026年《ねん》3月《がつ》19日《にち》（令和《れいわ》8年《ねん》）木曜日《もくようび》', 'no よっか'],
  ]; // prettier-ignore
  const ja = createWords(JSON.parse(readFileSync(new URL('../../www/words/ja.json', import.meta.url), 'utf8')));
  for (const [iso, written, why] of days) {
    assert.equal(easy.date(iso), written, why);
    assert.equal(plain(easy.date(iso)), ja.date(iso), 'the same day as in plain Japanese');
  }
  assert.equal(easy.yen(12_500), '12,500円《えん》');
});

test('やさしい日本語 is Japanese by its tag and itself by its name', () => {
  assert.equal(easy.lang, 'ja');
  assert.equal(easy.id, 'ja-easy');
});

test('no kanji of やさしい日本語 is without a reading', () => {
  for (const section of [catalogue.guide, catalogue.page]) {
    for (const [key, text] of Object.entries(section)) {
      const { text: bare, rubies } = readRuby(text);
      const bald = [...bare].filter(
        (letter, at) => /[\p{Script=Han}々]/u.test(letter) && !rubies.some(({ from, to }) => from <= at && at < to),
      );
      assert.deepEqual(bald, [], key);
    }
  }
});
