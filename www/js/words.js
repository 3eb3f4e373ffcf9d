// @ts-check
/**
 * Words of one language: turns keys and values into sentences.
 *
 * Catalogues (www/words/) are checked when the page is built, so that a key or a value that is missing here is a
 * mistake in the program. It throws: a sentence with a hole in it could say the opposite of what is true.
 */

/**
 * @typedef {{type: 'date', value: string} | {type: 'yen', value: number} | {type: 'number', value: number}
 *   | {type: 'text', value: string}} Value A value as the core names it; dates are YYYY-MM-DD.
 */
/** @typedef {{key: string, values?: Record<string, Value>}} Message What the core wants said. */
/** @typedef {Record<string, Value | string | number>} Fillings What fills placeholders, by name. */
/**
 * @typedef {object} Catalogue One file of www/words/.
 * @property {{lang: string, name: string, reviewed: boolean}} meta
 * @property {Record<string, string>} [guide] The answer's sentences; a catalogue that nobody has reviewed needs none.
 * @property {Record<string, string>} page All other words of the page.
 */
/**
 * @typedef {object} Words
 * @property {string} id The catalogue's: its file's name. `ja-easy` is one of several in the same language.
 * @property {string} lang The language's tag, for the `lang` attribute.
 * @property {boolean} reviewed Whether a person who knows the language has read the catalogue. Where not, no answer may
 *   be shown in it.
 * @property {(key: string) => boolean} has Whether the page has words for a key.
 * @property {(key: string, values?: Fillings) => string} t The page's words for a key; in Japanese perhaps with readings
 *   (`ruby.js`).
 * @property {(message: Message) => string} message A message of the core. Throws where nobody has reviewed the words.
 * @property {(iso: string) => string} date A day (YYYY-MM-DD) with its weekday, in Japanese with its era too.
 * @property {(amount: number) => string} yen An amount of money.
 * @property {(count: number) => string} number A count.
 */

/**
 * @param {Catalogue} catalogue
 * @param {string} [id] its file's name, where that is not the language's tag
 * @returns {Words}
 */
export function createWords(catalogue, id = catalogue.meta.lang) {
  const { lang, reviewed } = catalogue.meta;
  // Made when first needed: for all languages at once they took a slow phone a fifth of a second before its first screen.
  const day = onDemand(() => dayWriter(lang, isEasy(id)));
  const digits = onDemand(() => {
    const format = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
    return (/** @type {number} */ count) => format.format(count);
  });

  /** @param {number} count */
  const number = (count) => {
    if (!Number.isSafeInteger(count)) throw new TypeError(`expected a whole number, found ${String(count)}`);
    return digits(count);
  };
  /** @param {number} amount */
  const yen = (amount) => say('guide', 'value.yen', { amount });

  /**
   * @param {Value | string | number} value
   * @returns {string}
   */
  const word = (value) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return number(value);
    switch (value.type) {
      case 'date':
        return day(value.value);
      case 'yen':
        return yen(value.value);
      case 'number':
        return number(value.value);
      case 'text':
        return value.value;
      default:
        throw new TypeError(`expected a date, yen, number or text, found ${JSON.stringify(value)}`);
    }
  };

  /**
   * @param {string} key
   * @param {string} text
   * @param {Fillings} values
   */
  const fill = (key, text, values) =>
    text.replace(/\{([^{}]*)\}/g, (_, /** @type {string} */ name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) throw new Error(`words “${id}”, ${key}: expected a value for {${name}}`);
      return word(value);
    });

  /**
   * @param {'guide' | 'page'} section
   * @param {string} key
   * @param {Fillings} values
   */
  const say = (section, key, values) => {
    const texts = catalogue[section] ?? {};
    const text = Object.hasOwn(texts, key) ? texts[key] : undefined;
    if (text === undefined) throw new Error(`words “${id}”: no key ${section} › ${key}`);
    return fill(key, text, values);
  };

  return {
    id,
    lang,
    reviewed,
    has: (key) => Object.hasOwn(catalogue.page, key),
    t: (key, values = {}) => say('page', key, values),
    message({ key, values = {} }) {
      if (!reviewed) throw new Error(`words “${id}”: nobody has reviewed them, so no answer is given in them`);
      return say('guide', key, values);
    },
    date: day,
    yen,
    number,
  };
}

/**
 * @template A, R
 * @param {() => (value: A) => R} make
 * @returns {(value: A) => R} what `make` makes, once it is called
 */
