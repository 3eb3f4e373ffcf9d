// @ts-check
/**
 * Readings above kanji, as 青空文庫 writes them: 漢字《かんじ》 over the kanji that stand before, ｜20日《はつか》 from the
 * bar on. Whoever edits a catalogue needs nothing but a keyboard for them.
 */

/** @typedef {{ base: string, reading: string }} Ruby */

const MARKED = /(?:｜([^｜《》]+)|([\p{Script=Han}々]+))《([^《》]+)》/gu;

/**
 * The text without its readings: for titles, labels and voices, which have no room above the line.
 *
 * @param {string} text
 */
export function plain(text) {
  return text.replace(MARKED, (_, barred, kanji) => barred ?? kanji);
}

/**
 * @param {string} text
 * @returns {{ text: string, rubies: { from: number, to: number, reading: string }[] }} the text without its readings,
 *   and where in it they belong, in order
 */
export function readRuby(text) {
  /** @type {{ from: number, to: number, reading: string }[]} */
  const rubies = [];
  let bare = '';
  let last = 0;
  for (const match of text.matchAll(MARKED)) {
    const [whole, barred, kanji = '', reading = ''] = match;
    bare += text.slice(last, match.index);
    const from = bare.length;
    bare += barred ?? kanji;
    rubies.push({ from, to: bare.length, reading });
    last = match.index + whole.length;
  }
  return { text: bare + text.slice(last), rubies };
}
