// @ts-check
/** What others rely on: hooks, languages, days in Japan, and the keystrokes of a hand scanner. */
import assert from 'node:assert/strict';
import { code, day } from '../codes.js';
import { action, answer, answerFor, confirm, shot, step, text } from '../visit.js';

/** @typedef {import('../visit.js').Page} Page */

/** A phone that was carried to the other side of the world must still reckon in days of Japan. */
const FAR = 'America/Los_Angeles';

/** @param {import('../visit.js').Stage} stage */
export function contract(stage) {
  const { visit } = stage;
  const last = day(40);
  const next = day(41);
  const digits = code({ until: last });

  visit('the start offers every way in by its hook', async (page) => {
    const hooks = await page.evaluate(() => ({
      actions: [...document.querySelectorAll('[data-action]')].map((button) => button.getAttribute('data-action')),
      photo: document.querySelectorAll('[data-input="photo"]').length,
    }));
    for (const wanted of ['camera', 'photo', 'type', 'sample', 'help', 'language']) {
      assert.ok(hooks.actions.includes(wanted), `expected ${wanted} among ${hooks.actions.join(', ')}`);
    }
    assert.equal(hooks.photo, 1);
  });

  visit('the answer carries its hooks, the day it was judged for, and its limits', async (page) => {
    const found = await answerFor(page, code({ reissue: 2 }));
    assert.ok(found.findings.includes('reissued'));
    const hooks = await page.evaluate(() => ({
      steps: document.querySelectorAll('main[data-step="answer"]').length,
      verdicts: [
        ...new Set([...document.querySelectorAll('[data-verdict]')].map((place) => place.getAttribute('data-verdict'))),
      ],
      items: [...document.querySelectorAll('[data-finding]')].every((item) => item.tagName === 'LI'),
    }));
    assert.deepEqual(hooks, { steps: 1, verdicts: ['payable'], items: true });
    const [year, month, date] = day().split('-').map(Number);
    assert.match(found.text, new RegExp(`${year}年.*${month}月${date}日`), 'the day of the judgement');
    assert.match(found.text, /わかりません/, 'that it cannot know whether the notice was paid');
  });

  const clock = { timezone: FAR, skip: /** @type {string | false} */ (false) };

  visit(
    'the last day at 23:59 in Japan is still in time, wherever the phone thinks it is',
    async (page) => {
      const found = await answerFor(page, digits);
      assert.equal(found.verdict, 'payable');
      assert.ok(found.findings.includes('code-expires-today'));
      const [, month, date] = last.split('-').map(Number);
      assert.match(found.text, new RegExp(`${month}月${date}日`));
    },
    stage.name === 'webkit' ? { skip: 'no clock that can be set' } : { ...clock, now: `${last}T23:59:00+09:00` },
  );

  visit(
    'one minute after midnight in Japan is too late',
    async (page) => {
      const found = await answerFor(page, digits);
      assert.equal(found.verdict, 'not-payable');
      assert.ok(found.findings.includes('code-expired'));
    },
    stage.name === 'webkit' ? { skip: 'no clock that can be set' } : { ...clock, now: `${next}T00:01:00+09:00` },
  );

  visit(
    'a page left open over midnight judges by the new day',
    async (page) => {
      assert.equal((await answerFor(page, digits)).verdict, 'payable');
      await page.click(action('restart'));
      await step(page, 'start');
      await page.setNow(`${next}T00:01:00+09:00`);
      assert.equal((await answerFor(page, digits)).verdict, 'not-payable');
    },
    stage.name === 'webkit' ? { skip: 'no clock that can be set' } : { ...clock, now: `${last}T23:59:00+09:00` },
  );

  visit(
    'the zone of the phone does not move the day',
    async (page) => {
      // The real clock: yesterday in Japan is over everywhere in Japan, also for a phone that is half a day behind.
      assert.equal((await answerFor(page, code({ until: day(-1) }))).verdict, 'not-payable');
      await page.click(action('restart'));
      await step(page, 'start');
      assert.equal((await answerFor(page, code({ until: day(0), free: '000012025010987654320' }))).verdict, 'payable');
    },
    { timezone: FAR },
  );

  visit(
    'a clock far before the page was made is doubted, not believed',
    async (page) => {
      const found = await answerFor(page, digits);
      assert.equal(found.verdict, 'ask');
      assert.ok(found.findings.includes('clock-suspect'));
    },
    stage.name === 'webkit' ? { skip: 'no clock that can be set' } : { now: '2020-01-01T12:00:00+09:00' },
  );

  visit('another language: every word changes, the verdict stays', async (page) => {
    await page.click(`${action('language')}[data-language="en"]`);
    await page.waitFor('html[lang="en"]');
    const found = await answerFor(page, code({ amount: 12_500 }));
    assert.equal(found.verdict, 'payable');
    assert.match(found.text, new RegExp(`\\b${Number(day(60).slice(-2))}\\b`), 'the day of the limit');
    assert.match(found.text, /12,500/);
    const japanese = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((element) => element.childElementCount === 0 && !element.closest('[lang="ja"]'))
        .map((element) => element.textContent?.trim() ?? '')
        .filter((words) => /[ぁ-ん]/.test(words)),
    );
    assert.deepEqual(japanese, [], 'words in Japanese that are not marked as such');
    assert.doesNotMatch(found.text, /\{[a-z]+\}|undefined|null|NaN/);
    await shot(page, 'answer-en');
  });

  /** @type {[string, (digits: string) => Key[]][]} */
  const scans = [
    ['digits and Enter', (scanned) => [...keys(scanned), ENTER]],
    ['the symbology identifier ]C1 first', (scanned) => [...keys(']C1'), ...keys(scanned), ENTER]],
    ['Tab at the end', (scanned) => [...keys(scanned), { code: 'Tab', key: 'Tab' }]],
    ['an input method that swallows the keys', (scanned) => [...keys(scanned).map(processed), processed(ENTER)]],
    ['brackets around the application identifier', (scanned) => [...keys(`(91)${scanned.slice(2)}`), ENTER]],
    ['no key at the end', (scanned) => keys(scanned)],
  ];
  for (const [how, scan] of scans) {
    visit(`a hand scanner is heard with no field focused: ${how}`, async (page) => {
      await send(page, scan(code({ amount: 34_567 })));
      await step(page, 'confirm');
      assert.match(await text(page), /34,567/);
      assert.equal((await confirm(page)).verdict, 'payable');
    });
  }

  visit('a hand scanner that leaves out the 91 and sends no key at the end is told so', async (page) => {
    await send(page, keys(code().slice(2)));
    await step(page, 'help');
  });

  visit('a hand scanner is heard beside the fields while digits are typed', async (page) => {
    await page.click(action('type'));
    await step(page, 'typing');
    await send(page, [...keys(code({ amount: 34_567 })), ENTER]);
    await step(page, 'confirm');
    assert.match(await text(page), /34,567/);
  });

  visit('the made-up ward is in no list, and the sample is answered by it', async (page) => {
    const wards = await page.evaluate(() =>
      [...document.querySelectorAll('[data-input="ward"]')].map((ward) => /** @type {HTMLInputElement} */ (ward).value),
    );
    assert.ok(!wards.includes('sample'), `found ${wards.join(', ')}`);
    await page.click(action('sample'));
    const found = await confirm(page);
    assert.match(found.text, /見本ペイ/);
    // The next paper is somebody's own: nothing of the made-up ward may be said of it.
    await page.click(action('restart'));
    await step(page, 'start');
    assert.doesNotMatch((await answerFor(page, code())).text, /見本ペイ/);
  });

  visit('the counter shows whose facts count, and they can be changed there', async (page) => {
    await page.click('main [data-input="ward"][value="shinjuku"]');
    await page.click(`main ${action('counter')}`);
    await step(page, 'counter');
    const chosen = () =>
      page.evaluate(
        () =>
          /** @type {HTMLInputElement | null} */ (document.querySelector('main [data-input="ward"]:checked'))?.value,
      );
    assert.equal(await chosen(), 'shinjuku');
    await send(page, [...keys(code()), ENTER]);
    await step(page, 'answer');
    // Its list of issuers is not known, so that whose paper this is cannot be told.
    assert.equal((await answer(page)).verdict, 'ask');
    await page.click(`main ${action('restart')}`);
    await step(page, 'counter');
    assert.equal(await chosen(), 'shinjuku', 'the next person is at the same counter');
    await page.click('main [data-input="ward"][value=""]');
    await send(page, [...keys(code()), ENTER]);
    await step(page, 'answer');
    assert.equal((await answer(page)).verdict, 'payable');
  });

  visit('at the counter the next scan takes the place of the last, and nothing of it stays', async (page) => {
    await page.click(`main ${action('counter')}`);
    await step(page, 'counter');
    await send(page, [...keys(code({ amount: 11_111 })), ENTER]);
    await page.waitFor('main[data-step="confirm"], main[data-step="answer"]');
    await send(page, [...keys(code({ amount: 22_222, until: day(-5) })), ENTER]);
    await page.waitFor(() => /22,222/.test(document.querySelector('main')?.innerText ?? ''));
    assert.doesNotMatch(await text(page), /11,111/);
    const asked = await page.evaluate(() => document.querySelector('main')?.dataset.step === 'confirm');
    const found = asked ? await confirm(page) : await answer(page);
    assert.equal(found.verdict, 'not-payable');
    await shot(page, 'counter-answer');
  });

  visit(
    'two hundred scans in a row at the counter: each answer is right, and nothing grows',
    async (page) => {
      await page.click(`main ${action('counter')}`);
      await step(page, 'counter');
      /** @type {{ heap: number, nodes: number, listeners: number } | null} */
      let early = null;
      for (let turn = 0; turn < 200; turn += 1) {
        const amount = 10_000 + 37 * turn;
        // Verdicts and lengths of answers come round, each with a paper of its own.
        const [bill, verdict] = /** @type {[import('../codes.js').Bill, string][]} */ ([
          [{}, 'payable'],
          [{ until: day(-5) }, 'not-payable'],
          [{ stamp: 1 }, 'ask'],
          [{ reissue: 2 }, 'payable'],
        ])[turn % 4] ?? [{}, 'payable'];
        const free = `0000120250101234${String(turn).padStart(5, '0')}`;
        await send(page, [...keys(code({ ...bill, amount, free })), ENTER]);
        const figure = amount.toLocaleString('en');
        await page.waitFor((wanted) => document.querySelector('main')?.innerText.includes(wanted), 5_000, figure);
        const found = await answer(page);
        assert.equal(found.verdict, verdict, `scan ${turn + 1}`);
        const figures = new Set(found.text.match(/[0-9]{2},[0-9]{3}(?=円)/g));
        assert.deepEqual([...figures], [figure], `scan ${turn + 1}: no other paper’s amount beside it`);
        // By then every kind of answer was drawn several times.
        if (turn === 19 && stage.engine.can.weight) early = await page.weight();
      }
      if (!early) return;
      const late = await page.weight();
      assert.ok(late.nodes <= early.nodes + 50, `nodes: ${early.nodes} after 20 scans, ${late.nodes} after 200`);
      assert.ok(late.listeners <= early.listeners, `listeners: ${early.listeners}, then ${late.listeners}`);
      assert.ok(late.heap - early.heap < 200_000, `bytes of the heap: ${early.heap}, then ${late.heap}`);
    },
    { patience: 180_000 },
  );

  visit('keys that are no scan do nothing', async (page) => {
    await send(page, [...keys('12345'), ENTER]);
    assert.equal(await page.evaluate(() => document.querySelector('main')?.dataset.step), 'start');
  });
}

