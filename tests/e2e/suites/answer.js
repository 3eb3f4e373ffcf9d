// @ts-check
/**
 * The answer: what stands on it whatever it says, how it leads on to an app, how it is read aloud, enlarged and printed.
 */
import assert from 'node:assert/strict';
import { code, day } from '../codes.js';
import { poor } from '../eyes.js';
import { action, answer, answerFor, confirm, shot, step, typeCode } from '../visit.js';
import { axe, overflow, small } from './access.js';

/** @typedef {import('../visit.js').Page} Page */

/** Every kind of answer that typed digits lead to; the words of each say why it is here. */
const ANSWERS = [
  { why: 'nothing speaks against it', bill: () => ({}), verdict: 'payable', heading: ['払えます', 'You can pay by phone'] },
  { why: 'the day itself counts', bill: () => ({ until: day(0) }), verdict: 'payable', heading: ['払えます', 'You can pay by phone'] },
  { why: 'the ceiling itself may be paid', bill: () => ({ amount: 300_000 }), verdict: 'payable', heading: ['払えます', 'You can pay by phone'] },
  { why: 'an older paper may lie about', bill: () => ({ reissue: 1 }), verdict: 'payable', heading: ['払えます', 'You can pay by phone'] },
  { why: 'no limit in the code', bill: () => ({ until: 'none' }), verdict: 'payable', heading: ['払えます', 'You can pay by phone'] },
  { why: 'one day late', bill: () => ({ until: day(-1) }), verdict: 'not-payable', heading: ['スマホでは 払えません', 'Not payable by phone'] },
  { why: 'one yen too much', bill: () => ({ amount: 300_001 }), verdict: 'not-payable', heading: ['スマホでは 払えません', 'Not payable by phone'] },
  { why: 'a mark that public money does not have', bill: () => ({ stamp: 1 }), verdict: 'ask', heading: ['わかりません。窓口で 聞いてください', 'Not sure. Ask at the counter'] },
]; // prettier-ignore

/**
 * Digits of a bill of its own: papers of one bill, read one after the other, are compared with each other.
 *
 * @param {number} at
 */
function digitsOf(at) {
  return code({ free: `0000120250101234567${String(at).padStart(2, '0')}`, ...ANSWERS[at]?.bill() });
}

/** What every answer says, in words that are the same everywhere. */
const ALWAYS = {
  ja: [
    'もう払ったかどうかは、このページでは わかりません。',
    'だれが 作った紙かは、このページでは わかりません。',
    'このページで、お金は うごきません。',
    'を 今日として しらべました。',
    'ちがうときは、スマホや パソコンの 日付を 直してください。',
    '「スマホで 払う」とは、アプリで 払うことです。',
    'アプリは、スマホに 入れて 使う 道具です。',
  ],
  en: [
    'This page cannot know whether you have already paid.',
    'This page cannot tell who made the paper.',
    'No money moves on this page.',
    'To pay by phone means to pay with an app on it.',
  ],
};

/** What must be known before an app is opened. */
const BEFORE_PAYING = [
  '領収書は 出ません',
  '払った日',
  'コンビニで もう一度 払わないでください',
  'とりけしが できません',
];

