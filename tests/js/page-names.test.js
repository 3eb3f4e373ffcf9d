// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { nameIn } from '../../www/js/names.js';
import { readRuby } from '../../www/js/ruby.js';
import { createWords } from '../../www/js/words.js';

const PROFILES = new URL('../../www/profiles/', import.meta.url);

/** @param {string} lang @param {string} [id] */
const words = (lang, id) => createWords({ meta: { lang, name: lang, reviewed: true }, guide: {}, page: {} }, id);

test('a name of a profile in each language, its reading only where all words have theirs', () => {
  const ward = { ja: '新宿区《しんじゅくく》', en: 'Shinjuku City' };
  for (const [language, names, expected, why] of /** @type {const} */ ([
    [words('ja'), ward, { name: '新宿区', lang: 'ja' }, 'whoever reads Japanese knows how it is read'],
    [words('ja', 'ja-easy'), ward, { name: ward.ja, lang: 'ja' }, 'whoever is learning does not'],
    [words('en'), ward, { name: ward.en, lang: 'en' }, 'its own English name'],
    [words('ko'), ward, { name: ward.en, lang: 'en' }, 'profiles know no Korean'],
    [words('en'), { ja: ward.ja, en: '' }, { name: '新宿区', lang: 'ja' }, 'no mark of a reading is ever seen'],
    [
      words('ja', 'ja-easy'),
      { ja: '見本市', en: 'Sample' },
      { name: '見本市', lang: 'ja' },
      'a profile without readings',
    ],
  ])) {
    assert.deepEqual(nameIn(names, language), expected, why);
  }
});

test('readings in profiles are whole, and none is in the name of an app', () => {
  const files = readdirSync(PROFILES).filter((name) => name.endsWith('.toml'));
  assert.ok(files.length > 0);
  for (const file of files) {
    const text = readFileSync(new URL(file, PROFILES), 'utf8');
    assert.doesNotMatch(readRuby(text).text, /[《》｜]/u, `${file}: a mark of a reading over no kanji`);
    // What an app is called is quoted as its screen has it.
    for (const [app] of text.matchAll(/\[\[apps\]\][^[]*/gu)) assert.doesNotMatch(app, /[《》｜]/u, file);
  }
});
