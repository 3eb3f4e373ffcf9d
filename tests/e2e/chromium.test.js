// @ts-check
import { everything } from './suites/index.js';

everything('chromium');
