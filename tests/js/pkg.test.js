// @ts-check
// What other pages rely on: the package in dist/pkg, as `cargo xtask build` leaves it. The test command builds first;
// a package that is missing is a failure here, not a test to be skipped.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';

import init, { Reader, Session, initSync } from '../../dist/pkg/maecheck.js';
import { drawn } from './drawn.js';

const bytes = readFileSync(new URL('../../dist/pkg/maecheck_bg.wasm', import.meta.url));
const { memory } = initSync({ module: bytes });

// Dummy issuer of the guideline; the body and the item of the eL-QR do not exist.
const BARCODE = '91912345000012025010123456780026093000125005';
const REISSUED = '91912345000012025010123456780126093000125004';
const WRONG = '91912345000012025010123456780026093000125006';
const EL_QR =
  '0002010102122796000513800018304000000000000000001250021380009990000021000002026099900000011234560999990000000000' +
  '5411000000125006226202620260320260930202610318085' +
  '0'.repeat(85) +
  '630554708';
const TODAY = '2026-08-01';

/** @param {Uint8Array} luma */
const rgbaOf = (luma) =>
  Uint8ClampedArray.from({ length: 4 * luma.length }, (_, i) => (i % 4 === 3 ? 255 : luma[i >> 2]));

/** @param {{ luma: Uint8Array, width: number, height: number }} picture */
function pngOf({ luma, width, height }) {
  /** @type {(name: string, data: Uint8Array) => Buffer} */
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const frame = Buffer.alloc(8 + body.length);
    frame.writeUInt32BE(data.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), 4 + body.length);
    return frame;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) rows.set(luma.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([signature, ...parts]));
}

const sheet = drawn(BARCODE);
const session = () => new Session({ today: TODAY });
/** @param {import('../../dist/pkg/maecheck.js').Outcome} outcome */
const amount = ({ report }) => report?.notice?.amount ?? null;

/** A made-up body: each kind of value that a ward's facts hold. */
const facts = () => ({
  id: 'town',
  kind: 'sample',
  ja: '見本町',
  en: 'Sample Town',
  payee: { jis: 'unknown', issuers: ['912345'], source: 'own' },
  sources: [{ id: 'own', title: '見本', date: '2026-11', confidence: 'example' }],
  charges: [
    {
      id: 'premium',
      ja: '見本料',
      en: 'Sample charge',
      ceiling: 300000,
      periods: 10,
      whole_year: 'unknown',
      vehicle: false,
      el_qr: 'unknown',
      el_qr_items: ['999'],
      user_codes: 'unknown',
      free_use: [{ role: 'number', ja: '番号', en: 'number', width: 21 }],
      source: { ceiling: 'own', '*': 'own' },
    },
  ],
  apps: [
    {
      id: 'app',
      ja: '見本ペイ',
      en: 'Sample Pay',
      barcode: true,
      el_qr: 'unknown',
      ceiling: 300000,
      from: '2025-06-13',
      until: 'unknown',
      charges: ['premium'],
      source: 'own',
    },
  ],
  contacts: [
    {
      ja: '係',
      en: 'Section',
      telephone: '00-0000-0000',
      hours: { ja: '平日', en: 'Weekdays' },
      charges: 'unknown',
      source: 'own',
    },
  ],
});

test('the module loads by its default export as well', async () => {
  assert.equal(typeof init, 'function');
  assert.equal((await init({ module_or_path: bytes })).memory, memory);
});

test('Reader reads one frame on its own', () => {
  const reader = new Reader();
  const { symbols, advice } = reader.read(sheet.luma, sheet.width, sheet.height);
  assert.deepEqual(
    symbols.map(({ kind, text, valid }) => ({ kind, text, valid })),
    [{ kind: 'gs1-128-payment', text: BARCODE, valid: true }],
  );
  assert.equal(advice, 'done');
  const { corners } = symbols[0];
  assert.ok(
    corners?.length === 4 && corners.every(({ x, y }) => x >= 0 && x <= sheet.width && y >= 0 && y <= sheet.height),
  );
  assert.deepEqual(Object.keys(corners[0]).sort(), ['x', 'y']);
  const white = reader.read(new Uint8Array(640 * 480).fill(255), 640, 480);
  assert.deepEqual(white.symbols, []);
  assert.equal(typeof white.advice, 'string');
  reader.free();
});

