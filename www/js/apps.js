// @ts-check
/** @import { App, AppFacts, Known, Report, Step } from './types.js' */
/** @import { Words } from './words.js' */
import { copy, make, say } from './view.js';
import { nameIn } from './names.js';

/**
 * How each app is used: one card an app, closed at first, so that the answer stays short. What a ward says of an app
 * (its profile) counts before what is known of the app itself (www/apps/); what neither knows is told as not known.
 *
 * @param {Step[]} steps of the answer
 * @param {Record<string, AppFacts>} known
 * @param {{ report: Report, sample: boolean }} of
 * @param {Words} words
 * @returns {{ lead: string, cards: HTMLElement[] } | null} null where paying by app is not one of the steps
 */
export function appCards(steps, known, { report, sample }, words) {
  const paying = steps.find(({ next }) => next === 'pay-by-app');
  if (!paying) return null;
  const named = paying.apps ?? [];
  if (named.length > 0) {
    return { lead: words.t('apps.lead'), cards: named.map((app) => card(app, known[app.id] ?? null, words)) };
  }
  const cards = mayTake(known, report, sample).map((facts) => card(unlisted(facts), facts, words));
  return cards.length > 0 ? { lead: words.t('apps.lead.printed'), cards } : null;
}

/**
 * The apps that may be named on this paper, where no ward says so: those that nothing known speaks against.
 *
 * @param {Record<string, AppFacts>} known
 * @param {Report} report
 * @param {boolean} sample
 */
export function mayTake(known, report, sample) {
  const codes = new Set(report.symbols.filter(({ valid }) => valid).map(({ kind }) => kind));
  // A chosen ward may have told something against an app, and too little of the others to name one.
  const against = new Set(report.findings.map(({ app }) => app));
  return Object.values(known)
    .filter((facts) => facts.kind === (sample ? 'sample' : 'real') && fits(facts, codes) && !against.has(facts.id))
    .filter(({ ended }) => ended === 'unknown' || ended >= (report.answer?.today ?? ''))
    .filter(({ ceiling }) => ceiling === 'unknown' || ceiling >= (report.answer?.amount ?? 0));
}

/**
 * Whether it may read one of the codes that the paper has.
 *
 * @param {AppFacts} facts
 * @param {Set<string>} codes
 */
function fits({ barcode, el_qr: elQr }, codes) {
  return (codes.has('gs1-128-payment') && barcode !== false) || (codes.has('el-qr') && elQr !== false);
}

/**
 * An app of which no ward has said anything.
 *
 * @param {AppFacts} facts
 * @returns {App}
 */
function unlisted({ id, ja, en }) {
  return { id, name: ja, en, ceiling: null, barcode: null, el_qr: null, from: null, until: null };
}

/**
 * An app's name never stands alone: it says nothing to whoever has not met it.
 *
 * @param {{ name: string, en: string }} app
 * @param {Words} words
 */
export function appName({ name: ja, en }, words) {
  const { name } = nameIn({ ja, en }, words);
  return /アプリ|\bapp\b/iu.test(name) ? name : words.t('app.name', { name });
}

/**
 * @param {App} app as the ward has it
 * @param {AppFacts | null} facts of the app itself
 * @param {Words} words
 */
