// @ts-check

/**
 * In whose pages this page is shown: many apps open pages in a view of their own, often without a camera. Known by what
 * the view says of itself, which is good enough to choose words by and for nothing else: what works is tried, not
 * guessed.
 */
const VIEWS = Object.freeze(
  /** @type {[RegExp, string][]} */ ([
    [/\bLine\/\d/i, 'LINE'],
    [/\bYJApp\b|jp\.co\.yahoo\./i, 'Yahoo! JAPAN'],
    [/\bInstagram\b/i, 'Instagram'],
    [/\bFBA[NV]\b|\bFB_IAB\b/i, 'Facebook'],
    [/\bTwitter\b/i, 'X'],
    [/\bBytedanceWebview\b|\bmusical_ly\b/i, 'TikTok'],
    [/\bMicroMessenger\b/i, 'WeChat'],
  ]),
);

/**
 * @param {string} agent what the browser says of itself
 * @returns {string | null} the app's name as on its icon; `null` for a browser, and for what is not known
 */
export function appAround(agent) {
  return VIEWS.find(([mark]) => mark.test(agent))?.[1] ?? null;
}

/**
 * @param {string} agent
 * @param {number} [touches] how many fingers the screen tells apart: an iPad calls itself a Mac
 * @returns {'apple' | 'android' | 'pc'}
 */
export function machine(agent, touches = 0) {
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1)) return 'apple';
  return /Android/.test(agent) ? 'android' : 'pc';
}

/** Faults that may be the view's and not the phone's: one view says that the camera is busy, another says nothing. */
const OF_THE_VIEW = new Set(['denied', 'unsupported', 'missing', 'unfit', 'busy', 'timeout', 'insecure']);

/**
 * How the camera may be had after all.
 *
 * @param {string} fault the camera's
 * @param {string} agent
 * @param {number} [touches]
 * @returns {{ app: string | null, steps: string[] } | null} keys of the steps in order; `null` where no step helps
 */
export function wayToCamera(fault, agent, touches = 0) {
  const app = OF_THE_VIEW.has(fault) ? appAround(agent) : null;
  const kind = machine(agent, touches);
  if (app) {
    return {
      app,
      steps: ['camera.way.menu', `camera.way.open.${kind === 'apple' ? kind : 'android'}`, 'camera.way.again'],
    };
  }
  if (fault !== 'denied') return null;
  return { app: null, steps: ['camera.way.beside', `camera.way.settings.${kind}`, 'camera.way.allow'] };
}
