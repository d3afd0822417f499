import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import type { FleetReport } from '../../../src/commands/fleet/report.ts';
import type { Emulator } from '../../../src/emulator/tenants.ts';
import { createMachine, testNow } from '../../support/context.ts';
import { openEmulator } from '../../support/emulator.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { trusting } from '../../support/fleet.ts';
import { linesIn } from '../../support/ledger.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { visitAs } from '../../support/tenant.ts';

/** The tenants' time, and that of the command lines: a one-time password is good once. */
let clock = testNow;
beforeEach(() => {
  clock = new Date(clock.getTime() + 120_000);
});

const user = 'user@example.com';
const names = ['canary', 'second', 'third'] as const;

/** The tenants of a fleet; a user of the first has a virtual phone. */
let tenants: readonly Emulator[];
const phone = createMachine();
const onPhone = (...words: readonly string[]) => phone.run(words, { now: clock });
beforeAll(async () => {
  const port = await freePort();
  const assumptions = { 'push-denied': 'said' } as const;
  const redirectUris = [`http://127.0.0.1:${port}/callback`];
  const options = { redirectUris, accessTokenSeconds: 180_000, now: () => clock, assumptions };
  tenants = await Promise.all(names.map(() => openEmulator(options)));
  const login = ['login', '--tenant', tenants[0]?.url ?? '', '--port', `${port}`];
  await phone.run(login, { now: clock, browser: visitAs(user) });
  for (const what of [['enroll'], ['register-token', '--bundle-id', 'com.example.lab']])
    expect((await onPhone('device', ...what)).exitCode).toBe(0);
});
afterAll(() => Promise.all(tenants.map((tenant) => tenant.close())));

/** A new machine with a fleet of the tenants, about which nothing is on record. */
function newFleet() {
  const directory = temporaryDirectory();
  const file = join(directory, 'mfa-fleet.yaml');
  copyFileSync(p12Path('01-default-aes256'), join(directory, 'app.p12'));
  const secrets: Record<string, string> = {};
  const lines = tenants.map(({ url, serviceUser }, index) => {
    secrets[`SECRET_${index}`] = serviceUser.password;
    const secret = `client-id: ${serviceUser.user}, client-secret: { env: SECRET_${index} }`;
    return `  ${names[index]}: { tenant: "${url}", certificate: app, sign-in: { ${secret} } }\n`;
  });
  const certificate = 'app: { p12: app.p12, password: { env: MFA_CLI_P12_PASSWORD } }';
  writeFileSync(file, `version: 1\ncertificates:\n  ${certificate}\ntenants:\n${lines.join('')}`);
  const machine = createMachine(join(directory, 'config'));
  const env = { ...secrets, ...secretPassword, ...trusting(file) };
  return {
    record: join(directory, 'mfa-fleet.ledger.jsonl'),
    apply: (answers: readonly (string | boolean)[]) => {
      const proving = ['--canary', 'canary', '--prove', '--prove-user', user, '--json'];
      const argv = ['fleet', 'apply', '--file', file, '--yes', ...proving];
      return machine.run(argv, { env, now: clock, answers });
    },
  };
}

test.each<['wait' | 'follow', string, string, string | null]>([
  ['wait', 'appeared in another app', '--approve', 'other'],
  ['wait', 'appeared in an app that nobody knows', '--approve', 'unknown'],
  ['wait', 'was denied', '--deny', null],
  ['follow', "was approved in the certificate's app", '--approve', 'own'],
])('the other tenants %s where the push %s', async (what, _how, verdict, app) => {
  const isSent = what === 'follow';
  const { apply, record } = newFleet();
  const applying = apply(app === null ? [true] : [true, app]);
  await onPhone('device', 'listen');
  expect((await onPhone('device', 'answer', verdict)).exitCode).toBe(0);
  const { exitCode, stdout, questions } = await applying;
  const report: FleetReport = JSON.parse(stdout);
  expect(questions[0]).toBe(`${user}'s phone will ring. Are they expecting it?`);
  expect([exitCode, report.error?.code]).toEqual(isSent ? [0, undefined] : [8, 'proof-failed']);
  expect(report.tenants.map(({ sent }) => sent)).toEqual([true, isSent, isSent]);
  const set = linesIn(record).filter(({ asked }) => asked === 'set');
  expect(new Set(set.map(({ tenant }) => tenant)).size).toBe(isSent ? 3 : 1);
});
