// @ts-check
/** Every language of the page: the switch, what a draft may not say, and readings above kanji. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fakeCamera } from '../camera.js';
import { code, day } from '../codes.js';
import { ROOT } from '../server.js';
import { action, answer, shot, step, typeCode } from '../visit.js';

/** @typedef {import('../visit.js').Page} Page */

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FOLDER = join(ROOT, 'www/words');
/** Whatever files there are: a new one is tested without a change here. */
const CATALOGUES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const { meta, page } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
    return { id: name.slice(0, -5), ...meta, page };
  });
const DRAFTS = CATALOGUES.filter(({ reviewed }) => !reviewed);
const WHOLE = CATALOGUES.filter(({ reviewed }) => reviewed);

/** @param {import('../visit.js').Stage} stage */
export function languages(stage) {
  const { visit, name } = stage;

  visit('each language stands in the switch by its own name, drafts with their mark', async (page) => {
    await openAll(page);
    const found = await page.evaluate(() =>
      [...document.querySelectorAll('.languages [data-action="language"]')].map((button) => ({
        id: button.getAttribute('data-language'),
        lang: button.getAttribute('lang'),
        text: button.textContent?.trim(),
        current: button.getAttribute('aria-current'),
      })),
    );
    const expected = CATALOGUES.map(({ id, lang, name: own, reviewed, page: words }) => ({
      id,
      lang,
      text: reviewed ? own : `${own} ${words['draft.mark']}`,
      current: id === 'ja' ? 'true' : null,
    }));
    const byId = (/** @type {any} */ a, /** @type {any} */ b) => (a.id < b.id ? -1 : 1);
    assert.deepEqual(found.sort(byId), expected.sort(byId));
  });

  visit('the switch is in every state, and the way back from a language nobody wanted', async (page) => {
    for (const [reach, at] of /** @type {[() => Promise<unknown>, string][]} */ ([
      [async () => undefined, 'start'],
      [() => page.click(`main ${action('type')}`), 'typing'],
      [() => page.click(action('help')), 'help'],
      [() => typeCode(page, code()), 'confirm'],
      [() => page.click(action('confirm-yes')), 'answer'],
    ])) {
      if (at === 'confirm') await restart(page);
      await reach();
      await step(page, at);
      await choose(page, 'ko');
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'ko', at);
      assert.ok(await page.evaluate(() => document.activeElement?.localName === 'h1'), `${at}: the heading is read`);
      // Where the switch stands below, the page has come back up to what changed.
      const { below, top } = await page.evaluate(() => ({
        below: document.querySelector('.foot .languages') !== null,
        top: document.querySelector('h1')?.getBoundingClientRect().top ?? NaN,
      }));
      if (below) assert.ok(top >= 0 && top < 400, `${at}: the heading is in sight, found it at ${top}`);
      await choose(page, 'ja');
      await step(page, at);
    }
  });

  visit('what stands below the running camera changes its language with the rest', async (page) => {
    await fakeCamera(page, {});
    await page.click(action('camera'));
    await step(page, 'camera');
    for (const { id, page: words } of WHOLE) {
      await choose(page, id);
      const seen = await page.evaluate(() => ({
        focus: document.activeElement?.localName,
        top: document.querySelector('video')?.getBoundingClientRect().top ?? NaN,
        height: innerHeight,
      }));
      assert.equal(seen.focus, 'h1', `${id}: the heading is read`);
      assert.ok(seen.top >= 0 && seen.top < seen.height, `${id}: the picture is in sight, found it at ${seen.top}`);
      const [found, expected] = await page.evaluate((text) => {
        const letters = (/** @type {string} */ of) => of.replace(/《[^》]*》|\s/gu, '');
        const whom = /** @type {Element} */ (document.querySelector('[data-slot="whom"]')?.cloneNode(true));
        for (const reading of whom.querySelectorAll('rt, rp')) reading.remove();
        return [letters(whom.textContent ?? ''), letters(text)];
      }, words['whom.text']);
      assert.equal(found, expected, id);
    }
  });

  visit(
    'drafts: no verdict, no reason, no amount, and a way to them',
    async (page) => {
      assert.ok(DRAFTS.length > 0, 'a draft to try');
      for (const digits of [
        code({ amount: 34_567 }),
        code({ amount: 34_567, until: day(-30) }),
        code({ amount: 34_567, stamp: 1 }),
      ]) {
        await typeCode(page, digits);
        await step(page, 'confirm');
        for (const draft of DRAFTS) {
          await choose(page, draft.id);
          await silent(page, draft);
        }
        // On to the answer in words that somebody has read, and back to those that nobody has.
        await page.click(`main ${action('language')}[data-language="ja-easy"]`);
        await page.click(action('confirm-yes'));
        await step(page, 'answer');
        for (const draft of DRAFTS) {
          await choose(page, draft.id);
          await step(page, 'answer');
          await silent(page, draft);
          await shot(page, `draft-${draft.id}`);
        }
        await page.click(`main ${action('language')}[data-language="en"]`);
        assert.match((await answer(page)).text, /34,567/);
        await choose(page, 'ja');
        await restart(page);
      }
    },
    { patience: 120_000 },
  );

  visit('やさしい日本語: a reading over each kanji, and no mark of one left in the text', async (page) => {
    await choose(page, 'ja-easy');
    await bald(page, 'start');
    await page.click(action('help'));
    await step(page, 'help');
    await bald(page, 'help');
    await restart(page);
    await typeCode(page, code({ amount: 34_567, reissue: 2 }));
    await step(page, 'confirm');
    await bald(page, 'confirm');
    await page.click(action('confirm-yes'));
    assert.equal((await answer(page)).verdict, 'payable');
    await bald(page, 'answer');
    const { lang, id } = await page.evaluate(() => ({
      lang: document.documentElement.lang,
      id: document.documentElement.dataset.language,
    }));
    assert.deepEqual({ lang, id }, { lang: 'ja', id: 'ja-easy' });
    await shot(page, 'answer-ja-easy');
  });

  for (const whole of WHOLE) {
    visit(
      `${whole.id}: the first button is seen whole without scrolling`,
      async (page) => {
        // What opens the list of languages leaves it open where the language is on already.
        if (whole.id !== 'ja') await choose(page, whole.id);
        const { bottom, height, size, room } = await page.evaluate(() => {
          scrollTo(0, 0);
          const box = document.querySelector('main [data-action="camera"]')?.getBoundingClientRect();
          const size = { width: box?.width ?? 0, height: box?.height ?? 0 };
          return {
            bottom: box?.bottom ?? Infinity,
            height: innerHeight,
            size,
            room: document.documentElement.clientWidth,
          };
        });
        assert.ok(bottom <= height, `it ends at ${Math.round(bottom)} of ${height}`);
        assert.ok(size.height >= 88, `it is ${size.height} px high`);
        // All but the margins: an eighth.
        assert.ok(size.width >= (7 / 8) * room, `it is ${size.width} of ${room} px wide`);
      },
      { viewport: { width: 360, height: 800 } },
    );
  }

  if (name !== 'chromium') return;
  for (const { id } of CATALOGUES) {
    visit(`${id}: accessible and whole on the smallest phone, also in letters of twice the size`, async (page) => {
      await page.setViewport({ width: 320, height: 568 });
      await choose(page, id);
      await openAll(page);
      assert.deepEqual(await small(page), [], 'targets smaller than 60×60');
      assert.deepEqual(await axe(page), [], 'found by axe');
      assert.deepEqual(await sideways(page), []);
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      assert.deepEqual(await sideways(page), []);
      await typeCode(page, code());
      await step(page, 'confirm');
      assert.deepEqual(await sideways(page), []);
      assert.deepEqual(await axe(page), [], 'found by axe');
    });
  }

  visit('letters of twice the size: the switch leaves the first screen to what is to be done', async (page) => {
    await page.setViewport({ width: 320, height: 568 });
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    await page.click(action('help'));
    await restart(page);
    const top = await page.evaluate(() => document.querySelector('h1')?.getBoundingClientRect().top ?? Infinity);
    // In the open, seven names would put it at 875.
    assert.ok(top < 0.6 * 568, `the heading begins at ${top} of 568`);
    await choose(page, 'en');
  });
}

