// @ts-check
/** @import { Catalogue, Parts } from './types.js' */

/**
 * What the page is made of besides itself. In the one-file build each part lies in an inert
 * `<script type="application/octet-stream" id="part-…">`; while developing, the server gives it under `parts/…`.
 *
 * @returns {Promise<Parts>}
 */
export async function loadParts() {
  const [worker, words, profiles, apps, meta] = await Promise.all([
    text('worker'),
    text('words'),
    text('profiles'),
    text('apps'),
    text('meta'),
  ]);
  const { built, version, defaultProfile } = JSON.parse(meta);
  return {
    wasm: () => bytes('wasm'),
    workerUrl: URL.createObjectURL(new Blob([worker], { type: 'text/javascript' })),
    words: unfold(JSON.parse(words)),
    profiles: Object.values(JSON.parse(profiles)),
    apps: JSON.parse(apps),
    built,
    version,
    defaultProfile: defaultProfile ?? null,
    sample: async () => new Blob([await bytes('sample')], { type: 'image/jpeg' }),
  };
}

/**
 * Catalogues as they lie in `www/words/`, from the form without repetitions that the build gives them (`columns` in
 * `xtask/src/build/parts.rs`).
 *
 * @param {{ keys: Record<string, string[]>, catalogues: Record<string, Record<string, any>> }} folded
 * @returns {Record<string, Catalogue>}
 */
export function unfold({ keys, catalogues }) {
  for (const catalogue of Object.values(catalogues)) {
    for (const [section, names] of Object.entries(keys)) {
      const texts = catalogue[section];
      if (!texts) continue;
      const known = names.map((name, at) => [name, texts[at]]).filter(([, text]) => text !== null);
      catalogue[section] = Object.fromEntries(known);
    }
  }
  return /** @type {any} */ (catalogues);
}

/**
 * @param {string} name
 * @returns {Promise<string>}
 */
async function text(name) {
  const element = document.getElementById(`part-${name}`);
  if (element) return (element.textContent ?? '').trim();
  const response = await fetch(`./parts/${name}`);
  if (!response.ok) throw new Error(`expected the part "${name}", found status ${response.status}`);
  return response.text();
}

/**
 * @param {string} name
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function bytes(name) {
  const binary = atob((await text(name)).trim());
  const result = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) result[at] = binary.charCodeAt(at);
  return result;
}
