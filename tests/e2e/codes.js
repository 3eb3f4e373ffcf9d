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

/** @typedef {{ amount?: number, mpnAmount?: number, due?: string, until?: string, item?: string, body?: string, period?: string, key?: string }} ElQrBill */

/**
 * The 255 digits of an eL-QR. The body 99999 does not exist.
 *
 * @param {ElQrBill} [bill] days as YYYY-MM-DD; `mpnAmount` only where the code shall contradict itself
 */
export function elQr(bill = {}) {
  const amount = bill.amount ?? 12_500;
  const date = (/** @type {string} */ text) => text.replaceAll('-', '');
  const yen = (/** @type {number} */ value) => String(value).padStart(11, '0');
  const upper = `00123456789${yen(bill.mpnAmount ?? amount)}1138000${bill.item ?? '999'}00000`;
  const lower = `${bill.key ?? '00000012345678901234'}1234560${bill.body ?? '99999'}0010000000`;
  const body = [
    `000201${'010212'}2796${'000513800'}0183`,
    ocrCheck(upper) + upper,
    ocrCheck(lower) + lower,
    `5411${yen(amount)}`,
    `6226${'20262026'}${bill.period ?? '01'}${date(bill.due ?? day(50))}${date(bill.until ?? day(60))}`,
    `8085${'0'.repeat(85)}`,
    '6305',
  ].join('');
  return body + String(crc(body)).padStart(5, '0');
}

/**
 * The two check digits before an OCR line of the standard slip (MPN).
 *
 * @param {string} line
 */
function ocrCheck(line) {
  const digits = [...line].map(Number);
  const sum = (/** @type {number} */ from, /** @type {number[]} */ weights) =>
    digits
      .filter((_, at) => at % 2 === from)
      .reduce((total, digit, at) => total + digit * (weights[at % weights.length] ?? 1), 0);
  const second = (sum(0, [9, 8, 7, 6, 5, 4, 3, 2]) + sum(1, [1])) % 10;
  const first = (sum(1, [3, 4, 5, 6, 7, 8, 9, 2]) + sum(0, [1]) + 2 * second) % 11;
  return `${first % 10}${second}`;
}

/**
 * CRC-16 of ISO/IEC 13239 (polynomial 0x1021, start 0xFFFF).
 *
 * @param {string} text
 */
function crc(text) {
  let rest = 0xffff;
  for (const letter of text) {
    rest ^= letter.charCodeAt(0) << 8;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 0x8000 ? ((rest << 1) ^ 0x1021) & 0xffff : (rest << 1) & 0xffff;
  }
  return rest;
}

/**
 * The other QR code of the letter: the address of a web page. Rows of a version 2-M symbol that says
 * `https://www.example.jp/`, the first module in the highest bit.
 */
export const WEB_LINK = (
  '1fd947f 105e841 1755b5d 174785d 175a55d 104c441 1fd557f 1900 13fd197 791ebe 1acbb69 1fa412f 5f2341 19b9792 1f483df ' +
  '12395ad 15d39f6 12716 1fd1d51 1056f12 175b3f3 1755f43 174389f 104b437 1fd3d89'
)
  .split(' ')
  .map((row) => parseInt(row, 16));
