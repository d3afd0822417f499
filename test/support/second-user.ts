import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Finished, finish, programCommand } from './process.ts';
import { sharedDirectory } from './temporary-directory.ts';

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

/** Another such user, the neighbour of the first. */
export const neighbour = 54_322;

/**
 * The words that start a copy of the built program, which every user can reach wherever the
 * project lies; it goes after the tests of the file.
 */
export function reachableProgram(): readonly string[] {
  const directory = sharedDirectory();
  chmodSync(directory, 0o755);
  const [file = '', script] = programCommand;
  const copy = join(directory, 'mfa-cli');
  if (script === undefined) {
    copyFileSync(file, copy);
    chmodSync(copy, 0o755);
    return [copy];
  }
  const root = dirname(dirname(script));
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  return [file, join(copy, 'bin', basename(script))];
}

interface RunAs {
  readonly env: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** Runs a program as another user, to its end. */
export function runAs(
  user: number,
  [file = '', ...words]: readonly string[],
  { env, directory = '/' }: RunAs,
): Promise<Finished> {
  const settings = { uid: user, gid: user, cwd: directory, env };
  return finish(spawn(file, words, { ...settings, stdio: ['ignore', 'pipe', 'pipe'] }));
}
