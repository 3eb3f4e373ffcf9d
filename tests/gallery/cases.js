// @ts-check
/**
 * Every state of the page, each reachable without a camera and without paper: one table for the gallery
 * (`cargo xtask serve`, `/gallery/`) and for the tests, so that what people look at and what is tested cannot differ.
 *
 * A row is added below its like; the tests then hold it to everything that they hold each state to. They also assert
 * that every finding, every help page and every verdict has a row.
 */
import { WEB_LINK, code, day, elQr, spoilt } from '../e2e/codes.js';
import * as hands from './hands.js';

/**
 * @typedef {object} Case
 * @property {string} name stands in the address; no digits of any notice ever do
 * @property {string} group
 * @property {string} why it is here
 * @property {string} step where it ends: `data-step`
 * @property {string} [help] and `data-help`
 * @property {string} [verdict] and `data-verdict`
 * @property {string} [focus] where the focus is, if not on the h1
 * @property {string} [like] looks as that case but for words: tested once a language, not in every theme and width
 * @property {() => unknown} reach from the start of the page
 */

/** Free-use areas of the made-up ward (www/profiles/sample.toml), 21 digits. */
const PREMIUM = '000012026051234567890';
const WHOLE_YEAR = '000012026001234567890';
const PREMIUM_LATE = '000012026051234567891';
const VEHICLE = '000022026123456700000';
const VEHICLE_LATE = '000022026123456703000';
const NO_CHARGE = '000992026051234567890';

/** The made-up ward's first app alone, with other days. @param {{ from?: string, until?: string }} days */
const app = (days) => (/** @type {any} */ ward) => ({
  ...ward,
  apps: ward.apps.slice(0, 1).map((/** @type {any} */ one) => ({ ...one, ...days })),
});

/** @type {Case[]} */
const beginnings = [
  { name: 'start', group: 'ways in', why: 'where everyone begins', step: 'start', reach: () => undefined },
  {
    name: 'start-earlier',
    group: 'ways in',
    why: 'a paper was looked at before and is remembered for comparing',
    step: 'start',
    async reach() {
      await hands.answer(code());
      await hands.again();
    },
  },
  {
    name: 'start-offline',
    group: 'ways in',
    why: 'no signal: the page says that it works all the same',
    step: 'start',
    like: 'start',
    async reach() {
      const before = document.querySelector('[data-signal]')?.textContent;
      hands.goOffline();
      await hands.until(() => document.querySelector('[data-signal]')?.textContent !== before);
    },
  },
  {
    name: 'counter',
    group: 'ways in',
    why: 'for staff with a hand scanner',
    step: 'counter',
    async reach() {
      hands.act('counter');
      await hands.step('counter');
    },
  },
  {
    name: 'left-alone',
    group: 'ways in',
    why: 'at the counter, after five minutes in which nobody touched anything; here it is not wiped after twenty seconds',
    step: 'left-alone',
    async reach() {
      hands.hurry(20_000);
      hands.act('counter');
      await hands.step('counter');
      hands.scan(code());
      await hands.step('left-alone');
    },
  },
  {
    name: 'reading',
    group: 'ways in',
    why: 'while a photo is read',
    step: 'reading',
    async reach() {
      // A photo that never ends.
      Blob.prototype.arrayBuffer = () => new Promise(() => undefined);
      hands.photo('x');
      await hands.step('reading');
    },
  },
  {
    name: 'confirm',
    group: 'ways in',
    why: 'the amount is compared with the paper',
    step: 'confirm',
    async reach() {
      await hands.type(code());
      await hands.step('confirm');
    },
  },
  {
    name: 'confirm-sample',
    group: 'ways in',
    why: 'the same, of the sample, which says so',
    step: 'confirm',
    async reach() {
      hands.act('sample');
      await hands.step('confirm');
    },
  },
];