/** @param {import('../visit.js').Stage} stage */
export function answers(stage) {
  const { visit, name } = stage;

  // At 360×800 each of these is a case of the gallery, which `access.js` holds to its first screen in every language.
  visit(
    '390×844: every answer has one heading, its reason and the first action in the first screen, in ja and en',
    async (page) => {
      for (const [nth, { why, verdict, heading }] of ANSWERS.entries()) {
        await answerFor(page, digitsOf(nth));
        for (const [at, lang] of /** @type {const} */ (['ja', 'en']).entries()) {
          await speakIn(page, lang);
          const told = await answer(page);
          assert.equal(told.verdict, verdict, why);
          assert.equal(spaced(told.heading), spaced(heading[at] ?? ''), why);
          assert.ok(told.next.length > 0, `${why}: a next step`);
          assert.deepEqual(await outside(page, 56), [], `${lang}: ${why}`);
          for (const line of ALWAYS[lang]) {
            assert.ok(spaced(told.text).includes(spaced(line)), `${why}: expected “${line}” in the answer`);
          }
        }
        await speakIn(page, 'ja');
        await page.click(action('restart'));
        await step(page, 'start');
      }
    },
    { viewport: { width: 390, height: 844 } },
  );

  visit('the amount and the last day are large, in both countings of years, with the weekday', async (page) => {
    const until = '2031-02-03';
    await answerFor(page, code({ amount: 123_456, until }));
    const facts = await page.evaluate(() =>
      [...document.querySelectorAll('.facts dd')].map((dd) => [
        dd.textContent ?? '',
        // An amount has letters of its own in whatever it stands.
        parseFloat(getComputedStyle(dd.querySelector('.amount') ?? dd).fontSize),
      ]),
    );
    assert.equal(facts[0]?.[0], '123,456円');
    assert.ok(Number(facts[0]?.[1]) >= 44, `the amount is ${facts[0]?.[1]} px high`);
    assert.equal(facts[1]?.[0], '2031年2月3日（令和13年）月曜日まで');
    await page.click(action('restart'));
    await step(page, 'start');
    await speakIn(page, 'en');
    await answerFor(page, code({ until }));
    const english = await page.evaluate(() => document.querySelector('.facts .until dd')?.textContent ?? '');
    assert.match(english, /Monday 3 February 2031 \(Reiwa 13\)/, 'the paper counts in Reiwa, whoever reads it');
  });

  visit('an older paper is put away before anything is paid', async (page) => {
    const told = await answerFor(page, code({ reissue: 2 }));
    assert.deepEqual(told.next.slice(0, 2), ['put-old-away', 'pay-by-app']);
    const text = spaced(told.text);
    assert.ok(text.indexOf(spaced('発行日')) > 0, 'it is said which paper is the newer one');
    assert.ok(
      text.indexOf(spaced('古い紙が あれば、先に しまってください')) < text.indexOf(spaced('アプリで 払えます')),
    );
  });

  visit('what must be known before an app is opened is said where the app is named', async (page) => {
    await answerFor(page, code());
    const told = await page.evaluate(
      () => /** @type {HTMLElement} */ (document.querySelector('[data-next="pay-by-app"]')).innerText,
    );
    for (const line of BEFORE_PAYING) assert.ok(spaced(told).includes(spaced(line)), line);
  });

  visit(
    'each app of the profile: what it needs, first steps, what it does not give, what it reads, amounts and dates',
    async (page) => {
      await sample(page);
      const seen = await cards(page);
      assert.deepEqual(
        seen.map(({ id }) => id),
        ['sample-pay', 'sample-bank'],
      );
      for (const card of seen) {
        assert.ok(!card.open, 'closed at first: the answer stays short');
        assert.deepEqual(
          card.parts,
          ['先に 用意するもの', '使う 順番', '知っておくこと', '読める もの', '金額と 日にち'].map(spaced),
        );
      }
      const [pay, bank] = seen;
      for (const line of [
        '「見本ペイ」を 開きます',
        '「請求書払い」を えらびます',
        '領収書は 出ません',
        '車検の 証明は',
        '四角い もよう（eL-QR）を 読めます',
        '300,000円まで',
        '2025年6月13日（令和7年）金曜日から',
      ]) {
        assert.ok(pay?.text.includes(spaced(line)), `${line} in ${pay?.text}`);
      }
      // What nobody has looked up is said to be so.
      for (const line of [
        '画面の 順番は わかりません',
        'とりけせるかは、わかりません',
        '（eL-QR）は 読めません',
        '250,000円まで',
      ]) {
        assert.ok(bank?.text.includes(spaced(line)), `${line} in ${bank?.text}`);
      }
      // By keyboard, as with any control.
      await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('main details summary')).focus());
      await page.press('Enter');
      assert.equal((await cards(page))[0]?.open, true);
      assert.deepEqual(await axe(page), [], 'found by axe');
      assert.deepEqual(await small(page), []);
      await shot(page, 'answer-app-open');
      await page.click(action('restart'));
      await step(page, 'start');
      await speakIn(page, 'en');
      await sample(page);
      const japanese = await page.evaluate(() =>
        [...document.querySelectorAll('.app [lang="ja"]')].map((label) => label.textContent),
      );
      assert.deepEqual(japanese, ['請求書払い'], 'what stands in the app stays Japanese, and is marked so');
    },
  );

  visit(
    'where no ward is chosen, the apps that may be named on the paper are told, and none that is made up',
    async (page) => {
      await answerFor(page, code());
      const seen = await cards(page);
      assert.ok(seen.length >= 5, `${seen.length} apps`);
      assert.ok(seen.every(({ id }) => !id.startsWith('sample')));
      // A product's name alone says nothing to whoever has not met it.
      for (const { name: label } of seen) assert.match(label, /アプリ/);
      const text = await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('.using')).innerText);
      assert.ok(spaced(text).includes(spaced('紙に 名前が ある アプリだけが 使えます')));
      await page.click(action('restart'));
      await step(page, 'start');
      await answerFor(page, code({ amount: 280_000, free: '031234567803123456780' }));
      const dear = (await cards(page)).map(({ id }) => id);
      const usual = seen.map(({ id }) => id);
      assert.deepEqual(
        dear,
        usual.filter((id) => id !== 'au-pay'),
        'without the one that takes 250,000 yen at the most',
      );
      await page.click(action('restart'));
      await step(page, 'start');
      await answerFor(page, code({ until: day(-1) }));
      assert.deepEqual(await cards(page), [], 'nobody is led to an app that will refuse');
    },
  );

  visit('telephone numbers are those of the profile, and none where it has none', async (page) => {
    const numbers = () =>
      page.evaluate(() => [...document.querySelectorAll('a[href^="tel:"]')].map((link) => link.getAttribute('href')));
    await answerFor(page, code({ free: '031234567803123456780' }));
    assert.deepEqual(await numbers(), [], 'nothing of the paper is a number to call');
    await page.click(action('restart'));
    await step(page, 'start');
    await sample(page);
    assert.deepEqual([...new Set(await numbers())], ['tel:0000000000']);
  });

  visit('a person can be asked in the same place on every screen', async (page) => {
    const place = () =>
      page.evaluate(() => {
        const found = [...document.querySelectorAll('[data-help="contact"]')];
        const [help] = found;
        return {
          count: found.length,
          first: help === document.querySelector('footer')?.firstElementChild,
          seen: help?.checkVisibility() ?? false,
          text: /** @type {HTMLElement} */ (help)?.innerText ?? '',
        };
      });
    /** @type {Record<string, () => Promise<unknown>>} */
    const walk = {
      start: async () => undefined,
      typing: () => page.click(`main ${action('type')}`),
      help: () => page.click(action('help')),
      statement: () => page.click(action('statement')),
      counter: async () => {
        await page.click(action('restart'));
        await page.click(`main ${action('counter')}`);
      },
    };
    for (const [state, go] of Object.entries(walk)) {
      await go();
      await step(page, state);
      const { count, first, seen, text } = await place();
      assert.deepEqual({ count, first, seen }, { count: 1, first: true, seen: true }, state);
      assert.match(text, /自分で/, `${state}: no number is known, so how to come by one`);
    }
  });

  visit('the answer is made while the amount is compared, so that the press only shows it', async (page) => {
    /** Elements made from the press to the answer. @param {boolean} early pressed before anybody could have read */
    const made = async (early) => {
      await typeCode(page, code());
      await step(page, 'confirm');
      if (!early) await new Promise((resolve) => setTimeout(resolve, 1_000));
      const count = await page.evaluate(() => {
        const { createElement } = Document.prototype;
        let many = 0;
        Document.prototype.createElement = function (/** @type {any[]} */ ...args) {
          many += 1;
          return createElement.apply(this, /** @type {any} */ (args));
        };
        /** @type {HTMLElement} */ (document.querySelector('[data-action="confirm-yes"]')).click();
        Document.prototype.createElement = createElement;
        return many;
      });
      assert.equal((await answer(page)).verdict, 'payable');
      const all = await page.evaluate(() => document.querySelectorAll('.sheet.answer *').length);
      await page.click(action('restart'));
      await step(page, 'start');
      return count / all;
    };
    const [late, early] = [await made(false), await made(true)];
    assert.ok(late < 0.2, `${late} of the answer's elements are made at the press`);
    assert.ok(early > 0.5, `${early}: it is made then where it was not before`);
    // Made in one language, shown in another.
    await typeCode(page, code());
    await step(page, 'confirm');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await speakIn(page, 'en');
    assert.equal((await confirm(page)).heading, 'You can pay by phone');
  });

  visit('the amount differs: a page that stops, with the ways on', async (page) => {
    await typeCode(page, code());
    await step(page, 'confirm');
    const size = await page.evaluate(() =>
      parseFloat(getComputedStyle(/** @type {Element} */ (document.querySelector('.sum .amount'))).fontSize),
    );
    assert.ok(size >= 48, `the amount is ${size} px high`);
    await page.click(action('confirm-no'));
    await step(page, 'help');
    const text = await page.evaluate(() => document.body.innerText);
    assert.ok(spaced(text).includes(spaced('まだ払わないでください')));
  });

  sizes(stage);
  statement(stage);
  if (stage.name !== 'webkit') speech(stage);
  if (name === 'chromium') print(stage);
}

