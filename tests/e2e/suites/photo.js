// @ts-check
/** A photo file: for those whose browser gives no camera, and for a picture taken earlier. */
import assert from 'node:assert/strict';
import * as fixtures from '../fixtures.js';
import { reach } from '../gallery.js';
import { action, answer, confirm, shot, step, text } from '../visit.js';

const FIELD = '[data-input="photo"]';

/** @param {import('../visit.js').Stage} stage */
export function photo({ visit }) {
  /** @type {[string, () => Promise<string>][]} */
  const good = [
    ['a photo of a notice', fixtures.photo],
    ['a photo of a notice as WebP', fixtures.webP],
  ];
  for (const [what, file] of good) {
    visit(`${what} leads to the answer`, async (page) => {
      await page.setFile(FIELD, await file());
      await step(page, 'confirm', 30_000);
      assert.match(await text(page), /12,500/);
      assert.equal((await confirm(page)).verdict, 'payable');
    });
  }

  visit('the sample button leads to an answer without paper or camera', async (page) => {
    await page.click(action('sample'));
    await page.waitFor('main[data-step="confirm"], main[data-step="answer"]', 30_000);
    const asked = await page.evaluate(() => document.querySelector('main')?.dataset.step === 'confirm');
    const found = asked ? await confirm(page) : await answer(page);
    assert.ok(['payable', 'not-payable', 'ask'].includes(String(found.verdict)));
    await shot(page, 'answer-sample');
  });

  /** Files that hold no notice, and a word that the help for each must have. @type {[string, () => Promise<string>, RegExp][]} */
  const useless = [
    ['a text file that is called a photo', fixtures.noPicture, /写真|画像/],
    ['an empty file', fixtures.empty, /写真|画像/],
    ['a photo cut off on its way', fixtures.torn, /写真|画像/],
    ['an iPhone’s HEIC that this browser cannot show', fixtures.heic, /HEIC|写真|形式/],
    ['a picture of a wall', fixtures.wall, /バーコード|見つ/],
    ['the other QR code of the letter: a web address', fixtures.webLink, /QR|ホームページ|ウェブ|リンク/],
  ];
  for (const [what, file, word] of useless) {
    visit(`${what}: plain help with a way on`, async (page) => {
      await page.setFile(FIELD, await file());
      await page.waitFor(
        () => !['start', 'reading'].includes(document.querySelector('main')?.dataset.step ?? 'start'),
        30_000,
      );
      const now = await page.evaluate(() => ({
        step: document.querySelector('main')?.dataset.step,
        verdict: document.querySelector('[data-verdict]')?.getAttribute('data-verdict') ?? null,
        ways: [...document.querySelectorAll('main [data-action], main [data-next]')].length,
      }));
      assert.notEqual(now.verdict, 'payable');
      assert.ok(now.ways >= 1, 'there is a way on');
      assert.match(await text(page), word);
      assert.doesNotMatch(await text(page), /https?:|undefined|null|NaN|\{[a-z]/, 'nothing raw is shown');
      await shot(page, `photo-${file.name}`);
      // The way on works: digits by hand, from wherever this is.
      await page.click(`main ${action('type')}`);
      await step(page, 'typing');
    });
  }
  /** What was read is no answer: what to press next, and advice. @type {[string, boolean][]} */
  const orders = [
    ['photo-unchecked', true],
    ['scanned-amounts-disagree', false],
  ];
  for (const [name, pressFirst] of orders) {
    visit(
      `${name}: ${pressFirst ? 'what to press next is seen at once' : 'asking comes before any button'}`,
      async (page) => {
        await reach(page, name);
        const seen = await page.evaluate(() => {
          const [button, advice] = ['.ways .button', '.steps'].map((part) => document.querySelector(`main ${part}`));
          if (!button || !advice) return null;
          const { bottom } = button.getBoundingClientRect();
          return { above: bottom <= advice.getBoundingClientRect().top, inSight: bottom + scrollY <= innerHeight };
        });
        assert.deepEqual(seen, { above: pressFirst, inSight: pressFirst });
      },
    );
  }
}
