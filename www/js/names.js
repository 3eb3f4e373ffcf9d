// @ts-check
/** @import { Names } from './types.js' */
/** @import { Words } from './words.js' */
import { plain } from './ruby.js';
import { isEasy } from './words.js';

/**
 * A name out of a ward's profile: those are Japanese and English, whatever other languages the page has. Its readings,
 * where the profile has them, are shown where all words have theirs.
 *
 * @param {Names} names
 * @param {Words} words
 * @returns {{ name: string, lang: string }}
 */
export function nameIn({ ja, en }, words) {
  if (!words.lang.startsWith('ja') && en) return { name: en, lang: 'en' };
  return { name: isEasy(words.id) ? ja : plain(ja), lang: 'ja' };
}

/**
 * The attribute that tells in which language a name is, where that is not the page's.
 *
 * @param {string} lang
 * @param {Words} words
 * @returns {Record<string, string>}
 */
export function inLanguage(lang, words) {
  return words.lang.startsWith(lang) ? {} : { lang };
}