/** @type {Case[]} */
const answers = [
  {
    name: 'answer-payable',
    group: 'answers',
    why: 'no ward chosen',
    step: 'answer',
    verdict: 'payable',
    reach: () => hands.answer(code()),
  },
  {
    name: 'answer-payable-ward',
    group: 'answers',
    why: 'a ward that names its apps, telephones and counters: the longest answer',
    step: 'answer',
    verdict: 'payable',
    reach: () => hands.sample([code({ free: PREMIUM })]),
  },
  {
    name: 'answer-not-payable',
    group: 'answers',
    why: 'too late',
    step: 'answer',
    verdict: 'not-payable',
    reach: () => hands.answer(code({ until: day(-30) })),
  },
  {
    name: 'answer-not-payable-ward',
    group: 'answers',
    why: 'over the limit, in a ward that names whom to call',
    step: 'answer',
    verdict: 'not-payable',
    reach: () => hands.sample([code({ free: PREMIUM, amount: 300_001 })]),
  },
  {
    name: 'answer-ask',
    group: 'answers',
    why: 'nobody but a person can tell',
    step: 'answer',
    verdict: 'ask',
    reach: () => hands.answer(code({ stamp: 1 })),
  },
  {
    name: 'answer-ask-ward',
    group: 'answers',
    why: 'the same in a ward that names whom to call',
    step: 'answer',
    verdict: 'ask',
    reach: () => hands.sample([code({ free: PREMIUM, stamp: 1 })]),
  },
  {
    name: 'answer-counter',
    group: 'answers',
    why: 'at the counter: the next person’s button stands below the verdict',
    step: 'answer',
    verdict: 'payable',
    async reach() {
      hands.act('counter');
      await hands.step('counter');
      hands.scan(code());
      await hands.yes();
    },
  },
];

/**
 * One finding, on an answer.
 *
 * @param {string} name
 * @param {string} verdict
 * @param {string} why
 * @param {() => unknown} reach
 * @returns {Case}
 */
const finding = (name, verdict, why, reach) => ({
  ...{ name: `finding-${name}`, group: 'findings', why, step: 'answer', verdict, reach },
  like: `answer-${verdict}`,
});

/**
 * One paper after another.
 *
 * @param {string} first
 * @param {string} second
 */
const both = async (first, second) => {
  await hands.answer(first);
  await hands.again();
  await hands.answer(second);
};

/** @type {Case[]} */
const findings = [
  finding('amount-over-ceiling', 'not-payable', 'one yen too many', () => hands.answer(code({ amount: 300_001 }))),
  finding('amount-at-ceiling', 'payable', 'the most that is taken', () => hands.answer(code({ amount: 300_000 }))),
  finding('amount-zero', 'ask', 'nobody bills nothing', () => hands.answer(code({ amount: 0 }))),
  finding('code-expired', 'not-payable', 'yesterday was the last day', () => hands.answer(code({ until: day(-1) }))),
  finding('code-expires-today', 'payable', 'the last day', () => hands.answer(code({ until: day() }))),
  finding('code-expires-soon', 'payable', 'a few days are left', () => hands.answer(code({ until: day(3) }))),
  finding('no-time-limit', 'payable', 'the code has no end', () => hands.answer(code({ until: 'none' }))),
  finding('impossible-date', 'ask', 'the 31st of February', () => hands.answer(code({ until: '2027-02-31' }))),
  finding('due-date-passed', 'payable', 'late, but still taken', () =>
    hands.answer(elQr({ due: day(-3), until: day(20) })),
  ),
  finding('reissued', 'payable', 'printed anew', () => hands.answer(code({ reissue: 2 }))),
  finding('same-bill-older', 'ask', 'the paper seen before is the newer one', () =>
    both(code({ reissue: 2 }), code({ reissue: 1 })),
  ),
  finding('same-bill-newer', 'payable', 'this is the newer one', () => both(code(), code({ reissue: 1 }))),
  finding('same-bill-unclear', 'ask', 'nobody can tell which is newer', () => both(code(), code({ amount: 12_600 }))),
  finding('same-slip-again', 'payable', 'the very same paper', () => both(code(), code())),
  finding('whole-year', 'payable', 'the sheet for the whole year', () => hands.sample([code({ free: WHOLE_YEAR })])),
  finding('late-charge', 'payable', 'a flag says that a late charge is in it', () =>
    hands.sample([code({ free: PREMIUM_LATE })]),
  ),
  finding('late-charge-amount', 'payable', 'and here its amount', () => hands.sample([code({ free: VEHICLE_LATE })])),
  finding('vehicle-inspection', 'payable', 'whoever needs the certificate soon', () =>
    hands.sample([code({ free: VEHICLE })]),
  ),
  finding('both-codes', 'payable', 'bar code and eL-QR of one paper', () =>
    hands.sample([code({ free: PREMIUM }), elQr()]),
  ),
  finding('codes-disagree', 'ask', 'the two say different amounts', () =>
    hands.sample([code({ free: PREMIUM }), elQr({ amount: 99_000 })]),
  ),
  finding('stamp-flag', 'ask', 'a revenue stamp on an office’s paper', () => hands.answer(code({ stamp: 1 }))),
  finding('issuer-unknown', 'ask', 'another office’s paper in this ward’s page', () =>
    hands.sample([code({ issuer: '912346' })]),
  ),
  finding('charge-unknown', 'ask', 'this ward’s paper, but for what', () => hands.sample([code({ free: NO_CHARGE })])),
  finding('app-not-yet', 'not-payable', 'the app begins tomorrow', () =>
    hands.sample([code({ free: PREMIUM })], app({ from: day(1) })),
  ),
  finding('app-ended', 'not-payable', 'the app ended yesterday', () =>
    hands.sample([code({ free: PREMIUM })], app({ until: day(-1) })),
  ),
  finding('app-ceiling', 'payable', 'too much for one of two apps', () =>
    hands.sample([code({ free: PREMIUM, amount: 260_000 })]),
  ),
  finding('app-not-for-this', 'payable', 'one of two apps is not for this charge', () =>
    hands.sample([code({ free: VEHICLE })]),
  ),
  finding('app-not-for-this-code', 'payable', 'one of two apps does not read the eL-QR', () => hands.sample([elQr()])),
  finding('clock-suspect', 'ask', 'a device that lives in 2020', () => {
    hands.setToday('2020-01-01');
    return hands.answer(code());
  }),
];

