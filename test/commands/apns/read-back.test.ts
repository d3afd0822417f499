import { describe, expect, onTestFinished, test } from 'vitest';
import type { Assumptions } from '../../../src/emulator/assumptions.ts';
import { createMachine } from '../../support/context.ts';
import { callApi, serviceToken } from '../../support/emulator.ts';
import { secretPassword as env, p12Bytes, p12Path } from '../../support/fixtures.ts';
import { signIn, startTenant, visit } from '../../support/tenant.ts';

const good = p12Path('01-default-aes256');
const key = 'com.example.lab';
const set = ['apns', 'set', '--p12', good];
const status = ['apns', 'status', '--refresh'];

async function signedIn(assumptions: Partial<Assumptions> = {}) {
  const tenant = await startTenant({ assumptions });
  return { tenant, ...(await signIn(tenant.emulator, createMachine(), 'acme')) };
}

/** Somebody else gives the tenant the same certificate with another topic. */
async function setElsewhere({ emulator }: Awaited<ReturnType<typeof startTenant>>, clientAppKey: string) {
  const answer = await callApi(emulator, '/Mobile/SetApnsCertForClientApp', await serviceToken(emulator), {
    ClientAppKey: clientAppKey,
    APNSCert: p12Bytes('01-default-aes256').toString('base64'),
    APNSPass: 'secret',
    APNSTopic: 'com.example.\u001b[31melsewhere',
  });
  expect(answer.body.success).toBe(true);
}

const heldIn = (stdout: string) =>
  Object.fromEntries(
    JSON.parse(stdout).certificates.map((row: { clientAppKey: string; held: object }) => [
      row.clientAppKey,
      row.held,
    ]),
  );

const unknown = { topic: null, outcome: 'unknown' };
const combinations: readonly [Assumptions['tenant-config'], Assumptions['advanced-config'], boolean][] = [
  ['known', 'open', true],
  ['known', 'silent', true],
  ['known', 'shut', true],
  ['unknown', 'open', true],
  ['unknown', 'silent', false],
  ['unknown', 'shut', false],
  ['refused', 'open', true],
  ['refused', 'silent', false],
  ['refused', 'shut', false],
];

describe.each(combinations)('with tenant-config=%s and advanced-config=%s', (config, advanced, tells) => {
  test('apns set --refresh and apns status --refresh', async () => {
    const { tenant, machine } = await signedIn({ 'tenant-config': config, 'advanced-config': advanced });
    const same = tells ? { topic: key, outcome: 'same' } : unknown;
    const given = await machine.run([...set, '--refresh', '--json'], { env });
    expect([given.exitCode, JSON.parse(given.stdout).held]).toEqual([0, same]);
    await machine.run([...set, '--client-app-key', 'second'], { env });
    await setElsewhere(tenant, key);

    const { exitCode, stdout, stderr } = await machine.run([...status, '--json']);
    expect([exitCode, JSON.parse(stdout).ok]).toEqual([0, true]);
    expect(heldIn(stdout)).toEqual(
      tells
        ? {
            [key]: { topic: 'com.example.\u001b[31melsewhere', outcome: 'differs' },
            second: same,
          }
        : { [key]: unknown, second: unknown },
    );
    const lines = stderr.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      tells
        ? `${tenant.emulator.url} reports the topic com.example.\\u001b[31melsewhere for ${key}, not ${key}`
        : `Cannot tell what ${tenant.emulator.url} holds: `,
    );
    expect(stdout + stderr).not.toContain('\u001b');
  });
});

