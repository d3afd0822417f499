import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { badDeviceToken, serverCa, startApns } from '../../support/apns.ts';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { settingsOf, shareTenant, startTenant, visit } from '../../support/tenant.ts';

/** Valid until 2027-12-24; its one warning is that Apple did not issue it. */
const good = p12Path('01-default-aes256');
const expired = p12Path('30-exp');
const daysBefore = (days: number): Date => new Date(Date.parse('2027-12-24T12:00:00Z') - days * 86_400_000);
const codes = (stdout: string): readonly string[] =>
  JSON.parse(stdout).findings.map(({ code }: { code: string }) => code);

const signedIn = shareTenant();

describe('from which findings on a command ends with 4', () => {
  test.each([
    ['error', 0],
    ['warning', 4],
  ] as const)('apns inspect --fail-on %s', async (level, expected) => {
    const argv = ['apns', 'inspect', good, '--fail-on', level, '--json'];
    const { exitCode, stdout } = await createMachine().run(argv, { env });
    // A warning is no error, whatever the command makes of it.
    expect([exitCode, JSON.parse(stdout).ok]).toEqual([expected, true]);
  });

  test.each([
    [31, [], false],
    [31, ['--warn-days', '45'], true],
    [46, ['--warn-days', '45'], false],
    [20, ['--warn-days', '10'], false],
    [20, [], true],
  ] as const)('with %i days left and %j', async (days, words, soon) => {
    const argv = ['apns', 'inspect', good, ...words, '--json'];
    const { stdout } = await createMachine().run(argv, { env, now: daysBefore(days) });
    expect(codes(stdout).includes('certificate-expires-soon')).toBe(soon);
  });

  test('apns set sends nothing, unless it is forced', async () => {
    const { emulator, set } = await signedIn();
    const { exitCode, stdout } = await set(['--fail-on', 'warning']);
    expect([exitCode, stdout.split('\n')[0]]).toEqual([4, '✗ Nothing was sent: the checks found 1 warning']);
    expect(await settingsOf(emulator)).toEqual({});
    expect((await set(['--fail-on', 'warning', '--force'])).exitCode).toBe(0);
    expect(await settingsOf(emulator)).not.toEqual({});
  });

  test('apns verify asks nobody', async () => {
    const apns = await startApns([badDeviceToken]);
    const argv = ['apns', 'verify', good, '--apns-host', apns.host, '--ca-file', serverCa];
    const stopped = await createMachine().run([...argv, '--fail-on', 'warning'], { env });
    expect([stopped.exitCode, apns.received.length]).toEqual([4, 0]);
    expect((await createMachine().run(argv, { env })).exitCode).toBe(0);
  });
});

describe('apns set at a terminal', () => {
  test('asks before a first certificate with a warning, and not about the same again', async () => {
    const { emulator, set } = await signedIn();
    const question = `Set the certificate for lab at ${new URL(emulator.url).host}?`;
    const words = ['--client-app-key', 'lab'];
    const refused = await set(words, { answers: [false] });
    expect([refused.exitCode, refused.questions]).toEqual([130, [question]]);
    expect(stripVTControlCharacters(refused.stderr)).toContain(
      'Replaces        nothing set from this machine: this client app key is new here\n',
    );
    expect(stripVTControlCharacters(refused.stderr)).toContain(
      '\nEnvironments    sandbox, production\nValid until     2027-12-24\nSHA-256         30b8405b…\n\n! The client app key lab is new here, and is not the topic\n✗ Nothing was sent\n',
    );
    expect(await settingsOf(emulator)).toEqual({});
    const agreed = await set(words, { answers: [true] });
    expect([agreed.exitCode, agreed.questions]).toEqual([0, [question]]);
    expect((await set(words, { answers: [] })).questions).toEqual([]);
    for (const yes of [['--client-app-key', 'other', '--yes'], ['--yes']])
      expect(await set(yes, { answers: [] })).toMatchObject({ exitCode: 0, questions: [] });
  });

  test('refuses what cannot be set before anything is asked', async () => {
    const { machine } = await signedIn();
    const { exitCode, questions, stdout } = await machine.run(['apns', 'set', expired, '--json'], {
      env,
      answers: [],
    });
    expect([exitCode, questions]).toEqual([4, []]);
    expect(codes(stdout)).toContain('certificate-expired');
  });

  test('asks APNs first, and says each thing once', async () => {
    const { emulator, set } = await signedIn();
    const apns = await startApns([badDeviceToken]);
    const words = ['--client-app-key', 'lab', '--apns-host', apns.host, '--ca-file', serverCa];
    const { exitCode, stdout, stderr } = await set(words, { answers: [true], terminalOutput: true });
    expect([exitCode, apns.received.length]).toEqual([0, 1]);
    expect(stripVTControlCharacters(stderr)).toContain(
      'APNs            accepts this certificate (production)\n',
    );
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringContaining('✓ Set the push certificate for lab'),
    ]);
    for (const said of [emulator.url, 'issuer-not-apple'])
      expect((stdout + stderr).split(said).length - 1).toBe(1);
  });

  test('takes an APNs that cannot be reached for a note, without a terminal for a failure', async () => {
    const { set } = await signedIn();
    const host = `127.0.0.1:${await freePort()}`;
    const words = ['--client-app-key', 'lab', '--yes', '--apns-host', host];
    const { exitCode, stderr } = await set(words, { answers: [] });
    expect([exitCode, stderr.match(/APNs did not check the certificate: /g)?.length]).toEqual([0, 1]);
    expect((await set([...words, '--verify'])).exitCode).toBe(7);
  });

  test('does not ask APNs with --no-verify', async () => {
    const { set } = await signedIn();
    const { exitCode, stderr } = await set(['--client-app-key', 'lab', '--yes', '--no-verify'], {
      answers: [],
    });
    const said = stderr.replace('APNs accepts only certificates that Apple issued.', '');
    expect([exitCode, said.includes('APNs')]).toEqual([0, false]);
  });
});

test('a session that the tenant does not take any more: whoami and doctor agree', async () => {
  const { emulator, login } = await startTenant();
  const machine = createMachine();
  await machine.run(login, { browser: visit });
  const { profiles } = JSON.parse(readFileSync(join(machine.directory, 'config.json'), 'utf8'));
  for (const token of [profiles.default.session.accessToken, profiles.default.session.refreshToken])
    await fetch(`${emulator.url}/OAuth2/Revoke/mfa-cli`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: 'mfa-cli' }),
    });
  expect((await machine.run(['whoami'])).exitCode).toBe(5);
  const { stdout } = await machine.run(['doctor', '--json']);
  const session = JSON.parse(stdout).checks.find(({ code }: { code: string }) => code === 'session');
  expect(session).toMatchObject({
    level: 'warning',
    message: `${emulator.url} no longer accepts the session.`,
  });
});
