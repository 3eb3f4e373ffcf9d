// @ts-check

/**
 * The day it is in Japan, whatever zone the device is set to: limits on a notice are days in Japan.
 *
 * @param {number} now milliseconds since 1970 UTC
 * @returns {string} YYYY-MM-DD
 */
export function dayInJapan(now) {
  const parts = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone: 'Asia/Tokyo',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const of = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`;
}
