/** What the build puts in. */

/** SHA-256 of each page that the service worker may keep, in hexadecimal. */
declare const PAGES: Record<string, string>;
