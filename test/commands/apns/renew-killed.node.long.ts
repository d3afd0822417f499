import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { publicKeyFingerprint } from '../../../src/pkcs12/key.ts';
import { createMachine } from '../../support/context.ts';
import { ledgerOf, linesIn } from '../../support/ledger.ts';
import { cleanEnvironment, runProgram, startProgram } from '../../support/process.ts';
import { answerRequest } from '../../support/push-authority.ts';
import { outsideOf, renewalIn } from '../../support/renewal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { settingsOf, startTenant } from '../../support/tenant.ts';
import { isMissing } from '../../support/tools.ts';

const password = 'the-password-of-both';
type Variables = Readonly<Record<string, string>>;

function argvFor(directory: string, words: readonly string[] = []): readonly string[] {
  return renewalIn(directory, ...words, '--json');
}

/** Runs it with what kills it at some point, and tells whether it came to that. */
async function runAndKill(argv: readonly string[], hook: string, env: Variables) {
  const file = new URL(`../../support/${hook}.mjs`, import.meta.url).href;
  const child = startProgram(argv, { ...env, NODE_OPTIONS: `--import ${file}` });
  child.stdout.resume();
  child.stderr.resume();
  const [, signal] = await once(child, 'close');
  return signal === 'SIGKILL';
}

/** Runs it until it has put the Nth file into the directory. */
const runAndKillAfter = (
  argv: readonly string[],
  directory: string,
  count: number,
  env: Variables,
) => runAndKill(argv, 'kill-after', { ...env, KILL_AFTER: String(count), KILL_IN: directory });

/** A tenant, and the variables of a pipeline that may set a certificate there. */
async function startOutside() {
  const { emulator } = await startTenant();
  const { apns, tenant } = outsideOf(emulator);
  const outside = {
    ...apns,
    ...tenant,
    MFA_CLI_KEY_PASSWORD: password,
    MFA_CLI_P12_PASSWORD: password,
  };
  return { emulator, outside, env: cleanEnvironment(outside) };
}

const files = (directory: string, ending: string) =>
  readdirSync(directory).filter((name) => name.endsWith(ending));
const stateIn = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'mfa-renew.json'), 'utf8'));