/** @typedef {{ code: string, key: string, shiftKey?: boolean, keyCode?: number }} Key */

/** @type {Key} */
const ENTER = { code: 'Enter', key: 'Enter', keyCode: 13 };

/**
 * On the keyboard of Japan (JIS X 6002), where `]` has a key of its own and brackets are Shift+8 and Shift+9.
 *
 * @param {string} typed
 * @returns {Key[]}
 */
function keys(typed) {
  return [...typed].map((key) => {
    if (/[0-9]/.test(key)) return { code: `Digit${key}`, key, keyCode: 48 + Number(key) };
    if (key === ']') return { code: 'Backslash', key };
    if (key === '(') return { code: 'Digit8', key, shiftKey: true };
    if (key === ')') return { code: 'Digit9', key, shiftKey: true };
    return { code: `Key${key}`, key, shiftKey: true };
  });
}

/**
 * What a page sees of a key while an input method works on it.
 *
 * @param {Key} key
 * @returns {Key}
 */
function processed(key) {
  return { ...key, key: 'Process', keyCode: 229 };
}

/**
 * @param {Page} page
 * @param {Key[]} sequence
 */
function send(page, sequence) {
  return page.evaluate((list) => {
    /** @type {any} */ (document.activeElement)?.blur?.();
    for (const key of list) {
      const init = { ...key, which: key.keyCode, bubbles: true, cancelable: true, composed: true };
      document.body.dispatchEvent(new KeyboardEvent('keydown', init));
      document.body.dispatchEvent(new KeyboardEvent('keyup', init));
    }
  }, sequence);
}