test('every way in leads to the same notice', () => {
  const { luma, width, height } = sheet;
  /** @type {[string, (session: Session) => import('../../dist/pkg/maecheck.js').Outcome, 'live' | 'still'][]} */
  const ways = [
    ['frame', (s) => s.frame(luma, width, height), 'live'],
    ['rgba, clamped', (s) => s.rgba(rgbaOf(luma), width, height), 'live'],
    ['rgba, plain', (s) => s.rgba(new Uint8Array(rgbaOf(luma).buffer), width, height), 'live'],
    ['photo', (s) => s.photo(pngOf(sheet)), 'still'],
    ['pixels', (s) => s.pixels(rgbaOf(luma), width, height), 'still'],
    ['digits', (s) => s.digits(BARCODE), 'still'],
  ];
  // Rows with padding, as cameras give them.
  const stride = width + 7;
  const padded = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) padded.set(luma.subarray(y * width, (y + 1) * width), y * stride);
  ways.push(['frame with stride', (s) => s.frame(padded, width, height, stride), 'live']);
  for (const format of ['I420', 'I420A', 'I422', 'I444', 'NV12']) {
    const offset = 64;
    const copy = (/** @type {Session} */ s) => s.plane(offset + 2 * padded.length).set(padded, offset);
    ways.push([format, (s) => (copy(s), s.planeFrame(format, width, height, offset, stride)), 'live']);
  }
  for (const format of ['RGBA', 'RGBX', 'BGRA', 'BGRX']) {
    const pixels = rgbaOf(padded);
    const copy = (/** @type {Session} */ s) => s.plane(pixels.length).set(pixels);
    ways.push([format, (s) => (copy(s), s.planeFrame(format, width, height, 0, 4 * stride)), 'live']);
  }
  for (const [name, show, kind] of ways) {
    const visit = session();
    const first = show(visit);
    if (kind === 'live') {
      assert.equal(first.report, null, `${name}: one live frame is not enough`);
      assert.equal(first.advice, 'hold-still', name);
      assert.equal(first.corners?.length, 4, name);
    }
    const outcome = kind === 'live' ? show(visit) : first;
    assert.equal(amount(outcome), 12500, name);
    assert.equal(outcome.report?.verdict, 'payable', name);
    visit.free();
  }
});

