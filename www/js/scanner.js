// @ts-check

/** A longer pause than this between two keys starts a new scan: someone leant on the keyboard before. */
const STALE_MS = 2000;
/** Without a closing Enter or Tab a scan is over after this pause. The slowest scanners leave 80 ms between keys. */
const PAUSE_MS = 100;
/** An eL-QR is 255 digits; a code that may go on is given more time, so that it is not cut in the middle. */
const LONG_PAUSE_MS = 500;
const GS1_DIGITS = 44;
/** Some scanners leave out the 91. */
const FEWEST_GS1_DIGITS = GS1_DIGITS - 2;
const EL_QR_DIGITS = 255;
const EL_QR_HEAD = '000201';
/** Where `]` lies, whatever the layout. */
const BRACKETS = new Set(['BracketRight', 'BracketLeft', 'Backslash']);
/** Fewer digits before Enter are somebody's keys, not a scan. */
const FEWEST_DIGITS = 8;

/**
 * @typedef {object} Key
 * @property {string} code the key's place on the board; stays right while an input method is on
 * @property {boolean} [shiftKey]
 * @property {boolean} [ctrlKey]
 * @property {boolean} [altKey]
 * @property {boolean} [metaKey]
 */

/**
 * Gathers what a hand scanner types. It goes by `code`, not by `key`: with Japanese input switched on a browser
 * reports the key as "Process", and digits may arrive full-width.
 *
 * An identifier such as `]C1` before the digits and any letters are handed on, because they tell what kind of code it
 * was; brackets around the 91 and the group separator are not.
 *
 * @param {(text: string) => void} done
 * @param {{ now?: () => number, wait?: (run: () => void, ms: number) => any, stop?: (handle: any) => void }} [clock]
 * @returns {{ key: (key: Key) => boolean, clear: () => void }} `key` says whether the key belonged to a scan and must
 *   do nothing else (an Enter must not press a button)
 */
export function createScanner(done, clock = {}) {
  const now = clock.now ?? (() => performance.now());
  const wait = clock.wait ?? ((run, ms) => setTimeout(run, ms));
  const stop = clock.stop ?? ((handle) => clearTimeout(handle));
  /** Digits, letters, and a bracket at the head. */
  let text = '';
  let last = -Infinity;
  /** @type {any} */
  let timer = null;

  const clear = () => {
    if (timer !== null) stop(timer);
    timer = null;
    text = '';
  };
  const finish = () => {
    const scanned = text;
    clear();
    done(scanned);
  };

  return {
    clear,
    key(key) {
      if (key.ctrlKey || key.altKey || key.metaKey) return false;
      if (timer !== null) stop(timer);
      timer = null;
      if (now() - last > STALE_MS) text = '';
      last = now();
      if (key.code === 'Enter' || key.code === 'NumpadEnter' || key.code === 'Tab') {
        if (bare(text).length < FEWEST_DIGITS) {
          text = '';
          return false;
        }
        finish();
        return true;
      }
      const digit = /^(?:Digit|Numpad)([0-9])$/.exec(key.code)?.[1];
      const letter = /^Key([A-Z])$/.exec(key.code)?.[1];
      // With Shift the digit keys are brackets and other marks, on either layout.
      if (digit !== undefined && !key.shiftKey) text += digit;
      else if (letter !== undefined) text += letter;
      // The identifier's bracket, on an American and on a Japanese board.
      else if (text === '' && !key.shiftKey && BRACKETS.has(key.code)) text = ']';
      const digits = bare(text);
      if (digits.length >= FEWEST_GS1_DIGITS) {
        const long = digits.length < (digits.startsWith(EL_QR_HEAD) ? EL_QR_DIGITS : GS1_DIGITS);
        timer = wait(finish, long ? LONG_PAUSE_MS : PAUSE_MS);
      }
      return false;
    },
  };
}

/**
 * @param {string} text
 * @returns {string} the digits, without that of a symbology identifier (`]C1`)
 */
function bare(text) {
  return text.replace(/^\][A-Z][0-9]/, '').replace(/[^0-9]/g, '');
}
