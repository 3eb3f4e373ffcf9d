// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const www = new URL('../../www/', import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(new URL(name, www), 'utf8');
const catalogues = readdirSync(new URL('words/', www))
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const { meta, page } = JSON.parse(read(`words/${name}`));
    return /** @type {const} */ ([name, page, meta.reviewed]);
  });
/** What a draft never says, and may leave out: see NOT_IN_DRAFTS in xtask/src/words.rs. */
const NOT_IN_DRAFTS = /^(title\.answer\.|title\.confirm|confirm\.|answer\.|apps?\.|sheet\.|sample\.|install\.)/;
const scripts = readdirSync(new URL('js/', www))
  .filter((name) => name.endsWith('.js'))
  .map((name) => read(`js/${name}`));

/** Keys that the page asks for by name. */
const named = new Set([
  ...['index.html', 'install.html'].flatMap((page) =>
    [...read(page).matchAll(/data-(?:t|t-label|lines)="([^"]+)"/g)].map(([, key]) => key ?? ''),
  ),
  ...scripts.flatMap((text) =>
    [...text.matchAll(/(?:\.t\(|['"]data-t['"]: |#title\(|\.t = )'([a-z][a-z0-9.-]*[a-z0-9])'/g)].map(
      ([, key]) => key ?? '',
    ),
  ),
]);
/** Whatever is written in quotes: a key may be chosen first and asked for later. */
const quoted = new Set(
  scripts.flatMap((text) => [...text.matchAll(/'([a-z][a-z0-9.-]+)'/g)].map(([, key]) => key ?? '')),
);
/** Keys that it puts together: each beginning, and what may follow it. */
const FAULTS = ['denied', 'missing', 'busy', 'unfit', 'unsupported', 'insecure', 'timeout', 'lost', 'slow', 'reader'];
const PHOTO = ['photo-not-a-picture', 'photo-heic', 'photo-too-large', 'photo-broken', 'photo-no-code'];
const HELP = ['general', 'amount-differs', 'not-a-notice', 'unchecked', 'several', 'digits', ...FAULTS, ...PHOTO];
const STEPS = ['start', 'camera', 'reading', 'typing', 'confirm', 'help', 'counter', 'left-alone', 'statement'];
const VERDICTS = ['payable', 'not-payable', 'ask', 'ask.older', 'no-read'];
/** What is known of an app, as `www/apps/README.md` has it. */
const NEEDS = ['net-banking', 'bank-account', 'own-bank-account', 'balance', 'identity', 'card', 'unknown'];
const DOES = ['open', 'menu', 'scan', 'compare', 'choose-bank', 'pay'];
const YES_NO = ['receipt', 'undo', 'fee', 'barcode', 'el-qr'];
const built = [
  ...NEEDS.map((need) => `app.needs.${need}`),
  ...DOES.map((what) => `app.step.${what}`),
  ...YES_NO.flatMap((fact) => ['yes', 'no', 'unknown'].map((known) => `app.${fact}.${known}`)),
  ...['normal', 'large', 'largest'].map((size) => `size.${size}`),
  ...HELP.flatMap((help) => [`help.${help}.title`, `help.${help}.text`]),
  'help.amount-differs.typed.text',
  ...STEPS.map((step) => `title.${step}`),
  ...VERDICTS.map((verdict) => `title.answer.${verdict}`),
  ...[1, 2, 3, 4, 5, 6].map((group) => `typing.label.${group}`),
  ...['several', 'unchecked', 'web-link', 'other-qr', 'other-code'].map((seen) => `camera.seen.${seen}`),
  ...['light-on', 'light-off', 'zoom-in', 'zoom-out'].map((help) => `camera.assist.${help}`),
  ...['apple', 'android'].map((kind) => `camera.way.open.${kind}`),
  ...['apple', 'android', 'pc'].map((kind) => `camera.way.settings.${kind}`),
];

test('every word that the page asks for is in every catalogue', () => {
  assert.ok(named.size > 60, `found only ${named.size} keys: the patterns above no longer fit the sources`);
  for (const [name, page, reviewed] of catalogues) {
    const missing = [...named, ...built].filter(
      (key) => !Object.hasOwn(page, key) && (reviewed || !NOT_IN_DRAFTS.test(key)),
    );
    assert.deepEqual(missing, [], name);
  }
});

test('no word is left over', () => {
  // These are picked by ids that come from the core.
  const open = /^(typing\.(why|fault)|camera\.advice)\./;
  for (const [name, page] of catalogues) {
    const over = Object.keys(page).filter(
      (key) => !named.has(key) && !quoted.has(key) && !built.includes(key) && !open.test(key),
    );
    assert.deepEqual(over, [], name);
  }
});

test('titles carry no digits', () => {
  for (const [name, page] of catalogues) {
    const titles = Object.entries(page).filter(([key]) => key.startsWith('title'));
    for (const [key, text] of titles) assert.doesNotMatch(text, /[0-9０-９]/, `${name}: ${key}`);
  }
});
