// @ts-check
import { plain } from './ruby.js';

/**
 * A voice that speaks on the device itself; others send the text to a server.
 *
 * @param {string} language
 * @returns {SpeechSynthesisVoice | null}
 */
export function localVoice(language) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const [head = language] = language.split('-');
  // "jav" is Javanese: only the whole first part of a tag is the language.
  const speaks = (/** @type {SpeechSynthesisVoice} */ { lang }) => lang.split(/[-_]/)[0]?.toLowerCase() === head;
  const local = voices.filter((voice) => voice.localService === true && speaks(voice));
  return local.find((voice) => voice.default) ?? local[0] ?? null;
}

/**
 * Calls back whenever the device's voices have changed: some browsers know none when the page opens.
 *
 * @param {() => void} changed
 */
export function onVoices(changed) {
  // Older Safari has the voices but no such event on the object.
  globalThis.speechSynthesis?.addEventListener?.('voiceschanged', changed);
  // Asked for once, voices that come late are fetched.
  globalThis.speechSynthesis?.getVoices();
}

/** Counts what was begun, so that the end of what was stopped ends nothing new. */
let turn = 0;

/**
 * Says lines one after the other, each as an utterance of its own: a pause between thoughts, and no text so long that an
 * engine breaks off.
 *
 * @param {string[]} lines readings in them are not spoken: the voice would say those words twice
 * @param {SpeechSynthesisVoice} voice
 * @param {() => void} done called once, at the end or when it cannot go on; not when it is stopped by `hush`
 */
export function speak(lines, voice, done) {
  hush();
  const mine = turn;
  const end = () => {
    if (mine !== turn) return;
    hush();
    done();
  };
  lines.forEach((line, at) => {
    const utterance = new SpeechSynthesisUtterance(plain(line));
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = 0.9;
    utterance.onerror = end;
    if (at === lines.length - 1) utterance.onend = end;
    speechSynthesis.speak(utterance);
  });
  if (lines.length === 0) end();
}

export function hush() {
  turn += 1;
  globalThis.speechSynthesis?.cancel();
}

/** What begins a line of its own. */
const LINES = 'h1, h2, h3, p, li, dt, dd, summary, .line, .who, .where, a';

/**
 * What of a view is said, in the order in which it stands: all that is to be seen and read, no buttons, no drawings, and
 * nothing of what is folded away or stands on paper only.
 *
 * @param {Element} root
 * @param {string} language
 * @returns {string[]}
 */
export function spokenLines(root, language) {
  /** @type {{ place: Element | null, text: string }[]} */
  const lines = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    // Above ruby stands how a word is read: said twice it would be a stammer.
    if (!parent || parent.closest('button, svg, rt, rp, [aria-hidden="true"], [data-print]')) continue;
    if (parent.closest('details:not([open])') && !parent.closest('summary')) continue;
    const place = parent.closest(LINES);
    const last = lines.at(-1);
    if (last && last.place === place) last.text += node.textContent ?? '';
    else lines.push({ place, text: node.textContent ?? '' });
  }
  return lines.map(({ text }) => speakable(text, language)).filter((line) => line !== '');
}

/**
 * A line as a voice says it well: amounts without the comma that some read as a pause, the era without brackets that
 * some read by name, telephone numbers digit by digit, no blanks inside Japanese.
 *
 * @param {string} text
 * @param {string} language
 */
export function speakable(text, language) {
  const plain = text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/(?<![\d-])0\d{1,4}-\d{1,4}-\d{3,4}(?![\d-])/gu, (number) =>
      number
        .split('-')
        .map((group) => [...group].join(' '))
        .join(', '),
    )
    .replace(/(?<=\d),(?=\d{3})/gu, '');
  if (!language.startsWith('ja')) return plain;
  return plain
    .replace(/(?<=\d) (?=\d)/gu, '・')
    .replaceAll(', ', '、')
    .replace(/（((?:令和|平成|昭和)(?:元|\d+)年)）/gu, '、$1、')
    .replaceAll('eL-QR', 'イーエル・キューアール')
    .replaceAll(' ', '');
}
