// @ts-check
import { stage } from '../visit.js';
import { access } from './access.js';
import { answers } from './answer.js';
import { aria } from './aria.js';
import { camera } from './camera.js';
import { contract } from './contract.js';
import { gallery } from './gallery.js';
import { installed } from './installed.js';
import { languages } from './languages.js';
import { photo } from './photo.js';
import { privacy } from './privacy.js';
import { typed } from './typed.js';

/** Looks at every state, which takes about as long as all others together. */
const STATES = [access];
const FLOWS = [typed, photo, camera, contract, privacy, installed, aria, answers, languages, gallery];

/**
 * @param {import('../engine.js').EngineName} name
 * @param {((set: import('../visit.js').Stage) => void)[]} suites
 */
function run(name, suites) {
  const set = stage(name);
  for (const suite of suites) suite(set);
}

/**
 * The tests that look at every state, in one engine, whose browser is started once. They lie in a file of their own so that
 * all processors end together.
 *
 * @param {import('../engine.js').EngineName} name
 */
export const states = (name) => run(name, STATES);

/**
 * All that {@link states} leaves.
 *
 * @param {import('../engine.js').EngineName} name
 */
export const flows = (name) => run(name, FLOWS);
