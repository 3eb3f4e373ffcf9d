// @ts-check

/** How long one line stays before the next may take its place: time to hear or read it. */
export const GAP_MS = 2500;
/** A line that is being read aloud is not cut short, unless the voice seems to have got stuck. */
const BUSY_MS = 250;
const MOST_BUSY_MS = 10_000;

/**
 * Says one line at a time, the newest of those that came in while the last one stood; never the same one twice in
 * a row. Screen readers stumble over a region that changes faster than they speak.
 *
 * @param {(line: string, kind: string) => void} show
 * @param {object} [clock]
 * @param {() => number} [clock.now]
 * @param {(run: () => void, ms: number) => any} [clock.wait]
 * @param {(handle: any) => void} [clock.stop]
 * @param {() => boolean} [clock.busy] whether the line that stands is still being spoken
 */
export function createAnnouncer(show, clock = {}) {
  const now = clock.now ?? (() => performance.now());
  const wait = clock.wait ?? ((run, ms) => setTimeout(run, ms));
  const stop = clock.stop ?? ((handle) => clearTimeout(handle));
  const busy = clock.busy ?? (() => false);
  let shown = '';
  let shownAt = -Infinity;
  /** @type {{ line: string, kind: string } | null} */
  let next = null;
  /** @type {any} */
  let timer = null;

  const flush = () => {
    timer = null;
    if (next === null || next.line === shown) return;
    if (busy() && now() - shownAt < MOST_BUSY_MS) {
      timer = wait(flush, BUSY_MS);
      return;
    }
    const { line, kind } = next;
    shown = line;
    next = null;
    shownAt = now();
    show(line, kind);
  };

  return {
    /**
     * @param {string} line
     * @param {string} [kind] of line it is: whatever is drawn or sounded with it stays one with the words
     */
    say(line, kind = '') {
      next = line === shown ? null : { line, kind };
      if (next === null || timer !== null) return;
      const left = shownAt + GAP_MS - now();
      if (left <= 0) flush();
      else timer = wait(flush, left);
    },
    /** Forgets what stands and what waits. */
    clear() {
      if (timer !== null) stop(timer);
      timer = null;
      next = null;
      shown = '';
      shownAt = -Infinity;
    },
  };
}

/**
 * Lets a value through once it has come in the same way several times in a row: advice drawn from single frames
 * flickers.
 *
 * @template T
 * @param {number} times
 * @returns {(value: T) => T | null} the value once steady, else null
 */
export function createSteady(times) {
  /** @type {T | undefined} */
  let last;
  let seen = 0;
  return (value) => {
    seen = value === last ? seen + 1 : 1;
    last = value;
    return seen >= times ? value : null;
  };
}
