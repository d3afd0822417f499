import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { lockFile } from '../../../src/files/lock-file.ts';
import { createMachine, testNow } from '../../support/context.ts';
import { eventually } from '../../support/patience.ts';
import { cleanEnvironment, endOnSignal, runProgram, startProgram } from '../../support/process.ts';
import { shellProgram } from '../../support/programs.ts';
import { answerRequest, issuingLine } from '../../support/push-authority.ts';
import {
  roundName as name,
  notAfter,
  passwords,
  renewalIn,
  shareRequest,
} from '../../support/renewal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const copyRequested = shareRequest();
const scratch = temporaryDirectory();

test('docs/renew.md shows the command line that is run here', () => {
  const page = readFileSync(new URL('../../../docs/renew.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`sh\nmfa-cli ${renewalIn('push').join(' ')}\n\`\`\`\n`);
});

test('a second run at once is refused, and the lock of a run that is gone is none', async () => {
  const directory = copyRequested();
  const renew = () => createMachine().run(renewalIn(directory, '--json'), { env: passwords });
  const state = join(directory, 'mfa-renew.json');
  const release = lockFile(state, { unlockable: '', held: () => '' });
  const refused = await renew();
  expect([refused.exitCode, JSON.parse(refused.stdout).error.message]).toEqual([
    3,
    expect.stringContaining(`process ${process.pid}`),
  ]);
  release();
  const { exitCode, stdout } = await renew();
  expect([exitCode, JSON.parse(stdout).stage]).toEqual([0, 'requested']);
  expect(readdirSync(directory)).toHaveLength(3);
});

/** A renewal in a directory that waits for Apple, whose issuer is such a program; and how often that was run. */
function withIssuer(lines: string) {
  const [directory, log] = [copyRequested(), join(temporaryDirectory(), 'issued')];
  const program = shellProgram(`echo run >> '${log}'\n${lines}`);
  const runs = () => readFileSync(log, 'utf8').length / 'run\n'.length;
  return {
    directory,
    runs,
    argv: renewalIn(directory, '--no-verify', '--issuer', program, '--json'),
  };
}

test.each<['SIGTERM' | 'SIGKILL', number]>([
  ['SIGTERM', 143],
  ['SIGKILL', 137],
])('the issuer is not run again unasked after a %s to us', async (signal, exitCode) => {
  const { directory, argv, runs } = withIssuer('sleep 1');
  const child = startProgram(argv, cleanEnvironment(passwords));
  await vi.waitFor(() => expect(runs()).toBe(1), eventually);
  child.kill(signal);
  expect((await endOnSignal(child)).exitCode).toBe(exitCode);
  expect(
    JSON.parse(readFileSync(join(directory, 'mfa-renew.json'), 'utf8')).rounds[0].issuing,
  ).toMatch(/^20/);
  const again = await createMachine().run(argv, { env: passwords });
  expect([again.exitCode, JSON.parse(again.stdout).needs.what, runs()]).toEqual([
    4,
    expect.stringContaining('--issue-again'),
    1,
  ]);
});

test.skipIf(isMissing('openssl'))(
  'a certificate may be younger than the run that has it issued',
  async () => {
    const { directory, argv } = withIssuer(
      issuingLine(scratch, { notBefore: '20261124160005Z', notAfter }),
    );
    const isIssued = () => existsSync(join(directory, `${name}.cer`));
    const now = () => (isIssued() ? new Date('2026-11-24T16:00:06Z') : testNow);
    await createMachine().run(argv, { env: passwords, now });
    const [round] = JSON.parse(readFileSync(join(directory, 'mfa-renew.json'), 'utf8')).rounds;
    expect(round.packed).toMatchObject({ file: `${name}.p12` });
  },
);

test("the issuer's stderr is let through", async () => {
  const { argv } = withIssuer('echo "waiting for Uma" >&2; exit 75');
  expect((await runProgram(argv, cleanEnvironment(passwords))).stderr).toContain(
    'waiting for Uma\n',
  );
});

test.skipIf(isMissing('openssl'))(
  'a full disk loses nothing, and the same command goes on',
  async ({ skip }) => {
    const [disk, directory] = [temporaryDirectory(), copyRequested()];
    const push = join(disk, 'push');
    const renew = async () => {
      const env = { ...passwords, MFA_CLI_APNS_HOST: '127.0.0.1:9' };
      const { exitCode, stdout } = await createMachine().run(renewalIn(push, '--json'), { env });
      return [exitCode, JSON.parse(stdout).error.code];
    };
    try {
      // A small disk of its own, where this user may mount one.
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return skip();
    }
    try {
      answerRequest(join(directory, `${name}.certSigningRequest`), join(directory, 'aps.cer'));
      cpSync(directory, push, { recursive: true });
      chmodSync(push, 0o700);
      const before = readFileSync(join(push, 'mfa-renew.json'));
      expect(() => {
        for (;;) writeFileSync(join(disk, 'filler'), Buffer.alloc(4096, 1), { flag: 'a' });
      }).toThrow('ENOSPC');
      expect(await renew()).toEqual([3, 'file-unwritable']);
      expect(readFileSync(join(push, 'mfa-renew.json'))).toEqual(before);
      rmSync(join(disk, 'filler'));
      expect(await renew()).toEqual([7, 'apns-unreachable']);
      const files = [
        'aps.cer',
        `${name}.certSigningRequest`,
        `${name}.key.pem`,
        `${name}.p12`,
        'mfa-renew.json',
      ];
      expect(readdirSync(push).sort()).toEqual(files);
    } finally {
      execFileSync('umount', [disk]);
    }
  },
);