const SMALLEST = { width: 320, height: 568 };
const ON_ITS_SIDE = { width: 800, height: 360 };

/** @param {import('../visit.js').Stage} stage */
function sizes({ visit, name }) {
  const root = (/** @type {Page} */ page) =>
    page.evaluate(() => ({
      size: parseFloat(getComputedStyle(document.documentElement).fontSize),
      pressed: [...document.querySelectorAll('[data-action="size"]')].map((button) =>
        button.getAttribute('aria-pressed'),
      ),
    }));

  visit('three sizes of letters, on every screen, kept only while the page is open', async (page) => {
    assert.deepEqual(await root(page), { size: 16, pressed: ['true', 'false', 'false'] });
    await page.click('[data-size="largest"]');
    const { size, pressed } = await root(page);
    assert.ok(size >= 24, `${size} px`);
    assert.deepEqual(pressed, ['false', 'false', 'true']);
    await answerFor(page, code());
    assert.equal((await root(page)).size, size, 'stays over states');
    assert.deepEqual((await root(page)).pressed, ['false', 'false', 'true']);
    await page.click('[data-size="large"]');
    const between = (await root(page)).size;
    assert.ok(between > 16 && between < size);
    const kept = await page.evaluate(() => [
      localStorage.length,
      sessionStorage.length,
      document.cookie,
      location.hash,
    ]);
    assert.deepEqual(kept, [0, 0, '', '']);
    await page.click(action('restart'));
    await step(page, 'start');
    await page.click('[data-size="normal"]');
    assert.equal((await root(page)).size, 16, 'and back');
  });

  /** Where a window cannot be resized, one visit each for the narrowest and the lowest: what fits those fits the third. */
  const together =
    name === 'webkit' ? [[SMALLEST], [ON_ITS_SIDE]] : [[SMALLEST, { width: 360, height: 800 }, ON_ITS_SIDE]];
  for (const sizes of together) {
    const names = sizes.map(({ width, height }) => `${width}×${height}`);
    visit(
      `${names.join(', ')}: the largest letters, and wide spaces between them, cut nothing off`,
      async (page) => {
        const each = async (/** @type {(size: string) => Promise<void>} */ look) => {
          for (const [at, size] of sizes.entries()) {
            if (sizes.length > 1) await page.setViewport(size);
            await look(names[at] ?? '');
          }
        };
        await everywhere(page, async (state) => {
          const usual = await letters(page, 'largest');
          await each(async (size) => {
            assert.deepEqual(await overflow(page), [], `${state}, ${size}: sticks out sideways`);
            assert.deepEqual(await cutOff(page), [], `${state}, ${size}: cut off`);
            assert.deepEqual(await small(page), [], `${state}, ${size}: targets`);
          });
          assert.ok((await letters(page, 'normal')) >= 1.5 * usual, 'they were large');
          // As readers with dyslexia set it for every page (WCAG 1.4.12).
          await page.evaluate(() => {
            for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('body *'))) {
              element.style.lineHeight = '1.5';
              element.style.letterSpacing = '0.12em';
              element.style.wordSpacing = '0.16em';
            }
          });
          await each(async (size) => {
            assert.deepEqual(await overflow(page), [], `${state}, ${size}, spaced: sticks out sideways`);
            assert.deepEqual(await cutOff(page), [], `${state}, ${size}, spaced: cut off`);
          });
          // The frame stays from state to state, and must be as it was.
          await page.evaluate(() => {
            for (const element of document.querySelectorAll('[style]')) element.removeAttribute('style');
          });
        });
      },
      { viewport: sizes[0] ?? SMALLEST },
    );
  }
}

