// @ts-check
/**
 * What a screen reader would say, by the rules of ARIA: a program in the page that follows the focus and the live
 * regions. It stands in for VoiceOver and its like as far as the order and the words go; how they interrupt each other
 * needs a hand and an ear.
 */
import { build } from 'esbuild';
import { ROOT } from './server.js';

/** @typedef {import('./engine.js').Page} Page */

/** @type {Promise<string> | null} */
let program = null;

/** The package is written for bundlers; the page gets it as one script. */
function bundled() {
  program ??= build({
    stdin: {
      contents: `import { virtual } from '@guidepup/virtual-screen-reader'; globalThis.__screenReader = virtual;`,
      resolveDir: ROOT,
    },
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'warning',
  }).then(({ outputFiles: [file] }) => file?.text ?? '');
  return program;
}

/**
 * Begins to note what is said.
 *
 * @param {Page} page
 */
export async function startScreenReader(page) {
  await page.evaluate(/** @type {any} */ (`() => { ${await bundled()} }`));
  await page.evaluate(() => /** @type {any} */ (globalThis).__screenReader.start({ container: document.body }));
}

/**
 * All that was said since the beginning, in order; a live region's lines begin with `polite: `.
 *
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export function said(page) {
  return page.evaluate(() => /** @type {any} */ (globalThis).__screenReader.spokenPhraseLog());
}
