// @ts-check
import { states } from './suites/index.js';

states('webkit');
