import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Emulator } from '../../../src/emulator/tenants.ts';
import { createMachine, type RunOptions, testNow } from '../../support/context.ts';
import { openEmulator } from '../../support/emulator.ts';
import { eventually } from '../../support/patience.ts';
import { cleanEnvironment, endOnSignal, runProgram, startProgram } from '../../support/process.ts';
import { recordingHook, shellProgram } from '../../support/programs.ts';
import { answerRequest, issuingLine as lineIn } from '../../support/push-authority.ts';
import {
  app,
  notAfter,
  outsideOf,
  passwords,
  renewalIn,
  roundName,
  shareRequest,
} from '../../support/renewal.ts';
import { sharedDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const scratch = sharedDirectory();
const issuingLine = (...how: Parameters<typeof lineIn> extends [string, ...infer Rest] ? Rest : never) =>
  lineIn(scratch, ...how);
const requested = shareRequest();
let emulator: Emulator;
beforeAll(async () => {
  emulator = await openEmulator({ now: () => testNow });
});
afterAll(() => emulator.close());
const startOutside = () => outsideOf(emulator).tenant;

/** One directory, on which the same command is called again and again with an issuer that counts how often it is run. */
function openRenewal(directory = requested()) {
  const machine = createMachine();
  const log = join(temporaryDirectory(), 'issued');
  const argvWith = (lines: string, words: readonly string[] = []): readonly string[] => {
    const issuer = shellProgram(`echo run >> '${log}'\n${lines}`);
    return renewalIn(directory, '--no-verify', '--issuer', issuer, '--json', ...words);
  };
  const call = async (lines: string, words: readonly string[] = [], options: RunOptions = {}) => {
    const env = { ...passwords, ...options.env };
    const { exitCode, stdout, stderr } = await machine.run(argvWith(lines, words), { ...options, env });
    return { exitCode, stderr, report: JSON.parse(stdout) };
  };
  const times = () => (existsSync(log) ? readFileSync(log, 'utf8').length / 'run\n'.length : 0);
  const state = () => JSON.parse(readFileSync(join(directory, 'mfa-renew.json'), 'utf8')).rounds.at(-1);
  return { machine, directory, argvWith, call, times, state };
}

const aside = '"$MFA_CLI_CSR.aside"';
const given = `cat ${aside}`;

describe.skipIf(isMissing('openssl'))('apns renew --issuer', () => {
  test.each([
    ['in the file', issuingLine({ notAfter })],
    ['on stdout', `${issuingLine({ notAfter }, undefined, aside)}; ${given}`],
    ['as PEM on stdout', `${issuingLine({ notAfter, form: 'PEM' }, undefined, aside)}; ${given}`],
    ['in the file, with talk on stdout', `echo working; ${issuingLine({ notAfter })}; echo done`],
  ])('goes from nothing to a tenant that has the certificate, %s', async (where, lines) => {
    const isNew = where === 'in the file';
    const { call, times, state, directory } = openRenewal(
      isNew ? join(temporaryDirectory(), 'push') : requested(),
    );
    const env = startOutside();
    const hook = recordingHook();
    const { exitCode, report } = await call(lines, hook.options, { env });
    expect([exitCode, report]).toMatchObject([0, { stage: 'set', needs: null, current: { daysLeft: 395 } }]);
    expect(report.files.certificate).toBe(join(directory, `${roundName}.cer`));
    expect(hook.calls()).toEqual([{ event: 'renewed', document: report }]);
    expect(state()).toMatchObject({ issuing: testNow.toISOString(), packed: { file: `${roundName}.p12` } });
    // Nothing is due, nothing is issued, nobody is told.
    expect(await call('exit 1', hook.options, { env })).toMatchObject({
      exitCode: 0,
      report: { due: false },
    });
    expect([times(), hook.calls().length]).toEqual([1, 1]);
  });

  test('gives the request, the app and a place for the certificate, and no other variable of ours', async () => {
    const { call, directory } = openRenewal();
    const seen = join(temporaryDirectory(), 'environment');
    const env = startOutside();
    await call(`env > '${seen}'; test -s "$MFA_CLI_CSR" && exit 75`, [], { env });
    const variables = readFileSync(seen, 'utf8')
      .match(/^MFA_CLI_.*$/gm)
      ?.sort();
    expect(variables).toEqual([
      'MFA_CLI_BUNDLE_ID=com.example.app',
      `MFA_CLI_CERTIFICATE=${join(directory, `${roundName}.cer`)}`,
      `MFA_CLI_CSR=${join(directory, `${roundName}.certSigningRequest`)}`,
      'MFA_CLI_TEAM_ID=A1B2C3D4E5',
    ]);
  });

  test('asks again in the next run where there is no certificate yet', async () => {
    const { call, times, state } = openRenewal();
    for (const time of [1, 2]) {
      const { exitCode, report } = await call('exit 75');
      expect([exitCode, report.stage, report.needs.what]).toEqual([
        4,
        'requested',
        'The issuer has no certificate for com.example.app yet; the next run asks it again.',
      ]);
      expect([times(), state().issuing]).toEqual([time, null]);
    }
    const env = startOutside();
    const { exitCode, report } = await call(issuingLine({ notAfter }), [], { env });
    expect([exitCode, report.stage, times()]).toEqual([0, 'set', 3]);
  });

  test.each<[string, string, readonly string[], number, string]>([
    ['fails', 'exit 3', [], 7, 'The issuer ended with exit code 3'],
    ['is killed', 'kill -9 $$', [], 7, 'The issuer was ended by SIGKILL'],
    ['is slow', 'sleep 600', ['--issuer-timeout', '1'], 7, 'The issuer did not end within 1 s'],
    ['gives nothing', 'exit 0', [], 7, 'The issuer exited with 0, but left no certificate'],
    ['gives no certificate', 'echo Sorry', [], 3, 'certificate-not-recognised'],
  ])('is not run again unasked for a request whose issuer %s', async (_case, lines, words, code, message) => {
    const { call, times, state } = openRenewal();
    const { exitCode, report } = await call(lines, words);
    expect([exitCode, report.error.exitCode]).toEqual([code, code]);
    expect(code === 7 ? report.error.message : report.error.code).toBe(message);
    if (code === 7) {
      expect(report.error.code).toBe('issuer-failed');
      expect(report.error.hints.join()).toContain('--issue-again');
    }
    expect(state().issuing).toBe(testNow.toISOString());
    const again = await call(lines);
    expect([again.exitCode, again.report.stage, times()]).toEqual([4, 'requested', 1]);
    expect(again.report.needs.what).toContain('--issue-again');
    const rehearsed = await call(lines, ['--dry-run', '--issue-again']);
    expect([rehearsed.exitCode, rehearsed.report.next, times()]).toEqual([
      0,
      ['Without --dry-run, the issuer is asked.'],
      1,
    ]);
    const env = startOutside();
    const asked = await call(issuingLine({ notAfter }), ['--issue-again'], { env });
    expect([asked.exitCode, asked.report.stage, times()]).toEqual([0, 'set', 2]);
  });

  test('that cannot be run has issued nothing: it is run again once it can', async () => {
    const { machine, directory, call, times } = openRenewal();
    const argv = renewalIn(directory, '--issuer', 'no such issuer', '--json');
    const { exitCode, stdout } = await machine.run(argv, { env: passwords });
    expect([exitCode, JSON.parse(stdout).error.message]).toEqual([
      7,
      'The issuer cannot be run: the program "no …", or the interpreter that its first line names, does not exist; give each argument with --issuer-arg',
    ]);
    expect([(await call('exit 75')).exitCode, times()]).toEqual([4, 1]);
  });

  test.each([
    ['another app', issuingLine({ notAfter, bundleId: 'com.example.other' }), 'topic-mismatch'],
    ['no push', issuingLine({ notAfter, isPush: false }), 'not-a-push-certificate'],
    ['the sandbox alone', issuingLine({ notAfter, sandboxOnly: true }), 'environment-mismatch'],
    ['days that are over', issuingLine({ notAfter: '20260101000000Z' }), 'certificate-expired'],
  ])(
    'says of a certificate for %s what is wrong with it, and goes on with another',
    async (_case, lines, code) => {
      const { call, times } = openRenewal();
      const { exitCode, report } = await call(lines);
      expect([exitCode, report.stage, report.set]).toEqual([4, 'requested', null]);
      expect(report.findings.map((finding: { code: string }) => finding.code)).toContain(code);
      expect(report.needs.what).toContain('--issue-again');
      expect([(await call(lines)).exitCode, times()]).toEqual([4, 1]);
      const env = startOutside();
      const asked = await call(issuingLine({ notAfter }), ['--issue-again'], { env });
      expect([asked.exitCode, asked.report.stage, times()]).toEqual([0, 'set', 2]);
    },
  );

  test('says that a certificate belongs to another key, or is the one of the year before', async () => {
    const { call, directory } = openRenewal();
    const env = startOutside();
    expect((await call(issuingLine({ notAfter }), [], { env })).exitCode).toBe(0);
    const nextYear = { env, now: new Date('2027-12-01T00:00:00Z') };
    const old = await call(`cat '${join(directory, `${roundName}.cer`)}'`, [], nextYear);
    expect([old.exitCode, old.report.findings]).toMatchObject([
      4,
      [
        {
          code: 'key-mismatch',
          message: expect.stringContaining('is the certificate of an earlier renewal.'),
        },
      ],
    ]);
    const stranger = temporaryDirectory();
    await createMachine().run(['apns', 'request', ...app, '--out', stranger, '--no-encrypt']);
    const other = join(stranger, 'other.cer');
    answerRequest(join(stranger, 'com.example.app.certSigningRequest'), other, { notAfter });
    const wrong = openRenewal();
    const { exitCode, report } = await wrong.call(`cp '${other}' "$MFA_CLI_CERTIFICATE"`);
    expect([exitCode, report.findings]).toMatchObject([
      4,
      [{ code: 'key-mismatch', message: expect.stringContaining("does not belong to this renewal's key") }],
    ]);
  });

  test('goes on with what a killed issuer left, without another', async () => {
    const { call, times } = openRenewal();
    const env = startOutside();
    const killed = await call(`${issuingLine({ notAfter })}; kill -9 $$`, [], { env });
    expect(killed.exitCode).toBe(7);
    const { exitCode, report } = await call('exit 1', [], { env });
    expect([exitCode, report.stage, times()]).toEqual([0, 'set', 1]);
  });

  test('issues nothing anew where the tenant was out of reach', async () => {
    const { call, times, state } = openRenewal();
    const env = startOutside();
    const away = { ...env, MFA_CLI_TENANT: 'http://127.0.0.1:9' };
    const first = await call(issuingLine({ notAfter }), [], { env: away });
    expect([first.exitCode, state().packed.file]).toEqual([7, `${roundName}.p12`]);
    const { exitCode, report } = await call('exit 1', [], { env });
    expect([exitCode, report.stage, times()]).toEqual([0, 'set', 1]);
  });

  test.each<['SIGTERM' | 'SIGKILL', number]>([
    ['SIGTERM', 143],
    ['SIGKILL', 137],
  ])('is not run again unasked after a %s to us', async (signal, exitCode) => {
    const { argvWith, call, times, state } = openRenewal();
    const env = cleanEnvironment(passwords);
    const child = startProgram(argvWith('sleep 1'), env);
    await vi.waitFor(() => expect(times()).toBe(1), eventually);
    child.kill(signal);
    expect((await endOnSignal(child)).exitCode).toBe(exitCode);
    expect(state().issuing).toMatch(/^20/);
    const again = await call('exit 1');
    expect([again.exitCode, again.report.needs.what, times()]).toEqual([
      4,
      expect.stringContaining('--issue-again'),
      1,
    ]);
  });

  test('lets through what it says on stderr', async () => {
    const { argvWith } = openRenewal();
    const { stderr } = await runProgram(
      argvWith('echo "waiting for Uma" >&2; exit 75'),
      cleanEnvironment(passwords),
    );
    expect(stderr).toContain('waiting for Uma\n');
  });

  test.each([
    [['--issuer', '/bin/true', '--cert', 'aps.cer']],
    [['--issuer-arg', 'x']],
    [['--issuer-timeout', '5']],
    [['--issue-again']],
    [['--issuer', '/bin/true', '--issuer-timeout', '1.5']],
    [['--new-password-file', 'a', '--password-command', '/bin/true']],
  ])('is a usage error as %s', async (words) => {
    const argv = renewalIn(join(temporaryDirectory(), 'push'), ...words, '--json');
    const { exitCode, stdout } = await createMachine().run(argv);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([2, 'usage']);
  });
});
