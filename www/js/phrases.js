// @ts-check
/** @import { Ruby } from './ruby.js' */
import { readRuby } from './ruby.js';

/**
 * Where a Japanese line may be broken so that words stay whole: after punctuation, around brackets, and at the blanks
 * that the catalogues put between phrases; in a text without blanks also where hiragana (the end of most phrases)
 * gives way to another script. In large type a break inside a word costs a reader more than a ragged edge.
 *
 * @param {string} text
 * @returns {string[]} the pieces in order; joined they are the text
 */
export function phrases(text) {
  return text.split(text.includes(' ') ? AT_BLANKS : AT_SCRIPTS).filter((piece) => piece !== '');
}

/** After a blank or a mark, before an opening bracket, after a closing one unless a particle follows it. */
const AT_BLANKS = /(?<=[ \u3000、。・])(?![、。）」』])|(?=[（「『])(?<=[^（「『])|(?<=[）」』])(?![ぁ-ん、。）」』])/u;
const AT_SCRIPTS = new RegExp(`${AT_BLANKS.source}|(?<=[ぁ-ん])(?=[^ぁ-んー、。・ \\u3000）」』（「『])`, 'u');
/** 「聞いてください」 is too long for one line of the largest letters; a style sheet says where those are. */
const REQUEST = /(?<=[てで])(?=ください)/u;

/**
 * Puts a text into an element, with break opportunities between its phrases where the language is Japanese.
 *
 * @param {Element} element
 * @param {string} text
 * @param {string} language
 */
export function setText(element, text, language) {
  const nodes = textNodes(text, language, REQUEST);
  if (element.localName !== 'button') return element.replaceChildren(...nodes);
  // A button sets what lies in it side by side: a word with its reading would become a column of its own.
  const whole = document.createElement('span');
  whole.append(...nodes);
  element.replaceChildren(whole);
}

/**
 * A headline: each sentence on lines of its own, the full stop hanging in the margin, so that seven letters of the
 * largest size still fit a narrow phone.
 *
 * @param {Element} element
 * @param {string} text
 * @param {string} language
 */
export function setHeadline(element, text, language) {
  const sentences = text.split(language.startsWith('ja') ? /(?<=。)/u : /(?<=\.) /u);
  element.replaceChildren(
    ...sentences.map((sentence) => {
      const line = document.createElement('span');
      line.className = 'line';
      line.append(...textNodes(sentence.replace(/。$/u, ''), language, REQUEST));
      if (sentence.endsWith('。')) {
        const stop = document.createElement('span');
        stop.className = 'stop';
        stop.append('。');
        line.append(stop);
      }
      return line;
    }),
  );
}

/**
 * @param {string} text
 * @param {string} language
 * @param {RegExp} [narrow] where else a line may be broken, if the style sheet says that letters are that large
 */
function textNodes(text, language, narrow) {
  /** @type {(string | Element)[]} */
  const nodes = [];
  text.split('\n').forEach((line, at) => {
    if (at > 0) nodes.push(document.createElement('br'));
    const pieces = language.startsWith('ja') ? runs(line, narrow) : [{ narrow: false, parts: [line] }];
    pieces.forEach((piece, index) => {
      if (index > 0) {
        const chance = document.createElement('wbr');
        if (piece.narrow) chance.className = 'narrow';
        nodes.push(chance);
      }
      nodes.push(...kept(piece.parts));
    });
  });
  return nodes;
}

/**
 * A line as pieces between which it may be broken, each made of plain text and of words with their reading. No break
 * falls inside a word that has a reading.
 *
 * @param {string} line
 * @param {RegExp} [narrow]
 * @returns {{ narrow: boolean, parts: (string | Ruby)[] }[]} `narrow`: the break before it is one for large letters
 */
export function runs(line, narrow) {
  const { text, rubies } = readRuby(line);
  /** @type {Map<number, boolean>} */
  const cuts = new Map();
  let at = 0;
  for (const phrase of phrases(text)) {
    let inside = at;
    for (const part of narrow ? phrase.split(narrow) : [phrase]) {
      if (!rubies.some(({ from, to }) => from < inside && inside < to)) cuts.set(inside, inside > at);
      inside += part.length;
    }
    at += phrase.length;
  }
  const starts = [...cuts];
  return starts.map(([start, isNarrow], index) => {
    const end = starts[index + 1]?.[0] ?? text.length;
    /** @type {(string | Ruby)[]} */
    const parts = [];
    let done = start;
    for (const { from, to, reading } of rubies.filter(({ from }) => from >= start && from < end)) {
      if (from > done) parts.push(text.slice(done, from));
      parts.push({ base: text.slice(from, to), reading });
      done = to;
    }
    if (done < end) parts.push(text.slice(done, end));
    return { narrow: isNarrow, parts };
  });
}

/**
 * Browsers break a line before any word that has a reading above it, also between a number and what it counts.
 *
 * @param {(string | Ruby)[]} parts
 */
function kept(parts) {
  /** @type {(string | Element)[]} */
  const nodes = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      nodes.push(...tied(part));
      continue;
    }
    const before = nodes.at(-1);
    // Also お金, whose お has no reading.
    const [number = ''] = typeof before === 'string' ? (/[0-9,]+$|(?<![ぁ-ん])お$/u.exec(before) ?? []) : [];
    if (number === '') {
      nodes.push(ruby(part));
      continue;
    }
    const whole = document.createElement('span');
    whole.className = number === 'お' ? 'tied' : 'whole';
    whole.append(number, ruby(part));
    nodes.splice(-1, 1, String(before).slice(0, -number.length), whole);
  }
  return nodes;
}

/**
 * A particle stays with the bracket before it: style sheets cannot say so, and a line that begins with を reads badly.
 *
 * @param {string} text
 * @returns {(string | Element)[]}
 */
function tied(text) {
  const at = text.search(/[）」』][ぁ-ん]/u);
  if (at < 0) return [text];
  const pair = document.createElement('span');
  pair.className = 'tied';
  pair.append(text.slice(at, at + 2));
  return [text.slice(0, at), pair, text.slice(at + 2)].filter((piece) => piece !== '');
}

/**
 * The reading is hidden from screen readers: they know how to read kanji, and would say the word twice.
 *
 * @param {Ruby} word
 */
function ruby({ base, reading }) {
  const element = document.createElement('ruby');
  const before = document.createElement('rp');
  const above = document.createElement('rt');
  const after = document.createElement('rp');
  before.append('（');
  above.append(reading);
  after.append('）');
  for (const hidden of [before, above, after]) hidden.setAttribute('aria-hidden', 'true');
  element.append(base, before, above, after);
  return element;
}
