// @ts-check
import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['dist/', 'target/', 'node_modules/'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-implicit-globals': 'error',
      'no-console': 'error',
      // What must never be in the page: each of these is a way out of the device.
      'no-restricted-globals': [
        'error',
        'XMLHttpRequest',
        'WebSocket',
        'EventSource',
        'localStorage',
        'sessionStorage',
        'indexedDB',
        'caches',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'navigator', property: 'sendBeacon' },
        { object: 'document', property: 'cookie' },
        { object: 'history', property: 'pushState' },
        { object: 'history', property: 'replaceState' },
      ],
    },
  },
  { files: ['www/js/**'], languageOptions: { globals: globals.browser } },
  {
    // What someone asks for by a button of install.html; the page itself has none of it.
    files: ['www/js/install.js', 'www/js/sw.js'],
    languageOptions: { globals: globals.serviceworker },
    rules: { 'no-restricted-globals': 'off' },
  },
  { files: ['tests/**', '*.config.js'], languageOptions: { globals: globals.node }, rules: { 'no-console': 'off' } },
  // Runs inside the page.
  {
    files: ['tests/bench/page.js', 'tests/bench/phone.js', 'tests/gallery/**'],
    languageOptions: { globals: globals.browser },
  },
  {
    // These tests try what the page must not do, in the page: to see it refused.
    files: ['tests/e2e/**'],
    languageOptions: { globals: globals.browser },
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
];
