// @ts-check
import { others } from './suites/index.js';

others('firefox');
