// @ts-check
// A camera that runs for a quarter of an hour: 10,000 frames of all that comes into view, and the module's memory stays
// as large as the first hundreds have made it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Reader, Session, initSync } from '../../dist/pkg/maecheck.js';
import { drawn } from './drawn.js';

const bytes = readFileSync(new URL('../../dist/pkg/maecheck_bg.wasm', import.meta.url));
const { memory } = initSync({ module: bytes });

const FRAMES = 10_000;
/** Kinds and sizes come round after so many frames. */
const ROUND = 100;
/** Chance differs in two rounds; then all begins anew, so that what a frame needs at most is known early. */
const DIFFERENT = 2 * ROUND;
/** By then every frame was seen ten times, and the allocator has found a place for what each needs. */
const SETTLED = 10 * DIFFERENT;

/** In these places of a round a symbol is in view that is read at once, by the reader and by the session. */
const SHARP = new Set([7, 8]);

/** A sequence that is the same in every run. */
let state = 1;
const chance = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

/** @typedef {{ luma: Uint8Array, width: number, height: number }} Picture */

/** @param {number} width @param {number} height @param {(x: number, y: number) => number} grey @returns {Picture} */
function picture(width, height, grey) {
  const luma = Uint8Array.from({ length: width * height }, (_, i) => grey(i % width, Math.floor(i / width)));
  return { luma, width, height };
}

/**
 * A symbol out of focus: every row's mean over some pixels.
 *
 * @param {Picture} sharp
 * @param {number} reach pixels to each side
 */
const blurred = ({ luma, width, height }, reach) =>
  picture(width, height, (x, y) => {
    let sum = 0;
    for (let dx = -reach; dx <= reach; dx += 1) sum += luma[y * width + Math.min(Math.max(x + dx, 0), width - 1)] ?? 0;
    return sum / (2 * reach + 1) + 10 * chance();
  });

const SLIPS = ['91912345000012025010123456780026093000125005', '91912345000012025010123456780126093000125004'];

/** @param {number} i @returns {Picture} */
function frame(i) {
  const kind = i % ROUND;
  const slip = SLIPS[Math.floor(i / ROUND) % 2] ?? '';
  // Sharp for the edges' path, blurred for the likelihood path, and one of which both ends are cut off.
  if (SHARP.has(kind)) return drawn(slip, 2);
  if (kind === 41) return blurred(drawn(slip, 2), 1);
  if (kind === 73) {
    const { luma, width, height } = drawn(slip, 2);
    return picture(400, 60, (x, y) => luma[(y + Math.floor(height / 3)) * width + x + 90] ?? 0);
  }
  const width = 40 + 8 * (kind % 17);
  const height = 24 + 8 * (kind % 7);
  const pitch = 2 + (kind % 11);
  switch (kind % 4) {
    case 0:
      return picture(width, height, () => 255 * chance());
    case 1:
      return picture(width, height, (x) => (x % pitch < pitch / 2 ? 30 : 220) + 20 * chance());
    case 2:
      return picture(width, height, (x, y) => (((x >> 2) ^ (y >> 2)) % 3 === 0 ? 40 : 210));
    default:
      return picture(width, height, (x, y) => 120 + x - y / 2);
  }
}

test('ten thousand frames leave the memory as it is', () => {
  const reader = new Reader();
  const session = new Session({ today: '2026-08-01' });
  const frames = Array.from({ length: DIFFERENT }, (_, i) => frame(i));
  let settled = 0;
  let read = 0;
  for (let i = 0; i < FRAMES; i += 1) {
    const { luma, width, height } = frames[i % DIFFERENT] ?? assert.fail();
    // The two share one memory and take turns.
    const found =
      i % 2 === 1
        ? reader.read(luma, width, height).symbols.some(({ valid }) => valid)
        : session.frame(luma, width, height).corners;
    if (SHARP.has(i % ROUND) && found) read += 1;
    if (i % ROUND === ROUND - 1) session.forget();
    if (i === SETTLED) settled = memory.buffer.byteLength;
  }
  // Otherwise the memory was not used as a visit uses it.
  assert.equal(read, (SHARP.size * FRAMES) / ROUND, 'sharp symbols were not read');
  assert.equal(memory.buffer.byteLength, settled, 'the memory has grown');
  session.free();
  reader.free();
});
