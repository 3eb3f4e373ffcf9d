// @ts-check
/**
 * The page's own server and a foreign one, both writing down whatever reaches them.
 *
 * A connection is written down as soon as it is made, before any request: a preconnect says no word and still tells
 * the other side that somebody is there.
 */
import dgram from 'node:dgram';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
};

/**
 * @typedef {object} Arrival
 * @property {'own' | 'foreign'} at
 * @property {'connection' | 'request' | 'upgrade' | 'datagram'} kind
 * @property {string} what
 */

/**
 * @param {http.Server} server
 * @returns {Promise<number>}
 */
function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
    });
  });
}

/**
 * `/unprotected.html` is a page without any policy, to see that what is tried against the real one would arrive.
 *
 * Serves `dist/` without any header that protects it: the page must be safe by its own `<meta>` policy, since it may
 * lie on a host that sets none, or on a USB stick.
 *
 * @param {string} [directory]
 */
export async function serve(directory = join(ROOT, 'dist')) {
  /** @type {Arrival[]} */
  const arrivals = [];
  const own = http.createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://own').pathname;
    arrivals.push({ at: 'own', kind: 'request', what: `${request.method} ${request.url}` });
    if (path === '/unprotected.html') {
      response.writeHead(200, { 'content-type': TYPES['.html'] ?? '' });
      response.end('<!doctype html><title>no policy</title><body>');
      return;
    }
    const file = join(directory, normalize(path.endsWith('/') ? `${path}index.html` : path));
    readFile(file).then(
      (body) => {
        response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  const foreign = http.createServer((request, response) => {
    arrivals.push({ at: 'foreign', kind: 'request', what: `${request.method} ${request.url}` });
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' });
    response.end('/* foreign */');
  });
  for (const [at, server] of /** @type {const} */ ([
    ['own', own],
    ['foreign', foreign],
  ])) {
    server.on('connection', () => arrivals.push({ at, kind: 'connection', what: 'tcp' }));
    server.on('upgrade', (request, socket) => {
      arrivals.push({ at, kind: 'upgrade', what: String(request.url) });
      socket.destroy();
    });
  }
  const datagrams = dgram.createSocket('udp4');
  datagrams.on('message', (message) => {
    arrivals.push({ at: 'foreign', kind: 'datagram', what: `${message.length} bytes` });
  });
  const [ownPort, foreignPort] = await Promise.all([listen(own), listen(foreign)]);
  await new Promise((resolve) => datagrams.bind(0, '127.0.0.1', () => resolve(undefined)));

  return {
    url: `http://127.0.0.1:${ownPort}/index.html`,
    own: `http://127.0.0.1:${ownPort}`,
    foreign: `http://127.0.0.1:${foreignPort}`,
    foreignPort,
    udpPort: datagrams.address().port,
    /** What has arrived since `from`, a length of this very list taken earlier. */
    arrivals: (from = 0) => arrivals.slice(from),
    close() {
      for (const server of [own, foreign]) {
        server.closeAllConnections();
        server.close();
      }
      datagrams.close();
    },
  };
}
