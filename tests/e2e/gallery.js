// @ts-check
/** The gallery's cases (tests/gallery/) on the shipped page, and the two checkers that look at each. */
import { build } from 'esbuild';
import { HtmlValidate } from 'html-validate';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CASES } from '../gallery/cases.js';
import { ROOT } from './server.js';

/** @typedef {import('./engine.js').Page} Page */
/** @typedef {import('../gallery/cases.js').Case} Case */

const { resolve } = createRequire(import.meta.url);
const AXE = readFileSync(resolve('axe-core/axe.min.js'), 'utf8');
const ACE = readFileSync(resolve('accessibility-checker-engine/ace.js'), 'utf8');

/** @type {Promise<string> | undefined} */
let bundled;

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'tests/gallery/inside.js')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'gallery',
    external: ['node:*'],
  });
  return outputFiles[0]?.text ?? '';
}

/**
 * @param {Page} page
 * @param {string} source
 * @param {string} name of the global that the source defines
 */
function put(page, source, name) {
  return page.evaluate(/** @type {any} */ (`() => { ${source}\n; globalThis.${name} = ${name}; }`));
}

/**
 * Leads the page, which stands at its start, into a case.
 *
 * @param {Page} page
 * @param {string} name
 */
export async function reach(page, name) {
  bundled ??= bundle();
  await put(page, await bundled, 'gallery');
  await page.evaluate((wanted) => /** @type {any} */ (globalThis).gallery.reach(wanted).then(() => null), name);
}

/**
 * Another language, by the page's own switch.
 *
 * @param {Page} page
 * @param {string} language
 */
export function speak(page, language) {
  return page.evaluate((wanted) => {
    const button = document.querySelector(`[data-action="language"][data-language="${wanted}"]`);
    if (button instanceof HTMLElement && button.getAttribute('aria-current') !== 'true') button.click();
  }, language);
}

/**
 * The languages that the page offers, its own first one first. A draft is one whose words nobody has reviewed.
 *
 * @param {Page} page
 */
export function languages(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('[data-action="language"]')].map((one) => ({
      language: one.getAttribute('data-language') ?? '',
      draft: one.querySelector('.draft-mark') !== null,
    })),
  );
}

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * axe's rules about colours. That of AA stays out: it measures the same pairs against a lower limit, and finds nothing
 * that that of AAA does not.
 */
export const COLOURS = ['color-contrast-enhanced', 'link-in-text-block'];

/**
 * axe-core: A and AA of WCAG 2.0 to 2.2, and AAA's contrast.
 *
 * @param {Page} page
 * @param {string[]} [rules] these alone
 * @returns {Promise<string[]>} what it finds
 */
export async function axe(page, rules) {
  const there = await page.evaluate(() => 'axe' in globalThis);
  if (!there) await put(page, AXE, 'axe');
  const wanted = rules
    ? { runOnly: { type: 'rule', values: rules } }
    : {
        runOnly: LEVELS,
        rules: { 'color-contrast-enhanced': { enabled: true }, 'color-contrast': { enabled: false } },
      };
  return page.evaluate(async (options) => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, {
      ...options,
      resultTypes: ['violations'],
      preload: false,
    });
    return violations.map(
      (/** @type {any} */ fault) =>
        `${fault.id}: ${fault.nodes.map((/** @type {any} */ node) => `${node.target} (${node.failureSummary})`).join('; ')}`,
    );
  }, wanted);
}

/**
 * IBM's checker, which knows other rules: WCAG 2.2 A and AA.
 *
 * @param {Page} page
 * @returns {Promise<string[]>} what it finds
 */
export async function ace(page) {
  const there = await page.evaluate(() => 'ace' in globalThis);
  if (!there) await put(page, ACE, 'ace');
  return page.evaluate(async () => {
    const scope = /** @type {any} */ (globalThis);
    scope.checker ??= new scope.ace.Checker();
    const { results } = await scope.checker.check(document, ['WCAG_2_2']);
    return results
      .filter((/** @type {any} */ one) => one.value[0] === 'VIOLATION' && one.value[1] === 'FAIL')
      .map((/** @type {any} */ one) => `${one.ruleId}: ${one.message} ${one.snippet}`);
  });
}

// What is serialised from a document has another style than what is written by hand; whether it is HTML is asked.
const validator = new HtmlValidate({
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    'aria-label-misuse': ['error', { allowAnyNamable: true }],
    'no-autoplay': 'off',
    'no-inline-style': 'off',
    'require-sri': 'off',
    'text-content': 'off',
  },
});

/**
 * The document as it stands, held to HTML's own rules.
 *
 * @param {Page} page
 * @returns {Promise<string[]>} what is wrong
 */
export async function markup(page) {
  const html = await page.evaluate(() => {
    const copy = /** @type {HTMLElement} */ (document.documentElement.cloneNode(true));
    for (const aside of copy.querySelectorAll('script, style, template')) aside.remove();
    return copy.outerHTML;
  });
  const report = await validator.validateString(`<!doctype html>\n${html}`);
  const lines = html.split('\n');
  return report.results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => {
      const place = (lines[line - 2] ?? '').slice(Math.max(0, column - 40), column + 80);
      return `${ruleId}: ${message} at ${place}`;
    }),
  );
}

export { CASES };
