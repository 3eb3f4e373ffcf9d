// @ts-check
/**
 * The page that puts the page on the device for good, and takes it off again. It is no part of `index.html`, which
 * registers nothing and stores nothing.
 */
import { FEWEST_LETTERS, languageSwitch, languagesOf, lettersAcross } from './languages.js';
import { plain } from './ruby.js';
import { translate } from './view.js';
import { createWords } from './words.js';

/** One for each page, so that no other page of the server is in reach of them. */
const SCOPES = ['./index.html', './install.html'];
/** How long the page waits for its being kept, before it opens all the same. */
const PATIENCE_MS = 4_000;

/** @typedef {import('./types.js').Catalogue} Catalogue */

const text = document.getElementById('part-words')?.textContent ?? '{}';
const catalogues = /** @type {Record<string, Catalogue>} */ (JSON.parse(text));
const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const status = /** @type {HTMLElement} */ (document.querySelector('[role="status"]'));
let words = createWords(/** @type {any} */ (catalogues.ja ?? Object.values(catalogues)[0]));

/** @returns {Promise<ServiceWorkerRegistration[]>} */
async function registrations() {
  const wanted = SCOPES.map((scope) => new URL(scope, location.href).href);
  return (await navigator.serviceWorker.getRegistrations()).filter(({ scope }) => wanted.includes(scope));
}

async function install() {
  const made = await Promise.all(
    SCOPES.map((scope) => navigator.serviceWorker.register('./sw.js', { scope, updateViaCache: 'none' })),
  );
  await Promise.all(made.map(active));
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<void>} when the page is kept
 */
function active(registration) {
  const worker = registration.installing ?? registration.waiting;
  return new Promise((resolve, reject) => {
    const judge = () => {
      if (registration.active) resolve();
      // The worker may have given up before anyone listened.
      else if (!worker || worker.state === 'redundant') reject(new Error('expected the page that was built'));
    };
    worker?.addEventListener('statechange', judge);
    judge();
  });
}

/** Both pages or none. */
async function installWhole() {
  try {
    await install();
  } catch (error) {
    await remove();
    throw error;
  }
}

async function remove() {
  for (const registration of await registrations()) await registration.unregister();
  for (const name of await caches.keys()) if (name.startsWith('maecheck ')) await caches.delete(name);
}

/**
 * @param {string} key
 * @param {'none' | 'kept' | 'unable'} state what can be done now
 */
function show(key, state) {
  main.dataset.state = state;
  for (const part of main.querySelectorAll('[data-when]')) {
    /** @type {HTMLElement} */ (part).hidden = part.getAttribute('data-when') !== state;
  }
  status.dataset.t = key;
  translate(document, words);
}

/**
 * @param {() => Promise<void>} work
 * @param {string} done
 * @param {string} failed
 */
async function doing(work, done, failed) {
  show('install.doing', 'unable');
  try {
    await work();
    show(done, (await registrations()).length > 0 ? 'kept' : 'none');
  } catch {
    show(failed, (await registrations()).length > 0 ? 'kept' : 'none');
  }
  // The button that was pressed is gone.
  status.focus();
}

document.addEventListener('click', (event) => {
  const control = event.target instanceof Element ? event.target.closest('[data-action]') : null;
  if (!(control instanceof HTMLElement)) return;
  const { action, language = '' } = control.dataset;
  if (action === 'install') void doing(installWhole, 'install.done', 'install.failed');
  if (action === 'remove') void doing(remove, 'install.removed', 'install.failed');
  const catalogue = catalogues[language];
  if (action === 'language' && catalogue) {
    words = createWords(/** @type {any} */ (catalogue), language);
    speak();
  }
});

function speak() {
  document.documentElement.lang = words.lang;
  document.documentElement.dataset.language = words.id;
  document.title = plain(words.t('install.title')).replaceAll(' ', words.lang.startsWith('ja') ? '' : ' ');
  translate(document, words);
  for (const button of document.querySelectorAll('[data-action="language"]')) {
    const own = /** @type {HTMLElement} */ (button).dataset.language === words.id;
    if (own) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
}

// The same ones in the same order as on the page itself.
const reviewed = languagesOf(catalogues).filter(({ mark }) => mark === null);
const open = lettersAcross() >= FEWEST_LETTERS;
const shown = { open, current: words.id, label: words.t('language.label') };
document.querySelector('.languages')?.replaceChildren(...languageSwitch(reviewed, shown));

// From disk some browsers have all of it and refuse each call.
const served = location.protocol !== 'file:';
const able = served && isSecureContext && 'serviceWorker' in navigator && 'caches' in globalThis;
if (able && location.hash === '#open') {
  // By the icon on the home screen, which somebody put there: kept again where it is not yet, and on to the page.
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([install().catch(() => undefined), patience]);
  location.replace('./index.html');
} else {
  const kept = able && (await registrations()).length > 0;
  show(able ? (kept ? 'install.done' : 'install.ready') : 'install.unable', kept ? 'kept' : able ? 'none' : 'unable');
  speak();
  main.dataset.step = 'install';
}
