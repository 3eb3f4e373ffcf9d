// @ts-check
/** @import { Words } from './words.js' */
import { make, say } from './view.js';

/** Sizes of letters, by the names of their words; how large each is stands in base.css. */
const SIZES = /** @type {const} */ (['normal', 'large', 'largest']);

/**
 * Three buttons that set the size of everything. The choice is kept by the page alone and is gone with it: nothing is
 * ever stored on the device.
 *
 * @param {HTMLElement} place a group that is named already
 * @param {Words} words
 */
export function drawSizes(place, words) {
  const chosen = document.documentElement.dataset.size ?? SIZES[0];
  place.replaceChildren(
    ...SIZES.map((size) => {
      const button = make('button', {
        type: 'button',
        class: 'button size',
        'data-action': 'size',
        'data-size': size,
        'aria-pressed': String(size === chosen),
      });
      // Readings and breaks stay one text in it: a button sets what lies in it side by side.
      button.append(say('span', words.t(`size.${size}`), words));
      return button;
    }),
  );
}

/**
 * @param {HTMLElement} button one of the three
 */
export function chooseSize(button) {
  const { size = SIZES[0] } = button.dataset;
  // What is looked at stays where it is while everything around it grows.
  const before = button.getBoundingClientRect().top;
  document.documentElement.dataset.size = size;
  for (const each of document.querySelectorAll('[data-action="size"]')) {
    each.setAttribute('aria-pressed', String(each === button));
  }
  scrollBy(0, button.getBoundingClientRect().top - before);
}
