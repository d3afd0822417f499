import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SecretPlace } from '../../../src/commands/fleet/file/fleet.ts';
import { resolveSecret } from '../../../src/commands/fleet/fleet-tenant.ts';
import type { Context, Environment } from '../../../src/context.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
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

test('a program prints one; it gets no variable that the fleet has a secret in', async () => {
  expect(await resolved({ command: ['printf', '%s', '$HOME "a" * \n\n'] })).toBe('$HOME "a" * \n');
  const env = { PATH: process.env.PATH, MFA_CLI_TOKEN: 'ours', ACME_SECRET: 'theirs', OP_SESSION: 'op' };
  const told = sh('echo "$MFA_CLI_TOKEN,$ACME_SECRET,$OP_SESSION"');
  expect(await resolved(told, { env, secretVariables: ['ACME_SECRET'] })).toBe(',,op');
  const called = 'The command of the client secret of tenant "acme"';
  expect(await failureOf(sh(''))).toEqual([
    'usage',
    `${called} is empty: it is to hold the client secret of tenant "acme"`,
  ]);
  expect(await failureOf(sh(`echo ${hidden}; exit 3`))).toEqual([
    'file-unreadable',
    `${called} ended with exit code 3`,
  ]);
});
