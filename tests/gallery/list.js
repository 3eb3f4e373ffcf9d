// @ts-check
/** The gallery's own page: links to every case, in each language and theme. */
import { unfold } from '../../www/js/parts.js';
import { CASES } from './cases.js';

const response = await fetch('./parts/words');
const catalogues = unfold(await response.json());
const languages = Object.entries(catalogues).filter(([, { meta }]) => meta.reviewed);

/**
 * @param {string} tag
 * @param {(Node | string)[]} children
 */
function make(tag, ...children) {
  const element = document.createElement(tag);
  element.append(...children);
  return element;
}

/**
 * @param {string} name
 * @param {Record<string, string>} asked
 * @param {string} words
 */
function link(name, asked, words) {
  const anchor = document.createElement('a');
  anchor.href = `page?${new URLSearchParams({ case: name, ...asked })}`;
  anchor.textContent = words;
  // Four hundred links all called "ja" would tell a screen reader nothing.
  anchor.setAttribute('aria-label', `${words}: ${name}`);
  return anchor;
}

const list = /** @type {HTMLElement} */ (document.querySelector('main'));
for (const group of new Set(CASES.map((one) => one.group))) {
  const rows = CASES.filter((one) => one.group === group).map(({ name, why }) => {
    const links = languages.flatMap(([language, { meta }]) => [
      link(name, { language }, meta.name),
      link(name, { language, theme: 'light' }, `${meta.name}, light`),
      link(name, { language, theme: 'dark' }, `${meta.name}, dark`),
      link(name, { language, text: '200' }, `${meta.name}, 200 %`),
    ]);
    return make('li', make('h3', name), make('p', why), make('p', ...links.flatMap((one) => [one, ' '])));
  });
  list.append(make('section', make('h2', group), make('ul', ...rows)));
}
list.dataset.cases = String(CASES.length);
