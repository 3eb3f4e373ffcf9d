// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hush, localVoice, speak, speakable } from '../../www/js/speech.js';

test('a line is written as a voice says it well', () => {
  for (const [language, text, said, why] of [
    ['ja', '12,345円', '12345円', 'a comma would be a pause'],
    ['ja', '1回 300,000円まで', '1回300000円まで', 'blanks guide the eye, not the voice'],
    [
      'ja',
      '2026年9月30日（令和8年）水曜日まで',
      '2026年9月30日、令和8年、水曜日まで',
      'brackets around an era are read by name',
    ],
    ['ja', '2019年5月1日（令和元年）水曜日', '2019年5月1日、令和元年、水曜日', 'the first year of an era'],
    ['ja', 'おくれた分の お金（延滞金）', 'おくれた分のお金（延滞金）', 'other brackets stay'],
    ['ja', '電話 00-0000-0001', '電話0・0、0・0・0・0、0・0・0・1', 'a telephone number digit by digit'],
    ['ja', '四角い もよう（eL-QR）', '四角いもよう（イーエル・キューアール）', 'no voice knows the name'],
    ['ja', '紙の\n    コード', '紙のコード', 'line breaks of the page’s source'],
    ['en', 'Call 00-0000-0001', 'Call 0 0, 0 0 0 0, 0 0 0 1', 'a telephone number digit by digit'],
    ['en', '12,345 yen', '12345 yen', 'an amount'],
    ['en', 'Monday to Friday, 8:30 to 17:00', 'Monday to Friday, 8:30 to 17:00', 'nothing to change'],
    ['en', '2026-11-22', '2026-11-22', 'a day is no telephone number'],
    ['ja', ' \n ', '', 'nothing'],
  ]) {
    assert.equal(speakable(text ?? '', language ?? ''), said, why);
  }
});

/**
 * @param {Partial<SpeechSynthesisVoice>[]} voices
 */
function engine(voices) {
  const log = /** @type {{ said: any[], stopped: number }} */ ({ said: [], stopped: 0 });
  Object.assign(globalThis, {
    speechSynthesis: {
      getVoices: () => voices,
      speak: (/** @type {unknown} */ utterance) => log.said.push(utterance),
      cancel: () => (log.stopped += 1),
    },
    SpeechSynthesisUtterance: class {
      /** @param {string} text */
      constructor(text) {
        this.text = text;
      }
    },
  });
  return log;
}

test('only a voice that is on the device and speaks the language is taken', () => {
  const voice = (/** @type {string} */ lang, localService = true, isDefault = false) =>
    /** @type {SpeechSynthesisVoice} */ ({ lang, localService, default: isDefault, name: lang, voiceURI: lang });
  for (const [
    voices,
    language,
    found,
    why,
  ] of /** @type {[SpeechSynthesisVoice[], string, string | null, string][]} */ ([
    [[], 'ja', null, 'none at all'],
    [[voice('ja-JP', false)], 'ja', null, 'a remote one would send the amount away'],
    [[voice('en-US')], 'ja', null, 'another language'],
    [[voice('jav')], 'ja', null, 'Javanese begins alike'],
    [[voice('ja_JP')], 'ja', 'ja_JP', 'as some Androids write it'],
    [[voice('ja-JP')], 'ja-easy', 'ja-JP', 'the same language, more plainly'],
    [[voice('en-US'), voice('en-GB', true, true)], 'en', 'en-GB', 'the one that the person has chosen'],
  ])) {
    engine(voices);
    assert.equal(localVoice(language)?.lang ?? null, found, why);
  }
});

test('the end is told once, and not of what was stopped', () => {
  const voice = /** @type {SpeechSynthesisVoice} */ ({ lang: 'ja-JP', localService: true });
  const log = engine([voice]);
  let ends = 0;
  const done = () => (ends += 1);
  speak(['一', '二'], voice, done);
  assert.deepEqual(
    log.said.map(({ text }) => text),
    ['一', '二'],
  );
  log.said[1].onend();
  log.said[1].onend();
  assert.equal(ends, 1, 'once');

  speak(['三'], voice, done);
  const third = log.said.at(-1);
  hush();
  // Browsers tell what was cancelled as an error, some as an end, and late.
  third.onerror();
  third.onend();
  assert.equal(ends, 1, 'whoever stops it knows already');

  speak(['四', '五'], voice, done);
  log.said.at(-2).onerror();
  assert.equal(ends, 2, 'a voice that fails ends the whole');

  speak([], voice, done);
  assert.equal(ends, 3, 'nothing to say is said at once');
});
