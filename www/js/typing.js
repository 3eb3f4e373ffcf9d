// @ts-check
/** @import { Words } from './words.js' */
/** @import { Reader } from './worker-client.js' */
import { createAnnouncer } from './announcer.js';
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
  /** What was said last of each group: only what changes is said. */
  #told = GROUPS.map(() => '');
  /** What was judged last to be wrong, by the number of its group. */
  /** @type {number[]} */
  #wrong = [];

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
    // Beside its field each line is seen at once; who does not see it hears one at a time.
    this.announcer = createAnnouncer((line) => {
      const place = page.main.querySelector('[data-slot="heard"]');
      if (place) setText(place, line, page.words().lang);
    });
  }

  /** All that was typed, whole. */
  get text() {
    return this.#pasted || joinGroups(this.#groups);
  }

  forget() {
    this.#groups = emptyGroups();
    this.#pasted = '';
    this.#fault = null;
    this.#wrong = [];
  }

  /** Takes back what was said to be wrong; what was typed stays. */
  clearFault() {
    this.#fault = null;
    this.page.main.querySelector('[data-slot="fault"]')?.replaceChildren();
  }

  /** @param {string} fault by which what was handed in is no notice */
  refuse(fault) {
    // What was pasted whole stands in no field: there is nothing to compare digit by digit.
    if (this.#pasted && fault === 'check-digit') this.#fault = { fault: 'pasted' };
    // The check digit may stand for any group. Other faults lie in one, which is then named.
    else if (fault !== 'check-digit' && !this.page.knows(`typing.fault.${fault}`) && this.#wrong.length === 1) {
      this.#fault = { fault: 'wrong', group: this.#wrong[0] ?? 0 };
    } else this.#fault = { fault };
  }

  /** @returns {View} */
  view() {
    const words = this.page.words();
    const view = new View('typing', words);
    this.announcer.clear();
    this.#told = GROUPS.map(() => '');
    const groups = view.slot('groups');
    GROUPS.forEach((length, at) => {
      const input = make('input', {
        type: 'text',
        id: `group-${at + 1}`,
        'data-input': 'digits',
        'data-group': String(at),
        inputmode: 'numeric',
        enterkeyhint: at + 1 < GROUPS.length ? 'next' : 'done',
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
    void this.judge();
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
    this.#wrong = judged.flatMap(({ state }, at) => (state === 'wrong' ? [at + 1] : []));
    /** @type {{ wrong: boolean, heard: string }[]} */
    const news = [];
    this.#fields().forEach((field, at) => {
      const { state = 'empty', why } = judged[at] ?? {};
      const place = document.getElementById(`group-${at + 1}-state`);
      if (!place) return;
      const expected = GROUPS[at] ?? 0;
      const found = (this.#groups[at] ?? '').length;
      const whyKey = `typing.why.${why?.id}`;
      // A group that is not whole is wrong only once all was handed in.
      const missing = this.#fault?.fault === 'missing' && this.#fault.group === at + 1 && found < expected;
      const shown = missing ? 'wrong' : state;
      if (shown !== 'wrong' && this.#fault?.group === at + 1) this.clearFault();
      field.setAttribute('aria-invalid', String(shown === 'wrong'));
      field.closest('.field')?.setAttribute('data-state', shown);
      let line = found === 0 ? '' : words.t('typing.count', { found, expected });
      if (state === 'wrong') line = words.t(this.page.knows(whyKey) ? whyKey : 'typing.fault.other');
      else if (state === 'ok') line = words.t('typing.ok');
      setText(place, line, words.lang);
      const told = state === 'wrong' || state === 'ok' ? line : '';
      if (told && told !== this.#told[at]) {
        news.push({ wrong: state === 'wrong', heard: words.t('typing.heard', { group: at + 1, line }) });
      }
      this.#told[at] = told;
    });
    // Of a whole code that was pasted one line is heard: what is wrong in it, if anything is.
    const most = news.find(({ wrong }) => wrong) ?? news.at(-1);
    if (most) this.announcer.say(most.heard);
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
    // Of a fault in one field it is judged whether it is mended; of another nobody knows, once a digit has changed.
    if (!this.#fault?.group && filled.groups.join() !== this.#groups.join()) this.clearFault();
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
    const strange = this.#groups.findIndex((group) => /[^0-9]/.test(group));
    if (strange >= 0) {
      const link = /^https?:/i.test(this.#groups.join(''));
      return link ? { fault: 'web-link' } : { fault: 'strange-in', group: strange + 1 };
    }
    if (this.#groups.every((group) => group === '')) return { fault: 'no-digits' };
    const short = GROUPS.findIndex((length, at) => (this.#groups[at] ?? '').length < length);
    if (short >= 0) return { fault: 'missing', group: short + 1 };
    const long = GROUPS.findIndex((length, at) => (this.#groups[at] ?? '').length > length);
    if (long < 0) return null;
    // Where others are wrong too, all are out of their places, and the digit that is too many may stand in any of them.
    const shifted = this.#wrong.some((group) => group <= long);
    return shifted ? { fault: 'incomplete-code' } : { fault: 'too-many', group: long + 1 };
  }
}
