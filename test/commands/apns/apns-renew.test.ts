import { hash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine, type RunOptions, testNow } from '../../support/context.ts';
import { answerRequest } from '../../support/push-authority.ts';
import { roundName as name, notAfter, outsideOf, passwords, renewalIn } from '../../support/renewal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { settingsOf, startTenant } from '../../support/tenant.ts';
import { isMissing } from '../../support/tools.ts';

const day = 86_400_000;
const inDays = (days: number): Date => new Date(testNow.getTime() + days * day);

/** One machine and one directory, on which the same command is called again and again. */
function openRenewal() {
  const machine = createMachine();
  const directory = join(temporaryDirectory(), 'push');
  const argv = renewalIn(directory);
  const call = async (words: readonly string[] = [], options: RunOptions = {}) => {
    const env = { ...passwords, ...options.env };
    const { exitCode, stdout, stderr } = await machine.run([...argv, ...words, '--json'], {
      ...options,
      env,
    });
    return { exitCode, stderr, report: JSON.parse(stdout) };
  };
  const path = (name: string): string => join(directory, name);
  const state = () => JSON.parse(readFileSync(path('mfa-renew.json'), 'utf8'));
  return { machine, directory, argv, call, path, state };
}

/** A tenant and an APNs that it can reach, as an environment. */
async function startOutside() {
  const { emulator } = await startTenant({ now: () => testNow });
  return { emulator, ...outsideOf(emulator) };
}

function digests(directory: string): Record<string, string> {
  const digest = (file: string) => hash('sha256', readFileSync(join(directory, file)));
  return Object.fromEntries(readdirSync(directory).map((file) => [file, digest(file)]));
}

test('docs/renew.md shows the command line that is run here', () => {
  const page = readFileSync(new URL('../../../docs/renew.md', import.meta.url), 'utf8');
  const { argv, directory } = openRenewal();
  expect(page).toContain(`\`\`\`sh\nmfa-cli ${argv.join(' ').replace(directory, 'push')}\n\`\`\`\n`);
});

