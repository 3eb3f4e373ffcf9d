// @ts-check
/**
 * Every state of the page for people who see little, use no pointer, or have enlarged everything.
 *
 * The states are the gallery's (tests/gallery/cases.js). Each is visited once and asked everything there is to ask
 * about it, because reaching a state costs more than looking at it: languages, themes and widths are changed in place.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { code, day, printed } from '../codes.js';
import { heights, poor } from '../eyes.js';
import { CASES, COLOURS, ace, axe, languages, markup, reach, speak } from '../gallery.js';
import { action, answer, shot, silenceFrom, step } from '../visit.js';

export { axe };

/** @typedef {import('../visit.js').Page} Page */
/** @typedef {import('../visit.js').Stage} Stage */
/** @typedef {import('../gallery.js').Case} Case */

const SMALLEST = { width: 320, height: 568 };
/** From the smallest phone to a desk; 320 is also what 400 % zoom leaves of 1280. */
const SIZES = [SMALLEST, { width: 360, height: 800 }, { width: 390, height: 844 }, { width: 1280, height: 800 }];
const PHONE = { width: 360, height: 800 };

/** @type {import('../engine.js').Media[]} */
const THEMES = [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { forcedColors: true }];

/** What is looked at with each wish that an engine can be told only at its start. */
const MATTER = ['start', 'camera', 'typing-check-digit', 'confirm', 'answer-payable-ward', 'answer-ask', 'help'];

/** Looks, 50 ms apart, at what a busy machine may be late with. */
const MOST_LOOKS = 100;

/** Cases of one visit where a page takes long to open. */
const AT_ONCE = 6;

/** What the headline of an answer may say, as it lies in the catalogues; blanks and readings left out. */
const HEADLINES = ['ja', 'ja-easy', 'en'].flatMap((language) => {
  const { guide } = JSON.parse(readFileSync(new URL(`../../../www/words/${language}.json`, import.meta.url), 'utf8'));
  return Object.entries(/** @type {Record<string, string>} */ (guide))
    .filter(([key]) => key.startsWith('headline.'))
    .map(([, text]) => text.replace(/《[^》]*》|\s/gu, ''));
});

