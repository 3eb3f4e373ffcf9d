// @ts-check
/**
 * Every state of the page for people who see little, use no pointer, or have enlarged everything.
 *
 * The walk visits each state once and asks everything there is to ask about it, because reaching a state costs more
 * than looking at it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { breakWorkers, endTrack, fakeCamera, hurry } from '../camera.js';
import { code, day, printed, spoilt } from '../codes.js';
import * as fixtures from '../fixtures.js';
import { action, answer, answerFor, shot, step, typeCode } from '../visit.js';

/** @typedef {import('../visit.js').Page} Page */
/**
 * @typedef {object} State
 * @property {string} name
 * @property {(page: Page) => Promise<unknown>} reach from the start
 * @property {string} [verdict]
 * @property {string} [focus] where the focus is, if not on the h1
 */

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const WIDTHS = [320, 360, 390, 1280];

/**
 * A camera that gives no picture: the help page that tells it.
 *
 * @param {string} help
 * @param {import('../camera.js').Behaviour} behaviour
 * @returns {State}
 */
function without(help, behaviour) {
  return {
    name: `camera-${help}`,
    async reach(page) {
      await hurry(page);
      await fakeCamera(page, behaviour);
      await page.click(`main ${action('camera')}`);
      await page.waitFor(`main[data-help="${help}"]`, 15_000);
    },
  };
}

/** Where the camera is of no help: whoever stands here is already troubled. @type {State[]} */
const TROUBLES = [
  without('denied', { refuse: 'NotAllowedError' }),
  without('missing', { refuse: 'NotFoundError' }),
  without('busy', { refuse: 'NotReadableError' }),
  without('unfit', { refuse: 'OverconstrainedError' }),
  // As inside LINE and other apps that show pages.
  without('unsupported', { missing: true }),
  without('insecure', { insecure: true }),
  without('timeout', { unanswered: true }),
  // Nothing was read for longer than a person should have to hold a paper.
  without('slow', {}),
  {
    name: 'camera-lost',
    async reach(page) {
      await filming(page);
      await endTrack(page);
      await page.waitFor('main[data-help="lost"]');
    },
  },
  {
    name: 'camera-black',
    async reach(page) {
      await filming(page);
      await page.waitFor(() => /まっくら/.test(document.querySelector('[role="status"]')?.textContent ?? ''), 15_000);
    },
  },
  {
    name: 'camera-reader',
    async reach(page) {
      await breakWorkers(page);
      await fakeCamera(page, {});
      await page.click(`main ${action('camera')}`);
      await page.waitFor('main[data-help="reader"]', 30_000);
    },
  },
];

/** Each state from the start of the page. @type {State[]} */
const STATES = [
  { name: 'start', reach: async () => undefined },
  {
    name: 'typing',
    async reach(page) {
      await page.click(`main ${action('type')}`);
      await step(page, 'typing');
    },
  },
  {
    name: 'typing-fault',
    async reach(page) {
      await typeCode(page, spoilt(code()));
      await page.waitFor('[aria-invalid="true"]');
    },
    focus: '[data-slot="fault"]',
  },
  {
    name: 'camera',
    async reach(page) {
      await filming(page);
    },
  },
  ...TROUBLES,
  {
    name: 'photo-without-code',
    async reach(page) {
      await page.setFile('[data-input="photo"]', await fixtures.wall());
      await step(page, 'help', 30_000);
    },
  },
  {
    name: 'confirm',
    async reach(page) {
      await typeCode(page, code());
      await step(page, 'confirm');
    },
  },
  {
    name: 'answer-payable',
    reach: (page) => answerFor(page, code()),
    verdict: 'payable',
  },
  {
    name: 'answer-not-payable',
    reach: (page) => answerFor(page, code({ until: day(-30) })),
    verdict: 'not-payable',
  },
  {
    name: 'answer-ask',
    reach: (page) => answerFor(page, code({ stamp: 1 })),
    verdict: 'ask',
  },
  {
    name: 'help',
    async reach(page) {
      await page.click(action('help'));
      await step(page, 'help');
    },
  },
  {
    name: 'counter',
    async reach(page) {
      await page.click(`main ${action('counter')}`);
      await step(page, 'counter');
    },
  },
];

