// @ts-check

/**
 * Asks that the screen stay on, where the browser can be asked. It lets go by itself whenever the page is hidden; what is
 * refused (a battery that is nearly empty) changes nothing else.
 */
export function createWakefulness() {
  /** @type {Promise<WakeLockSentinel | null> | null} */
  let lock = null;
  const rest = () => {
    void lock?.then((held) => held?.release()).catch(() => {});
    lock = null;
  };
  return {
    stay() {
      rest();
      // Some browsers throw at once where others refuse later.
      lock = Promise.resolve()
        .then(() => navigator.wakeLock?.request('screen') ?? null)
        .catch(() => null);
    },
    rest,
  };
}
