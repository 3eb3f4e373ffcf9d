// @ts-check
/**
 * Child processes that never outlive the tests.
 *
 * A browser is a family of processes: killing the one that was started leaves renderers and drivers behind. Each is
 * therefore started as the head of its own process group, and the group is killed as a whole, also when the tests end
 * by an exception or a signal.
 */
import { spawn } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'ignore', ...options, detached: true });
  running.add(child);
  child.on('error', () => running.delete(child));
  return child;
}

/**
 * Kills the whole group at once: these processes hold nothing that is worth an orderly end.
 *
 * @param {import('node:child_process').ChildProcess | undefined} child
 */
export function stop(child) {
  if (!child?.pid || !running.delete(child)) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

process.once('exit', () => {
  for (const child of running) stop(child);
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => process.exit(1));
}

/**
 * Rejects when the work takes longer than `ms`. The work itself may go on: it is the caller's to kill what hangs.
 *
 * @template T
 * @param {Promise<T>} work
 * @param {number} ms
 * @param {string} what names the work in the error
 * @returns {Promise<T>}
 */
export async function limit(work, ms, what) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`expected ${what} within ${ms} ms; it had not ended by then`)), ms);
  });
  try {
    return await Promise.race([work, /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again and again until the answer is true-ish, and returns it.
 *
 * @template T
 * @param {() => Promise<T> | T} ask
 * @param {number} ms
 * @param {string} what names what is waited for in the error
 * @param {number} [every] milliseconds between two askings
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(ask, ms, what, every = 40) {
  const end = Date.now() + ms;
  /** @type {unknown} */
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return /** @type {NonNullable<T>} */ (last);
    } catch (error) {
      // A page that is just being replaced cannot answer; the next asking may.
      last = error;
    }
    if (Date.now() > end) throw new Error(`expected ${what} within ${ms} ms; the last answer was ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
