// @ts-check
/** @import { Ruby } from './ruby.js' */
import { readRuby } from './ruby.js';

/**
 * Where a line may end. Every text of the page comes through here (`setText`, `setHeadline`).
 *
 * Browsers break Japanese between any two letters, and in large type a break inside a word costs a reader more than a
 * ragged edge. Style sheets forbid it (`word-break: keep-all`); where a line may end nevertheless, a `<wbr>` stands:
 *
 * 1. always between two phrases (`phrases`);
 * 2. for large letters also at the joints of a phrase that is too long for a line of them (`runs`). Which joints depends
 *    on how many letters it has (`JOINTS`). These carry the class `narrow`, or `narrow long` where the phrase does not
 *    even fit a list on a small phone; `www/css/base.css` turns them on by how many letters a line holds.
 *
 * What must stay together stands in a span (`together`; `kept` beside readings, where browsers break by themselves):
 *
 * | class | a line ends in it |
 * |---|---|
 * | `tied` | never |
 * | `amount` | never; its letters shrink to fit |
 * | `run` | only where letters are large |
 * | `whole` | only if it is wider than the line, and then at its own joint |
 *
 * Chinese is broken between the words that the browser finds (`chinese`), other languages at their blanks; of those only
 * amounts and short asides are kept together.
 */

/**
 * The phrases of a Japanese text: after punctuation, around brackets, and at the blanks that the catalogues put between
 * phrases; in a text without blanks also where hiragana (the end of most phrases) gives way to another script.
 *
 * @param {string} text
 * @returns {string[]} the pieces in order; joined they are the text
 */
export function phrases(text) {
  return text.split(text.includes(' ') ? AT_BLANKS : AT_SCRIPTS).filter((piece) => piece !== '');
}

/** After a blank or a mark, before an opening bracket, after a closing one unless a particle follows it; not in “au PAY”. */
const AT_BLANKS =
  /(?<=[ \u3000、。・])(?![、。）」』])(?!(?<=[A-Za-z0-9] )[A-Za-z0-9])|(?=[（「『])(?<=[^（「『])|(?<=[）」』])(?![ぁ-ん、。）」』])/u;
const AT_SCRIPTS = new RegExp(`${AT_BLANKS.source}|(?<=[ぁ-ん])(?=[^ぁ-んー、。・ \\u3000）」』（「『])`, 'u');
/** 「聞いてください」 is too long for one line of the largest letters; a style sheet says where those are. */
const REQUEST = /(?<=[てで])(?=ください)|(?<=って)(?=いって)/u;
/** Where another word begins inside a phrase. */
const WORDS = [
  REQUEST.source,
  '(?<=[てで])(?=い[まるて]|あり|ある)',
  '(?<=[ぁ-ん])(?=もの[はをで]|ところ|とき[はに]?|あとは|かどうか|こと[がはも]|なおし)',
  '(?<=[ぁ-ん])(?<![おご]|しま)(?=[一-龯ァ-ヺ])',
  '(?<=[一-龯])(?=[ァ-ヺ])',
  '(?<=曜日|[0-9][時分])(?=[ぁ-ん]{2})',
  '(?<=円)(?=まで|より)',
  '(?<=[ァ-ヺー])(?=クレジット|では)',
];
/** And where the ending of a verb does. */
const ENDINGS = [
  '(?<=[ぁ-ん])(?<![てで]い)(?=ません(?!でした)|ました|ましょう)',
  '(?<=[ぁ-ん])(?<![てで]い)(?=でした|ようで|(?:です|ます)[。か])',
];
/**
 * The joints of phrases of so many letters and more, marks not counted, for letters so large that they do not fit a
 * line. Shorter ones fit, or are broken at no place that would be better than the next.
 *
 * @type {[number, RegExp][]}
 */
const JOINTS = [
  [7, new RegExp([...WORDS, ...ENDINGS].join('|'), 'u')],
  [6, new RegExp(WORDS.join('|'), 'u')],
  [0, REQUEST],
];
/**
 * Letters that fit a line of elements whose size is held to that of the window. What a button says is broken at blanks
 * only: a flex box makes an item of each piece between two other chances.
 *
 * @type {Record<string, number>}
 */
