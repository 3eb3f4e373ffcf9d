// @ts-check

/** Digits in each group that is typed, as printed below the bars: (91)912345-0000…0-260930-0-012500-5. */
export const GROUPS = Object.freeze([6, 22, 6, 1, 6, 1]);
/** What is printed before the first group, in brackets. */
export const PREFIX = '91';
const TYPED = GROUPS.reduce((sum, length) => sum + length, 0);
/** All that is printed, the prefix included. */
export const ALL = PREFIX.length + TYPED;

/**
 * What was typed or pasted, undressed: full-width forms become plain, and blanks, hyphens and brackets go. Anything else
 * stays, to be told: a letter dropped in silence would move every digit after it.
 *
 * @param {string} text
 */
export function plainDigits(text) {
  return text.normalize('NFKC').replace(/[\s\p{Pd}\p{Ps}\p{Pe}\p{Cf}\u2212ー<>]/gu, '');
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
  // With another beginning than 91 it is no payment code; it is still judged whole, so that the answer can say so.
  if (digits.length === ALL) return { groups: cut(digits.slice(PREFIX.length)), at: GROUPS.length - 1, whole: digits };
  return { ...flow(groups, at, digits), whole: null };
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
  const joined = groups.join('');
  return joined.length === ALL && joined.startsWith(PREFIX) ? joined : null;
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
