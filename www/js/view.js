// @ts-check
/** @import { Words, Message } from './words.js' */
import { setText } from './phrases.js';
import { plain } from './ruby.js';

/** One state of the page: a copy of its template with the words of the chosen language in it. */
export class View {
  /**
   * @param {string} name the template's id without `view-`
   * @param {Words} words
   */
  constructor(name, words) {
    this.words = words;
    this.root = copy(`view-${name}`);
    for (const place of this.root.querySelectorAll('[data-way]')) {
      const { way } = /** @type {HTMLElement} */ (place).dataset;
      place.replaceWith(copy(`way-${way}`));
    }
    for (const place of this.root.querySelectorAll('[data-drawing]')) {
      const { drawing } = /** @type {HTMLElement} */ (place).dataset;
      place.replaceWith(copy(`drawing-${drawing}`));
    }
    for (const place of this.root.querySelectorAll('[data-lines]')) {
      const { lines = '' } = /** @type {HTMLElement} */ (place).dataset;
      const texts = words.t(lines).split('\n');
      place.append(...texts.map((line) => say('p', line, words)));
    }
    translate(this.root, words);
  }

  /**
   * @param {string} name
   * @returns {HTMLElement}
   */
  slot(name) {
    const found = this.root.querySelector(`[data-slot="${name}"]`);
    if (!found) throw new Error(`expected an element with data-slot="${name}" in the view, found none`);
    return /** @type {HTMLElement} */ (found);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  text(name, text) {
    setText(this.slot(name), text, this.words.lang);
  }

  /**
   * Leaves out what has no use now. Nothing is ever shown greyed out.
   *
   * @param {string} name
   * @param {boolean} kept
   */
  keepIf(name, kept) {
    if (kept) return;
    for (const element of this.root.querySelectorAll(`[data-if="${name}"]`)) element.remove();
  }
}

/**
 * @param {string} id a template's
 * @returns {DocumentFragment}
 */
export function copy(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`expected a template with the id "${id}"`);
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
}

/**
 * @param {ParentNode} root
 * @param {Words} words
 */
export function translate(root, words) {
  for (const element of root.querySelectorAll('[data-t]')) {
    setText(element, words.t(/** @type {HTMLElement} */ (element).dataset.t ?? ''), words.lang);
  }
  for (const element of root.querySelectorAll('[data-t-label]')) {
    element.setAttribute('aria-label', plain(words.t(/** @type {HTMLElement} */ (element).dataset.tLabel ?? '')));
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * A text in an element of its own.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} text
 * @param {Words} words
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function say(tag, text, words, attributes = {}) {
  const element = make(tag, attributes);
  setText(element, text, words.lang);
  return element;
}

/** How wide 円 is in digits, and a comma or a blank. */
const KANJI = 1.6;
const THIN = 0.45;

/**
 * Tells the style sheet how many letters of an amount must share a line: a number that is torn in two is another number.
 *
 * @param {HTMLElement} element
 * @param {string} amount as it is shown
 */
export function keepWhole(element, amount) {
  const width = (/** @type {string} */ letter) => (letter > '\u2E7F' ? KANJI : /[, ]/.test(letter) ? THIN : 1);
  const letters = [...plain(amount)].reduce((sum, letter) => sum + width(letter), 0);
  // Not by an attribute: the page's policy forbids those.
  element.style.setProperty('--letters', String(letters));
}
