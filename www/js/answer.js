// @ts-check
/** @import { Answer, AppFacts, Finding, Message, Report, Step } from './types.js' */
/** @import { Words } from './words.js' */
import { appCards, appName } from './apps.js';
import { contactItem } from './contacts.js';
import { nameIn } from './names.js';
import { setHeadline, setText } from './phrases.js';
import { View, copy, keepWhole, make, say } from './view.js';
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
 * @param {Record<string, AppFacts>} told.apps what is known of apps themselves
 * @param {Words} words
 * @returns {View}
 */
export function answerView({ report, answer, sample, voice, counter, apps }, words) {
  const view = new View('answer', words);
  view.keepIf('sample', sample);
  view.keepIf('voice', voice);

  const panel = view.slot('verdict');
  panel.dataset.verdict = answer.verdict;
  // "Not read" is drawn as the page's own doubt: what is on the paper is still unknown.
  view.slot('mark').replaceWith(mark(answer.verdict === 'no-read' ? 'ask' : answer.verdict));
  setHeadline(view.slot('headline'), words.message(full(answer.headline)), words.lang);
  view.slot('reason').replaceWith(...reason(answer, words, apps));

  const [first, ...then] = answer.steps;
  if (first) view.slot('first').replaceWith(stepList([first], words));
  view.keepIf('then', then.length > 0);
  if (then.length > 0) view.slot('then').replaceWith(stepList(then, words));

  view.slot('facts').append(...facts(answer, words));

  const using = appCards(answer.steps, apps, { report, sample }, words);
  view.keepIf('apps', using !== null);
  if (using) {
    view.text('apps-lead', using.lead);
    view.slot('apps').append(...using.cards);
  }
  sheet(view, report, answer, words);

  // That apps give no receipt, and that one of two codes is enough, is of use to whoever pays by app; beside "not by
  // phone" or "ask" it would only puzzle.
  const notes = [...answer.notes, ...untold(report, answer)].filter(
    (note) => answer.verdict === 'payable' || !['no-receipt', 'both-codes'].includes(findingOf(full(note)) ?? ''),
  );
  view.keepIf('findings', notes.length > 0);
  if (notes.length > 0) view.slot('findings').append(...notes.map((note) => line(note, words, apps)));
  view.slot('limits').append(...answer.limits.map((limit) => line(limit, words)));
  const day = words.t('answer.today', { date: words.date(answer.today) });
  view.slot('today').append(say('span', day, words), make('br'), say('span', words.t('answer.clock'), words));
  if (counter) {
    // At the counter the next visitor waits: what is pressed ten times a minute stands right below the verdict.
    const after = view.slot('after');
    for (const again of after.querySelectorAll('[data-action="restart"]')) {
      setText(again, words.t('answer.next-person'), words.lang);
    }
    // And above it what the clerk holds against the paper.
    const sum = view.root.querySelector('.facts .sum');
    panel.after(...(sum ? [make('dl', { class: 'facts at-counter' }, [sum])] : []), after);
    const left = view.slot('facts');
    if (left.childElementCount === 0) left.remove();
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
 * What only the printed sheet has: whom to call in large type, a line for the day of payment, and the last digits of the
 * code, by which the sheet is found to belong to its notice. Never more of the number than that.
 *
 * @param {View} view
 * @param {Report} report
 * @param {Answer} answer
 * @param {Words} words
 */
function sheet(view, report, answer, words) {
  const contacts = answer.contacts ?? [];
  const [call] = contacts.filter(({ phone }) => phone !== null);
  const [go] = contacts.filter(({ phone }) => phone === null);
  view.keepIf('no-phone', !call);
  view.keepIf('contacts', contacts.length > 0);
  if (contacts.length > 0) {
    // The same hours twice would cost a line that the sheet may need.
    const same = call && go && JSON.stringify(call.hours) === JSON.stringify(go.hours);
    const whom = [call, same ? { ...go, hours: null } : go].filter((contact) => contact !== undefined);
    view.slot('sheet-contacts').append(...whom.map((contact) => contactItem(contact, words)));
  }
  view.text('sheet-checked', words.t('sheet.checked', { date: words.date(answer.today) }));
  // An eL-QR's digits stand nowhere on the paper, so nobody could compare them.
  const barcode = report.symbols.find(({ kind, valid }) => kind === 'gs1-128-payment' && valid);
  view.keepIf('number', barcode !== undefined);
  if (barcode) view.text('sheet-number', words.t('sheet.number', { digits: barcode.text.slice(-4) }));
}

/**
 * @param {Answer} answer
 * @param {Words} words
 * @param {Record<string, AppFacts>} apps
 * @returns {HTMLElement[]}
 */
function reason(answer, words, apps) {
  const text = tell(answer.reason, words, apps);
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
    const date = bothYears(answer.until, words);
    rows.push(['until', words.t('answer.until'), words.t('answer.until.date', { date })]);
  }
  if (answer.due !== null) rows.push(['due', words.t('answer.due'), bothYears(answer.due, words)]);
  return rows.map(([kind, term, value]) => {
    const row = make('div', { class: kind }, [say('dt', term, words), say('dd', value, words)]);
    if (kind === 'sum') keepWhole(row, value);
    return row;
  });
}

/**
 * A day with its year in the Japanese era too, as it is printed on the paper: also in languages that do not count so.
 *
 * @param {string} iso YYYY-MM-DD
 * @param {Words} words
 */
function bothYears(iso, words) {
  const date = words.date(iso);
  if (words.lang.startsWith('ja')) return date;
  const parts = new Intl.DateTimeFormat(`${words.lang}-u-ca-japanese`, {
    era: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
    .formatToParts(new Date(`${iso}T00:00:00Z`))
    .filter(({ type }) => type === 'era' || type === 'year')
    .map(({ value }) => value);
  // Languages differ in which of the two comes first; on the paper it is the era.
  const year = parts.sort((a, b) => Number(/^\d/.test(a)) - Number(/^\d/.test(b))).join(' ');
  return words.t('answer.japanese-year', { date, year });
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
        const apps = step.apps.map((app) => {
          const entry = make('li', {}, [say('span', appName(app, words), words, { class: 'who' })]);
          if (app.ceiling !== null) {
            const most = words.t('answer.app-ceiling', { amount: words.yen(app.ceiling) });
            entry.append(say('span', most, words, { class: 'where' }));
          }
          return entry;
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
 * A sentence of the core, which names apps as the ward does, in Japanese: by the name that all of the page uses.
 *
 * @param {Message} message
 * @param {Words} words
 * @param {Record<string, AppFacts>} apps
 */
function tell(message, words, apps) {
  const { key, values } = full(message);
  const { app } = values;
  if (app?.type !== 'text') return words.message({ key, values });
  const ja = app.value;
  const { en } = Object.values(apps).find((facts) => facts.ja === ja) ?? { en: '' };
  const value = nameIn({ ja, en }, words).name;
  const text = words.message({ key, values: { ...values, app: { type: 'text', value } } });
  // 「見本銀行アプリ」の アプリ says it twice.
  return text.replace('アプリ」の アプリ', 'アプリ」');
}

/**
 * @param {Message} message
 * @param {Words} words
 * @param {Record<string, AppFacts>} [apps]
 */
function line(message, words, apps = {}) {
  const id = findingOf(full(message));
  // The sheet to take home leaves out what is of use on the screen only.
  /** @type {Record<string, string>} */
  const name = id === null ? { 'data-detail': message.key.split('.').slice(1).join('.') } : { 'data-finding': id };
  return say('li', tell(message, words, apps), words, name);
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
