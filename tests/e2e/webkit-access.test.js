// @ts-check
import { longest } from './suites/index.js';

longest('webkit');
