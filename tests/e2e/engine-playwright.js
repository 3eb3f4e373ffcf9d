// @ts-check
/** Chromium and Firefox, by playwright-core and the browsers that Debian ships. */
import { chromium, firefox } from 'playwright-core';
import { CALL_MS, PHONE, unhurried } from './engine.js';
import { limit, until } from './processes.js';

/** Firefox speaks to its maker at every start unless it is told not to; the network test would hear it. */
const FIREFOX_PREFS = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.region.network.url': '',
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.search.update': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.systemAddon.update.enabled': false,
  'media.autoplay.default': 0,
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
};

const CHROMIUM_ARGS = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

/**
 * What Firefox is told of its user's wishes at its start, and can not be told later.
 *
 * @param {import('./engine.js').PageOptions} options
 * @returns {Record<string, number>}
 */
function wishes({ colorScheme, forcedColors, reducedMotion }) {
  return {
    ...(colorScheme === 'dark' ? { 'layout.css.prefers-color-scheme.content-override': 0 } : {}),
    // All pages in the user's colours: black on white unless they chose others.
    ...(forcedColors ? { 'browser.display.document_color_use': 2 } : {}),
    ...(reducedMotion ? { 'ui.prefersReducedMotion': 1 } : {}),
  };
}

/**
 * @param {'chromium' | 'firefox'} name
 * @param {string} [camera]
 * @param {Record<string, number>} [prefs]
 */