/** @param {import('../visit.js').Stage} stage */
function statement({ visit }) {
  visit('a statement of accessibility can be reached from every screen, and one comes back from it', async (page) => {
    await page.click(action('statement'));
    await step(page, 'statement');
    // Not innerText: Firefox leaves a blank out of it where a line happens to end.
    const text = await page.evaluate(() => document.querySelector('main')?.textContent ?? '');
    for (const fact of ['JIS X 8341-3:2016', 'WCAG 2.2', 'AAA', 'axe-core', '2026年11月', 'VoiceOver', 'iPhone']) {
      assert.ok(text.includes(fact), fact);
    }
    assert.match(await page.evaluate(() => document.title), /使いやすさについて/);
    assert.deepEqual(await axe(page), [], 'found by axe');
    await shot(page, 'statement');
    await page.click(action('restart'));
    await step(page, 'start');
    await answerFor(page, code());
    await page.click(action('statement'));
    await step(page, 'statement');
    await page.click(action('back'));
    assert.equal((await answer(page)).verdict, 'payable', 'nothing that was read is lost');
  });
}

/** Voices as a browser tells of them, and a record of what is said. */
const VOICES = `{
  const said = [];
  let stopped = 0;
  let voices = [];
  const target = new EventTarget();
  const local = { lang: 'ja-JP', name: 'here', localService: true, default: true, voiceURI: 'here' };
  const remote = { lang: 'ja-JP', name: 'there', localService: false, default: true, voiceURI: 'there' };
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  Object.defineProperty(globalThis, 'speechSynthesis', { value: {
    getVoices: () => voices,
    speak: (utterance) => { said.push(utterance); },
    cancel: () => { stopped += 1; },
    addEventListener: (...all) => target.addEventListener(...all),
    removeEventListener: (...all) => target.removeEventListener(...all),
  } });
  globalThis.voiceTest = {
    has: (...kinds) => {
      voices = kinds.map((kind) => (kind === 'local' ? local : kind === 'javanese' ? { ...local, lang: 'jav' } : remote));
      target.dispatchEvent(new Event('voiceschanged'));
    },
    said: () => said.map(({ text, lang, voice }) => ({ text, lang, voice: voice.name })),
    end: () => said.at(-1).onend(),
    stopped: () => stopped,
  };
}`;

