// @ts-check
/**
 * The engines inside the browser, one call each. `cargo xtask bench` joins this file with the peers' packages;
 * `browser.js` opens it and calls `window.bench`.
 */
import { ZBarConfigType, ZBarScanner, ZBarSymbolType, scanGrayBuffer } from '@undecaf/zbar-wasm';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** @typedef {'code-128' | 'qr'} Symbology */
/** @typedef {(symbology: Symbology) => string[] | Promise<string[]>} Engine gives the texts found in the frame at hand */

/** The frame at hand, in the form each engine takes it in; making these is not part of any engine's time. */
const frame = {
  luma: new Uint8Array(0),
  image: new ImageData(1, 1),
  /** What a camera's picture would be: something a canvas can draw. */
  source: new OffscreenCanvas(1, 1),
  width: 0,
  height: 0,
};

/** @param {OffscreenCanvas} canvas */
function context(canvas) {
  // In memory, not on a graphics card: the pixels are read back at once.
  const found = canvas.getContext('2d', { willReadFrequently: true });
  if (!found) throw new Error('expected a canvas with a 2d context, found none');
  return found;
}

/** @type {import('zxing-wasm/reader').ReaderOptions} */
const THOROUGH = { tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true, textMode: 'Plain' };

/** @type {Record<Symbology, import('zxing-wasm/reader').ReadInputBarcodeFormat>} */
const FORMATS = { 'code-128': 'Code128', qr: 'QRCode' };

/** @param {ImageData} image @param {Symbology} symbology */
async function zxing(image, symbology) {
  return (await readBarcodes(image, { ...THOROUGH, formats: [FORMATS[symbology]] })).map(({ text }) => text);
}

const large = new OffscreenCanvas(1, 1);

/** The frame drawn twice as large each way, by the browser's best interpolation, and read back. */
function twice() {
  const [width, height] = [2 * frame.width, 2 * frame.height];
  if (large.width !== width || large.height !== height) Object.assign(large, { width, height });
  const drawing = context(large);
  drawing.imageSmoothingEnabled = true;
  drawing.imageSmoothingQuality = 'high';
  drawing.drawImage(frame.source, 0, 0, width, height);
  return drawing.getImageData(0, 0, width, height);
}

/** @param {ZBarSymbolType} type */
async function scannerOf(type) {
  const scanner = await ZBarScanner.create();
  scanner.setConfig(ZBarSymbolType.ZBAR_NONE, ZBarConfigType.ZBAR_CFG_ENABLE, 0);
  scanner.setConfig(type, ZBarConfigType.ZBAR_CFG_ENABLE, 1);
  // Frames are judged one by one: no memory of those before.
  scanner.enableCache(false);
  return scanner;
}

/** @param {{ kind: string, valid: boolean, text: string }[]} symbols */
function believed(symbols) {
  return symbols.filter(({ kind, valid }) => valid && ['gs1-128-payment', 'el-qr'].includes(kind)).map((s) => s.text);
}

/** @param {string} today YYYY-MM-DD */
async function prepare(today) {
  // A variable keeps the bundler from following it: this is the module as `cargo xtask build` left it.
  const address = '/pkg/maecheck.js';
  /** @type {typeof import('../../dist/pkg/maecheck.js')} */
  const maecheck = await import(address);
  await maecheck.default();
  const wasmBinary = await (await fetch('/zxing_reader.wasm')).arrayBuffer();
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  const scanners = {
    'code-128': await scannerOf(ZBarSymbolType.ZBAR_CODE128),
    qr: await scannerOf(ZBarSymbolType.ZBAR_QRCODE),
  };
  const reader = new maecheck.Reader();
  const session = new maecheck.Session({ today });
  /** @type {Record<string, Engine>} */
  const engines = {
    'maecheck wasm': () => believed(reader.read(frame.luma, frame.width, frame.height).symbols),
    'maecheck wasm session': () => {
      const { report } = session.frame(frame.luma, frame.width, frame.height);
      return report?.notice ? believed(report.symbols) : [];
    },
    'zxing-wasm': (symbology) => zxing(frame.image, symbology),
    'zxing-wasm ×2': (symbology) => zxing(twice(), symbology),
    'zbar-wasm': async (symbology) => {
      const grey = /** @type {ArrayBuffer} */ (frame.luma.buffer);
      const found = await scanGrayBuffer(grey, frame.width, frame.height, scanners[symbology]);
      return found.map((symbol) => symbol.decode());
    },
    /** What a call costs that does nothing: taken off the processor time of the others. */
    nothing: () => [],
  };

  return {
    names: Object.keys(engines).filter((name) => name !== 'nothing'),
    isolated: crossOriginIsolated,
    /** @param {string} address @param {number} width @param {number} height @param {boolean} start a new notice */
    async load(address, width, height, start) {
      const luma = new Uint8Array(await (await fetch(address)).arrayBuffer());
      if (luma.length !== width * height) {
        throw new Error(`expected ${width}×${height} bytes in ${address}, found ${luma.length}`);
      }
      const image = new ImageData(width, height);
      const pixels = new Uint32Array(image.data.buffer);
      for (let i = 0; i < luma.length; i += 1) pixels[i] = (0xff000000 | ((luma[i] ?? 0) * 0x010101)) >>> 0;
      const source = new OffscreenCanvas(width, height);
      context(source).putImageData(image, 0, 0);
      Object.assign(frame, { luma, image, source, width, height });
      if (start) session.forget();
    },
    /** @param {string} name @param {Symbology} symbology */
    async run(name, symbology) {
      const engine = engines[name];
      if (!engine) throw new Error(`expected one of ${Object.keys(engines).join(', ')}, found ${name}`);
      const start = performance.now();
      const texts = await engine(symbology);
      return { wall_ms: performance.now() - start, texts };
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof prepare>>} Bench */
Object.assign(window, { prepare });
