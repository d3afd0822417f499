import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { lockFile } from '../../../src/files/lock-file.ts';
import { startApns } from '../../support/apns.ts';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { tlsFixture } from '../../support/http.ts';
import { answerRequest } from '../../support/push-authority.ts';
import { app, roundName as name, passwords, renewalIn, shareRequest } from '../../support/renewal.ts';
import { sharedDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

async function call(directory: string, words: readonly string[] = [], options: RunOptions = {}) {
  const argv = renewalIn(directory, ...words, '--json');
  const env = { MFA_CLI_APNS_HOST: '127.0.0.1:9', ...passwords, ...options.env };
  const { exitCode, stdout, stderr } = await createMachine().run(argv, { ...options, env });
  return { exitCode, stderr, report: JSON.parse(stdout) };
}

const copyRequested = shareRequest();
const stranger = sharedDirectory();
beforeAll(() =>
  createMachine(join(stranger, 'config')).run(['apns', 'request', ...app, '--out', stranger, '--no-encrypt']),
);

/** A directory whose renewal waits for Apple, and what Apple answers there. */
function requested() {
  const directory = copyRequested();
  const path = (file: string): string => join(directory, file);
  const answer = (file: string, issued: Parameters<typeof answerRequest>[2] = {}): void =>
    answerRequest(path(`${name}.certSigningRequest`), path(file), issued);
  const stateFile = path('mfa-renew.json');
  const round = () => JSON.parse(readFileSync(stateFile, 'utf8')).rounds[0];
  return { directory, path, answer, stateFile, round };
}

/** Apple's answer to the request of somebody else. */
function answerOfAnotherKey(out: string, bundleId = 'com.example.app'): void {
  answerRequest(join(stranger, 'com.example.app.certSigningRequest'), out, { bundleId });
}

describe.skipIf(isMissing('openssl'))("Apple's answer", () => {
  test.each([
    ['aps.cer', 'DER'],
    ['aps-2.cer', 'DER'],
    ['aps (1).cer', 'DER'],
    ['aps_production.cer', 'PEM'],
    ['Push.CRT', 'DER'],
    ['from apple.pem', 'PEM'],
  ] as const)('is found as %s', async (file, form) => {
    const { directory, path, answer } = requested();
    answer(file, { form });
    const { exitCode, report } = await call(directory, ['--dry-run', '--if-days-left', '30']);
    expect([exitCode, report]).toMatchObject([
      0,
      { stage: 'requested', files: { certificate: path(file) }, needs: null, strangers: [], dryRun: true },
    ]);
  });

  test.each(['aps.txt', '.aps.cer.download', `${name}.key.pem`])('is not looked for in %s', async (file) => {
    const { directory, answer } = requested();
    answer(file, { form: 'PEM' });
    const { report } = await call(directory, ['--dry-run']);
    expect(report.files.certificate).toBeNull();
  });

  test('the newest wins, and a newer one than was packed is packed beside it', async () => {
    const { directory, path, answer, round } = requested();
    answer('aps-3.cer', { notAfter: '20280101000000Z' });
    answer('aps.cer', { notAfter: '20290101000000Z' });
    answer('aps-2.cer', { notAfter: '20270701000000Z' });
    expect((await call(directory)).report.error.code).toBe('apns-unreachable');
    expect(round().packed).toMatchObject({ file: `${name}.p12`, notAfter: '2029-01-01T00:00:00Z' });
    const before = readFileSync(path(`${name}.p12`));
    answer('aps-4.cer', { notAfter: '20300101000000Z' });
    await call(directory);
    expect(round().packed).toMatchObject({ file: `${name}-2.p12`, notAfter: '2030-01-01T00:00:00Z' });
    expect(readFileSync(path(`${name}.p12`))).toEqual(before);
    await call(directory, ['--cert', path('aps-2.cer')]);
    expect(round().packed).toMatchObject({ file: `${name}-3.p12`, notAfter: '2027-07-01T00:00:00Z' });
  });

  test.skipIf(process.platform === 'win32')('beside links that lead nowhere and to themselves', async () => {
    const { directory, path, answer } = requested();
    symlinkSync('loop.cer', path('loop.cer'));
    symlinkSync('nowhere', path('gone.cer'));
    symlinkSync('/dev/zero', path('zero.cer'));
    answer('aps.cer');
    const { report } = await call(directory, ['--no-verify', '--dry-run']);
    expect([report.files.certificate, report.strangers]).toEqual([path('aps.cer'), []]);
  });

  test('that belongs to the key and is no push certificate is told, unless there is one as well', async () => {
    const { directory, path, answer } = requested();
    answer('other.cer', { isPush: false, notAfter: '21500101000000Z' });
    const told = await call(directory);
    expect([told.exitCode, told.report.stage, told.report.files.certificate]).toEqual([
      4,
      'requested',
      path('other.cer'),
    ]);
    expect(told.report.findings).toContainEqual(expect.objectContaining({ code: 'not-a-push-certificate' }));
    answer('aps.cer');
    const { report } = await call(directory, ['--no-verify', '--dry-run']);
    expect(report.files.certificate).toBe(path('aps.cer'));
  });

  test('is found among hundreds of older files, which are not all named', async () => {
    const { directory, path, answer } = requested();
    for (let number = 0; number < 250; number++) {
      writeFileSync(path(`a${number}.cer`), 'x');
      utimesSync(path(`a${number}.cer`), 1_000_000, 1_000_000);
    }
    answer('zz.cer');
    const { report, stderr } = await call(directory, ['--no-verify', '--dry-run']);
    expect([report.files.certificate, report.strangers.length]).toEqual([path('zz.cer'), 199]);
    expect(stderr).toContain('holds 251 certificate files; only the newest 200 are read');
    expect(stderr).toContain('Ignored 189 more files in the directory');
    expect(stderr.match(/holds no readable certificate/g)).toHaveLength(10);
  });

  test('one of another key or app is told, and is no answer', async () => {
    const { directory, path, answer } = requested();
    answerOfAnotherKey(path('aps.cer'));
    answerOfAnotherKey(path('b.cer'), 'com.example.other');
    answer('c.cer', { bundleId: 'com.example.other' });
    writeFileSync(path('d.cer'), '<!DOCTYPE html>');
    writeFileSync(path('e.pem'), 'whatever');
    const { exitCode, report, stderr } = await call(directory);
    expect([exitCode, report.stage, report.strangers]).toEqual([
      0,
      'requested',
      [
        { file: path('aps.cer'), why: 'another-key' },
        { file: path('b.cer'), why: 'another-app' },
        { file: path('c.cer'), why: 'another-app' },
        { file: path('d.cer'), why: 'unreadable' },
      ],
    ]);
    expect(stderr).toBe(
      [
        `${path('aps.cer')} does not belong to this renewal's key`,
        `${path('b.cer')} is for an app other than com.example.app`,
        `${path('c.cer')} is for an app other than com.example.app`,
        `${path('d.cer')} holds no readable certificate`,
      ]
        .map((sentence) => `mfa-cli: warning: ${sentence}\n`)
        .join(''),
    );
    answer('z.cer');
    const found = await call(directory, ['--dry-run']);
    expect(found.report.files.certificate).toBe(path('z.cer'));
  });

  test.each([
    ['another key', 'com.example.app', 'key-mismatch'],
    ['another app', 'com.example.other', 'topic-mismatch'],
  ])('one of %s that was named is an error', async (_what, bundleId, code) => {
    const { directory, round } = requested();
    const cert = join(temporaryDirectory(), 'aps.cer');
    answerOfAnotherKey(cert, bundleId);
    const { exitCode, report } = await call(directory, ['--cert', cert]);
    expect([exitCode, report.stage, report.findings.map((each: { code: string }) => each.code)]).toEqual([
      4,
      'requested',
      [code],
    ]);
    expect(round().packed).toBeNull();
  });

  test.each([
    ['has expired', { notAfter: '20261123000000Z' }, [], 'certificate-expired'],
    ['is not valid yet', { notBefore: '20261125000000Z' }, [], 'certificate-not-yet-valid'],
    ['serves the sandbox only', { sandboxOnly: true }, [], 'environment-mismatch'],
    [
      'ends soon, where that is an error',
      { notAfter: '20261201000000Z' },
      ['--fail-on', 'warning'],
      'certificate-expires-soon',
    ],
  ])('that %s is not packed, and no password is asked for', async (_what, issued, words, code) => {
    const { directory, answer } = requested();
    answer('aps.cer', issued);
    const env = { MFA_CLI_KEY_PASSWORD: '', MFA_CLI_P12_PASSWORD: '' };
    const { exitCode, report } = await call(directory, words, { env });
    expect([exitCode, report.stage]).toEqual([4, 'requested']);
    expect(report.findings.map((each: { code: string }) => each.code)).toContain(code);
    expect(report.needs.what).toContain('https://developer.apple.com/account');
    expect(readdirSync(directory).filter((file) => file.endsWith('.p12'))).toEqual([]);
  });

  test('for the sandbox is packed where that is wanted', async () => {
    const { directory, answer, round } = requested();
    answer('aps.cer', { sandboxOnly: true });
    const { report } = await call(directory, ['--environment', 'sandbox']);
    expect([report.error.code, round().packed.file]).toEqual(['apns-unreachable', `${name}.p12`]);
  });

  test('that APNs does not accept ends with 6, and is asked about again', async () => {
    const { directory, answer, round } = requested();
    answer('aps.cer');
    const apns = await startApns([{ status: 403, body: { reason: 'BadCertificate' } }]);
    const env = { MFA_CLI_APNS_HOST: apns.host, MFA_CLI_CA_FILE: tlsFixture('ca.pem') };
    for (const asked of [1, 2]) {
      const { exitCode, report } = await call(directory, [], { env });
      expect([exitCode, report]).toMatchObject([
        6,
        {
          stage: 'packed',
          verification: { accepted: false, answer: { reason: 'BadCertificate' } },
          set: null,
        },
      ]);
      expect(report.needs).not.toBeNull();
      expect([apns.received.length, round().verifiedAt]).toEqual([asked, null]);
    }
  });

  test('is packed with the password of stdin once the key has one of its own', async () => {
    const { directory, answer } = requested();
    answer('aps.cer');
    const stdin = 'from-standard-input\n';
    const words = ['--new-password-file', '-'];
    const both = await call(directory, words, { stdin, env: { MFA_CLI_KEY_PASSWORD: '' } });
    expect([both.exitCode, both.report.error.message]).toEqual([2, 'Only one input can be standard input']);
    expect((await call(directory, words, { stdin })).report.error.code).toBe('apns-unreachable');
    const again = await call(directory, words, { stdin: 'another', env: { MFA_CLI_P12_PASSWORD: '' } });
    expect(again.report.error.code).toBe('pkcs12-password-incorrect');
  });
});

describe('apns renew refuses', () => {
  test.each<[string, object, number, string, RegExp]>([
    [
      'another app',
      { bundleId: 'com.b' },
      2,
      'holds the renewals of the app com.b, not com.example.app',
      /--dir/,
    ],
    ['another team', { teamId: 'B1' }, 2, 'holds the renewals of the team B1, not A1B2C3D4E5', /--dir/],
    ['a newer version', { version: 2 }, 3, 'was written by a newer mfa-cli', /^$/],
    ['no version', { version: undefined }, 3, 'it has no version', /^Restore the file\. Or move/],
    ['a path for a name', { name: '../x' }, 3, 'something in it is missing or wrong', /^Restore the file\./],
    ['no renewals', { rounds: undefined }, 3, 'something in it is missing or wrong', /^Restore the file\./],
  ])('a state of %s', async (_what, change, exitCode, words, hint) => {
    const { directory, stateFile } = requested();
    const { name: other, ...others } = change as { name?: string };
    const state = { ...JSON.parse(readFileSync(stateFile, 'utf8')), ...others };
    if (other !== undefined) state.rounds[0].name = other;
    writeFileSync(stateFile, JSON.stringify(state));
    const before = readFileSync(stateFile);
    const { report } = await call(directory);
    expect(report.error).toMatchObject({ exitCode, message: expect.stringContaining(words) });
    expect(report.error.hints.join()).toMatch(hint);
    expect([readFileSync(stateFile), readdirSync(directory).length]).toEqual([before, 3]);
  });

  test('a state that is not JSON', async () => {
    const { directory, stateFile } = requested();
    writeFileSync(stateFile, '{"version":1,');
    const { exitCode, report } = await call(directory);
    expect([exitCode, report.error.message]).toEqual([
      3,
      `${stateFile} is not the state of a renewal: it is not JSON`,
    ]);
    // As the hint says: without it the next run begins anew, beside what is there.
    rmSync(stateFile);
    const anew = await call(directory);
    expect([anew.exitCode, anew.report.files.key]).toEqual([0, join(directory, `${name}-2.key.pem`)]);
  });

  test.skipIf(process.platform === 'win32').each([
    ['the directory', 0o777, '.'],
    ['the state', 0o666, 'mfa-renew.json'],
  ])('to go on where others may write %s', async (_what, mode, file) => {
    const { directory, path } = requested();
    chmodSync(path(file), mode);
    const { exitCode, report } = await call(directory);
    expect([exitCode, report.error.code, report.error.message]).toEqual([
      3,
      'file-unreadable',
      expect.stringMatching(/ can be written by others$/),
    ]);
    expect(report.error.hints).toEqual([expect.stringMatching(/^Run `chmod go-w /)]);
  });

  test.skipIf(process.platform === 'win32')('to begin where others may write', async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o770);
    const { report } = await call(directory);
    expect([report.error.message, readdirSync(directory)]).toEqual([
      `${directory} can be written by others`,
      [],
    ]);
  });

  test('a second run at once, and not the lock of a run that is gone', async () => {
    const { directory, stateFile } = requested();
    const release = lockFile(stateFile, { unlockable: '', held: () => '' });
    const second = await call(directory);
    expect([second.exitCode, second.report.error]).toMatchObject([
      3,
      {
        code: 'file-unwritable',
        message: `Another mfa-cli (process ${process.pid}) is renewing in ${directory}. If none is, remove ${stateFile}.lock`,
      },
    ]);
    release();
    expect((await call(directory)).exitCode).toBe(0);
    expect(existsSync(`${stateFile}.lock`)).toBe(false);
  });

  test('what another machine has locked, and tells the way out', async () => {
    const { directory, stateFile } = requested();
    writeFileSync(`${stateFile}.lock`, '4242\nbuild-7\n\n\n');
    const { report } = await call(directory);
    expect(report.error).toMatchObject({
      exitCode: 3,
      hints: [
        `Check whether process 4242 on build-7 is still running. If it is not, run \`rm ${stateFile}.lock\`.`,
      ],
    });
    rmSync(`${stateFile}.lock`);
    expect((await call(directory)).exitCode).toBe(0);
  });

  test.each(['key.pem', 'certSigningRequest'])('to wait for an answer without its .%s', async (ending) => {
    const { directory, path } = requested();
    rmSync(path(`${name}.${ending}`));
    const { exitCode, report } = await call(directory);
    expect([exitCode, report.error.message]).toEqual([
      3,
      `${path(`${name}.${ending}`)} of this renewal is gone`,
    ]);
    expect(report.error.hints).toEqual([expect.stringMatching(/^Restore the file\. Or move/)]);
  });
});

test('a dry run makes nothing, and says what would be made', async () => {
  const directory = join(temporaryDirectory(), 'push');
  const { exitCode, report } = await call(directory, ['--dry-run']);
  expect([exitCode, report]).toMatchObject([
    0,
    {
      stage: 'fresh',
      due: true,
      next: [`Without --dry-run, a key and a certificate request are made in ${directory}.`],
    },
  ]);
  expect(existsSync(directory)).toBe(false);
});

/** A small disk of its own, where this user may mount one. */
function mountDisk(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(isMissing('openssl'))('on a full disk', () => {
  test('nothing is lost, and the same command goes on once there is room', async ({ skip }) => {
    const disk = temporaryDirectory();
    if (!mountDisk(disk)) return skip();
    try {
      const { directory, answer } = requested();
      answer('aps.cer');
      cpSync(directory, join(disk, 'push'), { recursive: true });
      chmodSync(join(disk, 'push'), 0o700);
      const before = readFileSync(join(disk, 'push/mfa-renew.json'));
      fill(join(disk, 'filler'));
      const full = await call(join(disk, 'push'));
      expect([full.exitCode, full.report.error.code]).toEqual([3, 'file-unwritable']);
      expect(readFileSync(join(disk, 'push/mfa-renew.json'))).toEqual(before);
      rmSync(join(disk, 'filler'));
      const room = await call(join(disk, 'push'));
      expect([room.report.error.code, readdirSync(join(disk, 'push')).sort()]).toEqual([
        'apns-unreachable',
        ['aps.cer', `${name}.certSigningRequest`, `${name}.key.pem`, `${name}.p12`, 'mfa-renew.json'],
      ]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

function fill(path: string): void {
  try {
    for (;;) writeFileSync(path, Buffer.alloc(4096, 1), { flag: 'a' });
  } catch {
    // Full.
  }
}
