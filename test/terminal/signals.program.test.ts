import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockFile } from '../../src/files/lock-file.ts';
import { argvOf, startSilent } from '../commands/apns/waiting.ts';
import { listen } from '../support/http.ts';
import { cleanEnvironment, endOnSignal, finish, startProgram } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { slowFile } from './slow-file.ts';

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** Sends the signal to a program, and returns its error and its exit code once it has ended by itself. */
async function endWith(child: ReturnType<typeof startProgram>, signal: NodeJS.Signals) {
  const ending = Promise.all([endOnSignal(child), finish(child)]);
  child.kill(signal);
  const [{ exitCode, died }, { stdout }] = await ending;
  expect([died, stdout]).toEqual([false, expect.stringContaining('{')]);
  return { exitCode, error: JSON.parse(stdout).error };
}

test.each(signals)('%s during a request ends with %i, and says so', async (signal, exitCode) => {
  const server = createServer(() => {});
  const url = `http://127.0.0.1:${await listen(server)}`;
  const env = cleanEnvironment({ MFA_CLI_TOKEN: 'token', MFA_CLI_TENANT: url });
  const child = startProgram(['whoami', '--json'], env);
  await once(server, 'request');
  const { error, ...ended } = await endWith(child, signal);
  expect(ended).toEqual({ exitCode });
  expect(error).toMatchObject({ code: 'interrupted', exitCode });
});

test.skipIf(isMissing('mkfifo'))(
  'SIGTERM while a .p12 is opened ends before it is, says so, and leaves nothing behind',
  async () => {
    const [directory, passwords] = [temporaryDirectory(), join(temporaryDirectory(), 'password')];
    execFileSync('mkfifo', [passwords]);
    const words = ['apns', 'convert', slowFile(), '--format', 'pem', '--out'];
    const argv = [...words, join(directory, 'out.pem'), '--password-file', passwords, '--json'];
    const child = startProgram(argv, cleanEnvironment());
    // Read by a program that is ready for a signal.
    await writeFile(passwords, 'secret');
    const { exitCode, error } = await endWith(child, 'SIGTERM');
    expect([exitCode, error.code]).toEqual([143, 'interrupted']);
    expect(readdirSync(directory)).toEqual([]);
  },
);

test.skipIf(process.platform === 'win32')(
  'a set that cannot note its outcome, since another process keeps the ledger locked, is killed by a second Ctrl-C',
  async () => {
    const { env, directory, arrived, abandoned } = await startSilent();
    const child = startProgram(argvOf.set, env);
    const ended = endOnSignal(child);
    await arrived;
    const words = { unlockable: 'unlockable', held: () => 'held' };
    onTestFinished(lockFile(join(directory, 'ledger.jsonl.append'), words));
    child.kill('SIGINT');
    await abandoned;
    child.kill('SIGINT');
    expect(await ended).toEqual({ exitCode: 130, died: true });
  },
);