/** @param {Stage} stage */
export function access(stage) {
  const { visit, name } = stage;

  test('every finding, help page and verdict has a case', () => {
    const words = JSON.parse(readFileSync(new URL('../../../www/words/ja.json', import.meta.url), 'utf8'));
    const keys = Object.keys(words.page);
    const pages = keys
      .flatMap((key) => /^help\.([a-z-]+)\.title$/.exec(key)?.[1] ?? [])
      .filter((key) => key !== 'person');
    const helps = new Set(CASES.map(({ help }) => help));
    assert.deepEqual(
      pages.filter((page) => !helps.has(page)),
      [],
      'help pages without a case',
    );
    for (const verdict of ['payable', 'not-payable', 'ask']) {
      assert.ok(CASES.some((one) => one.verdict === verdict && !one.like));
    }
    assert.equal(new Set(CASES.map((one) => one.name)).size, CASES.length, 'names are unique');
    for (const { name, like } of CASES) {
      assert.ok(!like || CASES.some((one) => one.name === like && !one.like), `${name} is like ${like}`);
    }
  });

  visit('the checkers are not deaf', async (page) => {
    await page.evaluate(() => {
      const faulty = document.createElement('p');
      // Each of these is a fault: a grey of 5.7:1, a role that does not exist, a block inside a paragraph.
      faulty.style.setProperty('color', '#666');
      faulty.style.setProperty('background', '#fff');
      faulty.append('grey', document.createElement('div'), document.createElement('button'));
      faulty.setAttribute('role', 'nothing');
      document.querySelector('main')?.append(faulty);
      const wide = document.createElement('div');
      wide.style.setProperty('width', '3000px');
      wide.style.setProperty('height', '10px');
      document.querySelector('main')?.append(wide);
    });
    assert.match((await axe(page)).join(), /button-name.*color-contrast-enhanced/s);
    assert.match((await ace(page)).join(), /aria_role_valid|input_label_exists|aria_role/);
    assert.match((await markup(page)).join(), /element-permitted-content|no-implicit-button-type/);
    assert.notDeepEqual(await overflow(page), []);
    assert.notDeepEqual(await small(page), []);
    await page.evaluate(() => {
      // What axe leaves undecided, and what it does not ask.
      const main = /** @type {Element} */ (document.querySelector('main'));
      for (const [name, css] of Object.entries({
        pale: { color: '#5f5f5f', background: '#fff' },
        painted: { background: 'linear-gradient(#fff, #eee)' },
        faded: { opacity: '0.7' },
        low: { 'font-size': '21px' },
      })) {
        const line = document.createElement('p');
        line.className = name;
        for (const [property, value] of Object.entries(css)) line.style.setProperty(property, value);
        line.append('text');
        main.append(line);
      }
      const field = document.createElement('input');
      field.type = 'text';
      field.className = 'field-pale';
      field.value = '123';
      field.style.setProperty('color', '#777');
      main.append(field);
    });
    const unseen = (await poor(page)).map((fault) => /in \w+\.([\w-]+)/.exec(fault)?.[1] ?? 'others');
    assert.deepEqual(new Set(unseen), new Set(['pale', 'painted', 'faded', 'low', 'field-pale', 'others']));
    await page.evaluate(() => {
      // Three that are torn, each at another place, two that are not, and one that nobody can scroll to.
      const lines = ['300,000|円', '2026年1月|2日', '（令和|8年）', '2026年1月2日|金曜日', '1,000円|から'];
      for (const [before = '', after = ''] of lines.map((line) => line.split('|'))) {
        const line = document.createElement('p');
        line.append(before, document.createElement('br'), after);
        document.querySelector('main')?.append(line);
      }
      const outside = document.createElement('p');
      outside.append('300,000円');
      outside.style.setProperty('margin-left', '-9999px');
      document.querySelector('main')?.append(outside);
    });
    const faults = (await torn(page)).map((fault) => fault.split(/[:“]/)[0]?.trim());
    assert.deepEqual(faults, ['300,000円 in', '2026年1月2日 in', '1月2日 in', '（令和8年） in', 'begins outside']);
  });

  /** What was told in all cases together. @type {Set<string>} */
  const told = new Set();
  for (const part of parts(CASES, name === 'chromium' ? 1 : AT_ONCE)) {
    const title = part.map((one) => one.name).join(', ');
    visit(
      `${title}: accessible in every theme, language and size`,
      async (page) => {
        for (const [at, one] of part.entries()) {
          if (at > 0) {
            await page.open(stage.server.url);
            await page.waitFor('main[data-step="start"]');
          }
          const quiet = silenceFrom(stage, page);
          try {
            await reach(page, one.name);
            for (const id of await findings(page)) told.add(id);
            await look(page, one, stage);
            await quiet();
          } catch (error) {
            throw new Error(`in the case ${one.name}`, { cause: error });
          }
        }
      },
      // Each case is held to silence by itself: between two of them the page is opened again.
      { loud: true, patience: 300_000 },
    );
  }

  test(`${name}: every finding was told in some case`, () => {
    const words = JSON.parse(readFileSync(new URL('../../../www/words/ja.json', import.meta.url), 'utf8'));
    const ids = new Set(Object.keys(words.guide).flatMap((key) => /^finding\.([a-z-]+)/.exec(key)?.[1] ?? []));
    assert.ok(ids.size >= 29, 'the findings of the design');
    assert.deepEqual(
      [...ids].filter((id) => !told.has(id)),
      [],
      'findings that no case tells',
    );
  });

  visit(
    'the verdicts differ in shape and word where all colours are the user’s',
    async (page) => {
      const seen = [];
      for (const verdict of ['payable', 'not-payable', 'ask']) {
        await page.open(stage.server.url);
        await reach(page, `answer-${verdict}`);
        seen.push(
          await page.evaluate(() => [
            document.querySelector('h1')?.textContent?.trim() ?? '',
            document.querySelector('[data-verdict] svg')?.innerHTML ?? '',
          ]),
        );
        await shot(page, `answer-${verdict}-forced-colors`);
      }
      assert.equal(new Set(seen.map(([word]) => word)).size, 3, 'three words');
      assert.equal(new Set(seen.map(([, shape]) => shape)).size, 3, 'three shapes');
    },
    { loud: true, ...(name === 'webkit' ? {} : { forcedColors: true }) },
  );

  /** What is told an engine at its start; Chromium sees every state so. @type {[string, string, Omit<import('../engine.js').PageOptions, 'camera'>][]} */
  const wishes = [
    ['a dark theme', '(prefers-color-scheme: dark)', { colorScheme: 'dark' }],
    ['the user’s own colours', '(forced-colors: active)', { forcedColors: true }],
    ['no motion', '(prefers-reduced-motion: reduce)', { reducedMotion: true }],
  ];
  for (const [wish, query, options] of { chromium: [], firefox: wishes, webkit: wishes.slice(0, 1) }[name]) {
    visit(
      `${wish}: the states that matter most`,
      async (page) => {
        for (const one of MATTER) {
          await page.open(stage.server.url);
          await reach(page, one);
          assert.ok(await page.evaluate((css) => matchMedia(css).matches, query), `the browser knows of ${wish}`);
          // The user's colours are the user's; those of Firefox without a desktop are too pale for axe.
          const own = (/** @type {string} */ fault) => options.forcedColors && fault.startsWith('color-contrast');
          const faults = (await axe(page)).filter((fault) => !own(fault));
          assert.deepEqual(faults, [], `${one}: found by axe`);
          const pale = await poor(page, { colours: !options.forcedColors });
          assert.deepEqual(pale, [], `${one}: letters too low or too pale`);
          assert.deepEqual(await overflow(page), [], `${one}: sticks out sideways`);
          const moving = () => document.getAnimations().filter(({ playState }) => playState === 'running').length;
          if (options.reducedMotion) assert.equal(await page.evaluate(moving), 0, `${one}: moves`);
          const file = await shot(page, `${one}-${query.replace(/\W+/g, '-')}`);
          if (options.colorScheme === 'dark' && one.startsWith('answer'))
            assert.deepEqual(await underline(page, file), [], `${one}: the line below the verdict`);
        }
      },
      { ...options, loud: true, patience: 120_000 },
    );
  }

  /** @type {[string, string][]} */
  const papers = [
    ['payable', code()],
    ['not-payable', code({ until: day(-30) })],
    ['ask', code({ stamp: 1 })],
  ];
  for (const [verdict, digits] of papers) {
    visit(`by keyboard alone from the start to the answer “${verdict}”, its sheet of paper, and back`, async (page) => {
      await tabTo(page, 'type');
      await page.press('Enter');
      await step(page, 'typing');
      const fields = '[data-input="digits"]';
      for (let guard = 0; guard < 40 && !(await focusIsOn(page, fields)); guard += 1) await page.press('Tab');
      const groups = printed(digits);
      for (const [at, group] of groups.entries()) {
        await page.press(...group);
        // Where the page has not moved on to the next field by itself, Tab does.
        const here = await page.evaluate(
          (css) => [...document.querySelectorAll(css)].indexOf(/** @type {Element} */ (document.activeElement)),
          fields,
        );
        if (here === at && at < groups.length - 1) await page.press('Tab');
      }
      await tabTo(page, 'submit');
      await page.press('Enter');
      await step(page, 'confirm');
      await tabTo(page, 'confirm-yes');
      await page.press('Enter');
      assert.equal((await answer(page)).verdict, verdict);
      await page.evaluate(() => {
        // A browser's own window, which no test sees.
        window.print = () => document.documentElement.setAttribute('data-printed', '');
      });
      await tabTo(page, 'print');
      await page.press('Enter');
      await page.waitFor('[data-printed]');
      assert.ok(await focusIsOn(page, action('print')), 'the focus stays where it was');
      await tabTo(page, 'restart', 'Shift+Tab');
      await page.press('Enter');
      await step(page, 'start');
    });
  }

  if (name !== 'webkit') return;
  for (const viewport of [
    { width: 320, height: 568 },
    { width: 1280, height: 800 },
  ]) {
    visit(
      `${viewport.width} px wide: nothing sticks out sideways`,
      async (page) => {
        for (const one of ['start', 'typing', 'confirm', 'answer-payable-ward', 'answer-ask', 'camera', 'help']) {
          await page.open(stage.server.url);
          await reach(page, one);
          assert.deepEqual(await overflow(page), [], one);
        }
      },
      { viewport, loud: true },
    );
  }
}

