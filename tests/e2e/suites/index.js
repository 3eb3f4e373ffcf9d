// @ts-check
import { stage } from '../visit.js';
import { access } from './access.js';
import { answers } from './answer.js';
import { aria } from './aria.js';
import { camera } from './camera.js';
import { contract } from './contract.js';
import { installed } from './installed.js';
import { languages } from './languages.js';
import { photo } from './photo.js';
import { privacy } from './privacy.js';
import { typed } from './typed.js';

/**
 * All tests in one engine. One file an engine: its browser is started once.
 *
 * @param {import('../engine.js').EngineName} name
 */
export function everything(name) {
  const set = stage(name);
  for (const suite of [typed, photo, camera, contract, privacy, installed, access, aria, answers, languages])
    suite(set);
}
