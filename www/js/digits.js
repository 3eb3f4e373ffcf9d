// @ts-check

/** Digits in each group that is typed, as printed below the bars: (91)912345-0000…0-260930-0-012500-5. */
export const GROUPS = Object.freeze([6, 22, 6, 1, 6, 1]);
/** What is printed before the first group, in brackets. */
export const PREFIX = '91';
const TYPED = GROUPS.reduce((sum, length) => sum + length, 0);
/** All that is printed, the prefix included. */
export const ALL = PREFIX.length + TYPED;
/** A whole code; before it may stand what is left of a hand scanner's `]C1` when its bracket has gone as a sign. */
const CODE = /^(?:[a-z]\d)?(91\d{42})$/i;

/**
 * What was typed or pasted, undressed: full-width forms become plain, and blanks, hyphens, brackets and the `]C1` of a
 * hand scanner go. Anything else stays, to be told: a letter dropped in silence would move every digit after it.
 *
 * @param {string} text
 */
export function plainDigits(text) {
  const plain = text.normalize('NFKC').replace(/^\s*\][a-z]\d/i, '');
  return plain.replace(/[\s\p{Pd}\p{Ps}\p{Pe}\p{Cf}\u2212ー<>]/gu, '');
}

/** @returns {string[]} one empty string a group */
export function emptyGroups() {
  return GROUPS.map(() => '');
}

/**
 * Puts what was typed into one group's field where it belongs: what is too much for the group goes on into the next
 * ones, if those are still empty or the whole code was pasted.
 *
 * @param {readonly string[]} groups what stands in the fields
 * @param {number} at the field, from 0
 * @param {string} text what that field holds now
 * @returns {{ groups: string[], at: number, whole: string | null }} the fields' new content, the field where the caret
 *   belongs, and the whole code where one was pasted (44 digits, or 255 of an eL-QR)
 */
export function fill(groups, at, text) {
  const digits = plainDigits(text);
  if (digits.length === 255) return { groups: [...groups], at, whole: digits };
  const whole = wholeIn(groups, at, digits);
  if (whole !== null) return { groups: cut(whole.slice(PREFIX.length)), at: GROUPS.length - 1, whole };
  return { ...flow(groups, at, digits), whole: null };
}

/**
 * @param {readonly string[]} groups
 * @param {number} at
 * @param {string} digits in that field
 * @returns {string | null} the whole code of 44 digits that was pasted or scanned there
 */
function wholeIn(groups, at, digits) {
  const before = groups.slice(0, at).join('') + digits;
  const last = before.slice(-ALL);
  const others = before.length + groups.slice(at + 1).join('').length - ALL;
  // Scanned once more, behind a code that fills the fields; a `C1`, or a 91 that had seemed to be its own, may count.
  if (Math.abs(others - TYPED) <= 3 && holds(last)) return last;
  if (digits.length === ALL) {
    // With another beginning than 91 it is no payment code; it is still judged whole, so that the answer can say so.
    // Not where one key more has made it 44: those may be an old group and the beginning of a scan.
    return groups[at]?.length !== ALL - 1 || holds(digits) ? digits : null;
  }
  // A label around it goes, and marks in it; not those of a web link.
  const bare = digits.includes('/') ? '' : (/\d.*\d/.exec(digits)?.[0] ?? '').replace(/[^\p{L}\d]/gu, '');
  return (CODE.exec(digits) ?? CODE.exec(bare))?.[1] ?? null;
}

/**
 * @param {string} code
 * @returns {boolean} whether these are 44 digits, the first 91 and the last the right check digit
 */
function holds(code) {
  // Modulus 10, weights 3 and 1 by turns.
  const sum = [...code].reduce((total, digit, at) => total + Number(digit) * (at % 2 ? 1 : 3), 0);
  return code.length === ALL && code.startsWith(PREFIX) && sum % 10 === 0;
}

/**
 * @param {readonly string[]} groups
 * @param {number} at
 * @param {string} digits for that field and, where they are too many, for those after it
 * @returns {{ groups: string[], at: number }}
 */
function flow(groups, at, digits) {
  const result = [...groups];
  const room = GROUPS[at] ?? 0;
  const rest = digits.slice(room);
  result[at] = digits.slice(0, room);
  if (rest === '' || at + 1 >= GROUPS.length) {
    // Nothing is cut off silently behind the last group: too many digits is something to be told.
    if (rest !== '') result[at] = digits;
    return { groups: result, at };
  }
  if ((groups[at + 1] ?? '').length + rest.length <= (GROUPS[at + 1] ?? 0)) {
    return flow(result, at + 1, rest + (groups[at + 1] ?? ''));
  }
  if (groups.slice(at + 1).every((group) => group === '')) return flow(result, at + 1, rest);
  // The next group is full: keep the extra digit in sight rather than push everything along.
  result[at] = digits;
  return { groups: result, at };
}

/**
 * A hand scanner that types into the first field sends the 91 too: once all 44 have come, they move to their places.
 *
 * @param {readonly string[]} groups
 * @returns {string | null} the whole code, if that is what the fields hold one after the other
 */
export function wholeOf(groups) {
  // What is too much in the last field has come through the others; elsewhere it may be the beginning of another scan.
  return (groups.at(-1) ?? '').length > 1 ? (CODE.exec(groups.join(''))?.[1] ?? null) : null;
}

/**
 * @param {readonly string[]} groups
 * @returns {string} what the fields hold with the 91 that is printed before them
 */
export function joinGroups(groups) {
  return PREFIX + groups.join('');
}

/**
 * @param {string} digits without the prefix
 * @returns {string[]}
 */
function cut(digits) {
  let from = 0;
  return GROUPS.map((length) => digits.slice(from, (from += length)));
}
