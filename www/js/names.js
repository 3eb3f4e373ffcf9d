// @ts-check
/** @import { Names } from './types.js' */
/** @import { Words } from './words.js' */

/**
 * A name out of a ward's profile: those are Japanese and English, whatever other languages the page has.
 *
 * @param {Names} names
 * @param {Words} words
 * @returns {{ name: string, lang: string }}
 */
export function nameIn({ ja, en }, words) {
  return words.lang.startsWith('ja') || !en ? { name: ja, lang: 'ja' } : { name: en, lang: 'en' };
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