/**
 * A hand scanner's reading that is no notice: the help page with a finding.
 *
 * @param {string} name
 * @param {string} why
 * @param {() => string} scanned
 * @returns {Case}
 */
const misread = (name, why, scanned) => ({
  ...{ name: `scanned-${name}`, group: 'misreadings', why, step: 'help', help: 'digits' },
  ...(name === 'check-digit' ? {} : { like: 'scanned-check-digit' }),
  async reach() {
    hands.scan(scanned());
    await hands.help('digits');
  },
});

/**
 * A photo that leads to a help page.
 *
 * @param {string} help
 * @param {string} why
 * @param {() => unknown} choose
 * @returns {Case}
 */
const misphoto = (help, why, choose) => ({
  ...{ name: `photo-${help.replace('photo-', '')}`, group: 'misreadings', why, step: 'help', help },
  async reach() {
    await choose();
    await hands.help(help);
  },
});

/** The head of a PNG that says it is larger than any memory. */
const HUGE = Uint8Array.from([
  ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
  ...[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 8, 0, 0, 0, 0, 0x93, 0x6e, 0x86, 0x8c],
  // The pixels begin, and are not there.
  ...[0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0x35, 0xaf, 0x06, 0x1e],
]);

/** The head of an iPhone's HEIC. */
const HEIC = Uint8Array.from([0, 0, 0, 24, ...[...'ftypheic\0\0\0\0mif1heic'].map((c) => c.charCodeAt(0))]);

/** @type {Case[]} */
const misreadings = [
  misread('check-digit', 'one digit is wrong', () => spoilt(code())),
  misread('incomplete-code', 'half of the digits', () => code().slice(0, 20)),
  misread('strange-character', 'a letter among them', () => `${code().slice(0, 20)}A${code().slice(21)}`),
  misread('not-a-payment-code', 'a code for parcels', () => `00${code().slice(2)}`),
  misread('amounts-disagree', 'one code that says two amounts', () => elQr({ mpnAmount: 12_600 })),
  misphoto('not-a-notice', 'the other QR code of the letter', async () =>
    hands.photo(await hands.file(hands.squares(WEB_LINK))),
  ),
  misphoto('unchecked', 'bars whose digits do not check', async () =>
    hands.photo(await hands.file(hands.bars([spoilt(code())]))),
  ),
  misphoto('several', 'two papers in one picture', async () =>
    hands.photo(await hands.file(hands.bars([code(), code({ amount: 99_000 })]))),
  ),
  misphoto('photo-no-code', 'a wall', async () => hands.photo(await hands.file(hands.wall()))),
  misphoto('photo-not-a-picture', 'a letter with another name', () => hands.photo('Dear Sir or Madam,\n'.repeat(50))),
  misphoto('photo-heic', 'an iPhone’s photo where it cannot be shown', () => hands.photo(HEIC, 'IMG_0001.HEIC')),
  misphoto('photo-too-large', 'a picture of four thousand million pixels', () => hands.photo(HUGE)),
  misphoto('photo-broken', 'a photo cut off on its way', async () => {
    const whole = await hands.file(hands.bars([code()]), 'image/jpeg');
    hands.photo(whole.slice(0, 400), 'photo.jpg', 'image/jpeg');
  }),
];

