import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SecretPlace } from '../../../src/commands/fleet/file/fleet.ts';
import { resolveSecret } from '../../../src/commands/fleet/resolve-secret.ts';
import type { Context, Environment } from '../../../src/context.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const what = 'the client secret of tenant "acme"';
const hidden = 'hunter2-secret';

interface Machine {
  readonly env?: Environment;
  readonly secretVariables?: readonly string[];
  readonly pipeTimeout?: number;
  readonly mayBeEmpty?: boolean;
}

/** The secret, or of a failure code and message, in which nothing is hidden. */
async function resolved(
  source: SecretPlace,
  machine: Machine = {},
): Promise<string | readonly string[]> {
  const { mayBeEmpty = false, ...given } = machine;
  const machineOf = {
    env: { PATH: process.env.PATH },
    pipeTimeout: 30_000,
    secretVariables: [],
    terminal: {},
  };
  const context = {
    ...machineOf,
    signal: new AbortController().signal,
    ...given,
  } as unknown as Context;
  try {
    return (await resolveSecret(source, what, context, { mayBeEmpty })).reveal();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    expect(`${error.stack}${JSON.stringify(error.facts)}${error.cause}`).not.toContain(hidden);
    return [error.code, error.message];
  }
}

/** A program that a shell runs. */
const sh = (script: string, ...words: string[]): SecretPlace => ({
  command: ['sh', '-c', script, 'sh', ...words],
});

test('a variable holds a secret as it is', async () => {
  expect(await resolved({ env: 'SECRET' }, { env: { SECRET: ' a\n' } })).toBe(' a\n');
  const unset = ['usage', `SECRET is not set: it must hold ${what}`];
  expect(await resolved({ env: 'SECRET' }, { env: {} })).toEqual(unset);
  const empty = ['usage', `SECRET is empty: it must hold ${what}`];
  expect(await resolved({ env: 'SECRET' }, { env: { SECRET: '' } })).toEqual(empty);
  expect(await resolved({ env: 'SECRET' }, { env: { SECRET: '' }, mayBeEmpty: true })).toBe('');
});

test('a file holds one, but for one line break at its end', async () => {
  const file = join(temporaryDirectory(), 'secret');
  writeFileSync(file, 'a b\r\n\r\n');
  expect(await resolved({ file })).toBe('a b\r\n');
  writeFileSync(file, '\n');
  expect(await resolved({ file }, { mayBeEmpty: true })).toBe('');
  expect(await resolved({ file })).toEqual([
    'usage',
    `The file of ${what} is empty: it must hold ${what}`,
  ]);
  const missing = ['file-not-found', `The file of ${what} does not exist`];
  expect(await resolved({ file: `${file}-${hidden}` })).toEqual(missing);
  writeFileSync(file, 'x'.repeat(65_537));
  expect((await resolved({ file }))[0]).toBe('file-too-large');
});

test.skipIf(process.platform === 'win32')('a silent pipe is given up', async () => {
  const file = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [file]);
  const message = `The file of ${what} is a pipe that delivered nothing in time`;
  expect(await resolved({ file }, { pipeTimeout: 100 })).toEqual(['file-unreadable', message]);
});

test('a program prints one; it gets no variable that the fleet has a secret in', async () => {
  expect(await resolved({ command: ['printf', '%s', '$HOME "a" * \n\n'] })).toBe('$HOME "a" * \n');
  const env = {
    PATH: process.env.PATH,
    MFA_CLI_TOKEN: 'ours',
    ACME_SECRET: 'theirs',
    OP_SESSION: 'op',
  };
  const told = sh('echo "$MFA_CLI_TOKEN,$ACME_SECRET,$OP_SESSION"');
  expect(await resolved(told, { env, secretVariables: ['ACME_SECRET'] })).toBe(',,op');
  const called = `The command of ${what}`;
  expect(await resolved(sh(''))).toEqual(['usage', `${called} is empty: it must hold ${what}`]);
  const failed = ['file-unreadable', `${called} ended with exit code 3`];
  expect(await resolved(sh(`echo ${hidden}; exit 3`))).toEqual(failed);
});
