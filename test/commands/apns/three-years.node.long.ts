import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine, testNow } from '../../support/context.ts';
import { cleanEnvironment, startProgram } from '../../support/process.ts';
import { recordingHook, shellProgram } from '../../support/programs.ts';
import { issuingLine } from '../../support/push-authority.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant, visitAs } from '../../support/tenant.ts';
import { isMissing } from '../../support/tools.ts';

const day = 86_400_000;
const lasts = 395;
const notify = ['--notify-at', '45,30,14,7,1,0'];

/** Days left on the nights that are played: before, on and after each stage. */
const nights = [46, 45, 44, 31, 30, 29, 15, 14, 13, 8, 7, 6, 5, 4, 2, 1, 0, -1, -2, -3];

/** By how many days left the team approves what is asked for in the year: at once, late, and too late. */
const approvals = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 5, -3];

test.skipIf(isMissing('openssl'))(
  'three years pass by themselves: issued, set, proved, and each alert told once',
  async () => {
    let clock = testNow;
    const at = () => ({ now: clock });
    const { emulator, login } = await startTenant({
      ...{ now: () => clock, autoApprove: true, accessTokenSeconds: 4 * 366 * 86_400 },
    });
    const scratch = temporaryDirectory();
    const [approved, until, ca, push] = ['approved', 'until', 'ca.pem', 'push'].map((each) =>
      join(scratch, each),
    ) as [string, string, string, string];
    writeFileSync(ca, emulator.apns.ca);
    const issuing = issuingLine(scratch, { notAfter: 'UNTIL' }).replace(
      "'UNTIL'",
      `"$(cat '${until}')"`,
    );
    const issuer = shellProgram(`test -e '${approved}' || exit 75; rm '${approved}'; ${issuing}`);
    const password = shellProgram('echo the-password-of-both');
    const hook = recordingHook();
    const machine = createMachine();
    const nightly = {
      MFA_CLI_APNS_HOST: emulator.apns.host,
      MFA_CLI_CA_FILE: ca,
      MFA_CLI_TENANT: emulator.url,
      MFA_CLI_CLIENT_ID: emulator.serviceUser.user,
      MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
    };
    const names = ['--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5', '--dir', push];
    const programs = ['--issuer', issuer, '--password-command', password, ...hook.options];
    const renewal = ['apns', 'renew', ...names, '--if-days-left', '30', ...programs, '--json'];
    const renew = async () => {
      const { exitCode, stdout, stderr } = await machine.run(renewal, { ...at(), env: nightly });
      return { exitCode, report: JSON.parse(stdout), stderr };
    };
    // Two machines that share a directory look at the same moment.
    const status = ['apns', 'status', '--all-profiles', ...notify, ...hook.options];
    const look = () =>
      Promise.all(
        [machine, createMachine(machine.directory)].map((each) => each.run(status, at())),
      );
    /** One that is killed after the hook, and before it notes that. */
    const lookAndDie = async () => {
      const [killer, movedClock] = ['kill-at-line', 'moved-clock'].map(
        (file) => new URL(`../../support/${file}.mjs`, import.meta.url).href,
      );
      const child = startProgram(status, {
        ...cleanEnvironment(),
        MFA_CLI_CONFIG_DIR: machine.directory,
        NODE_OPTIONS: `--import ${killer} --import ${movedClock}`,
        MOVED_TO: clock.toISOString(),
        ...{ KILL_LINE: '1', KILL_WHEN: 'before' },
      });
      expect(await new Promise((resolve) => child.once('close', (_code, by) => resolve(by)))).toBe(
        'SIGKILL',
      );
    };
    const phone = (words: readonly string[]) => machine.run([...words, '--profile', 'phone'], at());
    const prove = async () => {
      const proving = phone(['apns', 'prove', '--json', ...hook.options]);
      expect((await phone(['device', 'listen'])).exitCode).toBe(0);
      expect((await phone(['device', 'answer', '--approve'])).exitCode).toBe(0);
      const { exitCode, stdout } = await proving;
      expect([exitCode, JSON.parse(stdout).outcome]).toEqual([0, 'approved']);
    };

    let left = 0;
    for (const [year, approval] of approvals.entries()) {
      for (let done = false; !done; ) {
        const next = nights.find((each) => each < left) ?? expect.unreachable();
        clock = new Date(clock.getTime() + (left - next) * day);
        left = next;
        if (left <= 30 && left <= approval && !existsSync(approved)) {
          writeFileSync(approved, '');
          const end = new Date(clock.getTime() + (lasts + 0.5) * day).toISOString();
          writeFileSync(until, `${end.slice(0, 19).replace(/[-:T]/g, '')}Z`);
        }
        const { exitCode, report, stderr } = await renew();
        done = report.stage === 'set';
        const stage = done ? 'set' : left > 30 ? 'fresh' : 'requested';
        expect([exitCode, report.stage, stderr]).toEqual([
          stage === 'requested' ? 4 : 0,
          stage,
          stderr,
        ]);
        if (done) left = lasts;
        if (year === 3 && left === 14) await lookAndDie();
        await look();
      }
      if (year === 0) {
        expect(
          (
            await machine.run([...login, '--profile', 'phone'], {
              ...at(),
              browser: visitAs(emulator.user.user),
            })
          ).exitCode,
        ).toBe(0);
        for (const what of ['enroll', 'register-token']) await phone(['device', what]);
      }
      await prove();
    }

    const calls = hook.calls();
    const events = (name: string) => calls.filter(({ event }) => event === name);
    expect([events('renewed').length, events('proved').length]).toEqual([4, 4]);
    const alerts = events('due').map(({ document }) => document.alert);
    const fingerprints = [
      ...new Set(events('renewed').map(({ document }) => document.set.fingerprint)),
    ];
    expect(fingerprints.length).toBe(4);
    expect(
      fingerprints.map((each) =>
        alerts.filter(({ fingerprint }) => fingerprint === each).map(({ stage }) => stage),
      ),
    ).toEqual([
      [45],
      [45, 30, 14, 7],
      // The kill repeats one.
      [45, 30, 14, 14, 7, 1, 0],
      [],
    ]);
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(11);
    expect(
      alerts.every(({ id, fingerprint, stage }) =>
        alerts
          .filter((other) => other.id === id)
          .every((other) => other.fingerprint === fingerprint && other.stage === stage),
      ),
    ).toBe(true);
  },
  180_000,
);
