// @ts-check
/** @import { Words } from './words.js' */
/** @import { Reader } from './worker-client.js' */
import { ALL, GROUPS, PREFIX, emptyGroups, fill, joinGroups, wholeOf } from './digits.js';
import { setText } from './phrases.js';
import { View, make, say } from './view.js';

/**
 * Digits by hand: the fields, what stands in them, and what is wrong with it.
 *
 * What was typed is kept here and not in the fields, so that it outlives the view: whoever goes to help and back finds
 * it again.
 */
export class Typing {
  #groups = emptyGroups();
  /** A whole code that was pasted and does not fit the fields (an eL-QR's 255 digits). */
  #pasted = '';
  /** What was wrong with what was handed in: the end of a key under `typing.fault.`, and the field it names. */
  /** @type {{ fault: string, group?: number } | null} */
  #fault = null;

  /**
   * @param {object} page
   * @param {HTMLElement} page.main
   * @param {Pick<Reader, 'typing'>} page.reader
   * @param {() => Words} page.words
   * @param {(key: string) => boolean} page.knows whether the page has words for a key
   * @param {() => boolean} page.shown whether the fields are on the page
   * @param {() => void} page.submit a whole code was pasted: it is handed in by itself
   */
  constructor(page) {
    this.page = page;
  }

  /** All that was typed, whole. */
  get text() {
    return this.#pasted || joinGroups(this.#groups);
  }

  forget() {
    this.#groups = emptyGroups();
    this.#pasted = '';
    this.#fault = null;
  }

  /** Takes back what was said to be wrong; what was typed stays. */
  clearFault() {
    this.#fault = null;
  }

  /** @param {string} fault by which what was handed in is no notice */
  refuse(fault) {
    // What was pasted whole stands in no field: there is nothing to compare digit by digit.
    this.#fault = { fault: this.#pasted && fault === 'check-digit' ? 'pasted' : fault };
  }