/**
 * @template T
 * @param {T[]} all
 * @param {number} size
 * @returns {T[][]}
 */
function parts(all, size) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/**
 * The line below the verdict, from one edge of the window to the other, as it is painted: nothing else of the page says
 * how far a shadow goes.
 *
 * @param {Page} page
 * @param {string} file a picture of the window
 */
function underline(page, file) {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
    pen.drawImage(picture, 0, 0);
    const { bottom } = /** @type {Element} */ (document.querySelector('.verdict')).getBoundingClientRect();
    const row = Math.round((bottom + 2) * (picture.width / innerWidth));
    const { data } = pen.getImageData(0, row, picture.width, 1);
    const at = (/** @type {number} */ x) => data.slice(4 * x, 4 * x + 3);
    const middle = at(picture.width >> 1);
    const below = pen.getImageData(picture.width >> 1, row + 12, 1, 1).data.slice(0, 3);
    if (middle.join() === below.join()) return ['no line'];
    const ends = [0, picture.width - 1].map(at);
    return ends.filter((end) => end.join() !== middle.join()).map((end) => `${end} at an end, ${middle} in the middle`);
  }, readFileSync(file).toString('base64'));
}

/** @param {Page} page */
function findings(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('[data-finding]')].map((item) => item.getAttribute('data-finding') ?? ''),
  );
}

/**
 * @param {Page} page
 * @param {Case} one
 * @param {Stage} stage
 */
