// @ts-check
/**
 * Nothing leaves the device and nothing stays on it.
 *
 * That nothing is sent on an ordinary visit is asserted in every test (see visit.js); here the page itself is made to
 * try, and what it leaves behind is looked for.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { code } from '../codes.js';
import * as fixtures from '../fixtures.js';
import { action, answer, answerFor, confirm, paste, step, typeCode } from '../visit.js';

/** @typedef {import('../visit.js').Page} Page */

/** @param {import('../visit.js').Stage} stage */
export function privacy(stage) {
  const { visit } = stage;

  for (const from of /** @type {const} */ (['http', 'file'])) {
    visit(
      `no way out of the page reaches anyone, opened from ${from}`,
      async (page) => {
        const before = stage.server.arrivals().length;
        const tried = await page.evaluate(inPageEscapes, targets(stage));
        assert.ok(tried.length >= 20, `expected every way to be tried; found ${tried.join(', ')}`);
        assert.deepEqual(stage.server.arrivals(before), []);
        assert.equal(
          await page.evaluate(() => document.querySelector('main')?.dataset.step),
          'start',
          'the page is still there',
        );
      },
      { from, loud: true },
    );
  }

  test(`${stage.name}: the same ways do reach a server from a page without the policy`, async () => {
    const page = await stage.engine.newPage();
    try {
      await page.open(`${stage.server.own}/unprotected.html`);
      const before = stage.server.arrivals().length;
      await page.evaluate(inPageEscapes, targets(stage));
      const foreign = stage.server.arrivals(before).filter(({ at }) => at === 'foreign');
      const reached = new Set(foreign.map(({ what }) => /\/(via-[a-z-]+)/.exec(what)?.[1]));
      for (const way of [
        'via-fetch',
        'via-xhr',
        'via-img',
        'via-websocket',
        'via-import',
        'via-worker-fetch',
        'via-iframe',
      ]) {
        assert.ok(reached.has(way), `expected ${way} to arrive; found ${[...reached].join(', ')}`);
      }
    } finally {
      await page.close();
    }
  });

  visit(
    'the policy has nothing to refuse: the page does not even try',
    async (page) => {
      await answerFor(page, code());
      assert.deepEqual(page.refusals(), []);
    },
    { skip: stage.name === 'webkit' && 'the driver does not tell' },
  );

  visit('what could send past the policy is gone', async (page) => {
    const left = await page.evaluate(() => {
      const doors = ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel', 'WebTransport', 'SharedWorker'];
      const there = doors.filter((name) => typeof (/** @type {any} */ (window)[name]) !== 'undefined');
      if (typeof (/** @type {any} */ (navigator).sendBeacon) !== 'undefined') there.push('sendBeacon');
      return there;
    });
    assert.deepEqual(left, []);
  });

  visit(
    'what could send past the policy is gone in the worker too, and the policy holds there',
    async (page) => {
      await answerFor(page, code());
      const seen = await page.evaluateInWorkers(async () => {
        const scope = /** @type {any} */ (globalThis);
        const there = ['RTCPeerConnection', 'RTCDataChannel', 'WebTransport', 'SharedWorker'].filter(
          (name) => typeof scope[name] !== 'undefined',
        );
        const fetched = await fetch('data:,x').then(
          () => 'fetched',
          () => 'refused',
        );
        return { there, fetched };
      });
      assert.deepEqual(seen, [{ there: [], fetched: 'refused' }]);
    },
    { skip: stage.name !== 'chromium' && 'the driver does not reach into workers', loud: true },
  );

  visit('after “start again” no digit is left anywhere', async (page) => {
    const digits = code({ amount: 43_210, free: '098760543209876054320' });
    const before = await page.evaluate(inPageTraces);
    assert.equal((await answerFor(page, digits)).verdict, 'payable');
    const during = await page.evaluate(inPageTraces);
    assert.equal(during.address, before.address, 'the address says nothing of what was read');
    assert.equal(during.state, before.state, 'no entry of the history says anything of what was read');
    assert.ok(during.entries <= before.entries + 3, 'those for the phone’s own “back” are all there are');
    assert.doesNotMatch(during.title, /[0-9０-９]/, 'nor does the title');
    await page.click(action('restart'));
    await step(page, 'start');
    const after = await page.evaluate(inPageTraces);
    const { entries } = during;
    assert.deepEqual({ ...after, markup: '', values: [] }, { ...before, entries, markup: '', values: [] });
    for (const trace of ['43,210', '43210', digits, digits.slice(8, 30), '98760543209876']) {
      assert.ok(!after.markup.includes(trace), `expected no ${trace} in the document`);
      assert.ok(!after.values.some((value) => value.includes(trace)), `expected no ${trace} in a field`);
    }
    // A field that comes back must come back empty.
    await page.click(action('type'));
    await step(page, 'typing');
    const values = (await page.evaluate(inPageTraces)).values.filter(Boolean);
    assert.deepEqual(values, []);
  });

  /** @type {[where: string, reach: (page: Page, digits: string) => Promise<unknown>, back: string][]} */
  const asides = [
    ['the answer', (page, digits) => answerFor(page, digits), 'start'],
    ['the question', (page, digits) => typeCode(page, digits).then(() => step(page, 'confirm')), 'start'],
    ['the counter', (page, digits) => atCounter(page, digits), 'counter'],
  ];
  for (const [where, reach, back] of asides) {
    visit(`put aside by the browser at ${where} and brought back: nothing of it is left`, async (page) => {
      const digits = code({ amount: 43_210, free: '098760543209876054320' });
      await reach(page, digits);
      // What a browser tells a page that it keeps for its “back”.
      const meanwhile = await page.evaluate(() => {
        dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
        const { innerText } = document.body;
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
        return innerText;
      });
      assert.ok(!meanwhile.includes('43,210'), 'the picture of it that a browser keeps shows nothing');
      await step(page, back);
      const { markup, values, title } = await page.evaluate(inPageTraces);
      for (const trace of ['43,210', '43210', digits, digits.slice(8, 30)]) {
        assert.ok(!markup.includes(trace), `expected no ${trace} in the document`);
        assert.ok(!values.some((value) => value.includes(trace)), `expected no ${trace} in a field`);
      }
      assert.doesNotMatch(title, /[0-9０-９]/);
      // Nor is it remembered for comparing, and the page works on.
      assert.equal(await page.evaluate(() => document.querySelector('[data-action="forget"]')), null);
      const found = await answerFor(page, digits);
      assert.equal(found.verdict, 'payable');
      assert.ok(!found.findings.includes('same-slip-again'), 'it was not seen before');
    });
  }

  visit(
    'left alone at the counter, an answer is covered, then wiped; any touch counts, and one can go back',
    async (page) => {
      const digits = code({ amount: 43_210, free: '098760543209876054320' });
      /**
       * Waiting is done outside the page: WebKit’s driver takes its own time from the page’s timers.
       *
       * @param {number} idle what five minutes take
       * @param {number} wipe and what twenty seconds do
       */
      const hurry = (idle, wipe) =>
        page.evaluate(
          (five, twenty) => {
            const kept = /** @type {any} */ (window);
            kept.__wait ??= window.setTimeout;
            window.setTimeout = /** @type {any} */ (
              (/** @type {() => void} */ then, /** @type {number} */ ms) =>
                kept.__wait(then, { 300_000: five, 20_000: twenty }[ms] ?? ms)
            );
          },
          idle,
          wipe,
        );
      // On a phone of one's own nothing is taken away.
      await hurry(300, 300);
      await answerFor(page, digits);
      await pause(1_000);
      assert.equal(await page.evaluate(() => document.querySelector('main')?.dataset.step), 'answer');
      await page.click(action('restart'));
      await step(page, 'start');
      // Touched again and again, it stays for longer than it would have.
      await hurry(4_000, 3_600_000);
      await atCounter(page, digits);
      for (const touch of ['pointerdown', 'keydown', 'wheel', 'scroll']) {
        await pause(1_300);
        await page.evaluate((name) => {
          document.querySelector('h1')?.dispatchEvent(new Event(name, { bubbles: true }));
        }, touch);
      }
      assert.equal(await page.evaluate(() => document.querySelector('main')?.dataset.step), 'answer');
      await step(page, 'left-alone');
      const covered = await page.evaluate(() => ({
        text: document.body.innerText,
        at: document.activeElement?.localName,
      }));
      assert.ok(!covered.text.includes('43,210'), 'the amount is covered');
      assert.equal(covered.at, 'h1', 'which is announced');
      // What is done there is an answer only on its button. Asked for help first, nothing is lost.
      await page.click(action('help'));
      await step(page, 'help');
      await page.click(`main ${action('back')}`);
      assert.match((await answer(page)).text, /43,210円/);
      await hurry(300, 700);
      await page.press('Tab');
      await step(page, 'counter');
      const { markup, values } = await page.evaluate(inPageTraces);
      for (const trace of ['43,210', '43210', digits, digits.slice(8, 30)]) {
        assert.ok(!markup.includes(trace), `expected no ${trace} in the document`);
        assert.ok(!values.some((value) => value.includes(trace)), `expected no ${trace} in a field`);
      }
      // An empty counter waits for as long as it likes, and works on.
      await pause(800);
      assert.equal(await page.evaluate(() => document.querySelector('main')?.dataset.step), 'counter');
      await hurry(3_600_000, 3_600_000);
      await page.press(...digits, 'Enter');
      assert.equal((await answer(page)).verdict, 'payable');
    },
  );

  visit(
    'kept by the browser itself for its “back”: nothing of the answer comes back',
    async (page) => {
      const digits = code({ amount: 43_210, free: '098760543209876054320' });
      await answerFor(page, digits);
      await page.evaluate(() => {
        addEventListener('pageshow', ({ persisted }) => Object.assign(window, { __kept: persisted }));
      });
      await page.open(`${stage.server.own}/unprotected.html`);
      await page.back();
      // Otherwise it was loaded anew, and this test has seen nothing.
      await page.waitFor(() => /** @type {any} */ (window).__kept === true);
      assert.equal(await page.evaluate(() => document.querySelector('main')?.dataset.step), 'start');
      const { markup, values } = await page.evaluate(inPageTraces);
      for (const trace of ['43,210', '43210', digits, digits.slice(8, 30)]) {
        assert.ok(!markup.includes(trace), `expected no ${trace} in the document`);
        assert.ok(!values.some((value) => value.includes(trace)), `expected no ${trace} in a field`);
      }
      // The page works on. By its own hands: Firefox's driver waits for ever for a page that need not load.
      const press = (/** @type {string} */ name) =>
        page.evaluate(
          (css) => /** @type {HTMLElement} */ (document.querySelector(css)).click(),
          `main ${action(name)}`,
        );
      await press('type');
      await paste(page, digits);
      await press('submit');
      await page.waitFor(() => document.querySelector('main')?.dataset.step === 'confirm');
    },
    // Which Chromium's driver forbids, for its own sake.
    { loud: true, skip: stage.name === 'chromium' && 'nothing is kept in a headless shell under a driver' },
  );

  visit('after a photo, too, nothing is stored and nothing is kept', async (page) => {
    const before = await page.evaluate(inPageTraces);
    await page.setFile('[data-input="photo"]', await fixtures.photo());
    await confirm(page);
    await page.click(action('restart'));
    await step(page, 'start');
    const after = await page.evaluate(inPageTraces);
    assert.deepEqual(after.storage, before.storage);
    assert.deepEqual(after.values, before.values);
    assert.ok(!after.markup.includes('12,500'));
  });

  visit('without a signal it says that it works all the same, and does', async (page) => {
    const said = () => page.evaluate(() => document.querySelector('[data-signal]')?.textContent ?? '');
    const online = (/** @type {boolean} */ is) =>
      page.evaluate((to) => {
        Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => to });
        dispatchEvent(new Event(to ? 'online' : 'offline'));
      }, is);
    const before = await said();
    await online(false);
    assert.match(await said(), /電波が ありません.*それでも 使えます.*何も 送らない/);
    assert.equal((await answerFor(page, code())).verdict, 'payable');
    await page.click(action('restart'));
    await step(page, 'start');
    assert.match(await said(), /電波が ありません/, 'still so on a new page');
    await online(true);
    assert.equal(await said(), before);
  });

  visit('nothing is ever stored', async (page) => {
    await answerFor(page, code());
    const { storage } = await page.evaluate(inPageTraces);
    assert.deepEqual(storage, { local: 0, session: 0, databases: 0, caches: 0, cookie: '', workers: 0 });
  });

  visit('fields offer nothing to the browser to remember or to look up', async (page) => {
    await page.click(action('type'));
    await step(page, 'typing');
    const fields = await page.evaluate(() =>
      [...document.querySelectorAll('[data-input="digits"]')].map((field) => [
        field.getAttribute('autocomplete'),
        field.getAttribute('spellcheck'),
        field.hasAttribute('name'),
      ]),
    );
    assert.ok(fields.length >= 1);
    for (const field of fields) assert.deepEqual(field, ['off', 'false', false]);
    // Nor is what is shown handed to the browser's translator, which is somewhere else.
    const kept = () => page.evaluate(() => document.querySelector('main > [translate="no"]') !== null);
    await page.click(action('restart'));
    await step(page, 'start');
    await typeCode(page, code());
    await step(page, 'confirm');
    assert.ok(await kept(), 'the amount');
    await page.click(action('confirm-yes'));
    await step(page, 'answer');
    assert.ok(await kept(), 'the answer');
  });
}