describe.skipIf(isMissing('openssl'))('apns renew, killed after each file that it writes', () => {
  test('on the way to the request: the next run has one key and the request for it', async () => {
    const env = cleanEnvironment({ MFA_CLI_KEY_PASSWORD: password });
    // The state, the request, the key, the state.
    for (const count of [1, 2, 3, 4, 5]) {
      const directory = join(temporaryDirectory(), 'push');
      const argv = argvFor(directory);
      expect(await runAndKillAfter(argv, directory, count, env)).toBe(count < 5);
      if (count === 5) continue;
      const { exitCode, stdout } = await runProgram(argv, env);
      const { stage, files: paths } = JSON.parse(stdout);
      expect([count, exitCode, stage]).toEqual([count, 0, 'requested']);
      expect([count, readdirSync(directory).length]).toEqual([count, 3]);
      const key = createPrivateKey({ key: readFileSync(paths.key), passphrase: password });
      expect(stateIn(directory).rounds).toMatchObject([{ publicKey: publicKeyFingerprint(key) }]);
      answerRequest(paths.request, join(directory, 'aps.cer'));
      const certificate = new X509Certificate(readFileSync(join(directory, 'aps.cer')));
      expect(certificate.checkPrivateKey(key)).toBe(true);
    }
  });

  test('on the way to the tenant: the next run sets what is packed, and packs it once', async () => {
    const { emulator, outside } = await startOutside();
    const requested = join(temporaryDirectory(), 'push');
    const { stdout } = await runProgram(argvFor(requested), cleanEnvironment(outside));
    answerRequest(JSON.parse(stdout).files.request, join(requested, 'aps.cer'));
    // The .p12, and the state for packed and verified.
    for (const count of [1, 2, 3, 4]) {
      const key = `com.example.app.${count}`;
      const directory = join(temporaryDirectory(), 'push');
      cpSync(requested, directory, { recursive: true });
      const env = cleanEnvironment(outside);
      const argv = argvFor(directory, ['--client-app-key', key]);
      expect(await runAndKillAfter(argv, directory, count, env)).toBe(count < 4);
      if (count >= 4) continue;
      const again = await runProgram(argv, env);
      const { stage } = JSON.parse(again.stdout);
      expect([count, again.exitCode, ['set', 'fresh'].includes(stage)]).toEqual([count, 0, true]);
      const packed = files(directory, '.p12');
      expect([count, packed.length]).toEqual([count, 1]);
      const pfx = readFileSync(join(directory, packed[0] ?? ''));
      expect((await settingsOf(emulator))[`${key}_APNSCert`]).toBe(pfx.toString('base64'));
      const done = await runProgram(argv, env);
      expect([count, JSON.parse(done.stdout).stage]).toEqual([count, 'fresh']);
    }
  });

  test('between the tenant’s answer and the record of it: the next run sets the same again', async () => {
    const { emulator, env } = await startOutside();
    const directory = join(temporaryDirectory(), 'push');
    const argv = argvFor(directory, ['--no-verify']);
    const { stdout } = await runProgram(argv, env);
    answerRequest(JSON.parse(stdout).files.request, join(directory, 'aps.cer'));
    const ledger = ledgerOf(env.MFA_CLI_CONFIG_DIR ?? '');
    const sets = () =>
      emulator.requests.filter(({ path }) => path.endsWith('/SetApnsCertForClientApp')).length;
    const killing = { ...env, KILL_LINE: '2', KILL_WHEN: 'before' };
    expect(await runAndKill(argv, 'kill-at-line', killing)).toBe(true);
    // The tenant holds it, and all that is known here is that it was being sent.
    const { 'com.example.app_APNSCert': held } = await settingsOf(emulator);
    expect(sets()).toBe(1);
    expect(linesIn(ledger)).toMatchObject([{ asked: 'set', outcome: 'sending' }]);
    const again = await runProgram(argv, env);
    expect([again.exitCode, JSON.parse(again.stdout).stage, sets()]).toEqual([0, 'set', 2]);
    expect(again.stderr).toContain('This set request settles the set request of');
    expect(await settingsOf(emulator)).toMatchObject({ 'com.example.app_APNSCert': held });
    expect(files(directory, '.p12')).toHaveLength(1);
    const { fingerprint } = stateIn(directory).rounds[0].packed;
    expect(linesIn(ledger)).toMatchObject(
      ['sending', 'sending', 'done'].map((outcome) => ({ outcome, fingerprint })),
    );
    const done = await runProgram(argv, env);
    expect([JSON.parse(done.stdout).stage, sets()]).toEqual(['fresh', 2]);
  });

  test('a set without an answer is told in the report, and the next run settles it', async () => {
    const { emulator, outside: env } = await startOutside();
    const machine = createMachine();
    const run = (argv: readonly string[]) => machine.run(argv, { env });
    const directory = join(temporaryDirectory(), 'push');
    const argv = argvFor(directory, ['--no-verify']);
    const { stdout } = await run(argv);
    answerRequest(JSON.parse(stdout).files.request, join(directory, 'aps.cer'));
    emulator.faults.add('/Mobile/SetApnsCertForClientApp', 'unanswered', 3);
    const unanswered = await run(argv);
    expect([unanswered.exitCode, JSON.parse(unanswered.stdout)]).toMatchObject([
      7,
      {
        stage: 'packed',
        set: null,
        sent: null,
        tries: 3,
        error: { code: 'outcome-unknown', exitCode: 7 },
      },
    ]);
    expect((await run(['apns', 'status'])).exitCode).toBe(4);
    const again = await run(argv);
    expect([again.exitCode, JSON.parse(again.stdout).stage]).toEqual([0, 'set']);
    expect(again.stderr).toContain('This set request settles the set request of');
    expect((await run(['apns', 'status'])).exitCode).toBe(0);
  });
});