async function look(page, one, { name, engine: { can } }) {
  if (name === 'chromium' || !one.like) await shot(page, one.name);
  assert.equal(await page.evaluate(() => document.querySelectorAll('h1').length), 1, 'one h1');
  // At the start nothing is taken away from where the browser begins.
  if (one.step !== 'start') await focusComesTo(page, one.focus ?? 'h1');
  assert.equal(await page.evaluate(() => document.querySelectorAll('[disabled], [aria-disabled="true"]').length), 0);
  assert.equal(await page.evaluate(() => /[0-9０-９]/.test(document.title)), false, 'no digit in the title');
  if (!one.like) await walk(page);
  if (name === 'chromium' && MATTER.includes(one.name)) {
    for (const theme of THEMES.slice(1)) {
      await page.setMedia(theme);
      await walk(page);
    }
    await page.setMedia({ colorScheme: 'light' });
  }

  for (const { language, draft } of await languages(page)) {
    // Of the case `draft` the reviewed languages are `answer-payable` over again.
    if (one.name === 'draft' && !draft) continue;
    // A draft, which never tells an answer, is looked at in one engine; `languages.js` looks at every language in each.
    if (draft && (name !== 'chromium' || one.like !== undefined)) continue;
    await speak(page, language);
    await page.waitFor((wanted) => document.documentElement.lang.startsWith(wanted.slice(0, 2)), 5_000, language);
    const where = (/** @type {string} */ more) => `${language}, ${more}`;
    if (one.step === 'answer' && !draft) {
      assert.deepEqual(await outsideFirstScreen(page), [], where('outside the first screen'));
      const said = await headline(page);
      assert.ok(HEADLINES.includes(said), where(`an unknown headline: ${said}`));
    }
    if (one.step === 'answer' && !draft && can.print) {
      // As wide as the paper between its margins.
      await page.setViewport({ width: 688, height: 1000 });
      await page.setMedium('print');
      const lost = await offTheSheet(page);
      await page.setMedium('screen');
      await page.setViewport(PHONE);
      assert.deepEqual(lost, [], where('on paper'));
    }
    if (one.step === 'camera' && !draft)
      assert.deepEqual(await outsideSight(page), [], where('outside the first screen'));
    assert.deepEqual(await poor(page), [], where('letters too low or too pale'));
    // So is what else there is to ask of a case that differs from another by its words only.
    if (one.like !== undefined && language !== 'ja' && name !== 'chromium') continue;
    assert.deepEqual(await small(page), [], where('targets smaller than 60×60, or too near to another'));
    // Both read the document, in which another language of words that nobody has reviewed is nothing new.
    if (!draft || one.name === 'draft') {
      assert.deepEqual(await markup(page), [], where('found by the HTML validator'));
      // It takes longest of all, and a case that differs by its words only has nothing new for it in another language.
      if (name === 'chromium' && (one.like === undefined || language === 'ja'))
        assert.deepEqual(await ace(page), [], where('found by the second checker'));
    }
    if (one.like !== undefined || draft || !can.media) {
      assert.deepEqual(await axe(page), [], where('found by axe'));
      assert.deepEqual(await overflow(page), [], where('sticks out sideways'));
      if (can.media && !draft) await everyTheme(page, where, false);
    } else await everyTheme(page, where, true);
    if (can.media) await page.setMedia({ reducedMotion: true });
    await enlarged(page, one, where, { resizable: can.viewport, draft });
  }
  if (!can.media) return;
  const moving = () => document.getAnimations().filter(({ playState }) => playState === 'running').length;
  assert.equal(await page.evaluate(moving), 0, 'nothing moves where motion is unwelcome');
}

/**
 * Every theme in every width. Letters, contrast and targets are measured in each, more strictly than by axe. axe's rules
 * about colours, of which no width changes any, are asked of each theme at 360 and 1280 px. Its others ask what is there
 * and how it is named, and take as long again; they are asked in each width, and in another theme only if that shows or
 * hides something.
 *
 * @param {Page} page
 * @param {(more: string) => string} where
 * @param {boolean} thorough by axe too, and each width in each theme
 */
async function everyTheme(page, where, thorough) {
  /** @type {Record<number, Awaited<ReturnType<typeof heights>>>} */
  const high = {};
  for (const size of SIZES) {
    await page.setViewport(size);
    if (thorough) high[size.width] = await heights(page);
    let before = '';
    for (const theme of THEMES) {
      // No width changes a colour.
      if (!thorough && theme !== THEMES[0] && size.width !== PHONE.width) continue;
      await page.setMedia(theme);
      const how = where(JSON.stringify({ ...theme, ...size }));
      if (thorough) {
        const now = await shown(page);
        const other = now !== before;
        if (other || size.width === PHONE.width || size.width === 1280)
          assert.deepEqual(await axe(page, other ? undefined : COLOURS), [], `${how}: found by axe`);
        before = now;
      }
      assert.deepEqual(await poor(page), [], `${how}: letters too low or too pale`);
      assert.deepEqual(await overflow(page), [], `${how}: sticks out sideways`);
      assert.deepEqual(await small(page), [], `${how}: targets smaller than 60×60, or too near to another`);
    }
  }
  // 320 px are what 400 % of zoom leaves of 1280: there each pixel is four.
  const zoomed = (high[320] ?? []).filter(({ size }, at) => 4 * size < 2 * (high[1280]?.[at]?.size ?? 0));
  assert.deepEqual(zoomed, [], where('less than twice as large by zoom'));
  await page.setViewport(PHONE);
}

