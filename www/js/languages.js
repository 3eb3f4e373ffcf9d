// @ts-check
/** @import { Catalogue } from './types.js' */
import { make } from './view.js';

/** So many letters of the page's basic size (rem) must fit the width for the languages to stand in the open. */
export const FEWEST_LETTERS = 18;

/** How many letters of the page's basic size the width holds. */
export function lettersAcross() {
  return innerWidth / parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/**
 * @typedef {object} Language One to choose.
 * @property {string} id its catalogue's
 * @property {string} lang its tag
 * @property {string} name in that language
 * @property {string | null} mark what says, in that language, that nobody has reviewed it; null where somebody has
 */

/**
 * The languages of the page: that of the paper first, in all its forms, then those whose words somebody has reviewed,
 * then drafts. A language is a file; nothing here knows one by name but Japanese.
 *
 * @param {Record<string, Catalogue>} catalogues
 * @returns {Language[]}
 */
export function languagesOf(catalogues) {
  const rank = (/** @type {string} */ id) => {
    if (id === 'ja') return 0;
    if (catalogues[id]?.meta.lang === 'ja') return 1;
    return catalogues[id]?.meta.reviewed ? 2 : 3;
  };
  return Object.entries(catalogues)
    .map(([id, { meta, page }]) => ({
      id,
      lang: meta.lang,
      name: meta.name,
      mark: meta.reviewed ? null : (page['draft.mark'] ?? ''),
    }))
    .sort((a, b) => rank(a.id) - rank(b.id) || (a.id < b.id ? -1 : 1));
}

/**
 * The switch. The languages stand in the open, drafts behind one button that shows their names; where there is no room,
 * all of them behind one button.
 *
 * @param {Language[]} languages
 * @param {{ open: boolean, current: string, label: string }} shown `current`: the id of the language that is on; `label`:
 *   what the one button says
 * @returns {HTMLElement[]}
 */
export function languageSwitch(languages, { open, current, label }) {
  if (languages.length < 2) return [];
  const list = (/** @type {Language[]} */ some) =>
    make(
      'ul',
      { class: 'choice-of-language' },
      some.map((language) => make('li', {}, [languageButton(language, language.id === current)])),
    );
  if (!open) {
    return [disclosure([label], list(languages))];
  }
  const drafts = languages.filter(({ mark }) => mark !== null);
  const whole = list(languages.filter(({ mark }) => mark === null));
  if (drafts.length === 0) return [whole];
  const names = drafts.flatMap(({ name, lang }, at) => [at === 0 ? '' : ' ', make('span', { lang }, [name])]);
  return [whole, disclosure(names, list(drafts))];
}

/**
 * @param {(Node | string)[]} label
 * @param {HTMLElement} content
 */
function disclosure(label, content) {
  const summary = make('summary', { class: 'button language' }, [make('span', {}, label)]);
  return make('details', {}, [summary, content]);
}

/**
 * @param {Language} language
 * @param {boolean} [current]
 * @returns {HTMLElement}
 */
export function languageButton({ id, lang, name, mark }, current = false) {
  const button = make(
    'button',
    {
      type: 'button',
      class: 'button language',
      'data-action': 'language',
      'data-language': id,
      lang,
      ...(current ? { 'aria-current': 'true' } : {}),
    },
    [make('span', { class: 'own-name' }, [name])],
  );
  if (mark !== null) button.append(' ', make('span', { class: 'draft-mark' }, [mark]));
  return button;
}
