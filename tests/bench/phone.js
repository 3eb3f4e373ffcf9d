// @ts-check
/**
 * The whole flow on a slow phone, as Chromium can play one: `cargo xtask bench --page`.
 *
 *     node tests/bench/phone.js [RUNS] [PAGE]
 *
 * The main thread is slowed four times and the network is 1.6 Mbit/s with 150 ms there and back, as Lighthouse has its
 * slow 4G; the server compresses as hosts do. Chromium slows no worker: the reader runs at this machine's speed, and
 * what a frame costs it is told beside.
 *
 * PAGE is another build's `index.html`, to compare with.
 *
 * Prints figures and judges nothing: a machine at work would fail a test that has not become slower.
 */
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import * as fixtures from '../e2e/fixtures.js';
import { ROOT } from '../e2e/server.js';

const RUNS = Number(process.argv[2] ?? 5);
const PAGE = process.argv[3] ?? join(ROOT, 'dist/index.html');
/** How long the camera sees a picture without any code. */
const SCAN_MS = 10_000;
const SLOWER = 4;
const NETWORK = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 };

/**
 * In page, before its own script: notes when what happens.
 */
function notes() {
  /** @type {{ steps: Record<string, number>, tasks: { start: number, ms: number }[], read: number, pressed: number, first: number, frames: number[] }} */
  const log = { steps: {}, tasks: [], read: 0, pressed: 0, first: 0, frames: [] };
  Object.assign(window, { log });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) log.tasks.push({ start: startTime, ms: duration });
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver(() => {
    const { step = '' } = document.querySelector('main')?.dataset ?? {};
    if (step in log.steps) return;
    log.steps[step] = 0;
    // After the frame that shows it.
    requestAnimationFrame(() => setTimeout(() => (log.steps[step] = performance.now())));
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-step'] });
  addEventListener('pointerdown', () => (log.pressed = performance.now()), { capture: true });

  const sent = new Map();
  const Made = window.Worker;
  window.Worker = class extends Made {
    /** @param {string | URL} url */
    constructor(url) {
      super(url);
      // Before the page's own ear, which is put on later.
      this.addEventListener('message', ({ data }) => {
        if (sent.has(data.id)) log.frames.push(performance.now() - sent.get(data.id));
        if (data.outcome?.report?.notice && log.read === 0) log.read = performance.now();
      });
    }

    /** @override @param {any} message @param {any} more */
    postMessage(message, more) {
      if (['frame', 'rgba'].includes(message.type)) {
        sent.set(message.id, performance.now());
        log.first ||= performance.now();
      }
      super.postMessage(message, more);
    }
  };
}

const page = gzipSync(await readFile(PAGE), { level: 6 });
const server = http.createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' });
  response.end(page);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

/**
 * A slow phone at the start of the page.
 *
 * @param {string} [film] what its camera shows; Chromium's own pattern when left out
 */
async function phone(film) {
  const camera = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    chromiumSandbox: false,
    args: film ? [...camera, `--use-file-for-fake-video-capture=${film}`] : camera,
  });
  const context = await browser.newContext({
    viewport: { width: 360, height: 800 },
    deviceScaleFactor: 3,
    isMobile: true,
    hasTouch: true,
    locale: 'ja-JP',
  });
  await context.grantPermissions(['camera']);
  const tab = await context.newPage();
  const cdp = await context.newCDPSession(tab);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', NETWORK);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await tab.addInitScript(notes);
  await tab.goto(`http://127.0.0.1:${port}/index.html`);
  await tab.waitForSelector('main[data-step="start"]');
  const log = () => tab.evaluate(() => /** @type {ReturnType<typeof Object>} */ (/** @type {any} */ (window).log));
  return { browser, tab, log };
}

/** @type {Record<string, number[]>} */
const figures = {
  'opened: start shown, ms': [],
  'longest task while opening, ms': [],
  'longest task while the camera opens, ms': [],
  'longest task while scanning, ms': [],
  'tasks over 100 ms while scanning': [],
  'frames read a second while scanning': [],
  'a frame in the worker, median, ms': [],
  'sure read to the question shown, ms': [],
  'press to the answer shown, ms': [],
};
/** @param {string} name @param {number} value */
const note = (name, value) => void figures[name]?.push(value);
const longest = (/** @type {{ ms: number }[]} */ tasks) => Math.max(0, ...tasks.map(({ ms }) => ms));
const median = (/** @type {number[]} */ all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;

const film = await fixtures.film();
for (let run = 0; run < RUNS; run += 1) {
  const idle = await phone();
  await idle.tab.waitForFunction(() => /** @type {any} */ (window).log.steps.start > 0);
  const opened = await idle.log();
  note('opened: start shown, ms', opened.steps.start);
  note('longest task while opening, ms', longest(opened.tasks));
  await idle.tab.tap('main [data-action="camera"]');
  await idle.tab.waitForTimeout(SCAN_MS);
  const scanned = await idle.log();
  const { pressed, first } = scanned;
  const between = (/** @type {number} */ from, /** @type {number} */ to) =>
    scanned.tasks.filter((/** @type {{ start: number }} */ { start }) => start >= from && start < to);
  note('longest task while the camera opens, ms', longest(between(pressed, first)));
  const tasks = between(first, Infinity);
  note('longest task while scanning, ms', longest(tasks));
  note('tasks over 100 ms while scanning', tasks.filter((/** @type {{ ms: number }} */ { ms }) => ms > 100).length);
  note('frames read a second while scanning', scanned.frames.length / (SCAN_MS / 1000));
  note('a frame in the worker, median, ms', median(scanned.frames));
  await idle.browser.close();

  const reading = await phone(film);
  await reading.tab.tap('main [data-action="camera"]');
  await reading.tab.waitForFunction(() => /** @type {any} */ (window).log.steps.confirm > 0, undefined, {
    timeout: 60_000,
  });
  const read = await reading.log();
  note('sure read to the question shown, ms', read.steps.confirm - read.read);
  // A press in the same place right after a change would be taken for a double tap.
  await reading.tab.waitForTimeout(700);
  await reading.tab.tap('[data-action="confirm-yes"]');
  await reading.tab.waitForFunction(() => /** @type {any} */ (window).log.steps.answer > 0);
  const answered = await reading.log();
  note('press to the answer shown, ms', answered.steps.answer - answered.pressed);
  await reading.browser.close();
}
server.close();

console.log(`A phone ${SLOWER} times slower, 1.6 Mbit/s, ${page.length} bytes compressed; ${RUNS} runs\n`);
console.log(`${'median'.padStart(48)} ${'worst'.padStart(9)}`);
for (const [name, values] of Object.entries(figures)) {
  const worst = name.startsWith('frames') ? Math.min(...values) : Math.max(...values);
  console.log(`${name.padEnd(40)} ${median(values).toFixed(1).padStart(7)} ${worst.toFixed(1).padStart(9)}`);
}