/**
 * What of the page is shown, as text: the same for two themes of which neither hides what the other shows.
 *
 * @param {Page} page
 */
function shown(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .map((element) => `${element.localName} ${element.checkVisibility({ visibilityProperty: true })}`)
      .join(),
  );
}

/**
 * Amounts and parts of dates on two lines, days on two lines that would fit one, and words that begin to the left of the
 * window: nothing scrolls there.
 *
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
function torn(page) {
  return page.evaluate(() => {
    const part = /[0-9][0-9,]*(?:円| yen)|[0-9]+[年月日]|（[^（）0-9]{2}(?:[0-9]+|元)年）|[日月火水木金土]曜日/gu;
    const day = /[0-9]{4}年[0-9]+月[0-9]+日/gu;
    const inYear = /[0-9]+月[0-9]+日/gu;
    /** @type {string[]} */
    const faults = [];
    const blocks = document.querySelectorAll('main :is(h1, h2, h3, p, li, dt, dd, summary, button)');
    for (const block of blocks) {
      if (!block.checkVisibility() || block.closest('.heard')) continue;
      if (block.getBoundingClientRect().left < -1) faults.push(`begins outside: ${block.textContent?.slice(0, 40)}`);
      if (block.querySelector('p, li, dt, dd')) continue;
      // Letters one by one, without the readings above them.
      /** @type {{ text: Text, at: number }[]} */
      const letters = [];
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      for (let text = /** @type {Text | null} */ (walker.nextNode()); text;) {
        const shown = text.parentElement?.checkVisibility() && !text.parentElement.closest('rt, rp, .heard');
        for (let at = 0; shown && at < text.data.length; at += 1) letters.push({ text, at });
        text = /** @type {Text | null} */ (walker.nextNode());
      }
      const words = letters.map(({ text, at }) => text.data[at]).join('');
      const { paddingLeft, paddingRight } = getComputedStyle(block);
      const room = block.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      for (const pattern of [part, day, inYear]) {
        for (const { 0: found, index } of words.matchAll(pattern)) {
          const boxes = letters.slice(index, index + found.length).flatMap(({ text, at }) => {
            const range = document.createRange();
            range.setStart(text, at);
            range.setEnd(text, at + 1);
            return [...range.getClientRects()].filter(({ width }) => width > 0).slice(0, 1);
          });
          const [first] = boxes;
          // A reading may be wider than what it stands above.
          const rubies = new Set(
            letters.slice(index, index + found.length).map(({ text }) => text.parentElement?.closest('ruby')),
          );
          const above = [...rubies].map((ruby) => ruby?.getBoundingClientRect().width ?? 0);
          const plain = boxes.filter((_, at) => !letters[index + at]?.text.parentElement?.closest('ruby'));
          const width = [...above, ...plain.map((box) => box.width)].reduce((sum, one) => sum + one, 0);
          const two = boxes.some(({ top }) => Math.abs(top - (first?.top ?? 0)) > (first?.height ?? 0) / 2);
          if (two && (pattern === part || width <= room)) faults.push(`${found} in “${words.slice(0, 40)}”`);
        }
      }
    }
    return faults;
  });
}

/**
 * Letters of twice the size, wider spacing (WCAG 1.4.12), 400 % of a small desk, a phone on its side.
 *
 * @param {Page} page
 * @param {Case} one
 * @param {(more: string) => string} where
 * @param {{ resizable: boolean, draft: boolean }} how
 */
