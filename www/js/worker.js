// @ts-check
/// <reference path="./pkg.d.ts" />
/** @import { Package } from './types.js' */
import init, { Session } from '../pkg/maecheck.js';
import { harden } from './harden.js';
import { createWorkerCore } from './worker-core.js';

harden();
/** @type {Package} */
const wasm = { init: (bytes) => init({ module_or_path: bytes }), Session };
const core = createWorkerCore(wasm, (reply) => self.postMessage(reply));
self.addEventListener('message', (event) => core(event.data));
