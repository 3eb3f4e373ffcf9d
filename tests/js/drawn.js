// @ts-check
// A payment symbol as a camera sees it, drawn from the standard's table.

/** Widths of the bars and blanks of Code 128's characters 0 to 105, in modules (ISO/IEC 15417, table 1). */
const CHARACTERS =
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221' +
  '223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321' +
  '112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131' +
  '311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114' +
  '122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141' +
  '214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232';

/**
 * A GS1-128 symbol of code set C as a camera sees it from straight above.
 *
 * @param {string} digits
 * @param {number} [px] pixels a module
 */
export function drawn(digits, px = 3) {
  const values = [105, 102, ...(digits.match(/../g) ?? []).map(Number)];
  values.push(values.reduce((sum, value, i) => sum + value * Math.max(i, 1), 0) % 103);
  const widths = values.map((value) => CHARACTERS.slice(6 * value, 6 * value + 6)).join('') + '2331112';
  const row = [...widths].flatMap((width, i) => Array(Number(width) * px).fill(i % 2 ? 235 : 25));
  const quiet = Array(20 * px).fill(235);
  const line = [...quiet, ...row, ...quiet];
  const height = 200;
  const luma = new Uint8Array(line.length * height).fill(235);
  for (let y = 40; y < 160; y += 1) luma.set(line, y * line.length);
  return { luma, width: line.length, height };
}
