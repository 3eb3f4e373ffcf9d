// @ts-check
/** What a test puts into the shipped page: the same hands and the same table as the gallery. */
export { reach } from './cases.js';
