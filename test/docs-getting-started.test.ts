import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startBare } from './commands/bootstrap/ready-tenant.ts';
import type { RunOptions } from './support/context.ts';
import { createMachine } from './support/context.ts';
import { outsideOf } from './support/renewal.ts';
import { shellWords } from './support/stories/shell-words.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { startTenant, visit } from './support/tenant.ts';

/** The command lines of a page that can run, in order. */
function linesOf(page: string): readonly string[] {
  const text = readFileSync(fileURLToPath(new URL(`../${page}`, import.meta.url)), 'utf8');
  const blocks = text.matchAll(/(?<!^<!-- not run: .+ -->\n\n)^```sh\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, block = '']) => block.trim().split('\n'));
}

const password = 'correct horse battery';

test('the command lines of docs/getting-started.md lead from nothing to a certificate that is set', async () => {
  const { emulator, machine, port } = await startBare();
  const directory = temporaryDirectory();
  const { user, password: administrators } = emulator.administrator;
  /** What a person answers, by the beginning of the line. */
  const persons: readonly (readonly [string, RunOptions])[] = [
    ['apns request', { answers: [password, password] }],
    ['bootstrap', { answers: [user, administrators, true, false] }],
    ['login', { answers: [], browser: visit }],
    ['apns set', { answers: [password, 'com.example.app', true] }],
    ['apns inspect', { answers: [password] }],
    ['apns verify', { answers: [password] }],
  ];
  const env = {
    ...outsideOf(emulator).apns,
    MFA_CLI_TENANT: emulator.url,
    MFA_CLI_PORT: String(port),
  };
  const played: string[] = [];
  for (const line of linesOf('docs/getting-started.md')) {
    // test/docs-rehearse.program.long.ts starts an emulator and moves the file.
    if (line.startsWith('mv '))
      copyFileSync(
        join(directory, 'practice/com.example.app.practice.p12'),
        join(directory, 'cert.p12'),
      );
    if (!/^mfa-cli (?!emulator)/.test(line)) continue;
    const words = shellWords(line.replace('mfa-cli ', '').replace(/ +#.*/, '')).map((word) =>
      /^(practice|push|cert\.p12)$/.test(word) ? join(directory, word) : word,
    );
    const [, person = {}] =
      persons.find(([beginning]) => line.startsWith(`mfa-cli ${beginning}`)) ?? [];
    const { exitCode, stdout, stderr } = await machine.run(words, {
      env,
      now: () => new Date(),
      ...person,
    });
    expect([line, exitCode, exitCode === 0 ? '' : stdout + stderr]).toEqual([line, 0, '']);
    played.push(words.slice(0, 2).join(' '));
  }
  expect(played).toContain('apns set');
  expect(existsSync(join(directory, 'push/com.example.app.key.pem'))).toBe(true);
});

test('the sign-out of docs/upgrade.md leaves no session, in the keychain neither', async () => {
  const { emulator, login } = await startTenant();
  const machine = createMachine();
  await machine.run([...login, '--store', 'keychain'], { browser: visit });
  expect(machine.keychain.held.size).toBeGreaterThan(0);
  const [signOut = ''] = linesOf('docs/upgrade.md');
  const { exitCode } = await machine.run(shellWords(signOut.replace('mfa-cli ', '')));
  expect([exitCode, machine.keychain.held.size]).toEqual([0, 0]);
  const whoami = await machine.run(['whoami', '--tenant', emulator.url, '--json']);
  expect(JSON.parse(whoami.stdout).error.code).toBe('not-signed-in');
});

test.skipIf(process.platform === 'win32')(
  'the lines of docs/ledger.md remove a past rehearsal, and no other tenant',
  async () => {
    const home = temporaryDirectory();
    const directory = join(home, '.config/mfa-cli');
    mkdirSync(directory, { recursive: true });
    const lineAt = (id: string, tenant: string) =>
      `${JSON.stringify({
        id,
        at: `2026-11-24T16:00:0${id}.000Z`,
        tenant,
        clientAppKey: 'com.example.app',
        asked: 'set',
        topic: 'com.example.app',
        fingerprint: 'ab'.repeat(32),
        notAfter: '2027-12-24T16:00:00Z',
        outcome: 'done',
      })}\n`;
    const kept = lineAt('2', 'https://acme.example');
    writeFileSync(join(directory, 'ledger.jsonl'), lineAt('1', 'http://127.0.0.1:8450') + kept);
    const script = linesOf('docs/ledger.md').join('\n');
    execFileSync('sh', ['-e', '-c', script], { env: { ...process.env, HOME: home } });
    const machine = createMachine();
    mkdirSync(machine.directory, { mode: 0o700 });
    copyFileSync(join(directory, 'ledger.jsonl'), join(machine.directory, 'ledger.jsonl'));
    const { stdout, stderr } = await machine.run(['apns', 'status', '--all-profiles', '--json']);
    const { certificates } = JSON.parse(stdout);
    expect(certificates.map(({ tenant }: { tenant: string }) => tenant)).toEqual([
      'https://acme.example',
    ]);
    expect(stderr).toBe('');
  },
);
