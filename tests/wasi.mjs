// Runs a test program that was compiled to wasm32-wasip1. Cargo calls it (.cargo/config.toml):
//   node --no-warnings --no-liftoff --single-threaded tests/wasi.mjs PROGRAM.wasm [arguments of the test runner]
//
// node:wasi says of itself that it is no security boundary; what runs here is our own tests.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';

const [program, ...rest] = process.argv.slice(2);
if (!program) {
  console.error('expected: wasi.mjs PROGRAM.wasm [arguments]');
  process.exit(2);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wasi = new WASI({
  version: 'preview1',
  args: [program, ...rest],
  // WebAssembly has no threads here: the runner is told so and runs the tests one after the other.
  env: { RUST_TEST_THREADS: '1', RUST_BACKTRACE: process.env.RUST_BACKTRACE ?? '0' },
  // Tests that read files name them from the package's folder, or by the whole path that Cargo compiled in.
  preopens: { '.': root, [root]: root },
  returnOnExit: true,
});
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
try {
  process.exitCode = wasi.start(instance);
} catch (error) {
  // A panic ends in a trap: the message that the panic left stands above this line.
  console.error(`${program}: ${error}`);
  process.exitCode = 101;
}