/** @param {import('../visit.js').Stage} stage */
function speech({ visit }) {
  /** @param {Page} page @param {string[]} kinds */
  const has = (page, ...kinds) =>
    page.evaluate((...all) => /** @type {any} */ (globalThis).voiceTest.has(...all), ...kinds);
  /** @param {Page} page */
  const button = (page) => page.evaluate(() => document.querySelector('[data-action="speak"]')?.textContent ?? null);
  /** @param {Page} page */
  const said = (page) =>
    page.evaluate(
      () =>
        /** @type {{ text: string, lang: string, voice: string }[]} */ (
          /** @type {any} */ (globalThis).voiceTest.said()
        ),
    );

  visit(
    'the button for listening is there exactly while the device itself has a voice of the language',
    async (page) => {
      await answerFor(page, code());
      assert.equal(await button(page), null, 'no voice yet');
      await has(page, 'remote', 'javanese');
      assert.equal(await button(page), null, 'a voice elsewhere would hear the amount; Javanese is not Japanese');
      await has(page, 'remote', 'local');
      assert.equal(spaced((await button(page)) ?? ''), '声で聞く', 'voices that come late count');
      await has(page, 'remote');
      assert.equal(await button(page), null);
      await has(page, 'local');
      await page.click(action('restart'));
      await step(page, 'start');
      await speakIn(page, 'en');
      await answerFor(page, code());
      assert.equal(await button(page), null, 'a Japanese voice cannot read English');
    },
    { init: VOICES },
  );

  visit(
    'the whole answer is said in its order, and stops when it is left',
    async (page) => {
      await has(page, 'local');
      await answerFor(page, code({ amount: 123_456, until: '2031-02-03' }));
      await page.click(action('speak'));
      const lines = await said(page);
      assert.ok(lines.every(({ lang, voice }) => lang === 'ja-JP' && voice === 'here'));
      const text = lines.map((line) => line.text);
      const order = [
        '払えます',
        '数字はそろっていて',
        '紙に名前があるアプリで払えます。',
        '金額',
        '123456円',
        '2031年2月3日、令和13年、月曜日まで',
        'コンビニで払えます。',
        'もう払ったかどうかは',
      ];
      let from = -1;
      for (const part of order) {
        const at = text.findIndex((line, index) => index > from && line.includes(part));
        assert.ok(at > from, `expected “${part}” after line ${from} of ${JSON.stringify(text)}`);
        from = at;
      }
      assert.ok(!text.join().includes('先に用意するもの'), 'what is folded away is not said');
      assert.ok(!text.join().includes('もう1枚'), 'nor are buttons');
      assert.ok(!text.join().includes('払った日、'), 'nor what is for paper');
      assert.equal(spaced((await button(page)) ?? ''), '声を止める');
      await page.click(action('speak'));
      assert.equal(spaced((await button(page)) ?? ''), '声で聞く', 'stopped');
      await page.click(action('speak'));
      await page.evaluate(() => /** @type {any} */ (globalThis).voiceTest.end());
      assert.equal(spaced((await button(page)) ?? ''), '声で聞く', 'at its end');
      await page.click(action('speak'));
      const before = await page.evaluate(() => /** @type {any} */ (globalThis).voiceTest.stopped());
      await page.click(action('help'));
      await step(page, 'help');
      const after = await page.evaluate(() => /** @type {any} */ (globalThis).voiceTest.stopped());
      assert.ok(after > before, 'it stops when the answer is left');
    },
    { init: VOICES },
  );
}

