// @ts-check
import { harden } from './harden.js';
import { App } from './app.js';
import { loadParts } from './parts.js';

harden();
const parts = await loadParts();
new App(parts).start();