function begin(name, camera, prefs = {}) {
  return name === 'chromium'
    ? chromium.launch({
        executablePath: '/usr/bin/chromium-headless-shell',
        chromiumSandbox: false,
        args: camera ? [...CHROMIUM_ARGS, `--use-file-for-fake-video-capture=${camera}`] : CHROMIUM_ARGS,
        timeout: 30_000,
      })
    : firefox.launch({
        channel: 'moz-firefox',
        executablePath: '/usr/bin/firefox-esr',
        firefoxUserPrefs: { ...FIREFOX_PREFS, ...prefs },
        env: { ...process.env, MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' },
        timeout: 60_000,
      });
}

/**
 * @param {'chromium' | 'firefox'} name
 * @returns {Promise<import('./engine.js').Engine>}
 */
export async function launchPlaywright(name) {
  const browser = await begin(name);
  /** Processes of their own for what is told at the start: a film for the fake camera, a user's wishes. @type {Map<string, import('playwright-core').Browser>} */
  const others = new Map();
  const isChromium = name === 'chromium';
  /** @type {import('./engine.js').Can} */
  const can = {
    init: true,
    colorScheme: true,
    forcedColors: true,
    timezone: true,
    viewport: true,
    media: isChromium,
    now: true,
    fileCamera: isChromium,
    workers: isChromium,
    print: isChromium,
    aria: true,
    weight: isChromium,
    recordsRequests: true,
  };

  return {
    name,
    can,
    async newPage(options = {}) {
      for (const key of /** @type {const} */ (['colorScheme', 'forcedColors'])) {
        if (options[key] && !can[key]) throw new Error(`expected an engine that can set ${key}; found ${name}`);
      }
      let host = browser;
      if (options.camera) {
        if (!can.fileCamera) throw new Error(`expected an engine whose camera can show a file; found ${name}`);
        host = others.get(options.camera) ?? (await begin(name, options.camera));
        others.set(options.camera, host);
      }
      const wished = isChromium ? {} : wishes(options);
      if (Object.keys(wished).length > 0) {
        const key = JSON.stringify(wished);
        host = others.get(key) ?? (await begin(name, undefined, wished));
        others.set(key, host);
      }
      const context = await limit(
        host.newContext({
          viewport: options.viewport ?? PHONE,
          locale: 'ja-JP',
          ...(options.timezone ? { timezoneId: options.timezone } : {}),
          ...(isChromium && options.colorScheme ? { colorScheme: options.colorScheme } : {}),
          ...(isChromium && options.forcedColors ? { forcedColors: /** @type {const} */ ('active') } : {}),
          ...(isChromium && options.reducedMotion ? { reducedMotion: /** @type {const} */ ('reduce') } : {}),
        }),
        CALL_MS,
        `a new context of ${name}`,
      );
      context.setDefaultTimeout(CALL_MS);
      if (isChromium) await context.grantPermissions(['camera']);
      if (options.init) await context.addInitScript({ content: options.init });
      const page = await limit(context.newPage(), CALL_MS, `a new page of ${name}`);
      if (options.now) await page.clock.install({ time: options.now });
      /** @type {import('playwright-core').CDPSession | null} */
      let devtools = null;
      /** @type {string[]} */
      const requests = [];
      /** @type {string[]} */
      const errors = [];
      /** @type {string[]} */
      const refusals = [];
      context.on('request', (request) => requests.push(request.url()));
      // Firefox reports refusals as if they were exceptions, Chromium as messages in the console.
      page.on('pageerror', ({ message }) => {
        // Playwright's own screenshots add a style element, which a strict policy refuses.
        if (/blocked an inline style/.test(message)) return;
        (/^The page’s settings blocked/.test(message) ? refusals : errors).push(message);
      });
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) refusals.push(message.text());
      });

      /** @type {import('./engine.js').Page} */
      const surface = {
        engine: name,
        async open(url) {
          await limit(page.goto(url, { waitUntil: 'load' }), CALL_MS, `${url} to load`);
        },
        async back() {
          // By the page's own hands: Firefox's driver waits for ever for a page that need not load.
          await page.evaluate(() => void setTimeout(() => history.back(), 50));
        },
        async click(selector) {
          await look(selector);
          await page.click(selector);
        },
        async type(selector, text) {
          await page.locator(selector).first().pressSequentially(text);
        },
        async press(...keys) {
          for (const key of keys) await limit(page.keyboard.press(key), CALL_MS, `the key ${key}`);
        },
        async setFile(selector, path) {
          await page.locator(selector).first().setInputFiles(path);
        },
        async evaluate(fn, ...args) {
          const source = `(${fn})(...${JSON.stringify(args)})`;
          return /** @type {any} */ (await limit(page.evaluate(source), CALL_MS, `a script in ${name}`));
        },
        async waitFor(what, timeout = 10_000, ...args) {
          if (typeof what === 'string') {
            await page.locator(what).first().waitFor({ state: 'attached', timeout });
          } else {
            await until(() => surface.evaluate(/** @type {any} */ (what), ...args), timeout, String(what));
          }
        },
        async evaluateInWorkers(fn) {
          const answers = page.workers().map((worker) => worker.evaluate(`(${fn})()`));
          return /** @type {any} */ (await limit(Promise.all(answers), CALL_MS, 'a script in a worker'));
        },
        async screenshot(path) {
          await page.screenshot({ path });
        },
        async setViewport(size) {
          await page.setViewportSize(size);
        },
        async setMedium(medium) {
          // Were "screen" asked for, a PDF would show the screen.
          const media = medium === 'print' ? medium : null;
          await limit(page.emulateMedia({ media }), CALL_MS, `the medium ${medium}`);
        },
        async pdf() {
          return limit(page.pdf({ preferCSSPageSize: true }), CALL_MS, 'a PDF');
        },
        async aria(selector) {
          return limit(page.locator(selector).ariaSnapshot(), CALL_MS, `what a screen reader is told of ${selector}`);
        },
        async weight() {
          if (!can.weight) throw new Error(`expected an engine that tells what a page holds; found ${name}`);
          devtools ??= await context.newCDPSession(page);
          await devtools.send('HeapProfiler.collectGarbage');
          const { usedSize: heap } = await devtools.send('Runtime.getHeapUsage');
          const { nodes, jsEventListeners: listeners } = await devtools.send('Memory.getDOMCounters');
          return { heap, nodes, listeners };
        },
        async setMedia({ colorScheme, forcedColors, reducedMotion }) {
          if (!can.media) throw new Error(`expected an engine that can be told what is preferred; found ${name}`);
          await page.emulateMedia({
            colorScheme: colorScheme ?? null,
            forcedColors: forcedColors ? 'active' : 'none',
            reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
          });
        },
        async setNow(now) {
          await page.clock.setSystemTime(now);
        },
        async pass(ms) {
          await limit(page.clock.runFor(ms), CALL_MS, `${ms} ms to pass`);
        },
        requests: () => [...requests],
        errors: () => [...errors],
        refusals: () => [...refusals],
        async close() {
          await limit(context.close(), CALL_MS, `a context of ${name} to close`);
        },
      };
      const look = unhurried(surface);
      return surface;
    },
    async close() {
      for (const one of [browser, ...others.values()]) {
        await limit(one.close(), CALL_MS, `${name} to close`).catch(() => undefined);
      }
    },
  };
}