describe('apns status --refresh', () => {
  test('shows a column and warns, and leaves the exit code', async () => {
    const { tenant, machine } = await signedIn();
    await machine.run(set, { env });
    await machine.run([...set, '--client-app-key', 'second'], { env });
    await setElsewhere(tenant, key);
    const { exitCode, stdout } = await machine.run(status);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/HELD/);
    expect(stdout).toMatch(/another topic: com\.example\.\\u001b\[31melsewhere/);
    expect(stdout).toMatch(/second +no, ignored +the same topic/);
    expect(stdout).toContain('a tenant reports a topic at most');
    const github = await machine.run([...status, '--format', 'github']);
    expect(github).toMatchObject({ exitCode: 0 });
    expect(github.stdout).toMatch(
      /^::warning title=certificate-differs::The push certificate for com\.example\.lab at /,
    );
  });

  test('says that a key of ours is gone where the tenant tells of others', async () => {
    const { tenant, machine } = await signedIn();
    await machine.run(set, { env });
    await callApi(
      tenant.emulator,
      '/Mobile/DeleteApnsCertForClientApp',
      await serviceToken(tenant.emulator),
      {
        ClientAppKey: key,
      },
    );
    await setElsewhere(tenant, 'another');
    const { stdout, stderr } = await machine.run([...status, '--json']);
    expect(heldIn(stdout)).toEqual({ [key]: { topic: null, outcome: 'differs' } });
    expect(stderr).toContain(`reports topics for other client app keys, but none for ${key}`);
  });

  test('is unknown where you are not signed in, said once with the way to sign in', async () => {
    const { tenant, machine } = await signedIn();
    await machine.run(set, { env });
    await machine.run([...set, '--client-app-key', 'second'], { env });
    await machine.run(['logout', '--profile', 'acme']);
    const asked = tenant.emulator.requests.length;
    const { exitCode, stdout, stderr } = await machine.run([...status, '--json']);
    expect([exitCode, heldIn(stdout)]).toEqual([0, { [key]: unknown, second: unknown }]);
    expect(stderr.match(/Cannot tell what/g)).toHaveLength(1);
    expect(stderr).toContain('sign in with: mfa-cli login --profile acme');
    expect(tenant.emulator.requests).toHaveLength(asked);
  });

  test('is unknown where the tenant is gone', async () => {
    const { tenant, machine } = await signedIn();
    await machine.run(set, { env });
    await tenant.emulator.close();
    const { exitCode, stdout, stderr } = await machine.run([...status, '--json', '--timeout', '5']);
    expect([exitCode, heldIn(stdout)]).toEqual([0, { [key]: unknown }]);
    expect(stderr).toContain('Cannot tell what');
  });

  test("asks each tenant with its own profile's session, and sends a variable's token to its tenant alone", async () => {
    const { tenant, machine } = await signedIn();
    const other = await startTenant();
    await signIn(other.emulator, machine, 'other');
    for (const profile of ['acme', 'other']) await machine.run([...set, '--profile', profile], { env });
    const both = await machine.run([...status, '--all-profiles', '--json']);
    expect(JSON.parse(both.stdout).certificates).toMatchObject([
      { held: { outcome: 'same' } },
      { held: { outcome: 'same' } },
    ]);
    await machine.run(['logout', '--all']);
    const before = other.emulator.requests.length;
    const token = await serviceToken(tenant.emulator);
    const given = await machine.run([...status, '--all-profiles', '--json', '--profile', 'acme'], {
      env: { MFA_CLI_TOKEN: token },
    });
    const held = JSON.parse(given.stdout).certificates.map(
      (row: { profile: string; held: { outcome: string } }) => [row.profile, row.held.outcome],
    );
    expect(Object.fromEntries(held)).toEqual({ acme: 'same', other: 'unknown' });
    expect(other.emulator.requests).toHaveLength(before);
  });

  test('asks nobody where nothing was set, and nobody without --refresh', async () => {
    const { tenant, machine } = await signedIn();
    const before = tenant.emulator.requests.length;
    expect(await machine.run(status)).toMatchObject({ exitCode: 0, stderr: '' });
    await machine.run(set, { env });
    const after = tenant.emulator.requests.length;
    const { stdout } = await machine.run(['apns', 'status', '--json']);
    expect(JSON.parse(stdout).certificates[0]).not.toHaveProperty('held');
    expect([before < after, tenant.emulator.requests.length]).toEqual([true, after]);
  });
});

describe('apns set --refresh', () => {
  test('says what is held, to a person and in a pipe', async () => {
    const { machine } = await signedIn();
    const piped = await machine.run([...set, '--refresh'], { env });
    expect(piped.stdout).toMatch(/^Held +the same topic$/m);
    const person = await machine.run([...set, '--refresh', '--topic', key, '--client-app-key', key], {
      env,
      answers: [],
      terminalOutput: true,
    });
    expect([person.exitCode, person.stderr]).toEqual([0, expect.any(String)]);
    expect(person.stdout).toContain('The tenant confirms this topic.');
  });

  test('asks nobody in a dry run, and says so', async () => {
    const { tenant, machine } = await signedIn();
    const before = tenant.emulator.requests.length;
    const { exitCode, stderr } = await machine.run([...set, '--refresh', '--dry-run'], { env });
    expect([exitCode, tenant.emulator.requests.length]).toEqual([0, before]);
    expect(stderr).toContain('Nothing was sent, so the tenant is not asked');
  });

  test('is set all the same where the scope allows no question', async () => {
    const { tenant, machine } = await signedIn();
    onTestFinished(() => tenant.emulator.close());
    await machine.run(['login', ...tenant.login.slice(1), '--profile', 'narrow', '--scope', 'apns'], {
      browser: visit,
    });
    const { exitCode, stdout, stderr } = await machine.run(
      [...set, '--profile', 'narrow', '--refresh', '--json'],
      { env },
    );
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ sent: true, held: unknown }),
    ]);
    expect(stderr).toContain('its scope does not allow this request');
  });
});
