// @ts-check
import { others } from './suites/index.js';

others('webkit');