/**
 * A scan at the counter, and its answer.
 *
 * @param {Page} page
 * @param {string} digits
 */
async function atCounter(page, digits) {
  await page.click(`main ${action('counter')}`);
  await step(page, 'counter');
  await page.press(...digits, 'Enter');
  return answer(page);
}

/** @param {import('../visit.js').Stage} stage */
const targets = ({ server }) => ({ own: server.own, foreign: server.foreign, udpPort: server.udpPort });

/**
 * In page: everything that a document can be found to keep.
 */
async function inPageTraces() {
  const count = async (/** @type {() => Promise<unknown[]>} */ list) => {
    try {
      return (await list()).length;
    } catch {
      // Where the store does not exist, or is shut to a page from disk, nothing can be in it.
      return 0;
    }
  };
  const safe = (/** @type {() => any} */ get) => {
    try {
      return get();
    } catch {
      return 0;
    }
  };
  return {
    address: location.href,
    title: document.title,
    entries: history.length,
    state: JSON.stringify(history.state),
    markup: document.documentElement.outerHTML.replace(/<script[\s\S]*?<\/script>/g, ''),
    values: [...document.querySelectorAll('input, textarea')].map(
      (field) => /** @type {HTMLInputElement} */ (field).value,
    ),
    storage: {
      local: safe(() => localStorage.length),
      session: safe(() => sessionStorage.length),
      databases: await count(async () => (await indexedDB.databases?.()) ?? []),
      caches: await count(async () => await caches.keys()),
      cookie: safe(() => document.cookie),
      workers: await count(async () => [...(await navigator.serviceWorker.getRegistrations())]),
    },
  };
}