function onDemand(make) {
  /** @type {((value: A) => R) | null} */
  let made = null;
  return (value) => (made ??= make())(value);
}

/**
 * Whether a catalogue is in the easy form of its language (やさしい日本語), told by its name: `ja-easy`.
 *
 * @param {string} id
 */
export function isEasy(id) {
  return id.endsWith('-easy');
}

/**
 * Which finding a message tells, for `data-finding`: “finding.issuer-unknown.ask” → “issuer-unknown”.
 *
 * @param {Message} message
 * @returns {string | null} the finding's id, or null where the message is no finding
 */
export function findingOf({ key }) {
  const [kind, id] = key.split('.');
  return kind === 'finding' && id ? id : null;
}

/**
 * How a language writes a day. Days come as dates of the calendar and are never moved into a time zone: they are
 * written as UTC from a UTC midnight.
 *
 * @param {string} lang
 * @param {boolean} easy with readings over the kanji
 * @returns {(iso: string) => string}
 */
function dayWriter(lang, easy) {
  /**
   * @param {string} locale
   * @param {Intl.DateTimeFormatOptions} options
   */
  const format = (locale, options) => new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  const [language] = lang.split('-');
  /** @type {(date: Date) => string} */
  let write;
  if (language === 'ja') {
    const western = format('ja-JP-u-ca-gregory', { year: 'numeric', month: 'long', day: 'numeric' });
    const japanese = format('ja-JP-u-ca-japanese', { era: 'long', year: 'numeric' });
    const weekday = format('ja-JP', { weekday: 'long' });
    write = (date) => {
      // Numeric parts come out as “R8/9/30(水)”: only the era and its year are taken, by name.
      const parts = Object.fromEntries(japanese.formatToParts(date).map(({ type, value }) => [type, value]));
      const { era = '', year = '' } = parts;
      if (!easy) return `${western.format(date)}（${era}${year}年）${weekday.format(date)}`;
      const on = date.getUTCDate();
      const read = `${date.getUTCFullYear()}年《ねん》${date.getUTCMonth() + 1}月《がつ》${DAYS[on] ?? `${on}日《にち》`}`;
      const name = Object.hasOwn(ERAS, era) ? `${era}《${ERAS[era]}》` : era;
      const first = year === '元' ? '元年《がんねん》' : `${year}年《ねん》`;
      return `${read}（${name}${first}）${WEEKDAYS[date.getUTCDay()]}`;
    };
  } else if (language === 'en') {
    // Written apart, because engines disagree on the comma after the weekday.
    const weekday = format('en-GB', { weekday: 'long' });
    const western = format('en-GB', { year: 'numeric', month: 'long', day: 'numeric' });
    write = (date) => `${weekday.format(date)} ${western.format(date)}`;
  } else {
    const western = format(lang, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
    write = (date) => western.format(date);
  }
  return (iso) => {
    const date = new Date(`${iso}T00:00:00Z`);
    // The round trip refuses 2026-02-30, which some engines read as 2 March.
    if (!/^\d{4}-\d\d-\d\d$/.test(iso) || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso) {
      throw new TypeError(`expected a day as YYYY-MM-DD, found ${JSON.stringify(iso)}`);
    }
    return write(date);
  };
}

/**
 * Days of the month that are not read as their number with にち. The reading stands over the number too.
 *
 * @type {Record<number, string>}
 */
const DAYS = {
  1: '｜1日《ついたち》',
  2: '｜2日《ふつか》',
  3: '｜3日《みっか》',
  4: '｜4日《よっか》',
  5: '｜5日《いつか》',
  6: '｜6日《むいか》',
  7: '｜7日《なのか》',
  8: '｜8日《ようか》',
  9: '｜9日《ここのか》',
  10: '｜10日《とおか》',
  14: '｜14日《じゅうよっか》',
  20: '｜20日《はつか》',
  24: '｜24日《にじゅうよっか》',
};
/**
 * An era that is not among them stands without its reading.
 *
 * @type {Record<string, string>}
 */
const ERAS = { 令和: 'れいわ', 平成: 'へいせい', 昭和: 'しょうわ' };
const WEEKDAYS = ['日', '月', '火', '水', '木', '金', '土'].map(
  (day, at) => `${day}曜日《${['にち', 'げつ', 'か', 'すい', 'もく', 'きん', 'ど'][at]}ようび》`,
);