/**
 * Digits that the typing page does not take.
 *
 * @param {string} name
 * @param {string} why
 * @param {() => string} typed
 * @returns {Case}
 */
const fault = (name, why, typed) => ({
  ...{ name: `typing-${name}`, group: 'typing', why, step: 'typing', focus: '[data-slot="fault"]' },
  ...(name === 'check-digit' ? {} : { like: 'typing-check-digit' }),
  async reach() {
    await hands.type(typed());
    await hands.until(() => document.querySelector('[data-slot="fault"]')?.textContent !== '');
    await hands.step('typing');
  },
});

/** @type {Case[]} */
const typing = [
  {
    name: 'typing',
    group: 'typing',
    why: 'empty fields',
    step: 'typing',
    async reach() {
      hands.act('type');
      await hands.step('typing');
    },
  },
  {
    name: 'typing-half',
    group: 'typing',
    why: 'half of the digits, each field says how far it is',
    step: 'typing',
    focus: '[data-input="digits"]',
    like: 'typing',
    async reach() {
      hands.act('type');
      await hands.step('typing');
      hands.paste(code().slice(2, 14));
      await hands.until('.field[data-state="ok"]');
    },
  },
  fault('check-digit', 'one digit is wrong', () => spoilt(code())),
  fault('missing', 'some are missing', () => code().slice(2, 20)),
  fault('no-digits', 'nothing typed', () => ''),
  fault('strange-character', 'a letter', () => '12345X'),
  fault('web-link', 'an address', () => 'https://www.example.jp/'),
  fault('pasted', 'an eL-QR with a wrong digit', () => spoilt(elQr())),
  fault('amounts-disagree', 'an eL-QR that says two amounts', () => elQr({ mpnAmount: 12_600 })),
];

/**
 * A camera that fails, and its help page.
 *
 * @param {string} name
 * @param {string} why
 * @param {import('../e2e/camera.js').Behaviour} behaviour
 * @returns {Case}
 */
const trouble = (name, why, behaviour) => ({
  ...{ name: `camera-${name}`, group: 'camera troubles', why, step: 'help', help: name },
  async reach() {
    hands.hurry();
    await hands.camera(behaviour);
    await hands.help(name);
  },
});

