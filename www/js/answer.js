// @ts-check
/** @import { Answer, Contact, Finding, Message, Names, Report, Step } from './types.js' */
/** @import { Words } from './words.js' */
import { setHeadline, setText } from './phrases.js';
import { View, copy, make, say } from './view.js';
import { findingOf } from './words.js';

/**
 * The answer's state.
 *
 * @param {object} told
 * @param {Report} told.report
 * @param {Answer} told.answer
 * @param {boolean} told.sample
 * @param {boolean} told.voice whether it can be read aloud on this device
 * @param {boolean} told.counter
 * @param {Words} words
 * @returns {View}
 */
export function answerView({ report, answer, sample, voice, counter }, words) {
  const view = new View('answer', words);
  view.keepIf('sample', sample);
  view.keepIf('voice', voice);

  const panel = view.slot('verdict');
  panel.dataset.verdict = answer.verdict;
  // "Not read" is drawn as the page's own doubt: what is on the paper is still unknown.
  view.slot('mark').replaceWith(mark(answer.verdict === 'no-read' ? 'ask' : answer.verdict));
  setHeadline(view.slot('headline'), words.message(full(answer.headline)), words.lang);
  view.slot('reason').replaceWith(...reason(answer, words));

  const [first, ...then] = answer.steps;
  if (first) view.slot('first').replaceWith(stepList([first], words));
  view.keepIf('then', then.length > 0);
  if (then.length > 0) view.slot('then').replaceWith(stepList(then, words));

  view.slot('facts').append(...facts(answer, words));

  // That apps give no receipt is of use to whoever pays by app; beside "not by phone" it would only puzzle.
  const notes = [...answer.notes, ...untold(report, answer)].filter(
    (note) => answer.verdict === 'payable' || findingOf(full(note)) !== 'no-receipt',
  );
  view.keepIf('findings', notes.length > 0);
  if (notes.length > 0) view.slot('findings').append(...notes.map((note) => line(note, words)));
  view.slot('limits').append(...answer.limits.map((limit) => line(limit, words)));
  const day = words.t('answer.today', { date: words.date(answer.today) });
  view.slot('today').append(say('span', day, words), make('br'), say('span', words.t('answer.clock'), words));
  if (counter) {
    // At the counter the next visitor waits: what is pressed ten times a minute stands right below the verdict.
    const after = view.slot('after');
    for (const again of after.querySelectorAll('[data-action="restart"]')) {
      setText(again, words.t('answer.next-person'), words.lang);
    }
    panel.after(after);
  }
  return view;
}

/**
 * What kind of thing was read, where it is no notice: findings and the guide's steps, for the help page.
 *
 * @param {Report} report
 * @param {Words} words
 * @returns {HTMLElement[]} list items
 */
export function findingItems(report, words) {
  return report.findings.flatMap((finding) => {
    const message = messageOf(finding);
    const text = tryMessage(message, words);
    return text === null ? [] : [say('li', text, words, { 'data-finding': finding.id })];
  });
}

/**
 * All of an answer as plain text, to be read aloud.
 *
 * @param {Answer} answer
 * @param {Words} words
 */
export function spoken(answer, words) {
  const messages = [answer.headline, answer.reason, ...answer.steps.map(({ message }) => message), ...answer.limits];
  const amount = answer.amount === null ? [] : [words.yen(answer.amount)];
  const texts = messages.map((message) => words.message(full(message)));
  return [...texts.slice(0, 2), ...amount, ...texts.slice(2)].map((text) => text.replaceAll(' ', '')).join('\n');
}

/**
 * @param {Answer} answer
 * @param {Words} words
 * @returns {HTMLElement[]}
 */
function reason(answer, words) {
  const text = words.message(full(answer.reason));
  const id = findingOf(full(answer.reason));
  // A finding is an item of a list wherever it is told, so that a list of findings can be gathered from the page.
  if (id === null) return [say('p', text, words, { class: 'reason' })];
  return [make('ul', { class: 'reason' }, [say('li', text, words, { 'data-finding': id })])];
}

/**
 * @param {Answer} answer
 * @param {Words} words
 * @returns {HTMLElement[]}
 */
function facts(answer, words) {
  /** @type {[string, string, string][]} */
  const rows = [];
  if (answer.amount !== null) rows.push(['sum', words.t('answer.amount'), words.yen(answer.amount)]);
  if (answer.until !== null) {
    const date = words.date(answer.until);
    rows.push(['until', words.t('answer.until'), words.t('answer.until.date', { date })]);
  }
  if (answer.due !== null) rows.push(['due', words.t('answer.due'), words.date(answer.due)]);
  return rows.map(([kind, term, value]) =>
    make('div', { class: kind }, [say('dt', term, words), say('dd', value, words)]),
  );
}

