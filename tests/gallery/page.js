// @ts-check
/**
 * Beside the page of `/gallery/page?case=NAME`: leads it into that state.
 *
 * | in the address | |
 * |---|---|
 * | `case` | a name of `cases.js` |
 * | `language` | a catalogue's name; the page's own first one when left out |
 * | `theme` | `light` or `dark`; what the browser prefers when left out |
 * | `text` | size of letters in per cent |
 *
 * `data-gallery` on the root element tells a headless browser when to look: `ready`, or what went wrong.
 */
import { reach } from './cases.js';
import { speak, wear } from './themes.js';

const asked = new URLSearchParams(location.search);
const root = document.documentElement;
try {
  const [theme, language, text] = [asked.get('theme'), asked.get('language'), asked.get('text')];
  if (theme === 'light' || theme === 'dark') wear(theme);
  if (text !== null && /^\d{2,3}$/.test(text)) root.style.fontSize = `${text}%`;
  await reach(asked.get('case') ?? '');
  if (language) speak(language);
  root.dataset.gallery = 'ready';
} catch (error) {
  root.dataset.gallery = String(error);
  reportError(error);
}
