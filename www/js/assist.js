// @ts-check

/** What must last so long before the page does something by itself, in ms. */
const DARK_MS = 2_000;
const SMALL_MS = 3_000;
const LARGE_MS = 2_000;
/** The light that was put on by itself and only makes the paper shine is put out again. */
const SHINE_MS = 2_000;
/** After it has done something, so long is left to the new picture before that is judged. */
const QUIET_MS = 2_000;
/** The picture is made larger and smaller by itself no more often than this: it would seem to have a will of its own. */
const MOST_ZOOMS = 3;

/**
 * @typedef {'light-on' | 'light-off' | 'zoom-in' | 'zoom-out'} Help
 * @typedef {object} Able what the camera can do, and does
 * @property {boolean} light it has a light
 * @property {boolean} lit the light is on
 * @property {boolean} larger the picture can be made larger, up to twice
 * @property {boolean} smaller it is larger than it must be
 */

/**
 * What the page does by itself when the same advice was given for long: light in the dark, a larger picture where
 * nearer would be out of focus. What a person has chosen is never undone: after that it keeps out of the matter.
 *
 * @param {{ now?: () => number }} [clock]
 */
export function createAssist({ now = () => performance.now() } = {}) {
  let advice = '';
  let since = -Infinity;
  let quietUntil = -Infinity;
  let lightTries = 0;
  let ownLight = false;
  let zooms = 0;
  const left = { light: false, zoom: false };

  return {
    /**
     * After each frame.
     *
     * @param {string} said the advice
     * @param {Able} able
     * @returns {Help | null} what is to be done now
     */
    next(said, able) {
      const at = now();
      if (said !== advice || at < quietUntil) {
        advice = said;
        since = at;
        return null;
      }
      const help = wanted(advice, at - since, able);
      if (!help) return null;
      quietUntil = at + QUIET_MS;
      if (help === 'light-on') {
        lightTries += 1;
        ownLight = true;
      } else if (help === 'light-off') ownLight = false;
      else zooms += 1;
      return help;
    },
    /**
     * A person has decided.
     *
     * @param {'light' | 'zoom'} matter
     */
    leave(matter) {
      left[matter] = true;
    },
  };

  /**
   * @param {string} said
   * @param {number} lasted
   * @param {Able} able
   * @returns {Help | null}
   */
  function wanted(said, lasted, { light, lit, larger, smaller }) {
    if (light && !left.light) {
      if (said === 'too-dark' && !lit && lightTries === 0 && lasted >= DARK_MS) return 'light-on';
      if (said === 'glare' && lit && ownLight && lasted >= SHINE_MS) return 'light-off';
    }
    if (left.zoom || zooms >= MOST_ZOOMS) return null;
    if (said === 'closer' && larger && lasted >= SMALL_MS) return 'zoom-in';
    if (said === 'farther' && smaller && lasted >= LARGE_MS) return 'zoom-out';
    return null;
  }
}
