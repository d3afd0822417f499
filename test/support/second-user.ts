import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type Finished, finish, programCommand } from './process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A user of the machine other than root and the tests' user, without a name or rights. */
export const stranger = 54_321;

/** True if the system names the owner of a connection within this machine. */
export const namesOwners = process.platform === 'linux';

/** True if the tests may become another user: only root may. */
export const mayBecomeAnother = namesOwners && process.getuid?.() === 0;

/** How a program runs as that user, where it may not even read this directory; null: as this one. */
export function identityOf(user: number | null) {
  return user === null ? {} : { uid: user, gid: user, cwd: '/' };
}

interface RequestOptions {
  readonly header?: string;
  readonly halfClosed?: boolean;
  readonly from?: string;
}

/** A loopback server's whole answer to another user, or to another program of this user; empty without one. */
export function requestAs(
  user: number | null,
  address: string,
  { halfClosed = false, ...options }: RequestOptions = {},
): Promise<string> {
  const client = `${connection(address, options)}.once('connect', () => {
    socket.${halfClosed ? 'end' : 'write'}(request);
  }).on('error', () => {}).pipe(process.stdout);`;
  const child = spawn(process.execPath, ['-e', client], {
    ...identityOf(user),
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
  const directory = temporaryDirectory();
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

/**
 * A request whose sender is gone before a server of this process accepts it: this process waits meanwhile, or the program that
 * it has stopped.
 */
export function requestAndLeave(
  user: number | null,
  address: string,
  options: RequestOptions = {},
): void {
  const client = `${connection(address, options)}.once('connect', () => {
    socket.end(request, () => process.exit());
  });`;
  const { status } = spawnSync(process.execPath, ['-e', client], { ...identityOf(user), env: {} });
  if (status !== 0) throw new Error('nobody listens');
}

function connection(address: string, { header = '', from = '127.0.0.1' }: RequestOptions): string {
  const { host, port, pathname, search } = new URL(address);
  const request = `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n${header}Connection: close\r\n\r\n`;
  return `
    const request = ${JSON.stringify(request)};
    const way = { host: '127.0.0.1', port: ${port}, localAddress: '${from}' };
    const socket = require('node:net').connect(way);
    socket`;
}

/** A listener of another user, or of another program of this one. */
export interface ForeignListener {
  readonly port: number;
  /** All that it was sent so far. */
  received(): string;
  /** Its end; it no longer listens then. */
  close(): Promise<unknown>;
}

interface ListenerOptions {
  readonly host?: string;
  readonly port?: number;
  /** Whether it stops listening once it has a connection. */
  readonly once?: boolean;
}

/** Starts one, which answers each request with an empty JSON object. */
export async function listenAs(
  user: number | null,
  { host = '127.0.0.1', port = 0, once: isOnce = false }: ListenerOptions = {},
): Promise<ForeignListener> {
  const server = `
    const server = require('node:net').createServer((socket) => {
      ${isOnce ? 'server.close();' : ''}
      socket.on('error', () => {}).on('data', (sent) => {
        process.stdout.write(sent);
        socket.end('HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\n{}');
      });
    });
    server.listen(${port}, '${host}', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', server], {
    ...identityOf(user),
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  while (!said.includes('\n')) await once(child.stdout, 'data');
  return {
    port: Number.parseInt(said, 10),
    received: () => said.slice(said.indexOf('\n') + 1),
    close: () => {
      child.kill('SIGKILL');
      return once(child, 'close');
    },
  };
}
