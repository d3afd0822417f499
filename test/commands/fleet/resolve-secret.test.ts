import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { SecretPlace } from '../../../src/commands/fleet/file/fleet.ts';
import { resolveSecret } from '../../../src/commands/fleet/fleet-tenant.ts';
import type { Context, Environment } from '../../../src/context.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { eventually } from '../../support/patience.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const what = 'the client secret of tenant "acme"';
const hidden = 'hunter2-secret';

interface Machine {
  readonly env?: Environment;
  readonly secretVariables?: readonly string[];
  readonly patience?: number;
  readonly signal?: AbortSignal;
  readonly mayBeEmpty?: boolean;
}

async function resolved(source: SecretPlace, machine: Machine = {}): Promise<string> {
  const { env = { PATH: process.env.PATH }, patience = 30_000, mayBeEmpty = false } = machine;
  const signal = machine.signal ?? new AbortController().signal;
  const secretVariables = machine.secretVariables ?? [];
  const context = { env, secretVariables, patience, signal, terminal: {} } as unknown as Context;
  const secret = await resolveSecret(source, what, context, { mayBeEmpty });
  return secret.reveal();
}

/** Code, message and everything else that an error could tell. */
async function failureOf(source: SecretPlace, machine: Machine = {}): Promise<readonly [string, string]> {
  const error = await resolved(source, machine).then(
    (secret) => Promise.reject(new Error(`resolved to ${secret}`)),
    (reason: unknown) => reason,
  );
  if (!(error instanceof CliError)) throw error;
  expect(`${error.stack}${JSON.stringify(error.facts)}${error.cause}`).not.toContain(hidden);
  return [error.code, error.message];
}

/** A program that a shell runs. */
const sh = (script: string, ...words: string[]): SecretPlace => ({
  command: ['sh', '-c', script, 'sh', ...words],
});

test('a variable holds a secret as it is', async () => {
  expect(await resolved({ env: 'SECRET' }, { env: { SECRET: ' a\n' } })).toBe(' a\n');
  expect(await failureOf({ env: 'SECRET' }, { env: {} })).toEqual([
    'usage',
    'SECRET is not set: it is to hold the client secret of tenant "acme"',
  ]);
  expect(await failureOf({ env: 'SECRET' }, { env: { SECRET: '' } })).toEqual([
    'usage',
    'SECRET is empty: it is to hold the client secret of tenant "acme"',
  ]);
  expect(await resolved({ env: 'SECRET' }, { env: { SECRET: '' }, mayBeEmpty: true })).toBe('');
});

test('a file holds one, but for one line break at its end', async () => {
  const file = join(temporaryDirectory(), 'secret');
  writeFileSync(file, 'a b\r\n\r\n');
  expect(await resolved({ file })).toBe('a b\r\n');
  writeFileSync(file, '\n');
  expect(await resolved({ file }, { mayBeEmpty: true })).toBe('');
  expect(await failureOf({ file })).toEqual([
    'usage',
    'The file of the client secret of tenant "acme" is empty: it is to hold the client secret of tenant "acme"',
  ]);
  expect(await failureOf({ file: `${file}-${hidden}` })).toEqual([
    'file-not-found',
    'The file of the client secret of tenant "acme" does not exist',
  ]);
  writeFileSync(file, 'x'.repeat(65_537));
  expect((await failureOf({ file }))[0]).toBe('file-too-large');
});

test.skipIf(process.platform === 'win32')('a silent pipe is given up', async () => {
  const file = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [file]);
  const [code, message] = await failureOf({ file }, { patience: 100 });
  expect([code, message]).toEqual([
    'file-unreadable',
    'The file of the client secret of tenant "acme" is a pipe, and nothing came out of it in time',
  ]);
});