/** @param {Page} page */
async function openAll(page) {
  await page.evaluate(() => {
    for (const closed of document.querySelectorAll('.languages details:not([open])')) closed.setAttribute('open', '');
  });
}

/**
 * @param {Page} page
 * @param {string} id
 */
async function choose(page, id) {
  await openAll(page);
  await page.click(`.languages [data-language="${id}"]`);
  await page.waitFor(`html[data-language="${id}"]`);
}

/** @param {Page} page */
async function restart(page) {
  const own = await page.evaluate(() => document.querySelector('main [data-action="restart"]') !== null);
  await page.click(`${own ? 'main' : '.foot'} ${action('restart')}`);
  await step(page, 'start');
}

/**
 * Nothing of what was read is on the page: not in words, not in figures, not in what programs or title bars see.
 *
 * @param {Page} page
 * @param {{ page: Record<string, string> }} draft
 */
async function silent(page, draft) {
  const seen = await page.evaluate(() => ({
    title: document.title,
    heading: document.querySelector('h1')?.textContent,
    html: document.querySelector('main')?.outerHTML ?? '',
    offered: [...document.querySelectorAll(`main [data-action="language"]`)].map((button) =>
      button.textContent?.trim(),
    ),
  }));
  assert.equal(seen.heading, draft.page['draft.title']);
  assert.ok(seen.title.startsWith(`${draft.page['title.draft']}`), seen.title);
  assert.doesNotMatch(seen.html, /data-verdict|34,?567|data-finding|data-next|<svg/);
  assert.deepEqual(
    new Set(seen.offered),
    new Set(WHOLE.map(({ name }) => name)),
    'the languages in which there is an answer',
  );
}

