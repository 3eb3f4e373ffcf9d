// @ts-check
/**
 * The engines in headless Chromium: one JSON object a line comes in, one goes out for each, as in `peers.py`.
 *
 *     node tests/bench/browser.js DIST SCRATCH TODAY
 *
 * DIST holds `pkg/`; SCRATCH holds `page.js`, which esbuild has joined, and the frames. An order may carry `start`: the
 * session forgets what it saw.
 *
 * Times: `wall_ms` by `performance.now()` around the call, on a page that is cross-origin isolated (which makes that
 * clock five microseconds fine); `cpu_ms` is the processor time of the page's main thread over the call, as Chromium's
 * `Performance.getMetrics` tells it, less that of a call that does nothing. All engines run in that one thread.
 */
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { limit } from '../e2e/processes.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The slowest engine takes seconds over a large photo. */
const CALL_MS = 120_000;

/** @type {Record<string, string>} */
const TYPES = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };

const [dist, scratch, today] = process.argv.slice(2);
if (!dist || !scratch || !today) throw new Error('expected DIST SCRATCH TODAY');

/** @param {string} path */
async function found(path) {
  if (path === '/') return '<!doctype html><meta charset="utf-8"><title>bench</title><script src="/page.js"></script>';
  if (path === '/zxing_reader.wasm') {
    return readFile(join(ROOT, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'));
  }
  return readFile(
    path.startsWith('/pkg/') ? join(dist ?? '', 'pkg', basename(path)) : join(scratch ?? '', basename(path)),
  );
}

const server = http.createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://bench').pathname;
  found(path).then(
    (body) => {
      response.writeHead(200, {
        'content-type': TYPES[path === '/' ? 'html' : (path.split('.').pop() ?? '')] ?? 'application/octet-stream',
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      });
      response.end(body);
    },
    () => response.writeHead(404).end(),
  );
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium-headless-shell',
  chromiumSandbox: false,
  timeout: 30_000,
});
const page = await browser.newPage();
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable');

/**
 * @param {string} expression
 * @returns {Promise<any>}
 */
async function evaluate(expression) {
  const work = devtools.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  const { result, exceptionDetails } = await limit(work, CALL_MS, expression.slice(0, 80));
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** Processor time that the page's main thread has had, milliseconds. */
async function threadTime() {
  const { metrics } = await devtools.send('Performance.getMetrics');
  const metric = metrics.find(({ name }) => name === 'ThreadTime');
  if (!metric) throw new Error('expected the metric ThreadTime from Performance.getMetrics, found none');
  return 1e3 * metric.value;
}

/** @param {string} name @param {string} symbology */
async function run(name, symbology) {
  const before = await threadTime();
  const answer = await evaluate(`bench.run(${JSON.stringify(name)}, ${JSON.stringify(symbology)})`);
  return { engine: name, cpu_ms: (await threadTime()) - before, ...answer };
}

/** @param {unknown} answer */
function tell(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/**
 * Opens the page anew: engines as if nothing had been read.
 *
 * @returns {Promise<{ names: string[], isolated: boolean }>}
 */
async function open() {
  await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'load' });
  return evaluate(
    `prepare(${JSON.stringify(today)}).then((bench) => {
      globalThis.bench = bench;
      return { names: bench.names, isolated: bench.isolated };
    })`,
  );
}

const { names, isolated } = await open();
if (!isolated) throw new Error('expected a page that is cross-origin isolated; its clock would be too coarse');
/** @type {number[]} */
const idle = [];
for (let i = 0; i < 40; i += 1) idle.push((await run('nothing', 'qr')).cpu_ms);
// The first ones compile.
const overhead = idle.slice(10).sort((a, b) => a - b)[15] ?? 0;

/** @param {string} name */
async function versionOf(name) {
  return JSON.parse(await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
}
const zxing = await versionOf('zxing-wasm');
/** @type {Record<string, string>} */
const versions = {
  'zxing-wasm': zxing,
  'zxing-wasm ×2': `${zxing}, drawn twice as large by the canvas (quality high)`,
  'zbar-wasm': await versionOf('@undecaf/zbar-wasm'),
};
tell({
  engines: Object.fromEntries(names.map((name) => [name, versions[name] ?? 'dist/pkg'])),
  missing: {},
  browser: `Chromium ${browser.version()}`,
  overhead_ms: overhead,
});

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const { file, width, height, symbology, start = false } = order;
  const load = `bench.load(${JSON.stringify(`/${basename(file)}`)}, ${width}, ${height}, ${start})`;
  await evaluate(load);
  const results = [];
  for (const name of order.engines) {
    try {
      const result = await run(name, symbology);
      results.push({ ...result, cpu_ms: Math.max(0, result.cpu_ms - overhead) });
    } catch (error) {
      results.push({ engine: name, error: error instanceof Error ? error.message : String(error) });
      // A module that has trapped answers nothing any more.
      await open();
      await evaluate(load);
    }
  }
  tell({ results });
}
await browser.close();
server.close();
