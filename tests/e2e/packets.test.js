// @ts-check
/** The packet watcher itself: a watcher that is deaf would let every other test pass. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './server.js';

const WATCH = join(ROOT, 'tests/net/watch.sh');
const skip = process.getuid?.() === 0 ? false : 'only root can make a network of its own';

/** @type {[string, string, number, RegExp][]} */
const COMMANDS = [
  ['a command that sends nothing', 'true', 0, /^$/],
  ['a command that talks to itself only', 'echo x >/dev/udp/127.0.0.1/9', 0, /^$/],
  ['a command that fails by itself', 'exit 7', 7, /^$/],
  ['a datagram', 'echo x >/dev/udp/203.0.113.5/3478', 1, /udp 203\.0\.113\.5 3478/],
  ['a connection', 'timeout 0.5 bash -c "echo x >/dev/tcp/203.0.113.5/443"; true', 1, /tcp 203\.0\.113\.5 443/],
  ['only the asking for a name', 'timeout 1 getent hosts leak.example; true', 1, /udp 192\.0\.2\.53 53 leak\.example/],
];

for (const [what, command, expected, seen] of COMMANDS) {
  test(`the packet watcher: ${what}`, { skip, timeout: 30_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'maecheck-'));
    try {
      const log = join(directory, 'packets.log');
      const code = await new Promise((resolve) => {
        execFile(WATCH, [log, 'bash', '-c', command], { timeout: 20_000 }, (error) => resolve(error ? error.code : 0));
      });
      const lines = (await readFile(log, 'utf8')).split('watching\n')[1] ?? '';
      assert.equal(code, expected, lines);
      assert.match(lines.trim(), seen);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}