/** @param {import('../visit.js').Stage} stage */
function print({ visit }) {
  visit(
    'the printed sheet is one page, large, and shows no more than four digits of the code, in each reviewed language',
    async (page) => {
      // Set on the screen, the size of letters must not reach the paper.
      await page.click('[data-size="largest"]');
      for (const [nth, { why }] of ANSWERS.entries()) {
        const all = digitsOf(nth);
        await answerFor(page, all);
        for (const lang of /** @type {const} */ (['ja', 'ja-easy', 'en'])) {
          await speakIn(page, lang);
          await printed(page, all, lang, why);
        }
        await speakIn(page, 'ja');
        await page.click(action('restart'));
        await step(page, 'start');
      }
    },
  );

  visit('the printed sheet of the longest answer is one page, in ja and en', async (page) => {
    for (const lang of /** @type {const} */ (['ja', 'en'])) {
      await page.setViewport({ width: 360, height: 800 });
      await speakIn(page, lang);
      // A ward whose telephone is known, and an answer longer than any there is.
      await sample(page);
      assert.equal(await pages(page), 1, 'the sample');
      await page.setMedium('print');
      const { text, phone } = await sheet(page);
      assert.ok(text.includes('00-0000-0000') && phone >= 31.9);
      await page.setMedium('screen');
      await lengthen(page, lang);
      // As wide as the paper between its margins.
      await page.setViewport({ width: 688, height: 1000 });
      assert.equal(await pages(page), 1, 'the longest answer');
      await page.setMedium('print');
      const bottom = await page.evaluate(() => {
        const sheetBox = /** @type {Element} */ (document.querySelector('.answer')).getBoundingClientRect();
        const last = /** @type {Element} */ (document.querySelector('.takeaway')).getBoundingClientRect();
        return { sheet: sheetBox.bottom, last: last.bottom };
      });
      await page.setMedium('screen');
      assert.ok(
        bottom.last <= bottom.sheet + 1,
        `telephone and line to write on are not what gives way: they end at ${bottom.last} of ${bottom.sheet}`,
      );
      await page.click(action('restart'));
      await step(page, 'start');
    }
  });

  visit('the sheet printed at the counter: the same order; only the first step is one to tick off', async (page) => {
    await page.click(`main ${action('counter')}`);
    await step(page, 'counter');
    await page.press(...code(), 'Enter');
    await step(page, 'answer');
    const before = await page.evaluate(() => document.querySelector('.sum')?.getBoundingClientRect().bottom ?? NaN);
    assert.ok(before < 800, `the amount is in the first screen, found its end at ${before}`);
    assert.equal(await pages(page), 1);
    await page.setMedium('print');
    const { order } = await sheet(page);
    const marks = await page.evaluate(() =>
      ['.first .do', '.then .do'].map((css) =>
        [...document.querySelectorAll(css)].map((step) => getComputedStyle(step, '::before').content),
      ),
    );
    await page.setMedium('screen');
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      order,
    );
    const [first = [], then = []] = marks;
    assert.ok(first.length === 1 && first[0]?.includes('□'), `found ${first}`);
    assert.ok(then.length > 0 && !then.some((mark) => mark.includes('□')), `found ${then}`);
  });

  visit('やさしい日本語: the printed sheet is one page, to its last line', async (page) => {
    await page.setViewport({ width: 688, height: 1000 });
    await page.click('[data-action="language"][data-language="ja-easy"]');
    for (const lead of [() => answerFor(page, code({ stamp: 1 })), () => sample(page)]) {
      await lead();
      assert.equal(await pages(page), 1);
      await page.setMedium('print');
      const rest = await page.evaluate(() => {
        const bottom = (/** @type {string} */ css) =>
          document.querySelector(css)?.getBoundingClientRect().bottom ?? NaN;
        return bottom('.sheet.answer') - bottom('.takeaway .checked');
      });
      await page.setMedium('screen');
      assert.ok(rest >= -1, `the last line ends ${-rest} px below the sheet`);
      await page.click(action('restart'));
      await step(page, 'start');
    }
  });
}

/**
 * One answer on paper.
 *
 * @param {Page} page
 * @param {string} all digits of the code
 * @param {'ja' | 'ja-easy' | 'en'} lang
 * @param {string} why
 */
