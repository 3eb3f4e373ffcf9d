// @ts-check
/**
 * One thin surface over three browser engines.
 *
 * Chromium and Firefox are driven by playwright-core (CDP and WebDriver BiDi), WebKitGTK by plain WebDriver. The tests
 * see only what is written here, so that one test runs unchanged in all three, and every call has a limit on the side
 * of the tests: a driver that never answers fails one test and does not hang the run.
 */
import { launchPlaywright } from './engine-playwright.js';
import { launchWebKit } from './engine-webkit.js';

/** @typedef {'chromium' | 'firefox' | 'webkit'} EngineName */

/**
 * What an engine can be told when a page is opened. An engine that cannot do one of them says so in `Engine.can`, and
 * refuses instead of ignoring it.
 *
 * @typedef {object} PageOptions
 * @property {{ width: number, height: number }} [viewport] CSS pixels; 360×800 when not given
 * @property {'light' | 'dark'} [colorScheme]
 * @property {boolean} [forcedColors]
 * @property {boolean} [reducedMotion]
 * @property {string} [timezone] IANA name
 * @property {string} [now] the page's clock starts here (ISO 8601 with offset) and can be moved by `Page.setNow`
 * @property {string} [init] source text that runs before the page's own scripts
 * @property {string} [camera] absolute path of an .mjpeg file that the camera shows (Chromium only)
 */

/**
 * @typedef {object} Media
 * @property {'light' | 'dark'} [colorScheme]
 * @property {boolean} [forcedColors]
 * @property {boolean} [reducedMotion]
 */

/**
 * @typedef {object} Can
 * @property {boolean} init
 * @property {boolean} colorScheme
 * @property {boolean} forcedColors
 * @property {boolean} timezone
 * @property {boolean} viewport narrower or wider than the first one, on an open page
 * @property {boolean} media
 * @property {boolean} now
 * @property {boolean} fileCamera
 * @property {boolean} workers a script can be run inside the page's worker
 * @property {boolean} print what it would print can be had as a file
 * @property {boolean} aria what a screen reader is told can be had as text
 * @property {boolean} weight what the page holds in memory can be had
 * @property {boolean} recordsRequests requests, exceptions and refusals
 */

/**
 * @typedef {object} Page
 * @property {EngineName} engine
 * @property {(url: string) => Promise<void>} open
 * @property {() => Promise<void>} back to the page before, which may be shown again as it was kept, without being loaded
 * @property {(selector: string) => Promise<void>} click
 * @property {(selector: string, text: string) => Promise<void>} type keystrokes into a field
 * @property {(...keys: string[]) => Promise<void>} press keys by their names (`Tab`, `Enter`, `Shift+Tab`, `7`)
 *   wherever the focus is
 * @property {(selector: string, path: string) => Promise<void>} setFile
 * @property {<A extends unknown[], R>(fn: (...args: A) => R | Promise<R>, ...args: A) => Promise<R>} evaluate
 * @property {(what: string | ((...args: any[]) => unknown), timeout?: number, ...args: unknown[]) => Promise<void>} waitFor
 *   a selector that matches something, or a function that answers true
 * @property {<R>(fn: () => R | Promise<R>) => Promise<R[]>} evaluateInWorkers once in each worker of the page
 * @property {(path: string) => Promise<void>} screenshot
 * @property {(size: { width: number, height: number }) => Promise<void>} setViewport
 * @property {(medium: 'screen' | 'print') => Promise<void>} setMedium
 * @property {() => Promise<Buffer>} pdf what it would print, at the size of paper that the page asks for
 * @property {(selector: string) => Promise<string>} aria roles, names and states in reading order, as YAML
 * @property {() => Promise<{ heap: number, nodes: number, listeners: number }>} weight what is left in memory once it
 *   has been tidied up: bytes of the script's heap, nodes and listeners of all documents
 * @property {(media: Media) => Promise<void>} setMedia what the device prefers, on an open page
 * @property {(now: string) => Promise<void>} setNow
 * @property {(ms: number) => Promise<void>} pass so much time at once, where the page's clock was set by `now`
 * @property {() => string[]} requests addresses asked for since the page was made; empty where `Can.recordsRequests`
 *   is false
 * @property {() => string[]} errors uncaught exceptions of the page, where the engine tells them
 * @property {() => string[]} refusals what the page tried and its own content-security policy refused
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Engine
 * @property {EngineName} name
 * @property {Can} can
 * @property {(options?: PageOptions) => Promise<Page>} newPage in a fresh profile: nothing of other pages is seen
 * @property {() => Promise<void>} close
 */

/** @type {EngineName[]} */
export const ENGINES = ['chromium', 'firefox', 'webkit'];

/** The phone that most layouts are judged on: a small common Android. */
export const PHONE = { width: 360, height: 800 };

/** One call of a driver. Loading a page with half a megabyte of script on a busy machine takes seconds. */
export const CALL_MS = 20_000;

/**
 * A person looks at a page that has changed before touching it again in the same place; the page takes what comes
 * sooner for the second half of a double tap. The driver waits only there.
 *
 * @param {Page} page
 * @returns {(selector: string) => Promise<void>} to be called before each click
 */
export function unhurried(page) {
  let last = { x: -1e6, y: -1e6 };
  return async (selector) => {
    await page.waitFor(selector);
    const at = await page.evaluate((css) => {
      const element = document.querySelector(css);
      // Each driver scrolls in its own way to what is out of sight; to what is in sight none does.
      element?.scrollIntoView({ block: 'center' });
      const { x = 0, y = 0, width = 0, height = 0 } = element?.getBoundingClientRect() ?? {};
      return { x: x + width / 2, y: y + height / 2 };
    }, selector);
    if (Math.hypot(at.x - last.x, at.y - last.y) < 80) await new Promise((resolve) => setTimeout(resolve, 600));
    last = at;
  };
}

/**
 * @param {EngineName} name
 * @returns {Promise<Engine>}
 */
export function launch(name) {
  return name === 'webkit' ? launchWebKit() : launchPlaywright(name);
}