test('a program prints one; no shell reads its arguments, and nothing is on its stdin', async () => {
  expect(await resolved({ command: ['printf', '%s', '$HOME "a" * \n\n'] })).toBe('$HOME "a" * \n');
  expect(await resolved({ command: ['printf', '%s', 'ä\r\n'] })).toBe('ä');
  expect(await resolved(sh('cat; echo end'))).toBe('end');
  expect((await failureOf(sh('')))[1]).toBe(
    'The command of the client secret of tenant "acme" is empty: it is to hold the client secret of tenant "acme"',
  );
  expect(await resolved({ command: ['printf', '%s', 'x'.repeat(65_536)] })).toHaveLength(65_536);
});

test("a program gets the environment without our variables, the fleet's and the passwords of proxies", async () => {
  const env = {
    PATH: process.env.PATH,
    OP_SESSION: 'op',
    MFA_CLI_TOKEN: 'ours',
    MFA_CLI_P12_PASSWORD: 'ours',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    HTTPS_PROXY: 'http://user:word@proxy.example:8080',
    ACME_SECRET: 'theirs',
  };
  const options = { env, secretVariables: ['ACME_SECRET'] };
  const got = (await resolved(sh('env | grep -E "$1"', `^(${Object.keys(env).join('|')})=`), options)).split(
    '\n',
  );
  expect(got.filter((line) => !line.startsWith('PATH=')).sort()).toEqual([
    'HTTPS_PROXY=http://proxy.example:8080',
    'OP_SESSION=op',
  ]);
});

test('what fails is told without what was printed and without the arguments', async () => {
  const called = 'The command of the client secret of tenant "acme"';
  expect(await failureOf(sh(`echo ${hidden}; exit 3`))).toEqual([
    'file-unreadable',
    `${called} ended with exit code 3`,
  ]);
  expect(await failureOf({ command: [`/nonexistent/${hidden}`, hidden] })).toEqual([
    'file-unreadable',
    `${called} cannot be run: there is no such program`,
  ]);
  expect(await failureOf({ command: [temporaryDirectory(), hidden] })).toEqual([
    'file-unreadable',
    `${called} cannot be run: permission denied`,
  ]);
  expect(await failureOf(sh(`while echo ${hidden.repeat(99)}; do :; done 2> /dev/null`))).toEqual([
    'file-unreadable',
    `${called} prints more than 64 KiB`,
  ]);
  expect(await failureOf({ command: ['a\0b'] })).toEqual([
    'file-unreadable',
    `${called} cannot be run: the system refuses it`,
  ]);
});

/** Resolves once the process has ended. */
function ended(pid: number): Promise<void> {
  return vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), eventually);
}

/** A program that starts another one, whose number it writes to the file, and prints, and waits. */
const family = (file: string): SecretPlace =>
  sh(`sleep 1000 & printf %s $! > "$1"; printf ${hidden}; wait`, file);

test.skipIf(process.platform === 'win32')(
  'a program that hangs is ended with all that it has started',
  async () => {
    const file = join(temporaryDirectory(), 'pid');
    expect(await failureOf(family(file), { patience: 500 })).toEqual([
      'file-unreadable',
      'The command of the client secret of tenant "acme" did not end within 0.5 s',
    ]);
    await ended(Number(readFileSync(file, 'utf8')));
  },
);

test.skipIf(process.platform === 'win32')('an interrupt ends it at once', async () => {
  const file = join(temporaryDirectory(), 'pid');
  const interrupt = new AbortController();
  const failure = failureOf(family(file), { signal: interrupt.signal, patience: 600_000 });
  await vi.waitFor(
    () => expect(existsSync(file) && readFileSync(file, 'utf8') !== '').toBe(true),
    eventually,
  );
  interrupt.abort(new CliError('interrupted', 'Interrupted'));
  expect(await failure).toEqual(['interrupted', 'Interrupted']);
  await ended(Number(readFileSync(file, 'utf8')));
  expect((await failureOf(sh('echo 1'), { signal: interrupt.signal }))[0]).toBe('interrupted');
});
