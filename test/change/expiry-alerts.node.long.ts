import { copyFileSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alertsFor } from '../../src/change/expiry-alerts.ts';
import { createMachine } from '../support/context.ts';
import { faultsOf } from '../support/documents.ts';
import { startFleet } from '../support/fleet.ts';
import { blockLedger, ledgerOf, linesIn } from '../support/ledger.ts';
import { cleanEnvironment, runProgram, startProgram } from '../support/process.ts';
import { type HookCall, recordingHook } from '../support/programs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { shareTenant, signIn } from '../support/tenant.ts';

const stages = '45,30,14,7,1,0';
const end = Date.parse('2027-12-24T00:00:00Z');
const day = 86_400_000;
/** When the certificate of `set` has so many whole days left: it is good until some hours after `end`. */
const withDaysLeft = (days: number): Date => new Date(end - days * day);
const notify = ['--notify-at', stages];
const idsOf = (calls: readonly HookCall[]) => calls.map(({ document }) => document.alert.id);

describe('the stage of a certificate', () => {
  const ascending = [0, 1, 7, 14];
  const fingerprint = 'f'.repeat(64);
  test.each([
    [15, null],
    [14, 14],
    [8, 14],
    [7, 7],
    [1, 1],
    [0, 0],
    [-300, 0],
  ])('with %s days left', (daysLeft, stage) => {
    const alerts = alertsFor([{ fingerprint, daysLeft, tenant: 'a' }], ascending);
    expect(alerts.map((alert) => alert.stage)).toEqual(stage === null ? [] : [stage]);
  });

  test('is told once, whoever has it, with an ID that depends on nothing else', () => {
    const due = (tenant: string) => ({ fingerprint, daysLeft: 5, tenant });
    const [alert, ...others] = alertsFor([due('a'), due('b'), due('a')], ascending);
    expect([alert, others]).toEqual([
      { id: 'mfa-cli-due-ffffffffffffffff-7', fingerprint, stage: 7, tenants: ['a', 'b'] },
      [],
    ]);
    expect(alertsFor([due('c')], [7, 100])[0]?.id).toBe(alert?.id);
    expect(alertsFor([{ ...due('a'), fingerprint: '0'.repeat(64) }], ascending)[0]?.id).not.toBe(
      alert?.id,
    );
  });
});

