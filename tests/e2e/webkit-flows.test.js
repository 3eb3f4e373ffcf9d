// @ts-check
import { flows } from './suites/index.js';

flows('webkit');
