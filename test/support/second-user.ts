import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** A user of the machine other than root and the tests' user, without a name or rights. */
export const stranger = 54_321;

/** True if the tests may become another user: only root may. */
export const mayBecomeAnother = process.platform === 'linux' && process.getuid?.() === 0;

/** A loopback server's whole answer to another user, or to another program of this user; empty without one. */
export function requestAs(
  user: number | null,
  address: string,
  { header = '', halfClosed = false, from = '127.0.0.1' } = {},
): Promise<string> {
  const { host, port, pathname, search } = new URL(address);
  const client = `
    const way = { host: '127.0.0.1', port: ${port}, localAddress: '${from}' };
    const socket = require('node:net').connect(way, () => {
      socket.${halfClosed ? 'end' : 'write'}(${JSON.stringify(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n${header}Connection: close\r\n\r\n`)});
    });
    socket.on('error', () => {}).pipe(process.stdout);`;
  const identity = user === null ? {} : { uid: user, gid: user };
  const child = spawn(process.execPath, ['-e', client], {
    ...identity,
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text(child.stdout);
}
