// @ts-check
/**
 * The page kept on the device: opened by `install.html` alone, there without a server, gone at a touch, and no way for
 * another page to slip in.
 */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { code } from '../codes.js';
import { ace, axe, languages, markup, speak } from '../gallery.js';
import { ROOT, serve } from '../server.js';
import { action, answerFor, shot } from '../visit.js';

/** @typedef {import('../visit.js').Page} Page */

/** @param {import('../visit.js').Stage} stage */
export function installed(stage) {
  /**
   * One test with a host of its own, which can be shut down or changed.
   *
   * @param {string} title
   * @param {(page: Page, host: Awaited<ReturnType<typeof hostOf>>) => Promise<void>} run
   */
  const test = (title, run) =>
    stage.visit(
      `kept on the device: ${title}`,
      async (page) => {
        const host = await hostOf();
        try {
          await page.open(`${host.server.own}/install.html`);
          await page.waitFor('main[data-state="none"]');
          await run(page, host);
        } finally {
          await host.close();
        }
      },
      { loud: true },
    );

  test('opens without a server and works to the answer', async (page, { server }) => {
    await install(page);
    server.close();
    await page.open(server.url);
    await page.waitFor('main[data-step="start"]');
    assert.equal((await answerFor(page, code())).verdict, 'payable');
    // The way back to the installer is there, too, to take it off again.
    await page.open(`${server.own}/install.html`);
    await page.waitFor('main[data-state="kept"]');
  });

  test('the browser may ask for a newer page, and nothing else is ever asked for', async (page, { server }) => {
    await install(page);
    await page.open(server.url);
    await page.waitFor('main[data-step="start"]');
    const before = server.arrivals().length;
    await answerFor(page, code());
    // What the page itself tries is stopped before it is a request, by its policy and by the worker.
    await page.evaluate(async () => {
      await fetch('./index.html?digits=91912345').catch(() => undefined);
      await new Promise((resolve) => {
        const image = new Image();
        image.onload = image.onerror = resolve;
        image.src = './icon-180.png?digits=91912345';
      });
      // Browsers look for a newer worker a second or so after the page has opened.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
    });
    const asked = server.arrivals(before).filter(({ kind }) => kind !== 'connection');
    assert.deepEqual(
      [...new Set(asked.map(({ what }) => what))].filter((what) => what !== 'GET /sw.js'),
      [],
    );
  });

  test('only the page that was built is kept', async (page, { directory, server }) => {
    const file = join(directory, 'index.html');
    await writeFile(file, `${await readFile(file, 'utf8')}<!-- someone was here -->`);
    await page.click(action('install'));
    await page.waitFor(() => /できません/.test(document.querySelector('[role="status"]')?.textContent ?? ''), 15_000);
    assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
    server.close();
    await assert.rejects(async () => {
      await page.open(server.url);
      await page.waitFor('main[data-step="start"]', 3_000);
    }, 'the changed page does not open');
  });

  test('a newer page takes the place of the old one', async (page, { directory, server }) => {
    await install(page);
    // As another build would leave it: another page, and a worker that knows its digest.
    const [index, worker] = [join(directory, 'index.html'), join(directory, 'sw.js')];
    const old = await readFile(index);
    const next = Buffer.from(old.toString().replace('<html lang="ja">', '<html lang="ja" data-newer>'));
    const digests = await Promise.all([old, next].map((bytes) => crypto.subtle.digest('SHA-256', bytes)));
    const [was = '', is = ''] = digests.map((digest) => Buffer.from(digest).toString('hex'));
    const script = await readFile(worker, 'utf8');
    assert.ok(script.includes(was), 'the worker names the page by its digest');
    await writeFile(index, next);
    await writeFile(worker, script.replace(was, is));
    for (let visits = 0; visits < 10; visits += 1) {
      await page.open(server.url);
      await page.waitFor('main[data-step="start"]');
      if (await page.evaluate(() => 'newer' in document.documentElement.dataset)) return;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
    assert.fail('expected the newer page within ten visits; found the old one');
  });

  test('taken off again, nothing is left', async (page, { server }) => {
    await install(page);
    await page.click(action('remove'));
    await page.waitFor('main[data-state="none"]', 15_000);
    assert.deepEqual(
      await page.evaluate(async () => ({
        caches: (await caches.keys()).length,
        workers: (await navigator.serviceWorker.getRegistrations()).length,
        local: localStorage.length,
        cookie: document.cookie,
      })),
      { caches: 0, workers: 0, local: 0, cookie: '' },
    );
    server.close();
    await assert.rejects(async () => {
      await page.open(server.url);
      await page.waitFor('main[data-step="start"]', 3_000);
    });
  });

  test('no other page of the server is in its reach', async (page, { server }) => {
    await install(page);
    await page.open(`${server.own}/unprotected.html`);
    assert.equal(await page.evaluate(() => navigator.serviceWorker.controller === null), true);
  });

  test('the icon on the home screen leads to the page, and keeps it where it is not kept yet', async (page, host) => {
    await page.open(`${host.server.own}/unprotected.html`);
    await page.open(`${host.server.own}/install.html#open`);
    await page.waitFor('main[data-step="start"]', 15_000);
    const kept = await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    assert.equal(kept, 2);
  });

  test('opened from disk the installer says that it cannot, and leads to the page', async (page, { directory }) => {
    await page.open(`file://${directory}/install.html`);
    await page.waitFor('main[data-state="unable"]');
    assert.match(
      await page.evaluate(() => document.querySelector('[role="status"]')?.textContent ?? ''),
      /入れられません/,
    );
    await page.waitFor('main[data-step="install"] a[href="index.html"]');
  });

  test('the installer itself is accessible', async (page) => {
    for (const state of ['none', 'kept']) {
      if (state === 'kept') await install(page);
      const offered = await page.evaluate(() =>
        [...document.querySelectorAll('main [data-action]')]
          .filter((control) => control.checkVisibility())
          .map((control) => control.getAttribute('data-action')),
      );
      assert.deepEqual(offered, [state === 'kept' ? 'remove' : 'install'], 'what can be done, and nothing else');
      for (const { language } of await languages(page)) {
        await speak(page, language);
        await shot(page, `install-${state}-${language}`);
        assert.deepEqual(await axe(page), [], `${state}, ${language}: found by axe`);
        assert.deepEqual(await ace(page), [], `${state}, ${language}: found by the second checker`);
        assert.deepEqual(await markup(page), [], `${state}, ${language}: found by the HTML validator`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, 'nothing sticks out sideways');
      }
    }
  });
}

/** A host of its own with a copy of what is shipped. */
async function hostOf() {
  const directory = await mkdtemp(join(tmpdir(), 'maecheck-'));
  await cp(join(ROOT, 'dist'), directory, { recursive: true });
  const server = await serve(directory);
  let open = true;
  const close = server.close;
  server.close = () => {
    if (open) close();
    open = false;
  };
  return {
    directory,
    server,
    async close() {
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** @param {Page} page */
async function install(page) {
  await page.click(action('install'));
  await page.waitFor('main[data-state="kept"]', 20_000);
}