/** @param {import('../visit.js').Stage} stage */
export function access(stage) {
  const { visit, name } = stage;
  const schemes = name === 'firefox' ? [undefined] : /** @type {const} */ (['light', 'dark']);

  for (const colorScheme of schemes) {
    for (const state of STATES) {
      visit(
        `${state.name}${colorScheme ? ` (${colorScheme})` : ''} is accessible`,
        async (page) => {
          await state.reach(page);
          await shot(page, `${state.name}${colorScheme === 'dark' ? '-dark' : ''}`);
          await look(page, state, name !== 'webkit');
        },
        colorScheme ? { colorScheme } : {},
      );
    }
  }

  visit(
    'the verdicts differ in shape and word where all colours are the user’s',
    async (page) => {
      const seen = [];
      for (const state of STATES.filter(({ verdict }) => verdict)) {
        await state.reach(page);
        seen.push(
          await page.evaluate(() => [
            document.querySelector('h1')?.textContent?.trim() ?? '',
            document.querySelector('[data-verdict] svg')?.innerHTML ?? document.querySelector('svg')?.innerHTML ?? '',
          ]),
        );
        await shot(page, `${state.name}-forced-colors`);
        await page.click(action('restart'));
        await step(page, 'start');
      }
      assert.equal(new Set(seen.map(([word]) => word)).size, 3, 'three words');
      assert.equal(new Set(seen.map(([, shape]) => shape)).size, 3, 'three shapes');
    },
    stage.name === 'chromium' ? { forcedColors: true } : {},
  );

  if (stage.name === 'chromium') {
    for (const state of TROUBLES) {
      visit(
        `${state.name} is accessible where all colours are the user’s`,
        async (page) => {
          await state.reach(page);
          await shot(page, `${state.name}-forced-colors`);
          await look(page, state, false);
        },
        { forcedColors: true },
      );
    }
  }

  for (const state of TROUBLES) {
    visit(`${state.name}: with letters of twice the size nothing is cut off`, async (page) => {
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      await state.reach(page);
      await shot(page, `${state.name}-twice`);
      assert.deepEqual(await overflow(page), []);
      assert.deepEqual(await axe(page), [], 'found by axe');
    });
  }

  visit('by keyboard alone from the start to the answer', async (page) => {
    await tabTo(page, 'type');
    await page.press('Enter');
    await step(page, 'typing');
    const fields = '[data-input="digits"]';
    for (let guard = 0; guard < 40 && !(await focusIsOn(page, fields)); guard += 1) await page.press('Tab');
    const groups = printed(code());
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
    assert.equal((await answer(page)).verdict, 'payable');
    await tabTo(page, 'restart');
    await page.press('Enter');
    await step(page, 'start');
  });

  visit('the focus is always to be seen', async (page) => {
    // Every stop of the start page. A field that lies over its button shows the ring on the button, its label.
    const seen = [];
    for (let stop = 0; stop < 8; stop++) {
      await page.press('Tab');
      const ring = await page.evaluate(() => {
        const focused = /** @type {Element} */ (document.activeElement);
        const outlines = [focused, focused.closest('label')]
          .filter((element) => element !== null)
          .map((element) => getComputedStyle(element));
        const widths = outlines
          .filter((style) => style.outlineStyle !== 'none')
          .map((style) => parseFloat(style.outlineWidth));
        const name = focused.getAttribute('data-action') ?? focused.localName;
        return { name, onPage: focused !== document.body, width: Math.max(0, ...widths) };
      });
      if (!ring.onPage) break;
      assert.ok(ring.width >= 4, `expected a ring of at least 4 px on ${ring.name}; found ${ring.width}`);
      seen.push(ring.name);
    }
    for (const name of ['camera', 'photo', 'type']) assert.ok(seen.includes(name), `${name} is among ${seen}`);
  });

  visit('with letters of twice the size nothing is cut off', async (page) => {
    for (const state of STATES.filter(({ name }) => ['start', 'typing', 'confirm', 'answer-payable'].includes(name))) {
      // CSSOM, not a style attribute: the page's policy forbids those.
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      await state.reach(page);
      assert.deepEqual(await overflow(page), [], state.name);
      await shot(page, `${state.name}-twice`);
      if (state.name === 'start') continue;
      await page.click(action('restart'));
      await step(page, 'start');
    }
  });

  if (!stage.name.includes('webkit')) return;
  visit(
    'the smallest phone: nothing sticks out sideways',
    async (page) => {
      for (const state of STATES.filter(({ name }) => ['typing', 'confirm', 'answer-payable'].includes(name))) {
        await state.reach(page);
        assert.deepEqual(await overflow(page), [], state.name);
        await page.click(action('restart'));
        await step(page, 'start');
      }
    },
    { viewport: { width: 320, height: 568 } },
  );
}