/**
 * @param {Step[]} steps
 * @param {Words} words
 */
export function stepList(steps, words) {
  return make(
    'ol',
    { class: 'steps' },
    steps.map((step) => {
      const item = make('li', { 'data-next': step.next }, [
        say('p', words.message(full(step.message)), words, { class: 'do' }),
      ]);
      if (step.apps?.length) {
        const apps = step.apps.map(({ name: ja, en, ceiling }) => {
          const { name, lang } = nameIn({ ja, en }, words);
          const amount = typeof ceiling === 'number' ? words.yen(ceiling) : null;
          const text = amount === null ? name : words.t('answer.app-ceiling', { name, amount });
          return say('li', text, words, inLanguage(lang, words));
        });
        item.append(make('ul', { class: 'apps' }, apps));
      }
      if (step.details?.length) {
        item.append(
          make(
            'ul',
            { class: 'details' },
            step.details.map((detail) => line(detail, words)),
          ),
        );
      }
      if (step.contacts?.length) {
        item.append(
          make(
            'ul',
            { class: 'contacts' },
            step.contacts.map((contact) => contactItem(contact, words)),
          ),
        );
      }
      return item;
    }),
  );
}

/**
 * A name out of a ward's profile: those are Japanese and English, whatever other languages the page has.
 *
 * @param {Names} names
 * @param {Words} words
 * @returns {{ name: string, lang: string }}
 */
export function nameIn({ ja, en }, words) {
  return words.lang.startsWith('ja') || !en ? { name: ja, lang: 'ja' } : { name: en, lang: 'en' };
}

/**
 * @param {string} lang
 * @param {Words} words
 * @returns {Record<string, string>}
 */
function inLanguage(lang, words) {
  return words.lang.startsWith(lang) ? {} : { lang };
}

/**
 * @param {Contact} contact from the ward's profile, never from the paper
 * @param {Words} words
 */
function contactItem({ name: ja, en, phone, place, hours }, words) {
  const item = make('li');
  const rows = [{ ja, en }, place, hours].filter((names) => names !== null && names !== undefined);
  rows.forEach((names, at) => {
    const { name, lang } = nameIn(names, words);
    item.append(say('span', name, words, { ...inLanguage(lang, words), class: at === 0 ? 'who' : 'where' }));
  });
  if (typeof phone === 'string') {
    const href = `tel:${phone.replace(/[^0-9+]/g, '')}`;
    const [before = '', after = ''] = words.t('answer.phone', { phone }).split(phone);
    const number = make('span', { class: 'phone-number' }, [phone]);
    item.append(make('a', { class: 'button phone', href }, [say('span', before, words), number, after]));
  }
  return item;
}

/**
 * @param {Message} message
 * @param {Words} words
 */
function line(message, words) {
  const id = findingOf(full(message));
  return say('li', words.message(full(message)), words, id === null ? {} : { 'data-finding': id });
}

/**
 * Findings that the answer tells nowhere. There should be none; one that slipped through is better told twice over
 * than not at all.
 *
 * @param {Report} report
 * @param {Answer} answer
 * @returns {Message[]}
 */
function untold(report, answer) {
  const messages = [
    answer.reason,
    ...answer.notes,
    ...answer.limits,
    ...answer.steps.flatMap((step) => step.details ?? []),
  ];
  const told = new Set(messages.map((message) => findingOf(full(message))));
  return report.findings.filter(({ id }) => !told.has(id)).map(messageOf);
}

/**
 * A finding's own message, its values typed by what they look like.
 *
 * @param {Finding} finding
 * @returns {Message}
 */
function messageOf({ id, severity, ...found }) {
  void severity;
  /** @type {NonNullable<Message['values']>} */
  const values = {};
  for (const [name, value] of Object.entries(found)) {
    if (typeof value === 'number') values[name] = { type: /ceiling|amount/.test(name) ? 'yen' : 'number', value };
    else if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) values[name] = { type: 'date', value };
    else if (typeof value === 'string') values[name] = { type: 'text', value };
  }
  return { key: `finding.${id}`, values };
}

/**
 * @param {Message} message
 * @param {Words} words
 */
function tryMessage(message, words) {
  try {
    return words.message(full(message));
  } catch {
    return null;
  }
}

/**
 * @param {Message} message
 * @returns {Required<Message>}
 */
function full({ key, values = {} }) {
  return { key, values };
}

/** @param {string} verdict */
function mark(verdict) {
  const span = make('span', { class: 'mark' });
  span.append(copy(`mark-${verdict}`));
  return span;
}