/**
 * In page: tries every way out that a script has, to both servers.
 *
 * @param {{ own: string, foreign: string, udpPort: number }} to
 * @returns {Promise<string[]>} what was tried
 */
async function inPageEscapes(to) {
  /** @type {string[]} */
  const tried = [];
  /** @type {Promise<unknown>[]} */
  const ends = [];
  const attempt = (/** @type {string} */ name, /** @type {() => unknown} */ run) => {
    tried.push(name);
    try {
      ends.push(Promise.resolve(run()).catch(() => undefined));
    } catch {
      // Refused on the spot, as it should be.
    }
  };
  /** Adds an element and waits until it has loaded or failed. */
  const element = (/** @type {string} */ tag, /** @type {Record<string, string>} */ attributes) =>
    new Promise((resolve) => {
      const made = document.createElement(tag);
      made.onload = resolve;
      made.onerror = resolve;
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      document.body.append(made);
    });

  for (const [whose, base] of [
    ['own', to.own],
    ['foreign', to.foreign],
  ]) {
    const url = (/** @type {string} */ way) => `${base}/via-${way}?digits=91912345`;
    const socket = (/** @type {string} */ way) => url(way).replace('http', 'ws');
    const named = (/** @type {string} */ way) => `${whose} ${way}`;
    attempt(named('fetch'), () => fetch(url('fetch'), { mode: 'no-cors' }));
    attempt(named('fetch-keepalive'), () =>
      fetch(url('keepalive'), { mode: 'no-cors', method: 'POST', body: '9', keepalive: true }),
    );
    attempt(named('xhr'), () => {
      const request = new XMLHttpRequest();
      request.open('GET', url('xhr'));
      request.send();
      return new Promise((resolve) => (request.onloadend = resolve));
    });
    attempt(named('websocket'), () => {
      const opened = new WebSocket(socket('websocket'));
      return new Promise((resolve) => (opened.onerror = opened.onopen = resolve));
    });
    attempt(named('event-source'), () => {
      const source = new EventSource(url('event-source'));
      return new Promise((resolve) => {
        source.onerror = source.onopen = () => {
          source.close();
          resolve(undefined);
        };
      });
    });
    attempt(named('beacon'), () => navigator.sendBeacon(url('beacon'), '9'));
    attempt(named('img'), () => element('img', { src: url('img') }));
    attempt(named('script'), () => element('script', { src: url('script') }));
    attempt(named('style'), () => element('link', { rel: 'stylesheet', href: url('style') }));
    attempt(named('preload'), () => element('link', { rel: 'preload', as: 'image', href: url('preload') }));
    attempt(named('iframe'), () => element('iframe', { src: url('iframe') }));
    attempt(named('object'), () => element('object', { data: url('object') }));
    attempt(named('video'), () => element('video', { src: url('video'), preload: 'auto' }));
    attempt(named('font'), () => new FontFace('leak', `url(${url('font')})`).load());
    attempt(named('import'), () => import(url('import')));
    attempt(named('worker'), () => {
      const worker = new Worker(url('worker'));
      return new Promise((resolve) => (worker.onerror = worker.onmessage = resolve));
    });
    attempt(named('worker-fetch'), () => {
      const source = `fetch(${JSON.stringify(url('worker-fetch'))}, { mode: 'no-cors' })
        .catch(() => {}).then(() => postMessage(0));`;
      const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
      return new Promise((resolve) => (worker.onerror = worker.onmessage = resolve));
    });
    attempt(named('form'), () => {
      // Into a frame, so that a form that does get through does not take the test's page away.
      const frame = document.createElement('iframe');
      frame.name = `frame-${whose}`;
      document.body.append(frame);
      const form = document.createElement('form');
      Object.assign(form, { action: url('form'), method: 'post', target: frame.name });
      document.body.append(form);
      form.submit();
    });
    attempt(named('ping'), () => {
      const link = document.createElement('a');
      Object.assign(link, { href: '#', ping: url('ping') });
      document.body.append(link);
      link.click();
    });
  }
  attempt('stun', () => {
    const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${to.udpPort}` }] });
    connection.createDataChannel('leak');
    return connection.createOffer().then((offer) => connection.setLocalDescription(offer));
  });
  const patience = new Promise((resolve) => setTimeout(resolve, 2500));
  await Promise.race([Promise.all(ends), patience]);
  // What was sent may still be under way to the server's ear.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return tried;
}
