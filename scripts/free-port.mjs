import { createServer } from 'node:net';

/**
 * Ports below those that systems assign themselves (from 32768 on Linux, 49152 elsewhere): such a port stays free between
 * finding it and listening on it. Chromium refuses none of them.
 */
const firstBlock = 12_000;
const blockSize = 50;
const blocks = 400;

let next = 0;
/** @type {Promise<number> | undefined} */
let block;

/**
 * A port of 127.0.0.1 that nobody listens on, and that no other process of this project will use: each claims a block of
 * ports by listening on the first one for its whole life.
 * @returns {Promise<number>}
 */
export async function freePort() {
  block ??= claimBlock();
  const first = await block;
  for (let tries = 1; tries < blockSize; tries++) {
    const port = first + 1 + (next++ % (blockSize - 1));
    const server = await listen(port);
    if (server === null) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error(`None of the ports ${first + 1} to ${first + blockSize - 1} is free`);
}

/**
 * The port that a listening server got.
 * @param {import('node:net').Server} server
 */
export function portOf(server) {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

async function claimBlock() {
  const start = process.pid % blocks;
  for (let index = 0; index < blocks; index++) {
    const first = firstBlock + ((start + index) % blocks) * blockSize;
    const claim = await listen(first);
    if (claim === null) continue;
    claim.unref();
    return first;
  }
  throw new Error('No block of ports is free');
}

/**
 * @param {number} port
 * @returns {Promise<import('node:net').Server | null>}
 */
function listen(port) {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