async function printed(page, all, lang, why) {
  assert.equal(await pages(page), 1, why);
  await page.setMedium('print');
  const { text, h1, smallest, phone, buttons, colours, until, order } = await sheet(page);
  // axe measures colours and reads names on paper as it does on the screen.
  const faults = [...(why === ANSWERS[0]?.why ? await axe(page) : []), ...(await poor(page))];
  await page.setMedium('screen');
  assert.deepEqual(faults, [], 'on paper: found by axe, or too pale');
  assert.deepEqual(colours, ['rgb(0, 0, 0)'], `${why}: black letters`);
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    order,
    `${why}: answer, reason, what to do, amount and dates, telephone, from above to below`,
  );
  assert.doesNotMatch(text, /[a-z]\.[A-Z]/, `${why}: a blank between two sentences`);
  assert.match(
    text,
    lang === 'en' ? /Checked on .*20\d\d/ : /20\d\d年.*日に しらべました/,
    `${why}: the day of the check`,
  );
  if (until !== null) assert.match(until, /20\d\d年.*（令和|20\d\d\s.*Reiwa/, `${why}: both countings of years`);
  assert.ok(h1 >= 48, `${why}: the heading is ${h1} px high, 36 pt are 48`);
  assert.ok(smallest >= 23.9, `${why}: the smallest letters are ${smallest} px high, 18 pt are 24`);
  assert.deepEqual(buttons, [], `${why}: nothing that can only be pressed`);
  assert.ok(phone >= 31.9, `${why}: the telephone is ${phone} px high, 24 pt are 32`);
  assert.ok(text.includes(all.slice(-4)));
  const longest = text.replaceAll(',', '').match(/\d{5,}/g) ?? [];
  assert.ok(!longest.some((shown) => all.includes(shown) && !/^(12500|30000[01])$/.test(shown)), `${why}: ${longest}`);
  assert.match(text, lang === 'en' ? /Paid on/ : /払った ?日/);
}

/** @param {Page} page */
async function pages(page) {
  const file = (await page.pdf()).toString('latin1');
  return file.match(/\/Type\s*\/Page(?![a-z])/g)?.length ?? 0;
}

/** What is on paper, measured as for paper. @param {Page} page */
function sheet(page) {
  return page.evaluate(() => {
    const px = (/** @type {Element | null} */ element) =>
      element ? parseFloat(getComputedStyle(element).fontSize) : 0;
    const texts = [...document.querySelectorAll('body *')].filter(
      (element) =>
        element.checkVisibility() &&
        // Readings are as large beside their words as on the screen.
        !element.closest('svg, script, rt, rp') &&
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
    );
    const phone = [...document.querySelectorAll('.takeaway .phone-number, .takeaway .to-write:not(.paid)')].find(
      (element) => element.checkVisibility(),
    );
    const readings = [...document.querySelectorAll('rt, rp')].map((reading) => {
      const text = reading.textContent;
      reading.textContent = '';
      return { reading, text };
    });
    const text = document.body.innerText;
    const until = document.querySelector('.facts .until dd')?.textContent ?? null;
    for (const { reading, text: words } of readings) reading.textContent = words;
    return {
      text,
      h1: px(document.querySelector('h1')),
      smallest: Math.min(...texts.map(px)),
      phone: px(phone ?? null),
      until,
      order: ['h1', '.reason', '.first', '.facts', '.takeaway'].map(
        (css) => document.querySelector(css)?.getBoundingClientRect().top ?? NaN,
      ),
      colours: [...new Set(texts.map((element) => getComputedStyle(element).color))],
      buttons: [...document.querySelectorAll('button, input, summary')]
        .filter((element) => element.checkVisibility())
        .map((element) => element.textContent),
    };
  });
}

/**
 * Puts the longest sentences of the catalogue into every place of the answer.
 *
 * @param {Page} page
 * @param {string} lang
 */
function lengthen(page, lang) {
  return page.evaluate((language) => {
    const part = document.getElementById('part-words')?.textContent ?? '{}';
    /** @type {{ keys: { guide: string[] }, catalogues: Record<string, { guide: string[] }> }} */
    const { keys, catalogues } = JSON.parse(part);
    const texts = catalogues[language]?.guide ?? [];
    const longest = (/** @type {string} */ kind) =>
      keys.guide
        .map((key, at) => /** @type {[string, string]} */ ([key, texts[at] ?? '']))
        .filter(([key]) => key.startsWith(kind))
        .map(([, text]) =>
          text.replace(
            /\{\w+\}/g,
            language === 'ja' ? '2026年12月31日（令和8年）木曜日' : 'Thursday, 31 December 2026',
          ),
        )
        .sort((a, b) => b.length - a.length);
    const items = (/** @type {string[]} */ texts) =>
      texts.map((text) => Object.assign(document.createElement('li'), { textContent: text }));
    const put = (/** @type {string} */ css, /** @type {Node[]} */ nodes) =>
      document.querySelector(css)?.replaceChildren(...nodes);
    put('.reason', [document.createTextNode(longest('finding')[0] ?? '')]);
    put('.first .details', items(longest('detail').slice(0, 8)));
    const section = document.createElement('section');
    section.dataset.if = 'findings';
    const list = document.createElement('ul');
    list.className = 'findings';
    list.append(...items(longest('finding').slice(0, 8)));
    section.append(list);
    document.querySelector('.limits')?.before(section);
    const until = document.querySelector('.facts .until');
    until?.after(/** @type {Node} */ (until.cloneNode(true)));
  }, lang);
}