/** @param {Page} page */
async function filming(page) {
  await fakeCamera(page, {});
  await page.click(`main ${action('camera')}`);
  await step(page, 'camera');
  await page.waitFor(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
}

/**
 * @param {Page} page
 * @param {State} state
 * @param {boolean} resizable
 */
async function look(page, state, resizable) {
  // The order matters: axe may move the scroll, and other widths come last.
  assert.equal(await page.evaluate(() => document.querySelectorAll('h1').length), 1, 'one h1');
  // At the start nothing is taken away from where the browser begins.
  if (state.name !== 'start') assert.ok(await focusIsOn(page, state.focus ?? 'h1'), 'the focus is on what is new');
  assert.equal(await page.evaluate(() => document.querySelectorAll('[disabled], [aria-disabled="true"]').length), 0);
  assert.deepEqual(await small(page), [], 'targets smaller than 60×60');
  if (state.verdict) assert.deepEqual(await outsideFirstScreen(page), [], 'is not within the first screen');
  assert.deepEqual(await axe(page), [], 'found by axe');
  const widths = resizable ? WIDTHS : [];
  assert.deepEqual(await overflow(page), [], 'sticks out sideways');
  for (const width of widths) {
    await page.setViewport({ width, height: 800 });
    assert.deepEqual(await overflow(page), [], `sticks out sideways at ${width} px`);
  }
}

/** @param {Page} page */
export async function axe(page) {
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

/** @param {Page} page */
export function small(page) {
  return page.evaluate(() => {
    const targets = document.querySelectorAll('button, a[href], input, select, summary, [role="button"], label.file');
    return [...targets]
      .filter((target) => {
        const { width, height } = target.getBoundingClientRect();
        if (!target.checkVisibility()) return false;
        // A field inside its own label is reached through the label, which is measured for itself.
        if (target.matches('label input')) return false;
        return width < 59.5 || height < 59.5;
      })
      .map((target) => {
        const { width, height } = target.getBoundingClientRect();
        return `${target.outerHTML.slice(0, 90)} is ${Math.round(width)}×${Math.round(height)}`;
      });
  });
}

/** @param {Page} page */
export function outsideFirstScreen(page) {
  return page.evaluate(() => {
    scrollTo(0, 0);
    const wanted = {
      'the verdict': document.querySelector('h1'),
      'the reason': document.querySelector('[data-slot="reason"], .reason'),
      'the first action': document.querySelector('[data-next] > *'),
    };
    /** @type {string[]} */
    const faults = [];
    for (const [what, element] of Object.entries(wanted)) {
      if (!element) faults.push(`${what} is missing`);
      else if (element.getBoundingClientRect().bottom > innerHeight) {
        faults.push(`${what} ends at ${Math.round(element.getBoundingClientRect().bottom)} of ${innerHeight}`);
      }
    }
    const size = parseFloat(getComputedStyle(/** @type {Element} */ (wanted['the verdict'])).fontSize);
    if (size < 40) faults.push(`the verdict is ${size} px high; expected 40 or more`);
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
 * @param {Page} page
 * @param {string} name of the action
 */
async function tabTo(page, name) {
  for (let guard = 0; guard < 40; guard += 1) {
    if (await focusIsOn(page, `main ${action(name)}`)) return;
    await page.press('Tab');
  }
  assert.fail(`expected Tab to reach ${name} within 40 presses; it did not`);
}