/**
 * @param {Page} page
 * @param {string} where
 */
async function bald(page, where) {
  const found = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    /** @type {string[]} */
    const texts = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      // The switch's names are other languages; a ward's own names come from its profile, which has no readings.
      if (!parent || parent.closest('ruby, script, style, template, .languages, .choice, .apps, .contacts, .built'))
        continue;
      // What an app and its buttons are called is quoted as it is drawn there.
      // The bracket that ends it may stand in a piece of its own, with the letter before and the particle behind it.
      const text = (node.textContent ?? '').replace(/「[^」]*(?:」|$)|^[^「」]」/gu, '');
      if (/[\p{Script=Han}《》｜]/u.test(text)) texts.push(text);
    }
    const labels = [...document.querySelectorAll('[aria-label]')].map((element) => element.getAttribute('aria-label'));
    return [...texts, ...[...labels, document.title].filter((text) => /[《》｜]/.test(text ?? ''))];
  });
  assert.deepEqual(found, [], where);
}

/** @param {Page} page */
function sideways(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth <= clientWidth ? [] : [`${scrollWidth} of ${clientWidth}`];
  });
}

/**
 * Of the switch: what is smaller than 60×60, or nearer than 8 to another.
 *
 * @param {Page} page
 */
function small(page) {
  return page.evaluate(() => {
    const targets = [...document.querySelectorAll('.languages :is(button, summary)')]
      .filter((target) => target.checkVisibility())
      .map((target) => ({ name: target.textContent, box: target.getBoundingClientRect() }));
    return targets.flatMap(({ name, box }, at) => [
      ...(box.width < 59.5 || box.height < 59.5 ? [`${name} is ${box.width}×${box.height}`] : []),
      ...targets
        .slice(at + 1)
        .map((other) => ({
          name: other.name,
          apart: Math.max(
            other.box.left - box.right,
            box.left - other.box.right,
            other.box.top - box.bottom,
            box.top - other.box.bottom,
          ),
        }))
        .filter(({ apart }) => apart < 7.5)
        .map((other) => `${other.name} is ${other.apart} from ${name}`),
    ]);
  });
}

/** @param {Page} page */
async function axe(page) {
  await page.evaluate(/** @type {any} */ (`() => { ${AXE}; globalThis.axe = axe; }`));
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      rules: { 'color-contrast-enhanced': { enabled: true } },
    });
    return violations.map(
      (/** @type {any} */ fault) =>
        `${fault.id}: ${fault.nodes.map((/** @type {any} */ node) => `${node.target} (${node.failureSummary})`).join('; ')}`,
    );
  });
}
