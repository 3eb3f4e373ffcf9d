// @ts-check
/**
 * Pictures of notices that do not exist, drawn once a day by `cargo xtask slip` into target/e2e/ (their limits are
 * counted from today), and files that are no pictures of notices at all.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 as crcOf, deflateSync } from 'node:zlib';
import { WEB_LINK, code, day } from './codes.js';
import { ROOT } from './server.js';

const run = promisify(execFile);

/** The bill on every picture that shows one. */
export const BILL = { amount: 12_500, until: day(60) };
export const DIGITS = code(BILL);

const DIRECTORY = join(ROOT, 'target/e2e', day());

/**
 * Makes a file unless it is there. Test files may run side by side: each writes beside the place and moves it in.
 *
 * @param {string} name
 * @param {(path: string) => Promise<unknown>} make
 */
async function made(name, make) {
  const path = join(DIRECTORY, name);
  if (await stat(path).catch(() => null)) return path;
  await mkdir(DIRECTORY, { recursive: true });
  const beside = join(DIRECTORY, `.${process.pid}-${name}`);
  await make(beside);
  await rename(beside, path);
  return path;
}

/** @param {string[]} args of `cargo xtask slip` */
const slip = (args) =>
  run('cargo', ['xtask', 'slip', ...args], {
    cwd: ROOT,
    env: { ...process.env, CARGO_NET_OFFLINE: 'true' },
    // The tool may have to be compiled first.
    timeout: 15 * 60_000,
    maxBuffer: 1 << 24,
  });

const SHARP = ['--digits', DIGITS, '--seed', '7', '--size', '1280x720', '--module-px', '3'];

/** A sheet of paper photographed sharply from near: 3 pixels a module, as a phone's still has it. */
export const photo = () => made('notice.jpg', (out) => slip(['photo', ...SHARP, '--out', out]));

/** The same as WebP, which the page leaves to the browser's own decoder. */
export const webP = () => made('notice.webp', (out) => slip(['photo', ...SHARP, '--out', out]));

/**
 * Draws what takes long, before any test's time runs.
 *
 * @param {boolean} withFilm
 */
export async function prepare(withFilm) {
  await photo();
  await webP();
  if (withFilm) await film();
}

/** What a hand-held camera shows, over and over: the table first, then the notice coming into view and to rest. */
export const film = () =>
  made('notice.mjpeg', (out) => slip(['video', ...SHARP, '--frames', '24', '--empty', '6', '--out', out]));

/** The other QR code of the letter. */
export const webLink = () =>
  made('web-link.png', (out) => {
    const rows = WEB_LINK;
    const quiet = 6;
    const scale = 10;
    const side = (rows.length + 2 * quiet) * scale;
    return writeFile(
      out,
      png(side, side, (x, y) => {
        const row = rows[Math.floor(y / scale) - quiet] ?? 0;
        const column = Math.floor(x / scale) - quiet;
        const dark = column >= 0 && column < rows.length && (row >> (rows.length - 1 - column)) & 1;
        return dark ? 0x20 : 0xe8;
      }),
    );
  });

/** An even grey wall: a picture, but of nothing. */
export const wall = () =>
  made('wall.png', (out) =>
    writeFile(
      out,
      png(640, 480, () => 0xb0),
    ),
  );

/** What a text file is called once somebody has renamed it. */
export const noPicture = () => made('letter.jpg', (out) => writeFile(out, 'Dear Sir or Madam,\n'.repeat(50)));

/** A picture that the network cut off: the head of a JPEG and a part of its body. */
export const torn = () =>
  made('torn.jpg', async (out) => writeFile(out, (await readFile(await photo())).subarray(0, 5000)));

/** The head of an iPhone's HEIC, which no engine here can decode; iPhones can. */
export const heic = () =>
  made('IMG_0001.HEIC', (out) => {
    const box = Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from('ftypheic', 'latin1'),
      Buffer.from([0, 0, 0, 0]),
      Buffer.from('mif1heic', 'latin1'),
    ]);
    return writeFile(out, Buffer.concat([box, Buffer.alloc(4096, 7)]));
  });

/** Nothing at all, as a full memory card leaves it. */
export const empty = () => made('empty.jpg', (out) => writeFile(out, ''));

/**
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number} grey 0 to 255
 */
function png(width, height, grey) {
  const chunk = (/** @type {string} */ kind, /** @type {Buffer} */ body) => {
    const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(body.length, 0);
    frame.writeUInt32BE(crcOf(named), 4);
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  // Each line starts with its filter's number, 0 for none.
  const lines = Array.from({ length: height }, (_, y) =>
    Buffer.from([0, ...Array.from({ length: width }, (_, x) => grey(x, y))]),
  );
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
