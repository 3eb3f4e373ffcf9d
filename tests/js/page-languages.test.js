// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { languagesOf } from '../../www/js/languages.js';
import { createWords } from '../../www/js/words.js';

const folder = new URL('../../www/words/', import.meta.url);
const own = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name.slice(0, -5), JSON.parse(readFileSync(new URL(name, folder), 'utf8'))]),
);

test('Japanese in its forms first, then what is reviewed, then drafts with their mark', () => {
  const languages = languagesOf(own);
  assert.deepEqual(
    languages.map(({ id }) => id),
    ['ja', 'ja-easy', 'en', 'ko', 'ne', 'vi', 'zh-Hans'],
  );
  for (const { id, mark } of languages) assert.equal(mark === null, own[id].meta.reviewed, id);
  const marks = languages.map(({ mark }) => mark).filter((mark) => mark !== null);
  assert.equal(new Set(marks).size, marks.length, 'each in its own language');
});

test('a language is a file: one that nobody thought of takes its place', () => {
  // A draft as somebody would begin it, with a tag that no program knows.
  const draft = { meta: { lang: 'tok', name: 'toki pona', reviewed: false }, page: { 'draft.mark': 'sin' } };
  const whole = { meta: { lang: 'pt-BR', name: 'português', reviewed: true }, guide: {}, page: {} };
  const languages = languagesOf({ ...own, tok: draft, 'pt-BR': whole });
  assert.deepEqual(
    languages.slice(2, 4).map(({ id }) => id),
    ['en', 'pt-BR'],
    'reviewed: among the complete ones',
  );
  const found = languages.find(({ id }) => id === 'tok');
  assert.deepEqual(found, { id: 'tok', lang: 'tok', name: 'toki pona', mark: 'sin' });
  assert.match(createWords(draft).date('2026-09-30'), /2026/, 'days, in whatever way the browser knows');
});

test('nothing of an answer can be said in words that nobody has reviewed', () => {
  const message = { key: 'headline.payable', values: {} };
  for (const [id, catalogue] of Object.entries(own)) {
    const words = createWords(catalogue, id);
    if (words.reviewed) assert.ok(words.message(message), id);
    else assert.throws(() => words.message(message), /nobody has reviewed/, id);
  }
  // Also where a translator has begun with the answers.
  const begun = { ...own.vi, guide: { 'headline.payable': 'x' } };
  assert.throws(() => createWords(begun, 'vi').message(message), /nobody has reviewed/);
});
