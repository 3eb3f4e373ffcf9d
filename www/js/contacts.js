// @ts-check
/** @import { Contact, Names, Profile, Report } from './types.js' */
/** @import { Words } from './words.js' */
import { inLanguage, nameIn } from './names.js';
import { make, say } from './view.js';

/** So many telephone numbers stand below every screen; a ward with many sections names them all in its answers. */
const MOST = 2;

/**
 * A section to call or a place to go to.
 *
 * @param {Contact} contact from the ward's profile, never from the paper
 * @param {Words} words
 */
export function contactItem({ name: ja, en, phone, place, hours }, words) {
  const item = make('li');
  const rows = [{ ja, en }, place, hours].filter((names) => names !== null && names !== undefined);
  rows.forEach((names, at) => {
    const { name, lang } = nameIn(names, words);
    item.append(say('span', name, words, { ...inLanguage(lang, words), class: at === 0 ? 'who' : 'where' }));
  });
  if (typeof phone === 'string') {
    const href = `tel:${phone.replace(/[^0-9+]/g, '')}`;
    const [before = '', after = ''] = words.t('answer.phone', { phone }).split(phone);
    const number = make('span', { class: 'phone-number' }, [phone]);
    item.append(make('a', { class: 'button phone', href }, [say('span', before, words), number, after]));
  }
  return item;
}

/**
 * Whom to call, below every screen in the same place: those who answer for the paper in hand, or the chosen ward's, or,
 * where no number is known, how to come by one.
 *
 * @param {Report | null} report
 * @param {Profile | null} profile
 * @param {Words} words
 * @returns {HTMLElement[]}
 */
export function whomToAsk(report, profile, words) {
  const contacts = (report?.answer?.contacts ?? chosen(profile)).filter(({ phone }) => phone !== null).slice(0, MOST);
  if (contacts.length === 0) return [say('p', words.t('whom.text'), words)];
  return [
    make(
      'ul',
      { class: 'contacts' },
      contacts.map((contact) => contactItem({ ...contact, place: null }, words)),
    ),
  ];
}

/**
 * @param {Profile | null} profile
 * @returns {Contact[]}
 */
function chosen(profile) {
  const known = (/** @type {unknown} */ fact) => (fact === 'unknown' || fact === undefined ? null : fact);
  const contacts = /** @type {Record<string, unknown>[]} */ (profile?.contacts ?? []);
  return contacts.map(({ ja, en, telephone, hours }) => ({
    name: String(ja),
    en: String(en),
    phone: /** @type {string | null} */ (known(telephone)),
    place: null,
    hours: /** @type {Names | null} */ (known(hours)),
  }));
}