async function enlarged(page, one, where, { resizable, draft }) {
  let before = await heights(page);
  // CSSOM, not a style attribute: the page's policy forbids those.
  const scale = (/** @type {string} */ size) =>
    page.evaluate((size) => document.documentElement.style.setProperty('font-size', size), size);
  await scale('200%');
  let after = await heights(page);
  // The camera's view says something new whenever it likes, also between two looks.
  for (let more = 2; more > 0 && after.length !== before.length; more -= 1) {
    await scale('');
    before = await heights(page);
    await scale('200%');
    after = await heights(page);
  }
  assert.deepEqual(grown(before, after), [], where('not larger'));
  if (one.step === 'answer' && one.name !== 'draft' && !draft)
    assert.deepEqual(await headlineFits(page, before), [], where('the headline'));
  assert.deepEqual([...(await overflow(page)), ...(await clipped(page))], [], where('letters of twice the size'));
  assert.deepEqual(await torn(page), [], where('torn, or out of the window where nobody can scroll to'));
  if (resizable) {
    await page.setViewport(SMALLEST);
    assert.deepEqual(await torn(page), [], where('torn, or out of the window, at 320 px'));
    await page.setViewport(PHONE);
  }
  const language = await page.evaluate(() => document.documentElement.lang);
  if (!one.like) await shot(page, `${one.name}-twice-${language}`);
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));

  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }' +
        'p { margin-block-end: 2em !important; }',
    );
    document.adoptedStyleSheets = [sheet];
  });
  assert.deepEqual([...(await overflow(page)), ...(await clipped(page))], [], where('wider text spacing'));
  await page.evaluate(() => (document.adoptedStyleSheets = []).length);

  if (!resizable || one.like) return;
  for (const size of [
    { width: 320, height: 256 },
    { width: 568, height: 320 },
  ]) {
    await page.setViewport(size);
    assert.deepEqual([...(await overflow(page)), ...(await clipped(page))], [], where(`${size.width}×${size.height}`));
  }
  await page.setViewport(PHONE);
}

/**
 * What of a text is not larger where letters are set to twice their size: text of the usual size by 1.8 times (an amount
 * stays on its line), larger text by 1.25 times; what has its place beside other things must not become smaller.
 *
 * @param {Awaited<ReturnType<typeof heights>>} before
 * @param {Awaited<ReturnType<typeof heights>>} after
 */
function grown(before, after) {
  assert.equal(after.length, before.length, 'the same texts');
  return after.flatMap(({ what, size, held }, at) => {
    const was = before[at]?.size ?? 0;
    const least = held ? 1 : was <= 24 ? 1.8 : 1.25;
    return size < least * was - 0.01 ? [`${what}: ${was} px, then ${size}`] : [];
  });
}

/**
 * The headline of letters set to twice their size: twice as large as it was, or its longest phrase fills the line.
 *
 * @param {Page} page
 * @param {Awaited<ReturnType<typeof heights>>} before
 */
async function headlineFits(page, before) {
  const was = before.find(({ headline }) => headline)?.size ?? 0;
  const { size, room, widest } = await page.evaluate(() => {
    const h1 = /** @type {HTMLElement} */ (document.querySelector('h1'));
    const range = document.createRange();
    range.selectNodeContents(h1);
    const size = parseFloat(getComputedStyle(h1).fontSize);
    const panel = /** @type {Element} */ (h1.parentElement);
    const { paddingLeft, paddingRight } = getComputedStyle(panel);
    const room = panel.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return { size, room, widest: Math.max(...[...range.getClientRects()].map(({ width }) => width)) };
  });
  return size < 1.95 * was && widest < 0.8 * room ? [`${was} px, then ${size}; ${widest} of ${room} px wide`] : [];
}

/**
 * Every stop of the Tab key: each has a ring of 4 px or more, lies in the window and is covered by nothing.
 *
 * @param {Page} page
 */
async function walk(page) {
  const { all } = await page.evaluate(() => {
    const targets = document.querySelectorAll('button, a[href], input, select, summary');
    const stops = [...targets].filter(
      (one) => one.checkVisibility() && !one.matches('input[type="radio"]:not(:checked)'),
    );
    stops.forEach((stop, at) => stop.setAttribute('data-stop', String(at)));
    // From the top: behind the last control Tab may leave the page for the browser's own.
    document.body.tabIndex = -1;
    document.body.focus();
    return { all: stops.length };
  });
  /** @type {Set<string>} */
  const reached = new Set();
  for (let press = 0; press < all + 4 && reached.size < all; press += 1) {
    await page.press('Tab');
    let stop = await page.evaluate(focused);
    // A browser may scroll to it in the next frames, and a busy machine may take long over them.
    for (let look = 1; stop && !(stop.inside && stop.free) && look < MOST_LOOKS; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      // A line that is told meanwhile may move it out of the window, and no browser scrolls after it. Who comes back to it
      // sees it, unless something covers it.
      if (look % (MOST_LOOKS / 2) === 0) await page.press('Shift+Tab', 'Tab');
      stop = await page.evaluate(focused);
    }
    if (!stop) continue;
    assert.ok(stop.ring >= 4, `expected a ring of at least 4 px on ${stop.what}; found ${stop.ring}`);
    // Of two colours that differ so much, one stands out by 3:1 from whatever lies below.
    // Where colours are the user's, the ring has one of them, and stands on a ground that is known.
    const least = stop.alone ? 3 : 9;
    assert.ok(
      stop.contrast >= least,
      `expected colours ${least}:1 in the ring on ${stop.what}; found ${stop.contrast}`,
    );
    assert.ok(stop.inside && stop.free, `expected the focus to be seen, covered by nothing: ${stop.what}`);
    if (stop.at !== null) reached.add(stop.at);
  }
  assert.equal(reached.size, all, 'Tab reaches every control');
  await page.evaluate(() => {
    document.body.removeAttribute('tabindex');
    for (const stop of document.querySelectorAll('[data-stop]')) stop.removeAttribute('data-stop');
  });
}