test('a report has the shape of the contract, in plain objects', () => {
  const { report } = session().photo(pngOf(sheet));
  assert.ok(report);
  assert.deepEqual(Object.keys(report).sort(), ['answer', 'findings', 'notice', 'symbols', 'verdict']);
  assert.equal(report.notice?.kind, 'gs1-128-payment');
  assert.equal(report.symbols[0].text, BARCODE);
  for (const finding of report.findings) {
    assert.match(finding.id, /^[a-z-]+$/);
    assert.ok(['stop', 'ask', 'note'].includes(finding.severity));
  }
  const { answer } = report;
  assert.ok(answer);
  assert.deepEqual(
    [answer.verdict, answer.amount, answer.until, answer.due, answer.today],
    ['payable', 12500, '2026-09-30', null, TODAY],
  );
  assert.ok(answer.steps.length > 0 && answer.limits.length > 0);
  // No Map, no BigInt, no undefined: what comes out can be posted and printed.
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test('what is no notice is told as what it is', () => {
  const wrong = session().photo(pngOf(drawn(WRONG)));
  assert.deepEqual([wrong.report?.notice, wrong.report?.verdict], [null, 'no-read']);
  assert.ok(wrong.report?.symbols.every((symbol) => !symbol.valid));

  const typed = session().digits(WRONG);
  assert.equal(typed.error?.id, 'check-digit');
  assert.equal(typed.report?.verdict, 'no-read');
  assert.ok(typed.report?.findings.some(({ id }) => id === 'check-digit'));

  for (const [file, id] of /** @type {[Uint8Array, string][]} */ ([
    [new Uint8Array(0), 'photo-not-a-picture'],
    [new TextEncoder().encode('%PDF-1.7'), 'photo-not-a-picture'],
    [new TextEncoder().encode('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'photo-heic'],
    // Left to the browser, which reads WebP itself.
    [new TextEncoder().encode('RIFF\x04\0\0\0WEBP'), 'photo-not-a-picture'],
    [pngOf(sheet).subarray(0, 60), 'photo-broken'],
    [pngOf({ luma: new Uint8Array(4096).fill(255), width: 64, height: 64 }), 'photo-no-code'],
  ])) {
    const outcome = session().photo(file);
    assert.deepEqual([outcome.report, outcome.error?.id], [null, id]);
  }
});

test('both codes of a slip, earlier slips, a new day, and forgetting', () => {
  const visit = session();
  const ids = (/** @type {import('../../dist/pkg/maecheck.js').Outcome} */ { report }) =>
    report?.findings.map(({ id }) => id) ?? [];
  visit.digits(BARCODE);
  const both = visit.digits(EL_QR);
  assert.deepEqual(both.report?.symbols.map(({ kind }) => kind).sort(), ['el-qr', 'gs1-128-payment']);
  assert.ok(ids(both).includes('codes-disagree'), 'the two sample codes have different last days');
  visit.next();
  assert.equal(visit.report(), null);
  assert.ok(ids(visit.digits(REISSUED)).includes('same-bill-other-version'));
  visit.setToday('2026-10-01');
  assert.equal(visit.report()?.verdict, 'not-payable');
  visit.setToday('2020-01-01', TODAY);
  assert.ok(visit.report()?.findings.some(({ id }) => id === 'clock-suspect'));
  visit.setToday(TODAY);
  visit.forget();
  assert.equal(visit.report(), null);
  assert.ok(!ids(visit.digits(REISSUED)).includes('same-bill-other-version'));
});

test('typing is judged group by group and keeps nothing', () => {
  const visit = session();
  const typing = visit.typing(['91912345', '0000120250101234567800', '26', '', '', '']);
  assert.deepEqual(
    typing.groups.slice(0, 4).map(({ state }) => state),
    ['ok', 'ok', 'partial', 'empty'],
  );
  assert.equal(typing.complete, false);
  assert.equal(visit.report(), null);
});

test('what does not fit throws an Error that says so, and the module lives on', () => {
  const any = /** @type {any} */ (session());
  const construct = /** @type {any} */ (Session);
  const reader = /** @type {any} */ (new Reader());
  const { luma, width, height } = sheet;
  /** @type {[string, () => unknown, RegExp][]} */
  const cases = [
    ['no options', () => new construct(), /expected options as an object with today, found undefined/],
    ['options of another type', () => new construct('2026-08-01'), /expected options as an object/],
    ['no day', () => new construct({}), /expected today as a day .* found undefined/],
    [
      'a day that is none',
      () => new construct({ today: '2026-02-29' }),
      /expected today as a day .* found "2026-02-29"/,
    ],
    ['a Date', () => new construct({ today: new Date() }), /expected today as a day/],
    [
      'a wrong build day',
      () => new construct({ today: TODAY, built: 20260801 }),
      /expected built as a day .* found 20260801/,
    ],
    [
      'a profile that is none',
      () => new construct({ today: TODAY, profile: 'shinjuku' }),
      /expected profile as a ward's facts as an object/,
    ],
    [
      'a profile without its facts',
      () => new construct({ today: TODAY, profile: {} }),
      /expected profile as a ward's facts, found/,
    ],
    [
      'too few bytes',
      () => any.frame(luma.subarray(1), width, height),
      /expected luma as at least \d+ bytes, found \d+/,
    ],
    ['no bytes', () => any.frame(undefined, width, height), /expected luma as a Uint8Array, found undefined/],
    ['an array in place of bytes', () => any.frame([1, 2, 3], 3, 1), /expected luma as a Uint8Array, found an array/],
    ['other bytes', () => any.frame(new Float32Array(4), 2, 2), /expected luma as a Uint8Array/],
    ['no width', () => any.frame(luma, 0, height), /expected width as a whole number of 1 to \d+, found 0/],
    ['a negative width', () => any.frame(luma, -1, height), /found -1/],
    ['half a pixel', () => any.frame(luma, 1.5, height), /found 1.5/],
    ['not a number', () => any.frame(luma, NaN, height), /found NaN/],
    ['endless', () => any.frame(luma, Infinity, height), /found (Infinity|inf)/],
    ['a width that is left out', () => any.frame(luma), /expected width as a whole number/],
    [
      'a stride shorter than a row',
      () => any.frame(luma, width, height, width - 1),
      /expected stride as a whole number/,
    ],
    ['a stride beyond all memory', () => any.frame(luma, width, height, 2 ** 40), /expected stride as a whole number/],
    [
      'more pixels than a photo has',
      () => any.rgba(new Uint8Array(4), 16384, 16384),
      /expected width × height as at most/,
    ],
    ['too few pixels', () => any.rgba(new Uint8Array(4), 2, 1), /expected pixels as at least 8 bytes, found 4/],
    ['an empty plane', () => any.plane(0), /expected bytes as a whole number of 1 to 67108864, found 0/],
    ['too large a plane', () => any.plane(2 ** 26 + 1), /expected bytes as a whole number/],
    ['an unknown format', () => any.planeFrame('I420P10', 2, 2, 0, 2), /expected format .* found I420P10/],
    ['no format', () => any.planeFrame(null, 2, 2, 0, 2), /expected format .* found null/],
    [
      'a frame larger than its plane',
      () => any.planeFrame('I420', 16384, 4096, 0, 16384),
      /expected at least \d+ bytes in the plane/,
    ],
    [
      'an offset behind the plane',
      () => any.planeFrame('RGBA', 2, 2, 60_000_000, 8),
      /expected at least \d+ bytes in the plane/,
    ],
    [
      'a stride of too few bytes for RGBA',
      () => any.planeFrame('RGBA', 2, 2, 0, 2),
      /expected stride as a whole number of 8/,
    ],
    ['a photo as text', () => any.photo('photo.jpg'), /expected bytes as a Uint8Array, found a value of type string/],
    ['digits as a number', () => any.digits(123), /expected text as a string, found 123/],
    ['groups as text', () => any.typing('919'), /expected groups as an array of strings/],
    ['groups of numbers', () => any.typing(['91', 2]), /expected group 2 as a string, found 2/],
    ['a new day that is none', () => any.setToday('tomorrow'), /expected today as a day .* found "tomorrow"/],
    [
      'too few bytes for one frame',
      () => reader.read(new Uint8Array(3), 2, 2),
      /expected luma as at least 4 bytes, found 3/,
    ],
  ];
  for (const [why, call, message] of cases) {
    assert.throws(
      call,
      (error) => error instanceof Error && !(error instanceof WebAssembly.RuntimeError) && message.test(error.message),
      why,
    );
  }
  assert.equal(amount(any.digits(BARCODE)), 12500, 'the session lives on');
});

test("a ward's facts are taken as they are, and what is wrong with them is told", () => {
  /** @param {(profile: any) => void} change */
  const withFacts = (change) => {
    /** @type {any} */
    const profile = facts();
    change(profile);
    return new Session({ today: TODAY, profile }).digits(BARCODE).report;
  };
  const found = (/** @type {ReturnType<typeof withFacts>} */ report) => report?.findings.map(({ id }) => id) ?? [];
  assert.ok(!found(withFacts(() => {})).includes('issuer-unknown'));
  const other = withFacts((profile) => (profile.payee.issuers = ['999999']));
  assert.ok(found(other).includes('issuer-unknown') && other?.verdict === 'ask');
  // What may be left out may be left out, and a null prototype is no reason to refuse.
  withFacts((profile) => delete profile.apps && delete profile.contacts);
  withFacts((profile) => (profile.payee = Object.assign(Object.create(null), profile.payee)));
  /** @type {[(profile: any) => void, RegExp][]} */
  const wrong = [
    [(profile) => delete profile.payee, /missing field `payee`/],
    [(profile) => (profile.ja = 3), /expected a string, found another whole number/],
    [(profile) => (profile.ja = 1.5), /expected a string, found a number that is not whole/],
    [(profile) => (profile.ja = null), /expected a string, found nothing/],
    [(profile) => (profile.kind = 'imaginary'), /unknown variant `imaginary`/],
    [(profile) => (profile.kind = 1), /expected enum Kind, found another whole number/],
    [(profile) => (profile.name = 'x'), /unknown field `name`/],
    [(profile) => (profile.payee = ['unknown', ['912345'], 'own']), /expected struct Payee, found an array/],
    [
      (profile) => (profile.payee = new Map(Object.entries(profile.payee))),
      /expected struct Payee, found no plain value/,
    ],
    [(profile) => (profile.payee.source = () => {}), /data did not match any variant|found no plain value/],
    [(profile) => (profile.payee.jis = profile), /found no plain value/],
    [(profile) => (profile.payee = profile), /unknown field/],
    [(profile) => (profile.payee.source = 5n), /data did not match any variant|found no plain value/],
    [(profile) => (profile.apps[0].until = '2026-02-30'), /the word "unknown"/],
    [(profile) => (profile.contacts[0].hours.de = 'x'), /the word "unknown"/],
    [(profile) => (profile.charges = {}), /expected a sequence, found an object/],
    [(profile) => (profile.charges[0] = []), /expected struct Charge, found an array/],
    [(profile) => (profile.charges[0].vehicle = 'no'), /expected a boolean, found "no"/],
    [(profile) => (profile.charges[0].ceiling = -1), /the word "unknown"/],
    [(profile) => (profile.charges[0].ceiling = 2 ** 40), /the word "unknown"/],
    [(profile) => (profile.charges[0].periods = 2.5), /the word "unknown"/],
    [(profile) => (profile.payee.issuers = [912345]), /the word "unknown"/],
    [(profile) => (profile.payee = 'unknown'), /expected struct Payee, found "unknown"/],
  ];
  for (const [change, message] of wrong) {
    assert.throws(
      () => withFacts(change),
      (error) =>
        error instanceof Error &&
        /expected profile as a ward's facts/.test(error.message) &&
        message.test(error.message),
      String(change),
    );
  }
});

test('a running camera takes no more memory', () => {
  const visit = session();
  const { luma, width, height } = sheet;
  const pixels = rgbaOf(luma);
  const round = () => {
    visit.frame(luma, width, height);
    visit.rgba(pixels, width, height);
    visit.plane(pixels.length).set(pixels);
    visit.planeFrame('BGRX', width, height, 0, 4 * width);
  };
  for (let i = 0; i < 5; i += 1) round();
  const before = memory.buffer.byteLength;
  for (let i = 0; i < 50; i += 1) round();
  assert.equal(memory.buffer.byteLength, before);
});

test('odd sizes neither trap nor hang', () => {
  const visit = session();
  for (const [width, height] of [
    [1, 1],
    [1, 2000],
    [2000, 1],
    [3, 3],
    [17, 1000],
    [1280, 720],
  ]) {
    for (const value of [0, 128, 255]) {
      const outcome = visit.frame(new Uint8Array(width * height).fill(value), width, height);
      assert.equal(outcome.report, null, `${width}×${height} of ${value}`);
    }
  }
});
