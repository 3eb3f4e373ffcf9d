// @ts-check
/** Digits by hand: the way that works with any phone, any light and any paper. */
import assert from 'node:assert/strict';
import { fakeCamera } from '../camera.js';
import { code, day, elQr, fullWidth, printed, spoilt } from '../codes.js';
import { action, answerFor, confirm, paste, shot, step, text, typeCode, typeGroups } from '../visit.js';

/** @param {import('../visit.js').Stage} stage */
export function typed({ visit }) {
  visit('a double tap neither confirms an amount nor stops the camera', async (page) => {
    await fakeCamera(page, {});
    await tapTwice(page, `main ${action('camera')}`, 'camera');
    await step(page, 'camera');
    assert.equal(await page.evaluate(() => document.activeElement?.localName), 'h1', 'the heading keeps the focus');
    await page.click(`main ${action('type')}`);
    await step(page, 'typing');
    await paste(page, code());
    await tapTwice(page, action('submit'), 'confirm');
    await step(page, 'confirm');
    assert.equal((await confirm(page)).verdict, 'payable', 'a later tap in the same place counts');
  });

  visit('what is pasted is never cut to what would fit', async (page) => {
    await page.click(action('type'));
    await step(page, 'typing');
    const digits = `123456${code()}`;
    await paste(page, digits);
    await page.click(action('submit'));
    await page.waitFor(() => (document.querySelector('[data-slot="fault"]')?.textContent ?? '') !== '');
    const fault = await page.evaluate(() => document.querySelector('[data-slot="fault"]')?.textContent ?? '');
    assert.match(fault, /全部で *44/, 'digits that are out of their places are no fault of the last group');
    const kept = await page.evaluate(() =>
      [...document.querySelectorAll('[data-input="digits"]')]
        .map((field) => /** @type {HTMLInputElement} */ (field).value)
        .join(''),
    );
    assert.equal(kept, digits);
  });

  visit(
    'an amount is never torn, however long and however large the letters are',
    async (page) => {
      await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
      // As long as an eL-QR's can be, and one digit longer than a bar code's.
      for (const amount of [99_999_999_999, 1_234_567]) {
        await page.click(action('type'));
        await step(page, 'typing');
        // Whole, and read at once.
        await paste(page, elQr({ amount }));
        await step(page, 'confirm');
        for (const language of ['ja', 'ja-easy', 'en']) {
          await page.evaluate((wanted) => {
            const button = document.querySelector(`[data-action="language"][data-language="${wanted}"]`);
            if (button instanceof HTMLElement && button.getAttribute('aria-current') !== 'true') button.click();
          }, language);
          await page.waitFor(`html[data-language="${language}"]`);
          assert.equal(await linesOf(page, 'p.sum', amount), 1, `${amount}, ${language}: where it is compared`);
        }
        await confirm(page);
        assert.equal(await linesOf(page, '.facts .sum dd', amount), 1, `${amount}: on the answer`);
        await page.click(action('restart'));
        await step(page, 'start');
      }
    },
    { viewport: { width: 320, height: 568 } },
  );

  visit('groups typed one after the other lead to the answer', async (page) => {
    const until = day(60);
    await typeGroups(page, printed(code({ amount: 12_500, until })));
    await page.click(action('submit'));
    await step(page, 'confirm');
    assert.match(await text(page), /12,500/, 'the amount stands there to be compared with the paper');
    const found = await confirm(page);
    assert.equal(found.verdict, 'payable');
    assert.ok(found.next.length >= 1, 'there is a next step');
    assert.match(found.text, /お金は/, 'no money moves on this page');
  });

  visit('digits pasted in full width into the first field fill them all', async (page) => {
    await page.click(action('type'));
    await step(page, 'typing');
    const digits = code({ amount: 300_000 });
    await paste(page, fullWidth(digits));
    await page.waitFor(
      (/** @type {string} */ last) =>
        /** @type {HTMLInputElement | undefined} */ (
          [...document.querySelectorAll('[data-input="digits"]')].at(-1)
        )?.value.endsWith(last),
      5_000,
      digits.slice(-1),
    );
    await page.click(action('submit'));
    await step(page, 'confirm');
    assert.match(await text(page), /300,000/);
    assert.equal((await confirm(page)).verdict, 'payable', 'the ceiling itself is still payable');
  });

  /** @type {[string, import('../codes.js').Bill, string, string][]} */
  const verdicts = [
    ['one yen over the ceiling', { amount: 300_001 }, 'not-payable', 'amount-over-ceiling'],
    ['the limit was yesterday', { until: day(-1) }, 'not-payable', 'code-expired'],
    ['a reissued notice', { reissue: 1 }, 'payable', 'reissued'],
    ['a stamp flag, which public money never has', { stamp: 1 }, 'ask', 'stamp-flag'],
    ['an amount of nothing', { amount: 0 }, 'ask', 'amount-zero'],
    ['a code without limit', { until: 'none' }, 'payable', 'no-time-limit'],
  ];
  for (const [why, bill, verdict, finding] of verdicts) {
    visit(`${why}: ${verdict}`, async (page) => {
      const found = await answerFor(page, code(bill));
      assert.equal(found.verdict, verdict);
      assert.ok(found.findings.includes(finding), `expected ${finding} among ${found.findings.join(', ')}`);
      if (verdict !== 'payable') assert.doesNotMatch(found.text, /アプリで 払うと/, 'of apps where none is to be used');
      assert.ok(found.next.length >= 1, 'every answer has a next step');
    });
  }

  visit('a wrong digit is never an amount, and the group to look at is named', async (page) => {
    await typeCode(page, spoilt(code()));
    await page.waitFor(() => (document.querySelector('[data-slot="fault"]')?.textContent ?? '') !== '');
    assert.equal(await page.evaluate(() => document.querySelector('main')?.dataset.step), 'typing');
    assert.doesNotMatch(await text(page), /12,500/, 'a number that does not check is not shown as an amount');
    assert.deepEqual(await marked(page), ['5']);
    await shot(page, 'typing-wrong');
  });

  visit('a month that does not exist is marked while typing, in its group', async (page) => {
    await typeGroups(page, printed(code({ until: '2026-13-01' })).slice(0, 3));
    assert.deepEqual(await marked(page), ['2']);
  });

  visit('too few digits: nothing is lost and the page says what is missing', async (page) => {
    const digits = code();
    await page.click(action('type'));
    await step(page, 'typing');
    await page.type('[data-input="digits"]', digits.slice(2, 8));
    await page.click(action('submit'));
    await page.waitFor(() => /2/.test(document.querySelector('[data-slot="fault"]')?.textContent ?? ''));
    const kept = await page.evaluate(() => /** @type {any} */ (document.querySelector('[data-input="digits"]')).value);
    assert.equal(kept, digits.slice(2, 8));
    const marked = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('[data-input="digits"]')].map((field) => field.getAttribute('aria-invalid')),
      );
    await page.waitFor(() => document.querySelector('[aria-invalid="true"]') !== null);
    assert.deepEqual((await marked()).indexOf('true'), 1, 'the group that is named is marked');
    await page.type('[data-group="1"]', digits.slice(8, 20));
    await page.waitFor(() => /12/.test(document.getElementById('group-2-state')?.textContent ?? ''));
    assert.deepEqual((await marked()).indexOf('true'), 1, 'as long as it is not whole');
    await page.type('[data-group="1"]', digits.slice(20, 30));
    await page.waitFor(() => document.querySelector('[aria-invalid="true"]') === null);
    // All 22 digits stay in sight where a reader sets letters apart (WCAG 1.4.12).
    const wide = await page.evaluate(() => {
      const apart = new CSSStyleSheet();
      apart.replaceSync('* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important }');
      document.adoptedStyleSheets.push(apart);
      const field = /** @type {HTMLInputElement} */ (document.querySelector('.digits.wide-22'));
      field.value = '0'.repeat(22);
      return { needed: field.scrollWidth, there: field.clientWidth };
    });
    assert.ok(wide.needed <= wide.there, `needed ${wide.needed} px, found ${wide.there}`);
  });

  visit('what was said to be wrong goes once it is mended, and not before', async (page) => {
    const fault = () => page.evaluate(() => document.querySelector('[data-slot="fault"]')?.textContent ?? '');
    const gone = () => page.waitFor(() => document.querySelector('[data-slot="fault"]')?.childNodes.length === 0);
    const groups = printed(code());
    await page.click(action('type'));
    await step(page, 'typing');
    await page.click(action('submit'));
    await page.waitFor(() => (document.querySelector('[data-slot="fault"]')?.textContent ?? '') !== '');
    await page.type('[data-group="0"]', groups[0]?.slice(0, 1) ?? '');
    await gone();
    await page.type('[data-group="0"]', groups[0]?.slice(1) ?? '');
    for (const at of [1, 3, 4, 5]) await page.type(`[data-group="${at}"]`, groups[at] ?? '');
    await page.click(action('submit'));
    await page.waitFor(() => /3つめ/.test(document.querySelector('[data-slot="fault"]')?.textContent ?? ''));
    await page.type('[data-group="2"]', groups[2]?.slice(0, 5) ?? '');
    await page.waitFor(() => /5けた/.test(document.getElementById('group-3-state')?.textContent ?? ''));
    assert.match(await fault(), /3つめ/, 'as long as a digit is missing');
    await page.type('[data-group="2"]', groups[2]?.slice(5) ?? '');
    await gone();
  });

  visit('a hand scanner that types into a field fills them all, also over what stands there', async (page) => {
    await page.click(action('type'));
    await step(page, 'typing');
    const values = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('[data-input="digits"]')].map(
          (field) => /** @type {HTMLInputElement} */ (field).value,
        ),
      );
    const [first, second] = [code({ amount: 12_500 }), code({ amount: 34_567 })];
    await page.click('[data-group="0"]');
    await page.press(...`]C1${first}`);
    assert.deepEqual(await values(), printed(first));
    // The focus has gone to the last field: that is where the next scan is typed.
    await page.press(...`]C1${second}`);
    assert.deepEqual(await values(), printed(second));
    await paste(page, `番号：${first}`);
    assert.deepEqual(await values(), printed(first));
  });

  visit('what was typed is kept through help, another language, the camera and a fault', async (page) => {
    await fakeCamera(page, { refuse: 'NotAllowedError' });
    const [first = '', second = ''] = printed(code());
    await typeGroups(page, [first, second.slice(0, 9)]);
    const kept = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('[data-input="digits"]')]
          .slice(0, 2)
          .map((field) => /** @type {HTMLInputElement} */ (field).value),
      );
    const typed = await kept();
    assert.deepEqual(typed, [first, second.slice(0, 9)]);
    await page.click(action('submit'));
    await page.waitFor(() => /2/.test(document.querySelector('[data-slot="fault"]')?.textContent ?? ''));
    await page.click(`.foot ${action('help')}`);
    await step(page, 'help');
    await page.click('[data-language="en"]');
    await page.click(action('back'));
    await step(page, 'typing');
    assert.deepEqual(await kept(), typed, 'after help and in another language');
    assert.match(await text(page), /Digits are missing in field 2/, 'and so is what was said of it, in that language');
    await page.click(`main ${action('camera')}`);
    await step(page, 'help');
    await page.click(`main ${action('type')}`);
    await step(page, 'typing');
    assert.deepEqual(await kept(), typed, 'after a camera that was refused');
    await page.click(action('restart'));
    await step(page, 'start');
    await page.click(action('type'));
    await step(page, 'typing');
    assert.deepEqual(await kept(), ['', ''], 'and gone when a person begins anew');
  });

  visit('the phone’s own “back” leads to the screen before, and nothing is lost', async (page) => {
    const back = () => page.evaluate(() => void setTimeout(() => history.back(), 50));
    const digits = code({ amount: 12_500 });
    const before = await page.evaluate(() => history.length);
    await typeGroups(page, printed(digits).slice(0, 1));
    const first = () =>
      page.evaluate(() => /** @type {HTMLInputElement} */ (document.querySelector('[data-input="digits"]')).value);
    await back();
    await step(page, 'start');
    await page.click(action('type'));
    await step(page, 'typing');
    assert.equal(await first(), printed(digits)[0], 'what was typed is still there');
    await paste(page, digits);
    await page.click(action('submit'));
    await step(page, 'confirm');
    await back();
    await step(page, 'typing');
    await page.click(action('submit'));
    assert.equal((await confirm(page)).verdict, 'payable');
    await page.click(`.foot ${action('help')}`);
    await step(page, 'help');
    await back();
    await step(page, 'answer');
    await back();
    await step(page, 'confirm');
    assert.match(await text(page), /12,500/, 'the amount is asked again');
    await back();
    await step(page, 'typing');
    await page.click(action('submit'));
    const again = await confirm(page);
    assert.equal(again.verdict, 'payable');
    assert.deepEqual(
      again.findings.filter((finding) => finding?.startsWith('same-')),
      [],
      'the same paper once more, not another one',
    );
    await page.click(`.foot ${action('help')}`);
    await step(page, 'help');
    // Four times, untouched: browsers pass over entries that are made while nothing is touched.
    for (const before of ['answer', 'confirm', 'typing']) {
      await back();
      await step(page, before);
    }
    const entries = await page.evaluate(() => [history.length, history.state]);
    assert.deepEqual(entries, [before + 3, null], 'so many entries, whatever was done, and they hold nothing');
  });

  visit('at the counter “back” leaves nothing of the paper that was scanned', async (page) => {
    const digits = code({ amount: 43_210 });
    await page.click(`main ${action('counter')}`);
    await step(page, 'counter');
    await page.press(...digits, 'Enter');
    await step(page, 'answer');
    await page.evaluate(() => void setTimeout(() => history.back(), 50));
    await step(page, 'counter');
    const left = await page.evaluate(() => document.documentElement.outerHTML);
    for (const trace of ['43,210', digits.slice(8, 30)]) assert.ok(!left.includes(trace), `expected no ${trace}`);
  });

  /** @type {[why: string, at: number, typed: string, group: string][]} */
  const faults = [
    ['a letter among the digits', 1, '0000120250101234567B00', '2つめ'],
    ['a digit too many in a group whose next one is full', 2, '2609301', '3つめ'],
    ['a digit left out', 4, '01250', '5つめ'],
  ];
  for (const [why, at, wrong, group] of faults) {
    visit(`${why}: the group is named`, async (page) => {
      await page.click(action('type'));
      await step(page, 'typing');
      await paste(page, code());
      await page.evaluate(
        (index, value) => {
          const field = /** @type {HTMLInputElement} */ (document.querySelectorAll('[data-input="digits"]')[index]);
          field.value = value;
          field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        },
        at,
        wrong,
      );
      await page.click(action('submit'));
      await page.waitFor(() => (document.querySelector('[data-slot="fault"]')?.textContent ?? '') !== '');
      const said = await page.evaluate(() => document.querySelector('[data-slot="fault"]')?.textContent ?? '');
      assert.ok(said.includes(group), said);
      const label = await page.evaluate(
        (index) => document.querySelectorAll('.field label')[index]?.textContent ?? '',
        at,
      );
      assert.ok(label.startsWith(group), `the field is called so too: ${label}`);
    });
  }

  visit('what is right and wrong in a group is heard as it is typed, one at a time', async (page) => {
    await page.click(action('type'));
    await step(page, 'typing');
    await page.type('[data-group="0"]', '912345');
    await page.waitFor(() =>
      /1つめ.*そろいました/.test(document.querySelector('[data-slot="heard"]')?.textContent ?? ''),
    );
    await page.type('[data-group="2"]', '261301');
    await page.waitFor(
      () => /3つめ.*こよみ/.test(document.querySelector('[data-slot="heard"]')?.textContent ?? ''),
      10_000,
    );
    const region = await page.evaluate(() => document.querySelector('[data-slot="heard"]')?.getAttribute('role'));
    assert.equal(region, 'status');
  });

  visit('“that is not the amount on the paper” leads away from paying', async (page) => {
    await typeCode(page, code({ amount: 12_500 }));
    await step(page, 'confirm');
    await page.click(action('confirm-no'));
    await page.waitFor(() => document.querySelector('main')?.dataset.step !== 'confirm');
    const found = await page.evaluate(() => ({
      verdict: document.querySelector('[data-verdict]')?.getAttribute('data-verdict') ?? null,
      next: document.querySelectorAll('[data-next], [data-action="type"], [data-action="restart"]').length,
    }));
    assert.notEqual(found.verdict, 'payable');
    assert.ok(found.next >= 1, 'there is a way on');
  });

  visit(
    'works from disk as from a server',
    async (page) => {
      const found = await answerFor(page, code());
      assert.equal(found.verdict, 'payable');
    },
    { from: 'file' },
  );
}