/** In page: what has the focus, and whether a person sees it. */
function focused() {
  const focused = /** @type {Element} */ (document.activeElement);
  if (!focused || focused === document.body) return null;
  // A field that lies over its button shows the ring on the button.
  const shown = focused.closest('label, .file') ?? focused;
  const rings = [focused, shown]
    .map((element) => getComputedStyle(element))
    .filter((style) => style.outlineStyle !== 'none');
  const light = (/** @type {string} */ colour) => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const alone = matchMedia('(forced-colors: active)').matches;
  const ground = getComputedStyle(document.documentElement).backgroundColor;
  const contrasts = rings.map(({ outlineColor, boxShadow }) => {
    const beside = alone ? ground : (/rgba?\([^)]*\)/.exec(boxShadow)?.[0] ?? outlineColor);
    const [one, other] = [outlineColor, beside].map(light);
    return Math.max(Number(one), Number(other)) / Math.min(Number(one), Number(other));
  });
  const { left, top, right, bottom } = shown.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2];
  const over = document.elementFromPoint(x, y);
  return {
    at: focused.getAttribute('data-stop'),
    what: focused.outerHTML.slice(0, 90),
    ring: Math.max(0, ...rings.map((style) => parseFloat(style.outlineWidth))),
    contrast: Math.max(1, ...contrasts),
    alone,
    inside: bottom > 0 && top < innerHeight,
    free: over !== null && (shown.contains(over) || over.contains(shown)),
  };
}

/** Text that its box cuts off. @param {Page} page */
function clipped(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => {
        if (!(element instanceof HTMLElement) || !element.checkVisibility() || element.innerText === '') return false;
        // One pixel: meant for ears alone.
        if (element.clientWidth <= 1) return false;
        // The blank half of a full-width stop may go.
        if (/^[。、]$/.test(element.innerText)) return false;
        const { overflowX, overflowY } = getComputedStyle(element);
        const cuts = (/** @type {string} */ value) => value === 'hidden' || value === 'clip';
        return (
          (cuts(overflowX) && element.scrollWidth > element.clientWidth + 1) ||
          (cuts(overflowY) && element.scrollHeight > element.clientHeight + 1)
        );
      })
      .map((element) => `${element.tagName.toLowerCase()}.${element.className} cuts off its text`),
  );
}

/** @param {Page} page */
export function small(page) {
  return page.evaluate(() => {
    const targets = document.querySelectorAll('button, a[href], input, select, summary, [role="button"], .file');
    const boxes = [...targets]
      // A field inside its own label, or over its button, is measured with that.
      .filter((target) => target.checkVisibility() && !target.matches('label input, .file input'))
      .map((target) => ({
        what: target.outerHTML.slice(0, 90),
        box: target.getBoundingClientRect(),
        // Languages and sizes stand in rows at the head of the first screen, whose button must stay in sight.
        close: target.closest('.languages, .sizes') !== null,
      }));
    const faults = boxes
      .filter(({ box }) => box.width < 59.5 || box.height < 59.5)
      .map(({ what, box }) => `${what} is ${Math.round(box.width)}×${Math.round(box.height)}`);
    boxes.forEach((one, at) => {
      for (const other of boxes.slice(at + 1)) {
        const across = Math.max(other.box.left - one.box.right, one.box.left - other.box.right);
        const down = Math.max(other.box.top - one.box.bottom, one.box.top - other.box.bottom);
        if (Math.max(across, down) < (one.close && other.close ? 7.5 : 11.5))
          faults.push(`${one.what} is ${Math.max(across, down)} from ${other.what}`);
      }
    });
    return faults;
  });
}

