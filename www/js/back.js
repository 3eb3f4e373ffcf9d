// @ts-check

/** As many screens as lie before an answer: amount, digits, start. */
export const ENTRIES = 3;

/**
 * The phone's own "back": the screen before, not the end of the visit with all that was typed. For that the history has a
 * few more entries, the same for everyone, without address or state. They are made at a touch: browsers pass over those
 * that a page makes by itself.
 */
export class Back {
  /** How often "back" still stays within the page. */
  #left = 0;
  /** While a screen before is being shown, and while entries that are left over are being taken away. */
  #stepping = false;
  #leaving = false;

  /**
   * @param {object} page
   * @param {() => boolean} page.home whether the screen is the first one
   * @param {() => void} page.before shows the screen before
   */
  constructor({ home, before }) {
    this.home = home;
    this.before = before;
  }

  /** The screen has changed. */
  changed() {
    if (this.#stepping || this.home()) return;
    for (; this.#left < ENTRIES; this.#left += 1) {
      // eslint-disable-next-line no-restricted-properties -- Neither address nor state: it holds nothing.
      history.pushState(null, '');
    }
  }

  /** "Back" was pressed. */
  pressed() {
    if (this.#leaving) {
      this.#leaving = false;
      return;
    }
    this.#left = Math.max(0, this.#left - 1);
    if (this.home()) {
      // What is left over of a visit that ended by a button: the next "back" leads out of the page.
      this.#leaving = this.#left > 0;
      if (this.#leaving) history.go(-this.#left);
      this.#left = 0;
      return;
    }
    this.#stepping = true;
    try {
      this.before();
    } finally {
      this.#stepping = false;
    }
  }
}