/**
 * Taps, and taps the same place again as soon as the page has changed.
 *
 * @param {import('../visit.js').Page} page
 * @param {string} selector
 * @param {string} next the step that the first tap leads to
 */
async function tapTwice(page, selector, next) {
  await page.evaluate(
    async (css, wanted) => {
      // The first of the two is to count: not so soon after the last change, which may have been by a touch just here.
      await new Promise((resolve) => setTimeout(resolve, 600));
      const control = /** @type {Element} */ (document.querySelector(css));
      control.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = control.getBoundingClientRect();
      const tap = { clientX: x + width / 2, clientY: y + height / 2, bubbles: true, cancelable: true };
      control.dispatchEvent(new MouseEvent('click', { ...tap, detail: 1 }));
      for (let guard = 0; guard < 100 && document.querySelector('main')?.dataset.step !== wanted; guard += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      // Every control of the new state, as if it lay just there.
      for (const other of document.querySelectorAll('main [data-action]')) {
        other.dispatchEvent(new MouseEvent('click', { ...tap, detail: 2 }));
      }
      // Whoever taps later than this has seen what is new.
      await new Promise((resolve) => setTimeout(resolve, 600));
    },
    selector,
    next,
  );
}

/**
 * The groups that are marked as wrong, each with words that say why.
 *
 * @param {import('../visit.js').Page} page
 */
async function marked(page) {
  await page.waitFor('[data-input="digits"][aria-invalid="true"]', 5_000);
  return page.evaluate(() =>
    [...document.querySelectorAll('[data-input="digits"][aria-invalid="true"]')].map((field) => {
      const words = document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent?.trim();
      return words ? field.getAttribute('data-group') : 'marked without a word';
    }),
  );
}

/**
 * On how many lines an amount stands.
 *
 * @param {import('../visit.js').Page} page
 * @param {string} css
 * @param {number} amount
 */
function linesOf(page, css, amount) {
  return page.evaluate(
    (selector, digits) => {
      const walker = document.createTreeWalker(
        /** @type {Element} */ (document.querySelector(selector)),
        NodeFilter.SHOW_TEXT,
      );
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.textContent ?? '';
        if (!text.includes(digits)) continue;
        const range = document.createRange();
        range.setStart(node, text.indexOf(digits));
        range.setEnd(node, text.indexOf(digits) + digits.length);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
      }
      return 0;
    },
    css,
    amount.toLocaleString('en'),
  );
}
