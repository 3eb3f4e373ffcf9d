// @ts-check
/** The testers' gallery itself: its list of links, made of the words as the build writes them. */
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES } from '../../gallery/cases.js';
import { languages } from '../gallery.js';
import { ROOT, serve } from '../server.js';
import { step } from '../visit.js';

/** @param {import('../visit.js').Stage} stage */
export function gallery({ visit }) {
  visit(
    'the testers’ gallery links every state in each reviewed language',
    async (page) => {
      await step(page, 'start');
      const reviewed = (await languages(page)).filter((one) => !one.draft).length;
      const words = await page.evaluate(() => document.getElementById('part-words')?.textContent ?? '');
      const directory = await mkdtemp(join(tmpdir(), 'maecheck-gallery-'));
      try {
        for (const name of ['index.html', 'list.css']) {
          await cp(join(ROOT, 'tests/gallery', name), join(directory, name));
        }
        // As `cargo xtask serve` does (xtask/src/gallery.rs).
        const { outputFiles } = await build({
          entryPoints: [join(ROOT, 'tests/gallery/list.js')],
          bundle: true,
          write: false,
          format: 'esm',
          external: ['node:*'],
        });
        await writeFile(join(directory, 'list.js'), outputFiles[0]?.text ?? '');
        await mkdir(join(directory, 'parts'));
        await writeFile(join(directory, 'parts/words'), words);
        const server = await serve(directory);
        try {
          await page.open(`${server.own}/index.html`);
          await page.waitFor('main[data-cases]');
          const links = await page.evaluate(() =>
            [...document.querySelectorAll('main a')].map((link) => link.getAttribute('href') ?? ''),
          );
          // Each as it is, in light, in dark and at twice the size.
          assert.equal(new Set(links).size, CASES.length * reviewed * 4);
          assert.ok(links.some((link) => link.includes(`case=${CASES[0]?.name}&language=ja`)));
        } finally {
          server.close();
        }
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    { loud: true },
  );
}