function card(app, facts, words) {
  const summary = make('summary', {}, [say('span', appName(app, words), words, { class: 'app-name' })]);
  const opener = make('span', { class: 'app-open' });
  opener.append(copy('mark-more'), say('span', words.t('app.open'), words));
  summary.append(opener);
  const details = make('details', { class: 'app', 'data-app': app.id }, [summary]);
  if (!facts) details.append(say('p', words.t('app.unlisted'), words));

  const { name } = nameIn({ ja: app.name, en: app.en }, words);
  /** @param {string} field of the app's own facts @param {string} text */
  const unless = (field, text) => (facts && !sure(facts, field) ? words.t('app.unsure', { fact: text }) : text);
  /** @param {string} key @param {Known<boolean> | undefined} value @param {string} field */
  const yesNo = (key, value, field) => {
    if (typeof value !== 'boolean') return words.t(`app.${key}.unknown`);
    return unless(field, words.t(`app.${key}.${value ? 'yes' : 'no'}`));
  };
  if (facts) {
    const needs =
      facts.needs === 'unknown'
        ? [words.t('app.needs.unknown')]
        : facts.needs.map((need) => unless('needs', words.t(`app.needs.${need}`)));
    details.append(...part('app.needs', 'ul', needs, words));
    const steps =
      facts.steps === 'unknown'
        ? [words.t('app.steps.unknown')]
        : facts.steps.map(({ do: what, label = '' }) =>
            unless('steps', words.t(`app.step.${what}`, stepNames(what, name, label))),
          );
    const listed = part('app.steps', facts.steps === 'unknown' ? 'ul' : 'ol', steps, words);
    for (const item of listed[1]?.children ?? []) markLabels(item, facts, words);
    details.append(...listed);
    details.append(
      ...part(
        'app.not',
        'ul',
        [
          yesNo('receipt', facts.receipt, 'receipt'),
          words.t('app.inspection'),
          yesNo('undo', facts.undo, 'undo'),
          yesNo('fee', facts.fee, 'fee'),
        ],
        words,
      ),
    );
  }
  details.append(
    ...part(
      'app.reads',
      'ul',
      [
        app.barcode === null ? yesNo('barcode', facts?.barcode, 'barcode') : yesNo('barcode', app.barcode, ''),
        app.el_qr === null ? yesNo('el-qr', facts?.el_qr, 'el_qr') : yesNo('el-qr', app.el_qr, ''),
      ],
      words,
    ),
    ...part('app.when', 'ul', [ceiling(app, facts, words, unless), ...days(app, words)], words),
    say('p', words.t('app.changes'), words, { class: 'aside-note' }),
  );
  return details;
}

/**
 * Labels are Japanese, as they stand in the app; among words of another language a voice must be told so.
 *
 * @param {Element} item
 * @param {AppFacts} facts
 * @param {Words} words
 */
function markLabels(item, { steps }, words) {
  const text = item.textContent ?? '';
  const label = steps === 'unknown' ? undefined : steps.find((step) => step.label && text.includes(step.label))?.label;
  if (!label || words.lang.startsWith('ja')) return;
  const [before = '', ...after] = text.split(label);
  item.replaceChildren(before, make('span', { lang: 'ja' }, [label]), after.join(label));
}

/**
 * What a step's sentence has to fill in.
 *
 * @param {string} what
 * @param {string} name
 * @param {string} label
 * @returns {Record<string, string>}
 */
function stepNames(what, name, label) {
  if (what === 'open') return { name };
  return what === 'menu' ? { label } : {};
}

/**
 * @param {App} app
 * @param {AppFacts | null} facts
 * @param {Words} words
 * @param {(field: string, text: string) => string} unless
 */
function ceiling(app, facts, words, unless) {
  if (app.ceiling !== null) return words.t('app.ceiling', { amount: words.yen(app.ceiling) });
  if (typeof facts?.ceiling !== 'number') return words.t('app.ceiling.unknown');
  return unless('ceiling', words.t('app.ceiling.own', { amount: words.yen(facts.ceiling) }));
}

/**
 * @param {App} app
 * @param {Words} words
 */
function days({ from, until }, words) {
  return [
    from === null ? words.t('app.from.unknown') : words.t('app.from', { date: words.date(from) }),
    until === null ? words.t('app.until.unknown') : words.t('app.until', { date: words.date(until) }),
  ];
}

/**
 * @param {string} key of the heading
 * @param {'ul' | 'ol'} tag
 * @param {string[]} lines
 * @param {Words} words
 */
function part(key, tag, lines, words) {
  return [
    say('h3', words.t(key), words),
    make(
      tag,
      { class: 'plain' },
      lines.map((line) => say('li', line, words)),
    ),
  ];
}

/**
 * Whether a fact was read somewhere, not only concluded.
 *
 * @param {AppFacts} facts
 * @param {string} field
 */
function sure({ source, sources }, field) {
  const id = typeof source === 'string' ? source : (source[field] ?? source['*']);
  return sources.find((each) => each.id === id)?.confidence !== 'inferred';
}
