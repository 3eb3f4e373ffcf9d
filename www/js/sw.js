// @ts-check
/* global PAGES */
/**
 * Opens the page where there is no network. Only whoever presses the button of `install.html` has it.
 *
 * It keeps the two pages that the build named, each only when its bytes are those that the build made; it hands them
 * out, and nothing else. It never looks at what anyone does: a page's use does not pass by here, since the page makes no
 * request. One worker is registered for each page, so that it stands before no other page of the server.
 */

/** Each page's SHA-256 in hexadecimal, put in by the build. @type {Record<string, string>} */
const pages = PAGES;

const worker = /** @type {any} */ (self);
/** The page this worker stands for. @type {string} */
const own = worker.registration.scope.split('/').pop();
const prefix = `maecheck ${own} `;
const current = prefix + pages[own];

/** Headers that guard the page (dist/headers/), kept with it. */
const GUARDS = [
  ...['content-security-policy', 'permissions-policy', 'referrer-policy', 'cross-origin-opener-policy'],
  ...['cross-origin-embedder-policy', 'cross-origin-resource-policy', 'x-content-type-options'],
  ...['x-dns-prefetch-control', 'connection-allowlist'],
];

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(keep()));
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(tidy()));
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  if (event.request.mode === 'navigate') return event.respondWith(open(event.request));
  // The page asks for nothing; if something in it ever does, it hears nothing. The installer has its icons.
  if (own === 'index.html') event.respondWith(Response.error());
});

/** Fetches the page and keeps it, if it is the one that was built. */
async function keep() {
  const response = await fetch(`./${own}`, { cache: 'no-cache', credentials: 'omit' });
  const bytes = await response.arrayBuffer();
  const found = hex(await crypto.subtle.digest('SHA-256', bytes));
  if (found !== pages[own]) throw new Error(`expected ${own} with the digest ${pages[own]}, found ${found}`);
  // Anew, with what the server said of the page but not of its way here: a redirected answer may not open a page.
  const headers = new Headers({ 'content-type': 'text/html; charset=utf-8' });
  for (const name of GUARDS) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const page = new Response(bytes, { headers });
  await (await caches.open(current)).put(`./${own}`, page);
  // A page that is open goes on as it is: it needs nothing more from here.
  await worker.skipWaiting();
}

/** Lets go of what an earlier version kept. */
async function tidy() {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(prefix) && name !== current).map((name) => caches.delete(name)),
  );
}

/** @param {Request} request */
async function open(request) {
  const kept = await (await caches.open(current)).match(`./${own}`);
  return kept ?? fetch(request);
}

/** @param {ArrayBuffer} bytes */
function hex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
