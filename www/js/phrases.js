// @ts-check

/**
 * Where a Japanese line may be broken so that words stay whole: after punctuation and blanks, and where hiragana
 * (the end of most phrases) gives way to another script. In large type a break inside a word costs a reader more
 * than a ragged edge.
 *
 * @param {string} text
 * @returns {string[]} the pieces in order; joined they are the text
 */
export function phrases(text) {
  return text.match(PIECE) ?? [];
}

const PIECE = /[「『（(]*[^ぁ-ん、。・ \u3000」』）)「『（(]*[ぁ-ん]*[」』）)]*[ぁ-ん]*[、。・ \u3000]*/gu;

/**
 * Puts a text into an element, with break opportunities between its phrases where the language is Japanese.
 *
 * @param {Element} element
 * @param {string} text
 * @param {string} language
 */
export function setText(element, text, language) {
  const lines = text.split('\n');
  /** @type {(string | Element)[]} */
  const nodes = [];
  lines.forEach((line, at) => {
    if (at > 0) nodes.push(document.createElement('br'));
    const pieces = language.startsWith('ja') ? phrases(line) : [line];
    pieces.filter(Boolean).forEach((piece, index) => {
      if (index > 0) nodes.push(document.createElement('wbr'));
      nodes.push(piece);
    });
  });
  element.replaceChildren(...nodes);
}
