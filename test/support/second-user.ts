import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** A user of the machine who is neither root nor the one of the tests, with no name and no rights. */
export const stranger = 54_321;

/** Whether the tests may become another user: only root may. */
export const mayBecomeAnother = process.platform === 'linux' && process.getuid?.() === 0;

/** What a loopback server answers another user, or this one by another program: the whole response, or nothing. */
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