describe.skipIf(isMissing('openssl'))('apns renew', () => {
  test('goes from nothing to a tenant that has the certificate, tells fresh, and begins anew a year later', async () => {
    const { directory, call, path, state } = openRenewal();
    const { emulator, apns, tenant } = await startOutside();

    const begun = await call();
    expect([begun.exitCode, begun.report]).toMatchObject([
      0,
      {
        dir: directory,
        stage: 'requested',
        current: null,
        files: {
          key: path(`${name}.key.pem`),
          request: path(`${name}.certSigningRequest`),
          certificate: null,
          p12: null,
        },
      },
    ]);
    expect(readdirSync(directory).sort()).toEqual([
      `${name}.certSigningRequest`,
      `${name}.key.pem`,
      'mfa-renew.json',
    ]);
    expect(
      [directory, ...readdirSync(directory).map(path)].map((each) => statSync(each).mode & 0o777),
    ).toEqual([0o700, 0o600, 0o600, 0o600]);
    expect(begun.report.next.join('\n')).toContain('https://developer.apple.com/account');

    // Nothing is made twice; a pipeline is told that a person is needed.
    const before = digests(directory);
    const waiting = await call(['--if-days-left', '30']);
    expect([waiting.exitCode, waiting.report.stage]).toEqual([4, 'requested']);
    expect(waiting.report.needs).toEqual({
      who: 'Someone who manages certificates in the Apple developer account of team A1B2C3D4E5',
      what: `Upload ${path(`${name}.certSigningRequest`)} at https://developer.apple.com/account for a push certificate for com.example.app, and save the certificate in ${directory}.`,
    });
    expect(digests(directory)).toEqual(before);

    answerRequest(begun.report.files.request, path('aps.cer'), { notAfter });
    const unreachable = await call([], { env: { MFA_CLI_APNS_HOST: '127.0.0.1:9' } });
    expect([unreachable.exitCode, unreachable.report.error.code]).toEqual([7, 'apns-unreachable']);
    expect(unreachable.report.error.hints).toContain('To skip the APNs check, add --no-verify.');
    expect(unreachable.stderr).toContain('The renewal is at stage "packed"');
    expect(state().rounds).toMatchObject([{ packed: { file: `${name}.p12` }, verifiedAt: null }]);

    const nobody = await call([], { env: { ...apns, MFA_CLI_TENANT: emulator.url } });
    expect([nobody.exitCode, nobody.report.error.code]).toEqual([5, 'not-signed-in']);
    expect(nobody.stderr).toContain('The renewal is at stage "verified"');

    const set = await call([], { env: { ...tenant, MFA_CLI_APNS_HOST: '127.0.0.1:9' } });
    expect([set.exitCode, set.report]).toMatchObject([
      0,
      {
        stage: 'set',
        due: false,
        needs: null,
        current: { tenant: emulator.url, clientAppKey: 'com.example.app', daysLeft: 395 },
        set: { topic: 'com.example.app', sentAs: 'json', unchanged: false },
        next: [expect.stringContaining('again from 2027-11-24 on, with 30 days left.')],
      },
    ]);
    const p12 = readFileSync(path(`${name}.p12`));
    expect((await settingsOf(emulator))['com.example.app_APNSCert']).toBe(p12.toString('base64'));

    for (const words of [[], ['--if-days-left', '30'], ['--dry-run']]) {
      const fresh = await call(words, { env: { ...tenant, MFA_CLI_P12_PASSWORD: '' } });
      expect([fresh.exitCode, fresh.report]).toMatchObject([0, { stage: 'fresh', due: false, needs: null }]);
    }

    const kept = digests(directory);
    const anew = await call(['--if-days-left', '30'], { env: tenant, now: inDays(366) });
    expect([anew.exitCode, anew.report]).toMatchObject([
      4,
      {
        stage: 'requested',
        current: { daysLeft: 29 },
        files: { key: path('com.example.app-2027-11-25.key.pem') },
        strangers: [],
      },
    ]);
    // Apple's answer is to stand beside that of the last year.
    expect(anew.report.next[2]).toContain(
      `download the certificate as ${path('com.example.app-2027-11-25.cer')}.`,
    );
    const { 'mfa-renew.json': _, ...others } = kept;
    expect(digests(directory)).toMatchObject(others);
    expect(state().rounds).toHaveLength(2);

    // No file holds a secret in the clear, and the state none at all.
    for (const file of readdirSync(directory)) {
      const text = readFileSync(path(file), 'latin1');
      for (const secret of [...Object.values(passwords), emulator.serviceUser.password])
        expect(text).not.toContain(secret);
      if (!file.endsWith('.key.pem')) expect(text).not.toContain('PRIVATE KEY');
    }
  });

  test('gives it to the client app key that had the last one, and to a second tenant what is packed', async () => {
    const { machine, call, path, state } = openRenewal();
    const { emulator, tenant } = await startOutside();
    const env = { ...tenant, MFA_CLI_APNS_HOST: '127.0.0.1:9' };
    const begun = await call([], { env });
    answerRequest(begun.report.files.request, path('aps.cer'), { notAfter });
    const first = await call(['--no-verify', '--client-app-key', 'lab'], { env });
    expect([first.exitCode, first.report]).toMatchObject([
      0,
      { stage: 'set', verification: null, set: { clientAppKey: 'lab' } },
    ]);

    const other = await startOutside();
    const there = { ...other.tenant, MFA_CLI_APNS_HOST: '127.0.0.1:9' };
    const second = await call(['--no-verify'], { env: there });
    expect([second.exitCode, second.report.set.clientAppKey]).toEqual([0, 'com.example.app']);
    expect(Object.keys(await settingsOf(other.emulator))).toContain('com.example.app_APNSCert');
    expect(state().rounds).toMatchObject([
      { sets: [{ tenant: emulator.url }, { tenant: other.emulator.url }] },
    ]);

    const now = inDays(370);
    const anew = await call([], { env, now });
    answerRequest(anew.report.files.request, path('aps-2.cer'), { notAfter: '20290101000000Z' });
    const set = await call(['--no-verify'], { env, now });
    expect([set.exitCode, set.report]).toMatchObject([
      0,
      { stage: 'set', set: { clientAppKey: 'lab' }, current: { notAfter: '2029-01-01T00:00:00Z' } },
    ]);
    // It is what `apns status` tells.
    const status = await machine.run(['apns', 'status', '--json']);
    expect(JSON.parse(status.stdout).certificates).toContainEqual(
      expect.objectContaining({ clientAppKey: 'lab', notAfter: '2029-01-01T00:00:00Z' }),
    );
  });

  test('packs nothing twice, packs again what is gone, and replaces no later certificate', async () => {
    const { call, path, state } = openRenewal();
    const { apns, tenant, emulator } = await startOutside();
    const begun = await call();
    answerRequest(begun.report.files.request, path('aps.cer'), { notAfter });
    // The second time the key is not opened.
    for (const password of [passwords.MFA_CLI_KEY_PASSWORD, '']) {
      const env = { ...apns, MFA_CLI_TENANT: emulator.url, MFA_CLI_KEY_PASSWORD: password };
      const { report } = await call(['--cert', path('aps.cer')], { env });
      expect(report.error.code).toBe('not-signed-in');
      expect(readdirSync(path('.')).filter((file) => file.endsWith('.p12'))).toEqual([`${name}.p12`]);
    }
    rmSync(path(`${name}.p12`));
    const set = await call([], { env: { ...apns, ...tenant } });
    expect([set.exitCode, set.report.stage, set.report.verification.accepted]).toEqual([0, 'set', true]);
    expect(statSync(path(`${name}.p12`)).mode & 0o777).toBe(0o600);

    const early = await call(['--if-days-left', '400'], { env: tenant });
    answerRequest(early.report.files.request, path('aps-2.cer'), { notAfter: '20270701000000Z' });
    const older = await call(['--if-days-left', '400'], { env: tenant });
    expect([older.exitCode, older.report.stage]).toEqual([4, 'requested']);
    expect(older.report.findings).toContainEqual(
      expect.objectContaining({ code: 'replaces-later-certificate', level: 'error' }),
    );
    expect(state().rounds.at(-1).packed).toBeNull();
  });
});
