// @ts-check
/**
 * Digits of notices that do not exist, written apart from the library on purpose: a mistake made there must not be
 * made here as well. The issuer 912345 is the dummy of the guideline's own examples.
 */

/** @typedef {{ amount?: number, until?: string, reissue?: number, stamp?: number, free?: string, issuer?: string }} Bill */

/**
 * A day in Japan, which is what limits on a notice are written in.
 *
 * @param {number} [days] from today
 * @returns {string} YYYY-MM-DD
 */
export function day(days = 0) {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' });
  return format.format(Date.now() + days * 86_400_000);
}

/**
 * Modulus 10, weight 3 from the right end of the 43 digits, the application identifier among them.
 *
 * @param {string} body
 */
export function checkDigit(body) {
  const sum = [...body].reverse().reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return String((10 - (sum % 10)) % 10);
}

/**
 * @param {Bill} [bill] `until` as YYYY-MM-DD, or `none` for a code without limit
 * @returns {string} 44 digits
 */
export function code(bill = {}) {
  const until = bill.until ?? day(60);
  const body = [
    '91',
    bill.issuer ?? '912345',
    bill.free ?? '000012025010123456780',
    bill.reissue ?? 0,
    until === 'none' ? '999999' : until.slice(2).replaceAll('-', ''),
    bill.stamp ?? 0,
    String(bill.amount ?? 12_500).padStart(6, '0'),
  ].join('');
  return body + checkDigit(body);
}

/**
 * The same code with its check digit one too high.
 *
 * @param {string} digits
 */
export function spoilt(digits) {
  return digits.slice(0, -1) + ((Number(digits.at(-1)) + 1) % 10);
}

/**
 * As a Japanese input method writes digits.
 *
 * @param {string} digits
 */
export function fullWidth(digits) {
  return digits.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
}

/**
 * The groups in which the digits are printed below the bars, without the 91 that stands there in brackets.
 *
 * @param {string} digits 44
 */
export function printed(digits) {
  let from = 2;
  return [6, 22, 6, 1, 6, 1].map((length) => digits.slice(from, (from += length)));
}
