// @ts-check
/**
 * WebKitGTK, by WebKitWebDriver and MiniBrowser on a virtual screen of the very size of the phone.
 *
 * MiniBrowser knows no viewport emulation: its window fills the screen, so each size has a screen of its own. One page
 * is one session of one driver, because a driver passes its environment (time zone, display) on to the browser.
 */
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import WebDriver from 'webdriver';
import { CALL_MS, PHONE, unhurried } from './engine.js';
import { limit, start, stop, until } from './processes.js';

const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

/** WebDriver's private code points for the keys that tests press. */
const KEYS = /** @type {Record<string, string>} */ ({
  Shift: '\uE008',
  Tab: '\uE004',
  Enter: '\uE007',
  Escape: '\uE00C',
  Space: ' ',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
});

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(address.port));
    });
  });
}

/**
 * @param {{ width: number, height: number }} size
 * @returns {Promise<{ display: string, close: () => void }>}
 */
async function virtualScreen({ width, height }) {
  // Xvfb itself finds a number that is free and writes it to the third descriptor.
  const args = ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp'];
  const xvfb = start('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const numbers = /** @type {import('node:stream').Readable} */ (xvfb.stdio[3]);
  const number = await limit(
    new Promise((resolve, reject) => {
      let text = '';
      numbers.on('data', (chunk) => {
        text += chunk;
        if (text.endsWith('\n')) resolve(text.trim());
      });
      xvfb.once('error', reject);
      xvfb.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    }),
    CALL_MS,
    'a virtual screen',
  );
  const display = `:${number}`;
  const manager = start('matchbox-window-manager', ['-display', display, '-use_titlebar', 'no']);
  return {
    display,
    close() {
      stop(manager);
      stop(xvfb);
    },
  };
}

/** @returns {Promise<import('./engine.js').Engine>} */
export async function launchWebKit() {
  /** @type {Map<string, ReturnType<typeof virtualScreen>>} */
  const screens = new Map();
  /** @type {Set<import('./engine.js').Page>} */
  const open = new Set();
  /** @type {import('./engine.js').Can} */
  const can = {
    init: false,
    colorScheme: true,
    forcedColors: false,
    timezone: true,
    viewport: false,
    media: false,
    now: false,
    fileCamera: false,
    workers: false,
    print: false,
    aria: false,
    weight: false,
    recordsRequests: false,
  };

  return {
    name: 'webkit',
    can,
    async newPage(options = {}) {
      for (const key of /** @type {const} */ (['init', 'now', 'camera', 'forcedColors', 'reducedMotion'])) {
        if (options[key]) throw new Error(`expected an engine that knows the option ${key}; found webkit`);
      }
      const size = options.viewport ?? PHONE;
      const name = `${size.width}x${size.height}`;
      if (!screens.has(name)) screens.set(name, virtualScreen(size));
      const { display } = await /** @type {ReturnType<typeof virtualScreen>} */ (screens.get(name));

      const port = await freePort();
      const driver = start('/usr/bin/WebKitWebDriver', ['-p', String(port)], {
        env: { ...process.env, DISPLAY: display, ...(options.timezone ? { TZ: options.timezone } : {}) },
      });
      /** @type {import('webdriver').Client} */
      let client;
      try {
        await until(
          async () => (await fetch(`http://127.0.0.1:${port}/status`)).ok,
          CALL_MS,
          'WebKitWebDriver to answer',
        );
        client = await limit(
          WebDriver.newSession({
            hostname: '127.0.0.1',
            port,
            path: '/',
            logLevel: 'silent',
            connectionRetryCount: 0,
            connectionRetryTimeout: CALL_MS,
            capabilities: {
              firstMatch: [{}],
              alwaysMatch: /** @type {any} */ ({
                'wdio:enforceWebDriverClassic': true,
                'webkitgtk:browserOptions': {
                  binary: MINI_BROWSER,
                  args: [
                    '--automation',
                    '--full-screen',
                    '--enable-mock-capture-devices=true',
                    '--enable-media-stream=true',
                    '--autoplay-policy=allow',
                    ...(options.colorScheme === 'dark' ? ['--dark-mode'] : []),
                  ],
                },
              }),
            },
          }),
          CALL_MS,
          'a session of WebKitWebDriver',
        );
      } catch (error) {
        stop(driver);
        throw error;
      }
      await client.setTimeouts(undefined, CALL_MS, CALL_MS);

      /** @param {string} selector */
      const find = async (selector) => {
        const element = await limit(client.findElement('css selector', selector), CALL_MS, `to find ${selector}`);
        const id = Object.values(element)[0];
        if (typeof id !== 'string') throw new Error(`expected an element for ${selector}; found none`);
        return id;
      };

      /** @type {import('./engine.js').Page} */
      const page = {
        engine: 'webkit',
        async open(url) {
          await limit(client.navigateTo(url), CALL_MS, `${url} to load`);
        },
        async back() {
          const from = await client.getUrl();
          await page.evaluate(() => void setTimeout(() => history.back(), 50));
          // A script that is on its way when the page is put aside is never answered: nothing is asked of the page
          // itself until it is another one. Its address is told by the browser.
          await until(async () => (await client.getUrl()) !== from, CALL_MS, `another page than ${from}`);
        },
        async click(selector) {
          for (let more = 2; ; more -= 1) {
            await look(selector);
            try {
              return await limit(client.elementClick(await find(selector)), CALL_MS, `a click on ${selector}`);
            } catch (error) {
              // What appears above it in this very moment moves it out of the window again after the driver has brought
              // it there; Playwright waits until a control stands still.
              if (more === 0 || !/element not interactable/.test(String(error))) throw error;
              await new Promise((done) => setTimeout(done, 100));
            }
          }
        },
        async type(selector, text) {
          await page.waitFor(selector);
          await limit(client.elementSendKeys(await find(selector), text), CALL_MS, `to type into ${selector}`);
        },
        async press(...keys) {
          const actions = keys.flatMap((chord) => {
            const values = chord.split('+').map((key) => KEYS[key] ?? key);
            return [
              ...values.map((value) => ({ type: 'keyDown', value })),
              ...values.reverse().map((value) => ({ type: 'keyUp', value })),
            ];
          });
          await limit(client.performActions([{ type: 'key', id: 'keys', actions }]), CALL_MS, `the keys ${keys}`);
          await limit(client.releaseActions(), CALL_MS, 'the keys to be let go');
        },
        async setFile(selector, path) {
          await page.waitFor(selector);
          await limit(client.elementSendKeys(await find(selector), path), CALL_MS, `a file into ${selector}`);
        },
        async evaluate(fn, ...args) {
          const script = `
            const done = arguments[arguments.length - 1];
            Promise.resolve().then(() => (${fn})(...JSON.parse(arguments[0]))).then(
              (value) => done(JSON.stringify({ value })),
              (error) => done(JSON.stringify({ error: String(error) })),
            );`;
          const text = await limit(
            client.executeAsyncScript(script, [JSON.stringify(args)]),
            CALL_MS,
            'a script in webkit',
          );
          const answer = JSON.parse(text);
          if ('error' in answer) throw new Error(answer.error);
          return answer.value;
        },
        async waitFor(what, timeout = 10_000, ...args) {
          const ask =
            typeof what === 'string'
              ? () => page.evaluate((/** @type {string} */ css) => document.querySelector(css) !== null, what)
              : () => page.evaluate(/** @type {any} */ (what), ...args);
          await until(ask, timeout, String(what));
        },
        evaluateInWorkers() {
          return Promise.reject(new Error('expected an engine that reaches into workers; found webkit'));
        },
        async screenshot(path) {
          await writeFile(path, Buffer.from(await limit(client.takeScreenshot(), CALL_MS, 'a screenshot'), 'base64'));
        },
        setViewport() {
          return Promise.reject(new Error('expected an engine that can resize an open page; found webkit'));
        },
        setMedium() {
          return Promise.reject(new Error('expected an engine that can show what it would print; found webkit'));
        },
        pdf() {
          return Promise.reject(new Error('expected an engine that can print to a file; found webkit'));
        },
        aria() {
          return Promise.reject(new Error('expected an engine that tells what a screen reader is told; found webkit'));
        },
        weight() {
          return Promise.reject(new Error('expected an engine that tells what a page holds; found webkit'));
        },
        setMedia() {
          return Promise.reject(new Error('expected an engine that can be told what is preferred; found webkit'));
        },
        pass() {
          return Promise.reject(new Error('expected an engine with a clock that can be set; found webkit'));
        },
        setNow() {
          return Promise.reject(new Error('expected an engine with a clock that can be set; found webkit'));
        },
        requests: () => [],
        errors: () => [],
        refusals: () => [],
        async close() {
          open.delete(page);
          // The orderly end lets the browser close its own helpers; what does not end is killed with the group.
          await limit(client.deleteSession(), 5_000, 'webkit to close').catch(() => undefined);
          stop(driver);
        },
      };
      open.add(page);
      const look = unhurried(page);
      return page;
    },
    async close() {
      for (const page of open) await page.close();
      for (const screen of screens.values()) (await screen).close();
    },
  };
}
