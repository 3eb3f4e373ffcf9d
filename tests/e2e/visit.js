// @ts-check
/**
 * What a visitor does, in the words of the page's hooks (`data-step`, `data-action`, …), and what holds on every
 * visit: after the page has loaded, nothing is sent to anyone.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from './engine.js';
import * as fixtures from './fixtures.js';
import { until } from './processes.js';
import { ROOT, serve } from './server.js';

/** @typedef {import('./engine.js').Page} Page */
/** @typedef {import('./engine.js').PageOptions} PageOptions */

/** Screenshots for people to look at; no test compares them. */
export const SHOTS = join(ROOT, 'target/e2e/shots');

/**
 * Everything a suite needs, filled in before its first test runs.
 *
 * @typedef {object} Stage
 * @property {import('./engine.js').EngineName} name
 * @property {import('./engine.js').Engine} engine
 * @property {Awaited<ReturnType<typeof serve>>} server
 * @property {(title: string, run: (page: Page) => Promise<void>, options?: Omit<PageOptions, 'camera'> & Visit) => void} visit
 *   registers one test with a page that stands at its start
 */

/**
 * @typedef {object} Visit
 * @property {'http' | 'file'} [from] how the page is opened
 * @property {string | false} [skip] why the engine cannot do it
 * @property {() => Promise<string>} [camera] makes the film that the camera shows
 * @property {number} [patience] milliseconds that the whole test may take
 * @property {boolean} [loud] the test itself tries to send something; it judges by itself what arrived
 */

/**
 * @param {import('./engine.js').EngineName} name
 * @returns {Stage}
 */
export function stage(name) {
  const stage = /** @type {Stage} */ ({ name });
  before(
    async () => {
      mkdirSync(SHOTS, { recursive: true });
      // Those of another file of the same engine and run stay.
      for (const old of readdirSync(SHOTS).map((file) => join(SHOTS, file)))
        if (old.includes('/failed-') && statSync(old).mtimeMs < Date.now() - 60 * 60_000) rmSync(old);
      await fixtures.prepare(name === 'chromium');
      [stage.server, stage.engine] = await Promise.all([serve(), launch(name)]);
    },
    // The tool that draws the notices may have to be compiled first.
    { timeout: 20 * 60_000 },
  );
  after(async () => {
    await stage.engine?.close();
    stage.server?.close();
  });
  stage.visit = (
    title,
    run,
    { from = 'http', skip = false, loud = false, patience = 90_000, camera, ...options } = {},
  ) => {
    test(`${name}: ${title}`, { skip, timeout: patience }, async () => {
      const page = await stage.engine.newPage({ ...options, ...(camera ? { camera: await camera() } : {}) });
      try {
        await page.open(from === 'http' ? stage.server.url : `file://${join(ROOT, 'dist/index.html')}`);
        await page.waitFor('main[data-step="start"]');
        const quiet = silenceFrom(stage, page);
        await run(page);
        if (!loud) await quiet();
        if (!loud) assert.deepEqual(page.errors(), [], 'exceptions that nobody caught');
      } catch (error) {
        const file = join(SHOTS, `failed-${name}-${title.replace(/[^\w]+/gu, '-').slice(0, 60)}.png`);
        await page.screenshot(file).catch(() => undefined);
        throw error;
      } finally {
        await page.close();
      }
    });
  };
  return stage;
}

/**
 * Three witnesses that nothing was sent since this call: the servers, the driver's own record, and the page's.
 *
 * @param {Stage} stage
 * @param {Page} page
 * @returns {() => Promise<void>}
 */
export function silenceFrom({ server }, page) {
  const arrived = server.arrivals().length;
  const recorded = page.requests().length;
  return async () => {
    assert.deepEqual(server.arrivals(arrived), [], 'reached a server after the page had loaded');
    // A blob: address is memory of the page itself; the worker and the chosen picture are such.
    const sent = page
      .requests()
      .slice(recorded)
      .filter((url) => !/^(blob|data):/.test(url));
    assert.deepEqual(sent, [], 'was asked for after the page had loaded');
    const resources = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => entry.name)
        .filter((url) => !/^(blob|data):/.test(url)),
    );
    assert.deepEqual(resources, [], "is in the page's own list of what it loaded beside itself");
    assert.deepEqual(packets(), [], 'packets on the way out');
  };
}

/** What the packet watcher has seen so far; nothing when the tests run outside of tests/net/watch.sh. */
export function packets() {
  const log = process.env.MAECHECK_PACKETS;
  if (!log) return [];
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return lines.slice(lines.indexOf('watching') + 1);
}

/**
 * @param {Page} page
 * @param {string} step
 * @param {number} [timeout]
 */
export async function step(page, step, timeout = 15_000) {
  await page.waitFor(`main[data-step="${step}"]`, timeout);
}

/** @param {string} name */
export const action = (name) => `[data-action="${name}"]`;

/**
 * Types the groups as they are printed, each into its own field.
 *
 * @param {Page} page
 * @param {string[]} groups
 */
export async function typeGroups(page, groups) {
  await page.click(action('type'));
  await step(page, 'typing');
  for (const [at, group] of groups.entries()) await page.type(`[data-input="digits"][data-group="${at}"]`, group);
}

/**
 * Gives a text to the focused field as the clipboard would.
 *
 * @param {Page} page
 * @param {string} text
 */
export async function paste(page, text) {
  await page.evaluate((pasted) => {
    const field = /** @type {HTMLInputElement} */ (document.querySelector('[data-input="digits"]'));
    field.focus();
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    // A browser puts the text in itself unless the page has dealt with it; a made-up event does not.
    if (field.dispatchEvent(event)) {
      field.value = pasted;
      field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste', data: pasted }));
    }
  }, text);
}

/**
 * From the start to the question whether the amount is right.
 *
 * @param {Page} page
 * @param {string} digits
 */
export async function typeCode(page, digits) {
  await page.click(action('type'));
  await step(page, 'typing');
  await paste(page, digits);
  await page.click(action('submit'));
}

/**
 * From the start to the answer.
 *
 * @param {Page} page
 * @param {string} digits
 */
export async function answerFor(page, digits) {
  await typeCode(page, digits);
  return confirm(page);
}

/**
 * Says yes to the amount and gives back the answer.
 *
 * @param {Page} page
 */
export async function confirm(page) {
  await step(page, 'confirm');
  await page.click(action('confirm-yes'));
  return answer(page);
}

/**
 * What the answer says by its hooks.
 *
 * @param {Page} page
 */
export async function answer(page) {
  await step(page, 'answer');
  return page.evaluate(() => ({
    verdict: document.querySelector('[data-verdict]')?.getAttribute('data-verdict') ?? null,
    findings: [...document.querySelectorAll('[data-finding]')].map((item) => item.getAttribute('data-finding')),
    next: [...document.querySelectorAll('[data-next]')].map((item) => item.getAttribute('data-next')),
    heading: document.querySelector('h1')?.textContent?.trim() ?? '',
    text: document.querySelector('main')?.innerText ?? '',
  }));
}

/** @param {Page} page */
export function text(page) {
  return page.evaluate(() => document.querySelector('main')?.innerText ?? '');
}

/**
 * @param {Page} page
 * @param {string} name
 * @returns {Promise<string>} the picture's file
 */
export async function shot(page, name) {
  const file = join(SHOTS, `${page.engine}-${name}.png`);
  await page.screenshot(file);
  return file;
}

export { until };
