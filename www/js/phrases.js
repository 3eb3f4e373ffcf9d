// @ts-check

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

/**
 * Puts a text into an element, with break opportunities between its phrases where the language is Japanese.
 *
 * @param {Element} element
 * @param {string} text
 * @param {string} language
 */
export function setText(element, text, language) {
  element.replaceChildren(...textNodes(text, language));
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
      // 「聞いてください」 is too long for one line of the largest size.
      line.append(...textNodes(sentence.replace(/。$/u, ''), language, /(?<=て)(?=ください)/u));
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
    const pieces = language.startsWith('ja') ? phrases(line) : [line];
    pieces.forEach((piece, index) => {
      if (index > 0) nodes.push(document.createElement('wbr'));
      (narrow ? piece.split(narrow) : [piece]).forEach((part, split) => {
        if (split > 0) {
          const chance = document.createElement('wbr');
          chance.className = 'narrow';
          nodes.push(chance);
        }
        nodes.push(part);
      });
    });
  });
  return nodes;
}