/** @type {Case[]} */
const troubles = [
  trouble('denied', 'refused by the person or the device', { refuse: 'NotAllowedError' }),
  trouble('missing', 'no camera there', { refuse: 'NotFoundError' }),
  trouble('busy', 'another program has it', { refuse: 'NotReadableError' }),
  trouble('unfit', 'a camera that cannot do it', { refuse: 'OverconstrainedError' }),
  trouble('unsupported', 'inside LINE and other apps', { missing: true }),
  trouble('insecure', 'a page without TLS', { insecure: true }),
  trouble('timeout', 'the browser’s question was never answered', { unanswered: true }),
  trouble('slow', 'nothing read for longer than an arm holds out', {}),
  {
    name: 'camera-lost',
    group: 'camera troubles',
    why: 'it stops in the middle',
    step: 'help',
    help: 'lost',
    async reach() {
      await hands.camera({});
      await hands.until(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
      hands.loseCamera();
      await hands.help('lost');
    },
  },
  {
    name: 'camera-reader',
    group: 'camera troubles',
    why: 'a device on which the reader does not start',
    step: 'help',
    help: 'reader',
    async reach() {
      hands.breakWorkers();
      await hands.camera({});
      await hands.help('reader');
    },
  },
];

/** Advice in the order of src/symbol; `done` never stays on the screen. */
const ADVICE = [
  ...['not-found', 'closer', 'farther', 'cut-left', 'cut-right', 'cut-top', 'cut-bottom', 'blurred', 'moving'],
  ...['glare', 'tilted', 'too-dark', 'hold-still'],
];

/** @type {Case[]} */
const camera = [
  {
    name: 'camera',
    group: 'camera',
    why: 'the picture runs, nothing is found yet',
    step: 'camera',
    reach: () => hands.filming({ report: null, advice: null }),
  },
  {
    name: 'camera-black',
    group: 'camera',
    why: 'a finger on the lens',
    step: 'camera',
    like: 'camera',
    async reach() {
      await hands.camera({});
      await hands.step('camera');
      await hands.until(() => /まっくら|dark|black/i.test(status()));
    },
  },
  {
    name: 'camera-light',
    group: 'camera',
    why: 'a camera with a light',
    step: 'camera',
    async reach() {
      await hands.camera({ torch: true });
      await hands.until('[data-action="torch"]');
    },
  },
  ...ADVICE.map((advice) => ({
    name: `camera-advice-${advice}`,
    group: 'camera',
    why: 'what the hand is told',
    step: 'camera',
    like: 'camera',
    async reach() {
      // What is said of every camera comes before it, and each line stands for a while.
      const asEver = hands.quicken(4);
      await hands.filming({ report: null, advice, coach: { advice, confidence: 1 } });
      await hands.until(() => status() !== '' && !/許可|20センチ|opening|20 cm/.test(status()));
      asEver();
    },
  })),
];

const status = () => document.querySelector('main [role="status"]')?.textContent ?? '';

/** @type {Case[]} */
const helping = [
  {
    name: 'help',
    group: 'help',
    why: 'asked for at the start',
    step: 'help',
    help: 'general',
    async reach() {
      hands.act('help');
      await hands.help('general');
    },
  },
  {
    name: 'help-back',
    group: 'help',
    why: 'asked for beside an answer, with a way back to it',
    step: 'help',
    help: 'general',
    async reach() {
      await hands.answer(code());
      hands.act('help');
      await hands.help('general');
    },
  },
  {
    name: 'amount-differs',
    group: 'help',
    why: 'the paper says another amount than the digits that were typed',
    step: 'help',
    help: 'amount-differs',
    async reach() {
      await hands.type(code());
      await hands.step('confirm');
      hands.act('confirm-no');
      await hands.help('amount-differs');
    },
  },
  {
    name: 'amount-differs-read',
    group: 'help',
    why: 'the paper says another amount than what was photographed',
    step: 'help',
    help: 'amount-differs',
    like: 'amount-differs',
    async reach() {
      hands.photoSaying([code()]);
      await hands.step('confirm');
      hands.act('confirm-no');
      await hands.help('amount-differs');
    },
  },
  {
    name: 'statement',
    group: 'help',
    why: 'the statement of accessibility',
    step: 'statement',
    async reach() {
      hands.act('statement');
      await hands.step('statement');
    },
  },
  {
    name: 'draft',
    group: 'help',
    why: 'a language whose words nobody has reviewed: in place of the answer, a way to one',
    step: 'answer',
    async reach() {
      await hands.answer(code());
      hands.press('[data-language="zh-Hans"]');
      await hands.until('main .draft');
    },
  },
];

/** In the order in which a person may meet them. */
export const CASES = [beginnings, typing, answers, findings, misreadings, camera, troubles, helping].flat();

/**
 * Leads the page, which stands at its start, into a case.
 *
 * @param {string} name
 * @returns {Promise<Case>}
 */
export async function reach(name) {
  const found = CASES.find((one) => one.name === name);
  if (!found) throw new Error(`expected one of ${CASES.map((one) => one.name).join(', ')}; found ${name}`);
  await hands.step('start');
  hands.listenIn();
  await found.reach();
  const { step, help, verdict } = document.querySelector('main')?.dataset ?? {};
  for (const [what, expected, seen] of [
    ['step', found.step, step],
    ['help', found.help, help],
    ...(found.step === 'answer' ? [['verdict', found.verdict, verdict]] : []),
  ]) {
    if (expected !== seen) throw new Error(`${name}: expected the ${what} ${expected}, found ${seen}`);
  }
  return found;
}