describe.skipIf(process.platform === 'win32')('apns status --notify-at', () => {
  const shared = shareTenant();
  /** A machine that has set a certificate, and how it looks at it when so many days are left. */
  async function withCertificate() {
    const { set, machine, emulator } = await shared();
    await set();
    const look = (
      days: number,
      { options }: Pick<ReturnType<typeof recordingHook>, 'options'>,
      by = machine,
    ) => by.run(['apns', 'status', '--json', ...notify, ...options], { now: withDaysLeft(days) });
    return { machine, emulator, look, ledger: ledgerOf(machine.directory) };
  }
  const alertsIn = (ledger: string) =>
    linesIn(ledger).flatMap(({ asked, fingerprint, outcome }) =>
      asked === 'alert' ? [`mfa-cli-due-${fingerprint?.slice(0, 16)}-${outcome}`] : [],
    );

  test('calls the hook once a stage, day after day, and with nothing else of the status', async () => {
    const { look, emulator } = await withCertificate();
    const hook = recordingHook();
    const seen: [number, number][] = [];
    for (const days of [46, 45, 44, 31, 30, 29, 15, 14, 13, 8, 7, 6, 2, 1, 0, -1]) {
      const before = hook.calls().length;
      const { exitCode, stdout } = await look(days, hook);
      expect(exitCode).toBe(days > 30 ? 0 : 4);
      for (const { event, document } of hook.calls().slice(before)) {
        const { alert, ...report } = document;
        expect([event, report, alert.tenants]).toEqual(['due', JSON.parse(stdout), [emulator.url]]);
        expect(faultsOf(alert, 'alert.schema.json')).toEqual([]);
        expect(faultsOf(document, 'apns-status.schema.json')).toEqual([]);
        expect(alert.fingerprint).toBe(report.certificates[0].fingerprint);
        seen.push([days, alert.stage]);
      }
    }
    expect(seen).toEqual([45, 30, 14, 7, 1, 0].map((days) => [days, days]));
    expect(new Set(idsOf(hook.calls())).size).toBe(6);
  }, 60_000);

  test('tells of one stage alone after a long silence, and again where the hook failed', async () => {
    const { machine, look } = await withCertificate();
    const failing = recordingHook('exit 1');
    for (const times of [1, 2]) {
      expect((await look(5, failing)).exitCode).toBe(4);
      expect(failing.calls().length).toBe(times);
    }
    const fine = recordingHook();
    for (const _ of [1, 2]) await look(5, fine);
    expect(idsOf(fine.calls())).toEqual(idsOf(failing.calls()).slice(0, 1));
    const words = ['--hook', failing.program, '--hook-must-succeed', '--warn-days', '0'];
    const failed = await machine.run(['apns', 'status', ...notify, ...words], {
      now: withDaysLeft(1),
    });
    expect([failed.exitCode, failing.calls().length]).toEqual([8, 3]);
  });

  test('without --notify-at tells of a status that ends with 4', async () => {
    const { machine } = await withCertificate();
    const hook = recordingHook();
    for (const days of [100, 20])
      await machine.run(['apns', 'status', ...hook.options], { now: withDaysLeft(days) });
    expect(hook.calls()).toMatchObject([{ event: 'failed', document: { ok: false } }]);
  });

  test('is told once by machines that share a directory, at once or one after the other', async () => {
    const { machine, look } = await withCertificate();
    const hook = recordingHook('sleep 0.2');
    const other = createMachine(machine.directory);
    await Promise.all([machine, other, machine, other].map((each) => look(7, hook, each)));
    await look(7, hook, other);
    expect(hook.calls().length).toBe(1);
  });

  test('has the same ID on a machine of its own', async () => {
    const hook = recordingHook();
    for (const { look } of [await withCertificate(), await withCertificate()]) await look(7, hook);
    const [one, other, ...more] = idsOf(hook.calls());
    expect([one, more]).toEqual([other, []]);
  });

  test('keeps each stage that was told as a line of the ledger, without a secret', async () => {
    const { look, ledger, emulator } = await withCertificate();
    const hook = recordingHook();
    for (const days of [45, 44, 30]) await look(days, hook);
    expect(alertsIn(ledger)).toEqual(idsOf(hook.calls()));
    const lines = linesIn(ledger).filter(({ asked }) => asked === 'alert');
    const about = { tenant: emulator.url, clientAppKey: 'com.example.lab', topic: null, of: null };
    expect(lines).toMatchObject([
      { ...about, outcome: '45' },
      { ...about, outcome: '30' },
    ]);
  });

  test('is told once by two machines that share a ledger by --record', async () => {
    const { machine, emulator } = await withCertificate();
    const record = join(temporaryDirectory(), 'shared.jsonl');
    copyFileSync(ledgerOf(machine.directory), record);
    const { machine: other } = await signIn(emulator);
    const hook = recordingHook();
    const argv = ['apns', 'status', '--json', ...notify, '--record', record, ...hook.options];
    for (const each of [machine, other, other, machine])
      expect((await each.run(argv, { now: withDaysLeft(7) })).exitCode).toBe(4);
    expect(idsOf(hook.calls())).toEqual(alertsIn(record));
    expect(alertsIn(record)).toHaveLength(1);
  });

  test('is told again, with the same ID, where the ledger cannot be written', async () => {
    const { machine, ledger, look } = await withCertificate();
    const hook = recordingHook();
    blockLedger(ledger);
    const { stderr } = await look(7, hook);
    expect(stderr).toContain('Cannot record in');
    rmdirSync(`${ledger}.append.lock`);
    for (const _ of [1, 2]) await look(7, hook, machine);
    const ids = idsOf(hook.calls());
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });
});

describe.skipIf(process.platform === 'win32')('fleet status --notify-at', () => {
  test('names the tenants of a certificate in one alert', async () => {
    const fleet = await startFleet(3);
    await fleet.run(['apply', '--yes'], { env: fleet.env });
    const hook = recordingHook();
    const argv = ['status', '--json', ...notify, ...hook.options];
    for (const _ of [1, 2]) await fleet.run(argv, { env: fleet.env, now: withDaysLeft(14) });
    expect(hook.calls()).toMatchObject([
      { event: 'due', document: { alert: { stage: 14, tenants: ['t1', 't2', 't3'] }, ok: false } },
    ]);
  });

  test('a kill between hook and record repeats the alert under its ID', async () => {
    const fleet = await startFleet(1);
    await fleet.run(['apply', '--yes'], { env: fleet.env });
    const record = readFileSync(fleet.record, 'utf8').replace(
      /"notAfter":"[^"]*"/g,
      '"notAfter":"2020-01-01T00:00:00Z"',
    );
    writeFileSync(fleet.record, record);
    const hook = recordingHook();
    const env = {
      ...fleet.env,
      ...cleanEnvironment(),
      MFA_CLI_CONFIG_DIR: join(temporaryDirectory(), 'config'),
    };
    const argv = ['fleet', 'status', '--file', fleet.file, ...notify, ...hook.options];
    const killer = new URL('../support/kill-at-line.mjs', import.meta.url).href;
    const child = startProgram(argv, {
      ...env,
      NODE_OPTIONS: `--import ${killer}`,
      ...{ KILL_LINE: '1', KILL_WHEN: 'before' },
    });
    const signal = await new Promise((resolve) => child.once('close', (_code, by) => resolve(by)));
    expect([signal, hook.calls().length]).toEqual(['SIGKILL', 1]);
    for (const _ of [1, 2]) await runProgram(argv, env);
    expect(hook.calls().length).toBe(2);
    expect(new Set(idsOf(hook.calls())).size).toBe(1);
  });
});