/** @param {Page} page */
export function outsideFirstScreen(page) {
  return page.evaluate(() => {
    scrollTo(0, 0);
    // A ward's own page has no mark that says "sample" above the verdict.
    const mark = document.querySelector('.sample-mark');
    const verdict = mark?.nextElementSibling;
    const above = mark && verdict ? verdict.getBoundingClientRect().top - mark.getBoundingClientRect().top : 0;
    const wanted = {
      'the verdict': document.querySelector('h1'),
      'the reason': document.querySelector('[data-slot="reason"], .reason'),
      'the first action': document.querySelector('[data-next] > *'),
    };
    /** @type {string[]} */
    const faults = [];
    for (const [what, element] of Object.entries(wanted)) {
      if (!element) faults.push(`${what} is missing`);
      else if (element.getBoundingClientRect().bottom - above > innerHeight) {
        faults.push(`${what} ends at ${Math.round(element.getBoundingClientRect().bottom - above)} of ${innerHeight}`);
      }
    }
    const { fontSize, fontWeight } = getComputedStyle(/** @type {Element} */ (wanted['the verdict']));
    if (parseFloat(fontSize) < 40) faults.push(`the verdict is ${fontSize} high; expected 40 or more`);
    if (Number(fontWeight) < 700) faults.push(`the verdict is of weight ${fontWeight}; expected 700 or more`);
    return faults;
  });
}

/**
 * On paper: what must not give way however long an answer is, and does not lie on the sheet whole.
 *
 * @param {Page} page
 */
function offTheSheet(page) {
  return page.evaluate(() => {
    const sheet = /** @type {Element} */ (document.querySelector('.sheet.answer')).getBoundingClientRect();
    const kept = document.querySelectorAll('.verdict, .first .do, .facts, .takeaway, .takeaway > *');
    const shown = [...kept].filter((part) => part.checkVisibility());
    const box = (/** @type {string} */ css) => document.querySelector(css)?.getBoundingClientRect();
    const [mark, name, verdict, first, act] = ['.sample-mark', '.name', '.verdict', '.first', '.first .do'].map(box);
    const mingled =
      (mark && verdict && mark.bottom > verdict.top - 2) ||
      (mark && name && mark.left < name.right + 8 && mark.top < name.bottom) ||
      (act && first && act.bottom > first.bottom + 1);
    if (mingled) return ['the mark of the sample touches the verdict or the name, or the action what follows it'];
    return shown
      .map((part) => ({ part, box: part.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > sheet.bottom + 1 || box.right > sheet.right + 1 || box.height === 0)
      .map(({ part, box }) => `${part.className} ends at ${Math.round(box.bottom)} of ${Math.round(sheet.bottom)}`);
  });
}

/** What the answer's headline says, without blanks and readings. @param {Page} page */
function headline(page) {
  return page.evaluate(() => {
    const copy = /** @type {Element} */ (document.querySelector('h1')?.cloneNode(true));
    for (const reading of copy.querySelectorAll('rt, rp')) reading.remove();
    return (copy.textContent ?? '').replace(/\s/gu, '');
  });
}

/**
 * While the camera runs: the picture, what is said of it and every button beside it are in the first screen.
 *
 * @param {Page} page
 */
function outsideSight(page) {
  return page.evaluate(() => {
    scrollTo(0, 0);
    /** @type {string[]} */
    const faults = [];
    const seen = [...document.querySelectorAll('.sight :is(h1, .finder, [role="status"], button)')];
    if (!seen.some((one) => one.matches('[data-action="restart"]'))) faults.push('no way out');
    for (const one of seen) {
      const { bottom } = one.getBoundingClientRect();
      if (bottom > innerHeight) faults.push(`${one.textContent} ends at ${Math.round(bottom)} of ${innerHeight}`);
    }
    const { height } = /** @type {Element} */ (document.querySelector('.finder')).getBoundingClientRect();
    if (height < 160) faults.push(`${height} px are left for the picture`);
    return faults;
  });
}

/** @param {Page} page */
export function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > clientWidth + 0.5)
      .map(
        (element) =>
          `${element.tagName.toLowerCase()}.${element.className} to ${Math.round(element.getBoundingClientRect().right)}`,
      );
    return [`${scrollWidth} of ${clientWidth}`, ...wide.slice(0, 5)];
  });
}

/**
 * @param {Page} page
 * @param {string} css
 */
function focusIsOn(page, css) {
  return page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, css);
}

/**
 * The page may move the focus a moment after it has said where it stands.
 *
 * @param {Page} page
 * @param {string} css
 */
async function focusComesTo(page, css) {
  for (let look = 0; look < MOST_LOOKS && !(await focusIsOn(page, css)); look += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const on = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 90) ?? 'nothing');
  assert.ok(await focusIsOn(page, css), `expected the focus on ${css}, which is new; found it on ${on}`);
}

/**
 * @param {Page} page
 * @param {string} name of the action
 * @param {'Tab' | 'Shift+Tab'} [key]
 */
async function tabTo(page, name, key = 'Tab') {
  for (let guard = 0; guard < 40; guard += 1) {
    if (await focusIsOn(page, `main ${action(name)}`)) return;
    await page.press(key);
  }
  assert.fail(`expected Tab to reach ${name} within 40 presses; it did not`);
}