  /** @returns {View} */
  view() {
    const words = this.page.words();
    const view = new View('typing', words);
    const groups = view.slot('groups');
    GROUPS.forEach((length, at) => {
      const input = make('input', {
        type: 'text',
        id: `group-${at + 1}`,
        'data-input': 'digits',
        'data-group': String(at),
        inputmode: 'numeric',
        autocomplete: 'off',
        autocapitalize: 'off',
        autocorrect: 'off',
        spellcheck: 'false',
        translate: 'no',
        'aria-describedby': `group-${at + 1}-state`,
        class: `digits wide-${length}`,
      });
      input.value = this.#groups[at] ?? '';
      const field = make('div', { class: 'field' }, [
        say('label', words.t(`typing.label.${at + 1}`), words, { for: input.id }),
        make(
          'div',
          { class: 'row' },
          at === 0 ? [make('span', { class: 'prefix', 'aria-hidden': 'true' }, [`(${PREFIX})`]), input] : [input],
        ),
        make('p', { class: 'state', id: `group-${at + 1}-state` }),
      ]);
      groups.append(field);
    });
    if (this.#fault) view.text('fault', this.#faultText(this.#fault));
    return view;
  }

  /** Moves to what is wrong. */
  showFault() {
    const place = this.page.main.querySelector('[data-slot="fault"]');
    if (!(place instanceof HTMLElement) || !this.#fault) return;
    setText(place, this.#faultText(this.#fault), this.page.words().lang);
    place.focus();
    place.scrollIntoView({ block: 'center' });
  }

  /** Before anything is handed in: whether there is something wrong that needs no reading to be seen. */
  refused() {
    const fault = this.#pasted ? null : this.#faultInFields();
    if (!fault) return false;
    this.#fault = fault;
    this.showFault();
    return true;
  }

  /** @param {Event} event */
  input(event) {
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || target.dataset.input !== 'digits') return;
    // While an input method composes, its text is not ours to change.
    if (event instanceof InputEvent && event.isComposing) return;
    this.#typed(Number(target.dataset.group), target.value, target);
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || target.dataset.input !== 'digits') return;
    const text = event.clipboardData?.getData('text') ?? '';
    // A whole code goes to its places wherever it is pasted; a piece is the field's own matter.
    const { whole } = fill(this.#groups, Number(target.dataset.group), text);
    if (whole === null) return;
    event.preventDefault();
    this.#typed(Number(target.dataset.group), text, target);
  }

  /** Tells beside each field what is right and what is wrong in it. */
  async judge() {
    const groups = this.#printedGroups();
    let typing;
    try {
      typing = await this.page.reader.typing(groups);
    } catch {
      return; // Handing the digits in tells what is wrong; judging while typing is only a help.
    }
    if (!this.page.shown() || groups.join() !== this.#printedGroups().join()) return;
    const words = this.page.words();
    const judged = /** @type {{ state: string, why?: { id: string } }[]} */ (typing.groups ?? []);
    this.#fields().forEach((field, at) => {
      const { state = 'empty', why } = judged[at] ?? {};
      const place = document.getElementById(`group-${at + 1}-state`);
      if (!place) return;
      const expected = GROUPS[at] ?? 0;
      const found = (this.#groups[at] ?? '').length;
      const whyKey = `typing.why.${why?.id}`;
      field.setAttribute('aria-invalid', String(state === 'wrong'));
      field.closest('.field')?.setAttribute('data-state', state);
      if (state === 'wrong') {
        const key = this.page.knows(whyKey) ? whyKey : 'typing.fault.other';
        setText(place, words.t(key), words.lang);
      } else if (state === 'ok') {
        setText(place, words.t('typing.ok'), words.lang);
      } else {
        setText(place, found === 0 ? '' : words.t('typing.count', { found, expected }), words.lang);
      }
    });
  }

  /** @param {{ fault: string, group?: number }} found */
  #faultText({ fault, group }) {
    const key = `typing.fault.${fault}`;
    const words = this.page.words();
    return words.t(this.page.knows(key) ? key : 'typing.fault.other', group ? { group } : {});
  }

  /** @returns {HTMLInputElement[]} */
  #fields() {
    return [...this.page.main.querySelectorAll('input')].filter(({ dataset }) => dataset.input === 'digits');
  }

  /**
   * @param {number} at
   * @param {string} text
   * @param {HTMLInputElement} field
   */
  #typed(at, text, field) {
    const caretAtEnd = field.selectionStart === field.value.length;
    let filled = fill(this.#groups, at, text);
    const whole = filled.whole ?? wholeOf(filled.groups);
    if (whole !== null && whole.length === ALL) filled = fill(emptyGroups(), 0, whole);
    this.#groups = filled.groups;
    this.#pasted = whole !== null && whole !== joinGroups(filled.groups) ? whole : '';
    this.#fields().forEach((each, index) => {
      const value = this.#groups[index] ?? '';
      if (each.value !== value) each.value = value;
    });
    if (filled.at !== at && caretAtEnd) this.#fields()[filled.at]?.focus();
    if (this.#pasted) this.page.submit();
    else void this.judge();
  }

  /** Groups as they are printed: the 91 belongs to the first. */
  #printedGroups() {
    return this.#groups.map((group, at) => (at === 0 && group !== '' ? PREFIX + group : group));
  }

  /**
   * What can be told of the fields before any reading: what is no digit at all, and what is missing.
   *
   * @returns {{ fault: string, group?: number } | null}
   */
  #faultInFields() {
    if (this.#groups.some((group) => /[^0-9]/.test(group))) {
      return { fault: /^https?:/i.test(this.#groups.join('')) ? 'web-link' : 'strange-character' };
    }
    if (this.#groups.every((group) => group === '')) return { fault: 'no-digits' };
    const short = GROUPS.findIndex((length, at) => (this.#groups[at] ?? '').length < length);
    return short < 0 ? null : { fault: 'missing', group: short + 1 };
  }
}
