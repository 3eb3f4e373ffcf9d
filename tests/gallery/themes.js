// @ts-check
/** Themes and languages that can be put on from inside the page, where the browser itself cannot be told. */

/**
 * Light or dark, whatever the device prefers: the style sheets' own rules for it are switched on or off.
 *
 * @param {'light' | 'dark'} theme
 */
export function wear(theme) {
  for (const sheet of document.styleSheets) rules(sheet, theme);
  document.documentElement.style.colorScheme = theme;
}

/**
 * @param {CSSStyleSheet | CSSGroupingRule} group
 * @param {'light' | 'dark'} theme
 */
function rules(group, theme) {
  for (const rule of group.cssRules) {
    if (rule instanceof CSSImportRule && rule.styleSheet) rules(rule.styleSheet, theme);
    if (!(rule instanceof CSSMediaRule)) continue;
    const asked = /prefers-color-scheme:\s*(light|dark)/.exec(rule.conditionText)?.[1];
    if (asked) rule.media.mediaText = asked === theme ? 'all' : 'not all';
    rules(rule, theme);
  }
}

/**
 * Another language, by the page's own switch.
 *
 * @param {string} language
 */
export function speak(language) {
  const button = document.querySelector(`[data-action="language"][data-language="${language}"]`);
  if (button instanceof HTMLElement && button.getAttribute('aria-current') !== 'true') button.click();
}
