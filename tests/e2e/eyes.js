// @ts-check
/**
 * What eyes make of the page as it stands: how high its letters are, and how they stand out.
 *
 * axe judges contrast too, and leaves undecided what it cannot be sure of; here each text is measured, and a ground that
 * cannot be told is a fault.
 */

/** @typedef {import('./engine.js').Page} Page */

/** CSS pixels; readings above kanji alone are smaller. */
export const SMALLEST_LETTERS = 22;
/** WCAG 1.4.6, asked of large letters as well. */
export const CONTRAST = 7;

/**
 * Every text that is shown: letters of less than 22 px, less than 7:1 between letters and ground.
 *
 * @param {Page} page
 * @param {{ colours?: boolean }} [asked] `colours`: false where they are the user's own
 * @returns {Promise<string[]>}
 */
export function poor(page, { colours = true } = {}) {
  return page.evaluate(
    (smallest, least, judged) => {
      /** @typedef {[red: number, green: number, blue: number, opacity: number]} Colour */
      /** @type {Set<string>} */
      const faults = new Set();
      /** @param {string} css @returns {Colour} */
      const colour = (css) => {
        const [red = 0, green = 0, blue = 0, opacity = 1] = (css.match(/[\d.]+/g) ?? ['0', '0', '0', '0']).map(Number);
        return [red, green, blue, opacity];
      };
      /** @param {Colour} above @param {Colour} below @returns {Colour} */
      const over = (above, below) => {
        const opacity = above[3] + below[3] * (1 - above[3]);
        const mix = (/** @type {0 | 1 | 2} */ at) =>
          opacity && (above[at] * above[3] + below[at] * below[3] * (1 - above[3])) / opacity;
        return [mix(0), mix(1), mix(2), opacity];
      };
      /** @param {Colour} of */
      const light = ([red, green, blue]) => {
        const part = (/** @type {number} */ value) =>
          value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
        return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue) + 0.05;
      };
      /** @param {Element} element @param {string | null} pseudo @param {string} text */
      const judge = (element, pseudo, text) => {
        const where = `“${text.trim().slice(0, 20)}” in ${element.localName}.${element.className}${pseudo ?? ''}`;
        const { color, fontSize } = getComputedStyle(element, pseudo);
        if (parseFloat(fontSize) < smallest - 0.01 && !element.closest('rt')) faults.add(`${where}: ${fontSize} high`);
        if (!judged) return;
        /** @type {Colour} */
        let ground = [0, 0, 0, 0];
        for (let at = /** @type {Element | null} */ (element); at && ground[3] < 1; at = at.parentElement) {
          const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode } = getComputedStyle(at);
          if (
            [backgroundImage, filter].some((value) => value !== 'none') ||
            opacity !== '1' ||
            mixBlendMode !== 'normal'
          )
            faults.add(`${where}: a ground that nobody can tell`);
          ground = over(ground, colour(backgroundColor));
        }
        const [one, other] = [light(over(colour(color), ground)), light(ground)];
        const contrast = Math.max(one, other) / Math.min(one, other);
        if (ground[3] < 1) faults.add(`${where}: no ground`);
        else if (contrast < least) faults.add(`${where}: ${contrast.toFixed(2)}:1`);
      };
      /** @param {Element} element */
      const seen = (element) =>
        element.checkVisibility({ visibilityProperty: true }) && !element.closest('rp, .heard, svg, script, style');
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const { parentElement: parent, nodeValue: value } = text;
        if (parent && value?.trim() && seen(parent)) judge(parent, null, value);
      }
      for (const element of document.querySelectorAll('body *')) {
        if (element instanceof HTMLInputElement && element.type === 'text' && element.value !== '' && seen(element))
          judge(element, null, element.value);
        for (const pseudo of ['::before', '::after']) {
          const [, said = ''] = /^"([^"]*)"/.exec(getComputedStyle(element, pseudo).content) ?? [];
          if (said.trim() && seen(element)) judge(element, pseudo, said);
        }
      }
      return [...faults];
    },
    SMALLEST_LETTERS,
    CONTRAST,
    colours,
  );
}

/**
 * Texts that letters of twice the size would tear, or that would leave no room for what they stand beside: the camera's
 * words beside its picture, three sizes in a row, amounts, telephone numbers and one long word on their line.
 */
const HELD = '.sight h1, .sight .status, .sizes, .plain-link, .sum, .phone-number';

/**
 * How high the letters of each shown text are, in order: to be compared with what they become.
 *
 * @param {Page} page
 * @returns {Promise<{ what: string, size: number, held: boolean, headline: boolean }[]>}
 */
export function heights(page) {
  return page.evaluate((beside) => {
    /** @type {{ what: string, size: number, held: boolean, headline: boolean }[]} */
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const { parentElement: parent, nodeValue: value } = text;
      if (!parent || !value?.trim() || !parent.checkVisibility() || parent.closest('rt, rp, .heard, svg')) continue;
      const size = parseFloat(getComputedStyle(parent).fontSize);
      const what = `${parent.localName}.${parent.className} “${value.trim().slice(0, 20)}”`;
      found.push({ what, size, held: parent.closest(beside) !== null, headline: parent.closest('h1') !== null });
    }
    return found;
  }, HELD);
}
