import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { startTenant } from '../emulator/local-tenant.ts';
import { createMachine, testNow } from '../support/context.ts';
import { p12Bytes, p12Path } from '../support/fixtures.ts';
import { trusting } from '../support/fleet.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { settingsOf } from '../support/tenant.ts';
import { inChromium } from './chromium.ts';
import { openPage, openPhone, press, says, setUp, startCertified } from './rehearsal.ts';

const topic = 'com.example.lab';
const certificate = p12Bytes('30-r4096').toString('base64');
const names = ['acme', 'globex', 'initech'] as const;
const files = ['fleet.yaml', 'fleet.ledger.jsonl', 'fleet.plan.json', 'fleet.html'] as const;

/** Three tenants, the first of which has a user with a phone, and a machine with their fleet. */
async function openFleet() {
  let clock = testNow;
  const now = () => clock;
  const assumptions = { 'push-denied': 'said' } as const;
  // The phone's app is that of an earlier certificate, which the fleet replaces.
  const { emulator: acme } = await startCertified({ now, autoApprove: false, assumptions });
  const others = [await startTenant({ now }), await startTenant({ now })];
  const tenants: readonly Emulator[] = [acme, ...others];
  const directory = temporaryDirectory();
  const [file, ledger, plan, page] = files.map((name) => join(directory, name)) as [
    string,
    string,
    string,
    string,
  ];
  copyFileSync(p12Path('30-r4096'), join(directory, 'app.p12'));
  const secrets: Record<string, string> = { APP_PASSWORD: 'secret' };
  const lines = tenants.map(({ url, serviceUser }, index) => {
    const name = names[index] ?? '';
    secrets[`SECRET_${index}`] = serviceUser.password;
    return `  ${name}: { tenant: "${url}", certificate: app, sign-in: { client-id: ${serviceUser.user}, client-secret: { env: SECRET_${index} } } }`;
  });
  writeFileSync(
    file,
    `version: 1
certificates:
  app: { p12: app.p12, password: { env: APP_PASSWORD } }
tenants:
${lines.join('\n')}
`,
  );
  const machine = createMachine(join(directory, 'config'));
  return {
    acme,
    tenants,
    plan,
    page,
    now,
    /** Runs a command, by answers in a terminal; its document and its notes. */
    async run(words: readonly string[], answers?: readonly (string | boolean)[]) {
      const argv = words[0] === 'fleet' ? [...words, '--file', file] : words;
      const env = { ...secrets, ...trusting(file) };
      const told = await machine.run([...argv, '--json'], {
        env,
        now: clock,
        ...(answers === undefined ? {} : { answers }),
      });
      return { ...told, report: JSON.parse(told.stdout) };
    },
    /** The next two minutes: a phone counts a push, and a number, once. */
    async later(page: Page) {
      clock = new Date(clock.getTime() + 120_000);
      await page.clock.setFixedTime(clock);
    },
    lines: () =>
      readFileSync(ledger, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    /** Whether each tenant has the certificate of the fleet. */
    async holding() {
      const settings = await Promise.all(tenants.map((tenant) => settingsOf(tenant)));
      return settings.map((held) => held['com.example.lab_APNSCert'] === certificate);
    },
  };
}

/** Answers at the phone while a command waits for it. */
async function answered<Result>(
  page: Page,
  answer: 'Approve' | 'Deny',
  running: Promise<Result>,
): Promise<Result> {
  await says(page, 'Push received');
  await press(page, answer);
  return running;
}

inChromium('a fleet whose plan is approved, and whose canary is proven', () => {
  test('in a terminal: a plan, no phone, a denial, an approval, and the others', async () => {
    const fleet = await openFleet();
    const { acme, run, plan } = fleet;
    const { user } = acme.user;
    const proving = ['--canary', 'acme', '--prove', '--prove-user', user];
    const planned = await run(['fleet', 'plan', '--out', plan, ...proving]);
    expect(planned.report.plan.hash).toMatch(/^sha256:/);
    const apply = ['fleet', 'apply', '--plan', plan];

    // Nobody has a phone yet, which is said before anything is set.
    const noPhone = await run(apply, [true, false]);
    expect(noPhone.stderr).toContain(`${user} has no phone at ${acme.url}`);
    expect(noPhone.stderr).toContain('cannot bring back an earlier certificate');
    expect([noPhone.exitCode, await fleet.holding()]).toEqual([130, [false, false, false]]);

    const { page: first } = await openPage();
    const phone = await openPhone(first.context(), acme);
    await setUp(phone, acme.user);

    await fleet.later(phone);
    const denied = await answered(phone, 'Deny', run(apply, [true, true]));
    expect(denied).toMatchObject({
      exitCode: 8,
      report: {
        error: { code: 'proof-failed' },
        proof: { user, outcome: 'denied', appConfirmed: null },
        tenants: [{ sent: true }, { sent: false, error: null }, { sent: false, error: null }],
      },
    });
    expect(denied.stderr).not.toContain('has no phone');
    expect(await fleet.holding()).toEqual([true, false, false]);

    // Another app proves nothing.
    await fleet.later(phone);
    const elsewhere = await answered(phone, 'Approve', run(apply, [true, true, 'other']));
    expect(elsewhere.report).toMatchObject({
      error: { code: 'proof-failed' },
      proof: { outcome: 'approved', appConfirmed: false },
    });
    expect(await fleet.holding()).toEqual([true, false, false]);

    await fleet.later(phone);
    const approved = await answered(phone, 'Approve', run(apply, [true, true, 'own']));
    expect(approved).toMatchObject({
      exitCode: 0,
      report: {
        ok: true,
        proof: { outcome: 'approved', appConfirmed: true },
        tenants: [{ action: 'same', reach: 'proven' }, { sent: true }, { sent: true }],
      },
    });
    expect(await fleet.holding()).toEqual([true, true, true]);

    const { hash } = planned.report.plan;
    const lines = fleet.lines();
    const changes = lines.filter(({ asked }) => asked === 'set');
    expect(new Set(changes.map((line) => line.plan))).toEqual(new Set([hash]));
    const proofs = lines.filter(({ asked }) => asked === 'prove');
    expect(proofs.map(({ outcome, appConfirmed }) => [outcome, appConfirmed])).toEqual([
      ['denied', null],
      ['approved', false],
      ['approved', true],
    ]);
    expect(new Set(lines.map(({ by }) => by))).toEqual(new Set([null]));

    await run(['fleet', 'status', '--out', fleet.page]);
    const { page: seen } = await openPage();
    await seen.goto(`file://${fleet.page}`);
    await says(seen, /No push certificate expires within/);
    for (const name of names)
      await seen.getByRole('rowheader', { name: new RegExp(`^${name}`) }).waitFor();
  });

  test('in a pipeline: an approval by hash, the proof of a person, and the rest', async () => {
    const fleet = await openFleet();
    const { acme, run, plan } = fleet;
    const { user } = acme.user;
    const { page: first } = await openPage();
    const phone = await openPhone(first.context(), acme);
    await setUp(phone, acme.user);
    const proving = ['--canary', 'acme', '--prove', '--prove-user', user];
    const { report: planned } = await run(['fleet', 'plan', '--out', plan, ...proving]);
    const apply = ['fleet', 'apply', '--plan', plan, '--approve', planned.plan.hash];
    expect((await run(['fleet', 'apply', '--plan', plan])).report.error.code).toBe(
      'prompt-unavailable',
    );

    const waiting = await run(apply);
    expect(waiting).toMatchObject({ exitCode: 8, report: { error: { code: 'proof-missing' } } });
    expect(await fleet.holding()).toEqual([true, false, false]);
    expect((await run(apply)).report.error.code).toBe('proof-missing');

    // A person runs the command that the pipeline has printed.
    const [, words = ''] = /`mfa-cli (apns prove .*?)`/.exec(waiting.report.error.hints[0]) ?? [];
    const prove = words.replaceAll("'", '').split(' ');
    await fleet.later(phone);
    const denied = await answered(phone, 'Deny', run(prove, [true]));
    expect(denied).toMatchObject({ exitCode: 6, report: { outcome: 'denied' } });
    expect((await run(apply)).report.error.code).toBe('proof-missing');

    await fleet.later(phone);
    const proven = await answered(phone, 'Approve', run(prove, [true, 'own']));
    expect(proven).toMatchObject({ exitCode: 0, report: { reach: 'proven' } });

    const done = await run(apply);
    expect(done).toMatchObject({
      exitCode: 0,
      report: { tenants: [{ sent: false, reach: 'proven' }, { sent: true }, { sent: true }] },
    });
    expect(await fleet.holding()).toEqual([true, true, true]);
    expect(topic).toBe(done.report.tenants[0].clientAppKey);
  });
});