/**
 * The page's own switch for the size of letters, in place.
 *
 * @param {Page} page
 * @param {string} size
 * @returns {Promise<number>} how high the letters were before
 */
function letters(page, size) {
  return page.evaluate((wanted) => {
    const before = parseFloat(getComputedStyle(document.documentElement).fontSize);
    /** @type {HTMLElement} */ (document.querySelector(`[data-size="${wanted}"]`)).click();
    return before;
  }, size);
}

/**
 * States that typed digits lead to, one after the other.
 *
 * @param {Page} page at the start, and left there
 * @param {(state: string) => Promise<void>} look
 */
async function everywhere(page, look) {
  await look('start');
  await typeCode(page, code({ stamp: 1, reissue: 1 }));
  await step(page, 'confirm');
  await look('confirm');
  await confirm(page);
  await page.evaluate(() => {
    for (const card of document.querySelectorAll('main details')) card.toggleAttribute('open', true);
  });
  await look('answer (ask)');
  await page.click(action('statement'));
  await step(page, 'statement');
  await look('statement');
  await page.click(action('restart'));
  await step(page, 'start');
  await answerFor(page, code());
  await page.evaluate(() => {
    for (const card of document.querySelectorAll('main details')) card.toggleAttribute('open', true);
  });
  await look('answer (payable)');
  await page.click(action('restart'));
  await step(page, 'start');
}

/**
 * Elements whose own text does not fit them.
 *
 * @param {Page} page
 */
function cutOff(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a, summary, h1, h2, h3, p, li, dt, dd, label, legend')]
      .filter((element) => element.checkVisibility() && !element.querySelector('input'))
      .filter((element) => {
        // An inline element has no box of its own to be cut off by.
        if (element.clientWidth === 0) return false;
        return element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2;
      })
      .map(
        (element) =>
          `${element.tagName} “${element.textContent?.trim().slice(0, 30)}”: ${element.scrollWidth}×${element.scrollHeight} in ${element.clientWidth}×${element.clientHeight}`,
      ),
  );
}

/** @param {Page} page */
function cards(page) {
  return page.evaluate(() =>
    [.../** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll('main details'))].map((card) => ({
      id: card.dataset.app ?? '',
      name: card.querySelector('.app-name')?.textContent ?? '',
      open: card.open,
      parts: [...card.querySelectorAll('h3')].map((part) => (part.textContent ?? '').replaceAll(' ', '')),
      text: (card.textContent ?? '').replaceAll(' ', ''),
    })),
  );
}

/**
 * @param {Page} page
 * @param {number} least height of the heading's letters
 */
function outside(page, least) {
  return page.evaluate((smallest) => {
    scrollTo(0, 0);
    const wanted = {
      heading: document.querySelector('h1'),
      reason: document.querySelector('.reason'),
      'first action': document.querySelector('[data-next] > *'),
    };
    const size = parseFloat(getComputedStyle(/** @type {Element} */ (wanted.heading)).fontSize);
    return [
      ...Object.entries(wanted)
        .filter(([, element]) => !element || element.getBoundingClientRect().bottom > innerHeight)
        .map(([what, element]) => `${what} ends at ${element?.getBoundingClientRect().bottom} of ${innerHeight}`),
      ...(document.querySelectorAll('h1').length === 1 ? [] : ['not exactly one h1']),
      ...(size >= smallest ? [] : [`the heading is ${size} px high; expected ${smallest} or more`]),
    ];
  }, least);
}

/**
 * @param {Page} page
 * @param {'ja' | 'ja-easy' | 'en'} lang
 */
async function speakIn(page, lang) {
  const now = await page.evaluate(() => document.documentElement.dataset.language);
  if (now !== lang) await page.click(`[data-action="language"][data-language="${lang}"]`);
  await page.waitFor(`html[data-language="${lang}"]`, 5_000);
}

/** @param {Page} page */
async function sample(page) {
  await page.click(`main ${action('sample')}`);
  await step(page, 'confirm', 60_000);
  await confirm(page);
}

/** Without the blanks that guide line breaks. @param {string} text */
function spaced(text) {
  return text.replace(/\s/gu, '');
}