const FITTING = { h1: 6, h2: 7, legend: 7, button: Infinity };
/** So many letters fit the list of a small phone at the usual size. */
const FITS_SMALL = 10;

/**
 * Puts a text into an element, with break opportunities between its phrases where the language is Japanese.
 *
 * @param {Element} element
 * @param {string} text
 * @param {string} language
 */
export function setText(element, text, language) {
  const nodes = textNodes(text, language, FITTING[element.localName]);
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
 * @param {HTMLElement} element
 * @param {string} text
 * @param {string} language
 */
export function setHeadline(element, text, language) {
  const sentences = text.split(language.startsWith('ja') ? /(?<=。)/u : /(?<=\. )/u);
  // Not by an attribute: the page's policy forbids those.
  element.style.setProperty('--letters', String(Math.max(...sentences.map((line) => longest(line, language)))));
  element.replaceChildren(
    ...sentences.map((sentence) => {
      const line = document.createElement('span');
      line.className = 'line';
      line.append(...textNodes(sentence.replace(/。$/u, ''), language, FITTING['h1']));
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

/** How wide a bold Latin letter is at the most, on an average of a word, in ems. */
const LATIN_WIDTH = 0.62;

/**
 * How many ems of a headline's line are not broken, at the most.
 *
 * @param {string} line
 * @param {string} language
 */
export function longest(line, language) {
  if (!language.startsWith('ja')) return Math.max(...line.split(' ').map(({ length }) => length * LATIN_WIDTH));
  const bare = (/** @type {string | Ruby} */ part) => (typeof part === 'string' ? part : part.base);
  const pieces = runs(line, FITTING['h1']).map(({ parts }) => parts.map(bare).join(''));
  return Math.max(...pieces.map((piece) => piece.replace(/[ 。]+$/u, '').length));
}

/**
 * @param {string} text
 * @param {string} language
 * @param {number} [fitting] letters that always fit a line
 */
function textNodes(text, language, fitting = 0) {
  /** @type {(string | Element)[]} */
  const nodes = [];
  text.split('\n').forEach((line, at) => {
    if (at > 0) nodes.push(document.createElement('br'));
    if (language.startsWith('zh') && fitting < Infinity) {
      chinese(line, language).forEach((word, index) => {
        if (index > 0) nodes.push(document.createElement('wbr'));
        nodes.push(word);
      });
      return;
    }
    if (!language.startsWith('ja')) {
      const pieces = bound(line, YEN, 'amount');
      nodes.push(...pieces.flatMap((piece) => (typeof piece === 'string' ? bound(piece, ASIDE, 'run') : piece)));
      return;
    }
    runs(line, fitting).forEach((piece, index) => {
      if (index > 0 && fitting < Infinity) {
        const chance = document.createElement('wbr');
        if (piece.narrow) chance.className = piece.narrow;
        nodes.push(chance);
      }
      const bare = piece.parts.map((part) => (typeof part === 'string' ? part : part.base)).join('');
      const whole = kept(piece.parts, bare.length > SHORT_END);
      const aside = bare.length <= SHORT && bare.startsWith('（');
      nodes.push(...(aside ? [span(ERA.test(bare) ? 'tied' : 'run', ...whole)] : whole));
    });
  });
  return nodes;
}

/**
 * Chinese has no blanks, and browsers break its lines within words. Where the browser knows the words of the language,
 * a line is broken between them; the style sheet forbids other places where it finds these.
 *
 * @param {string} text
 * @param {string} language
 */
function chinese(text, language) {
  if (!('Segmenter' in Intl)) return [text];
  /** @type {string[]} */
  const words = [];
  let open = true;
  for (const { segment, isWordLike } of new Intl.Segmenter(language, { granularity: 'word' }).segment(text)) {
    // What is no word, a mark, belongs to the word before it or, where it opens something, to the one behind it.
    if (open || !isWordLike) words.push((words.pop() ?? '') + segment);
    else words.push(segment);
    open = /[（「“‘《]$/u.test(segment);
  }
  return words;
}

/**
 * A line as pieces between which it may be broken, each made of plain text and of words with their reading. No break
 * falls inside a word that has a reading.
 *
 * @param {string} line
 * @param {number} [fitting] letters that always fit a line
 * @returns {{ narrow: string, parts: (string | Ruby)[] }[]} `narrow`: the break before it is one for large letters only;
 *   its class
 */
export function runs(line, fitting = 0) {
  const { text, rubies } = readRuby(line);
  /** @type {Map<number, string>} */
  const cuts = new Map();
  let at = 0;
  for (const phrase of phrases(text)) {
    const { length } = phrase.replace(/[ 、。）」』]+$/u, '');
    // Digits are narrow, and a date is looked for as one.
    const kind = length > FITS_SMALL && !/\d/.test(phrase) ? 'narrow long' : 'narrow';
    const [, joints = REQUEST] = JOINTS.find(([least]) => length >= least && length > fitting) ?? [];
    let inside = at;
    for (const part of phrase.split(joints)) {
      // Numbers with readings are boxes that a line may be broken between as it is; から stays in that of its hour.
      const boxed = rubies.some(
        ({ from, to }) =>
          from < inside &&
          (inside < to || (inside > at && inside === to && (/\d/.test(part) || /[時分]/u.test(text[to - 1] ?? '')))),
      );
      if (!boxed) cuts.set(inside, inside > at ? kind : '');
      inside += part.length;
    }
    at += phrase.length;
  }
  const starts = [...cuts];
  return starts.map(([start, narrow], index) => {
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
    return { narrow, parts };
  });
}

/**
 * Browsers break a line before any word that has a reading above it, also between a number and what it counts; such a
 * pair is a box, and boxes that follow each other (2026年11月22日, 8時30分) are one run, of which a month and its day are
 * never parted. Before and after a box browsers break too, also before a closing mark: it stays with its box.
 *
 * @param {(string | Ruby)[]} parts
 * @param {boolean} long so that they may not fit a line
 */
function kept(parts, long) {
  /** @type {(string | Element)[]} */
  const nodes = [];
  for (const part of parts) {
    const before = nodes.at(-1);
    if (typeof part === 'string') {
      const box = is(before, 'run') ? before.lastElementChild : before;
      const boxed = is(box, 'whole') || (is(box, 'tied') && box.textContent?.startsWith('お'));
      const [mark = ''] = boxed ? (/^(?:から|まで|[はがをのにで])?[）」』、。]*/u.exec(part) ?? []) : [];
      if (boxed && mark !== '') {
        const both = span('tied', box.cloneNode(true), mark);
        if (box === before) nodes.splice(-1, 1, both);
        else box.replaceWith(both);
      }
      nodes.push(...together(part.slice(mark.length), long));
      continue;
    }
    // Also お金, whose お has no reading, and 20日, whose reading is that of both.
    const [number = ''] = typeof before === 'string' ? (/[0-9,]+$|(?<![ぁ-ん])お$/u.exec(before) ?? []) : [];
    if (number === '' && !/^[0-9]/.test(part.base)) {
      nodes.push(ruby(part));
      continue;
    }
    if (number !== '') nodes.splice(-1, 1, String(before).slice(0, -number.length));
    if (nodes.at(-1) === '') nodes.pop();
    const beside = nodes.at(-1);
    if (number === 'お') nodes.push(span('tied', number, ruby(part)));
    else if (part.base === '円') nodes.push(span('whole amount', number, ruby(part)));
    else if (is(beside, 'whole') || is(beside, 'run')) {
      const whole = span('whole', number, ruby(part));
      const run = is(beside, 'run') ? beside : span('run whole', /** @type {Element} */ (beside));
      const last = run.lastElementChild;
      if (part.base.endsWith('日') && last) last.replaceWith(span('whole', last.cloneNode(true), whole));
      else run.append(whole);
      nodes.splice(-1, 1, run);
    } else nodes.push(span('whole', number, ruby(part)));
  }
  return nodes.filter((node) => node !== '');
}

/**
 * @param {unknown} node
 * @param {string} name of a class
 * @returns {node is Element}
 */
function is(node, name) {
  return node instanceof Element && node.classList.contains(name);
}

/**
 * @param {string} name
 * @param {...(string | Node)} content
 */
function span(name, ...content) {
  const element = document.createElement('span');
  element.className = name;
  element.append(...content);
  return element;
}

/** A particle stays with the bracket before it: style sheets cannot say so, and a line that begins with を reads badly. */
const TIED = /((?:[A-Za-z]{1,3}-[A-Za-z]{1,3}|[^「（『])[）」』](?:[ぁ-ん][、。]?|[、。])?)/u;
/** A phrase that is longer than a line is broken anywhere, also before a mark, if that is not tied to what it ends. */
const MARKED = new RegExp(`${TIED.source.slice(0, -1)}|[^）」』][、。](?= ?$))`, 'u');
/** Up to so many letters a phrase fits any line. */
const SHORT_END = 4;
/** And what stands in brackets is one thing. */
const SHORT = 8;
/** The year of an era, in its brackets. */
const ERA = /（[^（）0-9]{2}(?:[0-9]+|元)年）/u;
/** A day, or a month of a year, is broken only where it is wider than a line, and then behind its year. */
const DAY = /([0-9]{4}年[0-9]+月(?:[0-9]+日)?)/u;
/** What stands behind it, and days that are counted: each fits a line of the largest letters. */
const DATED = new RegExp(`(${ERA.source}|[日月火水木金土]曜日|[0-9]+日)`, 'u');
/** Browsers break “eL-QR” after its hyphen, and a standard's name at its blanks. */
const LATIN = /([A-Za-z0-9]+(?:[-.: ][A-Za-z0-9]+)+)/u;
/** Short enough for any line. */
const HYPHENED = /((?<![A-Za-z0-9])[A-Za-z]{1,3}-[A-Za-z]{1,3}(?![A-Za-z0-9]))/u;
/** Torn in two, it would be another one. */
const AMOUNT = /([0-9][0-9,]*円)/u;
/** In languages with blanks. */
const YEN = /([0-9][0-9,]* yen)/u;
/** And a short name in its quotation marks, or a Korean word with what stands in brackets behind it and its particle. */
const ASIDE = /(“[^“”]{1,14}”|[가-힣]+\([가-힣]{1,6}\)[가-힣]{1,2})/u;

/**
 * Japanese text without readings, with what a line is not broken in.
 *
 * @param {string} text
 * @param {boolean} long so that it may not fit a line
 * @returns {(string | Element)[]}
 */
function together(text, long) {
  /** @type {[RegExp, string][]} */
  const kinds = [
    [DAY, 'whole'],
    [DATED, 'tied'],
    [long ? MARKED : TIED, 'tied'],
    [AMOUNT, 'amount'],
    [LATIN, 'run'],
  ];
  /** @type {(string | Element)[]} */
  const all = [text];
  return kinds.reduce(
    (nodes, [what, name]) => nodes.flatMap((node) => (typeof node === 'string' ? bound(node, what, name) : node)),
    all,
  );
}

/**
 * @param {string} text
 * @param {RegExp} together its one group is what a line is not broken in
 * @param {string} name of a class
 * @returns {(string | Element)[]}
 */
function bound(text, together, name) {
  return text
    .split(together)
    .map((piece, at) => {
      if (at % 2 === 0) return piece;
      if (together === LATIN) return span(name, ...bound(piece, HYPHENED, 'tied'));
      if (together !== DAY) return span(name, piece);
      const [year, day] = piece.split(/(?<=年)/u).map((half) => span('tied', half));
      // After a box a line may end: a month has a particle behind it, a day its era.
      return span(piece.endsWith('日') ? name : 'run', year ?? '', document.createElement('wbr'), day ?? '');
    })
    .filter((piece) => piece !== '');
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
