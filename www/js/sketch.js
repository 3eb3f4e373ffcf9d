// @ts-check
/** @import { Coach } from './types.js' */

/**
 * How a frame lies in the picture that is shown.
 *
 * @typedef {object} Lie
 * @property {number} width of the frame as the reader gets it, in pixels
 * @property {number} height
 * @property {number} turn by which it is shown turned clockwise: 0, 90, 180 or 270 degrees
 * @property {boolean} mirrored shown with left and right exchanged, after it was turned
 */

/** @typedef {{ x: number, y: number }} Point */

/** A code that was not found anew for so long is no longer where it was. */
const STALE_MS = 700;

const SIDES = ['top', 'right', 'bottom', 'left'];

/** Where each arrow points, by the advice: the way in which the phone is to be moved, or the code to become larger. */
export const ARROWS = Object.freeze(
  /** @type {Record<string, string>} */ ({
    'cut-left': 'left',
    'cut-right': 'right',
    'cut-top': 'up',
    'cut-bottom': 'down',
    closer: 'nearer',
    farther: 'farther',
  }),
);

/**
 * @param {Point} point in pixels of the frame
 * @param {Lie} lie
 * @returns {Point} in pixels of the picture that is shown
 */
export function shownAt({ x, y }, { width, height, turn, mirrored }) {
  const turned = { 90: { x: height - y, y: x }, 180: { x: width - x, y: height - y }, 270: { x: y, y: width - x } }[
    turn
  ];
  const at = turned ?? { x, y };
  return mirrored ? { x: shownSize({ width, height, turn, mirrored }).width - at.x, y: at.y } : at;
}

/**
 * @param {Lie} lie
 * @returns {{ width: number, height: number }} of the picture that is shown
 */
export function shownSize({ width, height, turn }) {
  return turn === 90 || turn === 270 ? { width: height, height: width } : { width, height };
}

/**
 * Advice as it holds for the picture that is shown: what is cut off at the left of the frame may be cut off at its top
 * there.
 *
 * @param {string | null} advice
 * @param {Lie} lie
 */
export function shownAdvice(advice, { turn, mirrored }) {
  const at = SIDES.indexOf(/^cut-(\w+)$/.exec(advice ?? '')?.[1] ?? '');
  if (at < 0) return advice;
  const side = SIDES[(at + turn / 90) % 4] ?? '';
  const other = mirrored && (side === 'left' || side === 'right');
  return `cut-${other ? (side === 'left' ? 'right' : 'left') : side}`;
}

/**
 * Follows where the code is. The reader's advice stays a while so that it can be heard, and the place with it; a place
 * that comes again to the last digit is such an old one.
 *
 * @param {{ now?: () => number }} [clock]
 * @returns {(coach: Coach | null, lie: Lie) => Point[] | null} the corners to draw, in the picture that is shown
 */
export function createFollower({ now = () => performance.now() } = {}) {
  let last = '';
  let freshAt = -Infinity;
  return (coach, lie) => {
    if (!coach?.at) return null;
    const place = JSON.stringify(coach.at);
    const at = now();
    if (place !== last) {
      last = place;
      freshAt = at;
    }
    return at - freshAt < STALE_MS ? coach.at.map((point) => shownAt(point, lie)) : null;
  };
}
