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
  const head = language.split('-')[0] ?? language;
  return voices.find((voice) => voice.localService === true && voice.lang.replace('_', '-').startsWith(head)) ?? null;
}

/**
 * @param {string} text readings in it are not spoken: the voice would say those words twice
 * @param {SpeechSynthesisVoice} voice
 * @param {() => void} done
 */
export function speak(text, voice, done) {
  speechSynthesis.cancel();
  const utterance = new SpeechSynthesisUtterance(plain(text));
  utterance.voice = voice;
  utterance.lang = voice.lang;
  utterance.rate = 0.9;
  utterance.onend = done;
  utterance.onerror = done;
  speechSynthesis.speak(utterance);
}

export function hush() {
  globalThis.speechSynthesis?.cancel();
}
