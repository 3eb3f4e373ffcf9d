// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { createWords, findingOf } from '../../www/js/words.js';

/** @param {string} lang */
const catalogue = (lang) => JSON.parse(readFileSync(new URL(`../../www/words/${lang}.json`, import.meta.url), 'utf8'));
const ja = createWords(catalogue('ja'));
const en = createWords(catalogue('en'));

test('days are written in western years, with the era in Japanese, and the weekday', () => {
  /** @type {[string, string, string][]} */
  const days = [
    // an ordinary day
    ['2026-09-30', '2026年9月30日（令和8年）水曜日', 'Wednesday 30 September 2026'],
    // first day of Reiwa: the first year of an era is 元年, not 1年
    ['2019-05-01', '2019年5月1日（令和元年）水曜日', 'Wednesday 1 May 2019'],
    // the day before: still Heisei
    ['2019-04-30', '2019年4月30日（平成31年）火曜日', 'Tuesday 30 April 2019'],
    // leap day, and a two-digit year of the era
    ['2028-02-29', '2028年2月29日（令和10年）火曜日', 'Tuesday 29 February 2028'],
    // last day of a year: a time zone would move it
    ['2026-12-31', '2026年12月31日（令和8年）木曜日', 'Thursday 31 December 2026'],
  ];
  for (const [iso, japanese, english] of days) {
    assert.equal(ja.date(iso), japanese);
    assert.equal(en.date(iso), english);
  }
});

test('a day does not depend on the time zone of the device', async () => {
  const { execFileSync } = await import('node:child_process');
  const script = `
    import { readFileSync } from 'node:fs';
    import { createWords } from './www/js/words.js';
    process.stdout.write(createWords(JSON.parse(readFileSync('www/words/ja.json', 'utf8'))).date('2026-09-30'));`;
  for (const TZ of ['America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Tokyo']) {
    const cwd = new URL('../../', import.meta.url);
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd,
      env: { ...process.env, TZ },
      encoding: 'utf8',
    });
    assert.equal(said, '2026年9月30日（令和8年）水曜日', TZ);
  }
});

test('what is no day of the calendar is refused', () => {
  for (const wrong of ['2026-02-30', '2026-13-01', '2026-9-30', '20260930', '', '2026-09-30T00:00:00Z', 'today']) {
    assert.throws(() => ja.date(wrong), /expected a day as YYYY-MM-DD/, wrong);
  }
});

test('money is grouped by thousands and never carries a full-width sign', () => {
  /** @type {[number, string, string][]} */
  const amounts = [
    [0, '0円', '0 yen'],
    [999, '999円', '999 yen'],
    [12500, '12,500円', '12,500 yen'],
    [300000, '300,000円', '300,000 yen'],
    [99999999999, '99,999,999,999円', '99,999,999,999 yen'], // the most an eL-QR can say
  ];
  for (const [amount, japanese, english] of amounts) {
    assert.equal(ja.yen(amount), japanese);
    assert.equal(en.yen(amount), english);
  }
});

test('half yen, nothing and infinity are no amounts', () => {
  for (const wrong of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => ja.yen(wrong), /expected a whole number/);
  }
});

test('messages of the core become sentences', () => {
  /** @type {[import('../../www/js/words.js').Message, string, string][]} */
  const messages = [
    [{ key: 'headline.payable', values: {} }, '払えます', 'You can pay by phone'],
    [
      { key: 'finding.code-expired', values: { on: { type: 'date', value: '2026-09-30' } } },
      'スマホで 払えたのは、2026年9月30日（令和8年）水曜日まででした。',
      'The last day for paying this by phone was Wednesday 30 September 2026.',
    ],
    [
      { key: 'finding.amount-over-ceiling', values: { ceiling: { type: 'yen', value: 300000 } } },
      '金額が 300,000円を こえています。スマホの アプリでは 払えない 金額です。',
      'The amount is over 300,000 yen. Phone apps cannot pay that much.',
    ],
    [
      { key: 'finding.reissued', values: { times: { type: 'number', value: 1 } } },
      'この紙は、出しなおした紙です。出しなおしは 1回目です。',
      'This paper replaces an older one. It is reissue number 1.',
    ],
    [
      {
        key: 'finding.app-ceiling',
        // A name may hold anything, braces and replacement patterns too: it is shown, not filled again.
        values: { app: { type: 'text', value: '{ceiling} $& $1' }, ceiling: { type: 'yen', value: 250000 } },
      },
      '「{ceiling} $& $1」の アプリで 払えるのは、250,000円までです。',
      'The app “{ceiling} $& $1” takes up to 250,000 yen.',
    ],
  ];
  for (const [message, japanese, english] of messages) {
    assert.equal(ja.message(message), japanese);
    assert.equal(en.message(message), english);
  }
});

test('the page fills its own words with strings, numbers and values of the core', () => {
  const words = createWords({
    meta: { lang: 'ja', name: '日本語', reviewed: true },
    guide: { 'value.yen': '{amount}円' },
    page: { greeting: '{name}さん、{count}回、{amount}、{day}', plain: 'はい' },
  });
  assert.equal(words.t('plain'), 'はい');
  assert.equal(
    words.t('greeting', {
      name: '花子',
      count: 1200,
      amount: { type: 'yen', value: 5 },
      day: { type: 'date', value: '2026-01-01' },
    }),
    '花子さん、1,200回、5円、2026年1月1日（令和8年）木曜日',
  );
});

test('a key, a value or a type that is missing throws and says which', () => {
  assert.throws(() => ja.t('no.such.key'), /“ja”: no key page › no\.such\.key/);
  assert.throws(() => ja.message({ key: 'toString', values: {} }), /no key guide › toString/);
  assert.throws(() => ja.message({ key: 'finding.code-expired', values: {} }), /finding\.code-expired.*\{on\}/);
  const odd = /** @type {any} */ ({ type: 'colour', value: 'red' });
  assert.throws(() => ja.message({ key: 'finding.code-expired', values: { on: odd } }), /found \{"type":"colour"/);
});

test('another language writes days its own way', () => {
  const words = createWords({
    meta: { lang: 'zh-Hans', name: '简体中文', reviewed: false },
    guide: { 'value.yen': '{amount}日元' },
    page: {},
  });
  assert.match(words.date('2026-09-30'), /2026年9月30日/);
  assert.equal(words.yen(12500), '12,500日元');
  assert.equal(words.reviewed, false);
});

test('the finding behind a message is told from its key', () => {
  /** @type {[string, string | null][]} */
  const keys = [
    ['finding.code-expired', 'code-expired'],
    ['finding.issuer-unknown.ask', 'issuer-unknown'], // the same fact in other words
    ['step.pay-by-app', null],
    ['headline.payable', null],
    ['finding.', null],
  ];
  for (const [key, id] of keys) assert.equal(findingOf({ key, values: {} }), id, key);
});
