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

/** Takes as long as all others together. */
const LONGEST = [access];
const OTHERS = [typed, photo, camera, contract, privacy, installed, aria, answers, languages, gallery];

/**
 * @param {import('../engine.js').EngineName} name
 * @param {((set: import('../visit.js').Stage) => void)[]} suites
 */
function run(name, suites) {
  const set = stage(name);
  for (const suite of suites) suite(set);
}

/**
 * The longest suite of an engine, whose tests lie in two files so that all processors end together.
 *
 * @param {import('../engine.js').EngineName} name
 */
export const longest = (name) => run(name, LONGEST);

/**
 * All that {@link longest} leaves.
 *
 * @param {import('../engine.js').EngineName} name
 */
export const others = (name) => run(name, OTHERS);
