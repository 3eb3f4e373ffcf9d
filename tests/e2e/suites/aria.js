// @ts-check
/**
 * What a screen reader is told in the states that matter most, in reading order, as text that people read and git keeps:
 * `tests/e2e/aria/LANGUAGE.txt`. A change there is read in the review like a change of words; `UPDATE=1` writes the files
 * anew (tests/README.md).
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES, reach, speak } from '../gallery.js';
import { ROOT } from '../server.js';

/** @typedef {import('../visit.js').Page} Page */

/**
 * Dates stand in the answers, so the clock does too: after the day of any build that has to be tested, and less than
 * the ten years after it from which on the page doubts the clock.
 */
const NOW = '2032-02-02T09:00:00+09:00';

/** A state stands here when a person who hears the page has to find a way through it. */
const STATES = [
  ...['start', 'camera', 'camera-advice-cut-left', 'typing', 'typing-check-digit', 'confirm'],
  ...['answer-payable', 'answer-payable-ward', 'answer-not-payable', 'answer-not-payable-ward', 'answer-ask'],
  ...['finding-same-bill-older', 'photo-no-code', 'scanned-check-digit', 'amount-differs', 'camera-denied'],
  ...['camera-unsupported', 'camera-slow', 'counter', 'answer-counter', 'left-alone', 'help', 'statement'],
];

/** In a second engine one language: what another browser could tell otherwise is roles and their order, not words. */
const LANGUAGES = { chromium: ['ja', 'en'], firefox: ['ja'], webkit: [] };

/** @param {import('../visit.js').Stage} stage */
export function aria(stage) {
  // WebKit's driver does not tell.
  for (const language of LANGUAGES[stage.name]) {
    const file = join(ROOT, 'tests/e2e/aria', `${language}.txt`);
    stage.visit(
      `what a screen reader is told, state by state: ${language}`,
      async (page) => {
        /** @type {Map<string, string>} */
        const known = new Map();
        const told = [];
        for (const name of STATES) {
          const one = CASES.find((each) => each.name === name) ?? assert.fail(`no case ${name}`);
          await page.open(stage.server.url);
          await page.waitFor('main[data-step="start"]');
          await speak(page, language);
          await page.waitFor((wanted) => document.documentElement.lang === wanted, 5_000, language);
          await reach(page, name);
          if (one.step === 'camera' || name === 'typing-check-digit') await settled(page);
          told.push(section(name, one.why, await state(page), known));
        }
        await page.open(`${stage.server.own}/install.html`);
        await page.waitFor('main[data-state="none"]');
        await speak(page, language);
        told.push(section('install', 'the page that keeps the page on the device', await state(page), known));
        const text = `${told.join('\n\n')}\n`;
        if (process.env.UPDATE === '1' && stage.name === 'chromium') writeFileSync(file, text);
        assert.equal(
          text,
          readFileSync(file, 'utf8'),
          `differs from ${file}; read the difference, then see tests/README.md`,
        );
      },
      { patience: 240_000, loud: true, now: NOW },
    );
  }
}

/**
 * Lines of a live region come one after the other; the last one stays.
 *
 * @param {Page} page
 */
async function settled(page) {
  const line = () => page.evaluate(() => document.querySelector('main [role="status"]')?.textContent ?? '');
  let before = '';
  for (let look = 0; look < 8; look += 1) {
    // Longer than one line stands at least (GAP_MS in www/js/announcer.js); what is seen in the frames comes meanwhile.
    await page.pass(3_200);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = await line();
    if (now !== '' && now === before) return;
    before = now;
  }
}

/** @param {Page} page */
async function state(page) {
  const { title, focus } = await page.evaluate(() => {
    const at = document.activeElement;
    const words = (at?.getAttribute('aria-label') ?? at?.textContent ?? '').replace(/\s+/g, ' ').trim();
    return { title: document.title, focus: at && at !== document.body ? `${at.localName} “${words}”` : 'nowhere' };
  });
  const parts = (await page.aria('body')).split(/\n(?=- )/);
  const at = parts.findIndex((part) => part.startsWith('- main'));
  return { title, focus, before: parts.slice(0, at), main: parts.slice(at, at + 1), after: parts.slice(at + 1) };
}

/**
 * One state as text. What stands before and after it is written out only where it is not as in a state before: a reviewer
 * shall read each thing once.
 *
 * @param {string} name
 * @param {string} why
 * @param {{ title: string, focus: string, before: string[], main: string[], after: string[] }} told
 * @param {Map<string, string>} known where each part around a state was written out
 */
function section(name, why, { title, focus, before, main, after }, known) {
  const once = (/** @type {string[]} */ parts) =>
    parts.map((part) => {
      const where = known.get(part);
      known.set(part, where ?? name);
      return where === undefined ? part : `${/^- [a-z]+/.exec(part)?.[0]}: as in “${where}”`;
    });
  const head = [`======== ${name}: ${why}`, `title: ${title}`, `focus: ${focus}`, ''];
  return [...head, ...once(before), ...main, ...once(after)].join('\n');
}
