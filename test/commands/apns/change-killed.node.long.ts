import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { ledgerOf, linesIn } from '../../support/ledger.ts';
import { cleanEnvironment, startProgram } from '../../support/process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { signIn, startTenant } from '../../support/tenant.ts';

const key = 'com.example.lab';
const words = {
  set: ['apns', 'set', p12Path('01-default-aes256'), '--json'],
  delete: ['apns', 'delete', key, '--yes', '--json'],
};
const killer = new URL('../../support/kill-at-line.mjs', import.meta.url).href;

/** A machine that sets and deletes, with another ledger if wanted, and is killed at one of the lines that it writes. */
async function startKilled(asked: 'set' | 'delete', isShared: boolean) {
  const { emulator } = await startTenant({ assumptions: { 'tenant-config': 'unknown' } });
  const { machine, set } = await signIn(emulator);
  const record = join(temporaryDirectory(), 'shared.jsonl');
  const named = isShared ? ['--record', record] : [];
  if (asked === 'delete') await set(named);
  const env = {
    ...cleanEnvironment(secretPassword),
    MFA_CLI_CONFIG_DIR: machine.directory,
    NODE_OPTIONS: `--import ${killer}`,
  };
  const changes = () => emulator.requests.filter(({ path }) => path.startsWith('/Mobile/')).length;
  const before = changes();
  return {
    sent: () => changes() - before,
    async killAt(line: number, when: 'before' | 'after') {
      const variables = { ...env, KILL_LINE: `${line}`, KILL_WHEN: when };
      const child = startProgram([...words[asked], ...named], variables);
      child.stdout.resume();
      child.stderr.resume();
      const [, signal] = await once(child, 'close');
      expect(signal).toBe('SIGKILL');
    },
    async unknown() {
      const { exitCode, stdout } = await machine.run(['apns', 'status', ...named, '--json']);
      const { requests } = JSON.parse(stdout);
      expect(exitCode).toBe(requests.length === 0 ? 0 : 4);
      return requests.map((each: { asked: string }) => each.asked);
    },
    again: () => machine.run([...words[asked], ...named], { env: secretPassword }),
    async held() {
      const { stdout } = await machine.run(['apns', 'status', '--json']);
      const { certificates, requests } = JSON.parse(stdout);
      expect(requests).toEqual([]);
      return certificates.map((each: { clientAppKey: string }) => each.clientAppKey);
    },
    ledgers: () => [linesIn(ledgerOf(machine.directory)), isShared ? linesIn(record) : []],
  };
}

describe.each(['set', 'delete'] as const)('%s, killed at each line of the ledger', (asked) => {
  // What was sent by then, and whether it is known to be unknown, or known to be done.
  const points = [
    [1, 'before', 0, false],
    [1, 'after', 0, true],
    [2, 'before', 1, true],
    [2, 'after', 1, false],
  ] as const;
  test.each(points)('line %s, %s it is written', async (line, when, sent, isUnknown) => {
    const killed = await startKilled(asked, false);
    await killed.killAt(line, when);
    expect(killed.sent()).toBe(sent);
    expect(await killed.unknown()).toEqual(isUnknown ? [asked] : []);
    if (sent === 1 && !isUnknown) return;
    const { exitCode, stderr } = await killed.again();
    expect([exitCode, stderr.includes(' settles the ')]).toEqual([0, isUnknown]);
    expect(killed.sent()).toBe(sent + 1);
    expect(await killed.unknown()).toEqual([]);
    expect(await killed.held()).toEqual(asked === 'set' ? [key] : []);
  });

  // The lines of the other ledger; their copies on the machine come last, together.
  test.each([1, 2, 3])('line %s of two ledgers: the next run settles it in both', async (line) => {
    const killed = await startKilled(asked, true);
    await killed.killAt(line, 'after');
    const isDone = killed.ledgers().flat().at(-1)?.outcome === 'done';
    expect(await killed.unknown()).toEqual(isDone ? [] : [asked]);
    expect((await killed.again()).exitCode).toBe(0);
    expect(await killed.unknown()).toEqual([]);
    expect(await killed.held()).toEqual(asked === 'set' ? [key] : []);
  });
});
