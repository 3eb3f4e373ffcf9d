// @ts-check
/** @import { Outcome, Report } from './types.js' */

/**
 * @typedef {'camera' | 'photo' | 'sample' | 'typed' | 'scanner'} Route by which something was read
 * @typedef {{ to: 'notice', report: Report }
 *   | { to: 'camera', seen: string | null, advice: string | null }
 *   | { to: 'typing', fault: string }
 *   | { to: 'help', help: string, report: Report | null }} Course
 */

/** Photo errors that have a help page of their own; others are told as a broken photo. */
const PHOTO_FAULTS = new Set(['photo-not-a-picture', 'photo-heic', 'photo-too-large', 'photo-broken', 'photo-no-code']);

/** Photo errors after which the browser's own decoder is worth a try: it knows HEIC and forgives more. */
const SECOND_TRY = new Set(['photo-not-a-picture', 'photo-heic', 'photo-broken']);

/** @param {Outcome} outcome */
export function wantsSecondTry(outcome) {
  return !outcome.report && SECOND_TRY.has(outcome.error?.id ?? '');
}

/**
 * Where what was read leads.
 *
 * @param {Outcome} outcome
 * @param {Route} route
 * @returns {Course}
 */
export function course(outcome, route) {
  const report = outcome.report ?? null;
  if (report?.notice) return { to: 'notice', report };
  const fault = outcome.error?.id ?? report?.findings.find(({ severity }) => severity === 'stop')?.id ?? null;
  switch (route) {
    case 'camera':
      return { to: 'camera', seen: seenIn(report), advice: outcome.advice ?? null };
    case 'typed':
      return { to: 'typing', fault: fault ?? 'other' };
    case 'scanner':
      return { to: 'help', help: 'digits', report };
    case 'photo':
    case 'sample': {
      const seen = seenIn(report);
      if (seen === 'unchecked' || seen === 'several') return { to: 'help', help: seen, report };
      if (seen) return { to: 'help', help: 'not-a-notice', report };
      const help = fault && PHOTO_FAULTS.has(fault) ? fault : outcome.error ? 'photo-broken' : 'photo-no-code';
      return { to: 'help', help, report: null };
    }
  }
}

/**
 * What was seen that is no notice, by the name of its words; a payment symbol that does not check comes first,
 * because it is what the person is looking for.
 *
 * @param {Report | null} report
 * @returns {'several' | 'unchecked' | 'web-link' | 'other-qr' | 'other-code' | null}
 */
export function seenIn(report) {
  if (report?.findings.some(({ id }) => id === 'several-notices')) return 'several';
  const kinds = new Set(report?.symbols.map(({ kind }) => kind));
  if (kinds.has('gs1-128-payment') || kinds.has('el-qr')) return 'unchecked';
  if (kinds.has('web-link')) return 'web-link';
  if (kinds.has('other-qr')) return 'other-qr';
  return kinds.size > 0 ? 'other-code' : null;
}
