import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunOptions } from '../../support/context.ts';
import { recordedIn, reportOf, startFleet, type TestFleet, topic } from '../../support/fleet.ts';
import { linesIn } from '../../support/fleet-record.ts';
import { tlsFixture } from '../../support/http.ts';
import { runProgram, runShell } from '../../support/process.ts';
import { isMissing } from '../../support/tools.ts';

const apply = (fleet: TestFleet, words: readonly string[] = [], options: RunOptions = {}) =>
  fleet.json(['apply', ...(options.answers === undefined ? ['--yes'] : []), ...words], options);

describe('a host', () => {
  test('gets one request at a time, whoever it is for', async () => {
    const fleet = await startFleet(2, {
      delay: 30,
      more: (origin) =>
        ['a', 'b', 'c'].map(
          (name) =>
            `  ${name}: { tenant: "${origin(1)}", certificate: null, client-app-key: ${name}, sign-in: { client-id: ci, client-secret: { env: CI_SECRET } } }`,
        ),
    });
    const result = await apply(fleet, ['--all']);
    expect([result.exitCode, result.report.counts.sent]).toEqual([0, 5]);
    const sent = (received: readonly string[]) =>
      received.filter((call) => call !== 'token').length;
    expect(fleet.tenants.map(({ most, received }) => `${most} ${sent(received)}`)).toEqual([
      '1 4',
      '1 1',
    ]);
  });

  test('that answers 429 is waited for, and holds back nobody else', async () => {
    const order: string[] = [];
    let refused = false;
    const fleet = await startFleet(5, {
      misbehaving: (number) => (call, response) => {
        if (call === 'set') order.push(`t${number}`);
        if (number !== 1 || call === 'token' || refused) return false;
        refused = true;
        response.writeHead(429, { 'retry-after': '1' }).end('{}');
        return true;
      },
    });
    const result = await apply(fleet, ['--concurrency', '1']);
    expect([result.exitCode, result.report.counts.sent]).toEqual([0, 5]);
    // On a busy machine the wait is over before the others are.
    expect([order.slice(0, 2), order.toSorted()]).toEqual([
      ['t1', 't2'],
      ['t1', 't1', 't2', 't3', 't4', 't5'],
    ]);
  });
});

describe('behind TLS of its own authority', () => {
  const ca = tlsFixture('ca.pem');
  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['--ca-file', ['--ca-file', ca], {}],
    ['MFA_CLI_CA_FILE', [], { MFA_CLI_CA_FILE: ca }],
  ])('the program trusts the authority of %s at every tenant', async (_by, words, more) => {
    const fleet = await startFleet(2, { tls: () => true });
    const line = ['fleet', 'apply', '--yes', '--json', '--file', fleet.file, ...words];
    const { exitCode, stdout } = await runProgram(line, { ...fleet.env, ...more });
    expect([exitCode, reportOf(stdout).counts.sent]).toEqual([0, 2]);
    expect(fleet.tenants.every(({ holds }) => holds.has(topic))).toBe(true);
  });
});

describe('nothing is sent', () => {
  test.skipIf(isMissing('bash'))('any more once the disk is full', async () => {
    const fleet = await startFleet(40);
    // No file may be larger than 16 KiB: some fourteen tenants.
    const line = `trap '' XFSZ; ulimit -f 16; mfa-cli fleet apply --yes --json --concurrency 2 --file '${fleet.file}'`;
    const { exitCode, stdout } = await runShell(line, fleet.env);
    expect(exitCode).toBe(8);
    const report = reportOf(stdout);
    const failed = report.tenants.filter(({ error }) => error !== null);
    expect(new Set(failed.map(({ error }) => error?.code))).toEqual(new Set(['file-unwritable']));
    expect(failed.length).toBeLessThan(5);
    expect(report.counts.sent).toBeGreaterThan(5);
    expect(report.counts.sent).toBeLessThan(20);
    expect(fleet.tenants.filter(({ holds }) => holds.size > 0)).toHaveLength(report.counts.sent);
    // What was sent, and could not be noted as done, is unknown to the next one.
    const noted = report.tenants.filter(({ sent, error }) => sent === true && error === null);
    const recorded = recordedIn(fleet).filter((entry) => entry.endsWith(' set'));
    expect(recorded).toEqual(noted.map(({ name }) => `${name} set`).toSorted());
    const after = await apply(fleet);
    expect([after.exitCode, fleet.tenants.filter(({ holds }) => holds.size > 0).length]).toEqual([
      0, 40,
    ]);
    expect(after.report.counts.same).toBe(noted.length);
    // Half a line was taken back, so that whatever comes after it is read.
    expect(readFileSync(fleet.record, 'utf8').endsWith('}\n')).toBe(true);
  });
});

describe('a session', () => {
  test('is that of its tenant alone, and secrets stay where they are', async () => {
    const secrets = [
      's3cret-of-a-service-user',
      'token-from-a-file-0123456789',
      'token-from-a-command-98765',
    ];
    const [service, file, command] = secrets as [string, string, string];
    const fleet = await startFleet(4, {
      password: '{ command: [printf, secret] }',
      signIn: (number) =>
        [
          '{ client-id: ci@one, client-secret: { env: ONE_SECRET }, app-id: own, scope: push }',
          '{ token: { file: two.token } }',
          `{ token: { command: [sh, -c, "cat three.token >&1; echo looked >&2"] } }`,
          '{ profile: four }',
        ][number - 1] ?? '',
    });
    writeFileSync(join(fleet.directory, 'two.token'), `${file}\n`);
    const three = join(fleet.directory, 'three.token');
    writeFileSync(three, `${command}\n`);
    fleet.edit('three.token', three);
    const env = {
      ONE_SECRET: service,
      MFA_CLI_TOKEN: 'a-token-of-somebody-else-0000',
      MFA_CLI_TENANT: 'x.example',
    };
    const result = await apply(fleet, [], { env });
    const expected = ['t1 set sent', 't2 set sent', 't3 set sent', 't4 set not-signed-in'];
    expect([result.exitCode, ...result.outcomes]).toEqual([8, ...expected]);
    const reached = fleet.tenants.map(({ bytes }) => bytes.join('\n'));
    expect(reached.map((text) => secrets.filter((secret) => text.includes(secret)))).toEqual([
      [service],
      [file],
      [command],
      [],
    ]);
    expect(reached.join('\n')).not.toContain('somebody-else');
    expect(fleet.tenants[0]?.bytes[0]).toContain('scope=push');
    expect(fleet.tenants[1]?.received).toEqual(['set']);
    const told = [result.stdout, result.stderr, ...filesIn(fleet.directory)].join('\n');
    for (const secret of [...secrets, 'token-of-t1']) expect(told).not.toContain(secret);
    expect(told).not.toContain('"secret"');
  });

  test('of a profile is used at its tenant alone', async () => {
    const fleet = await startFleet(2, { signIn: () => '{ profile: shared }' });
    const text = readFileSync(fleet.file, 'utf8');
    const [, tenant] = /t1: \{ tenant: "([^"]+)"/.exec(text) ?? [];
    const session = {
      tenant,
      appId: 'mfa-cli',
      clientId: 'mfa-cli',
      grant: 'authorization-code',
      accessToken: 'access-token-of-the-profile',
      refreshToken: null,
      expiresAt: null,
      scope: 'all',
      user: 'ada@example.com',
    };
    const config = join(fleet.directory, 'config');
    mkdirSync(config, { mode: 0o700 });
    const profiles = { shared: { settings: { tenant }, session, certificates: [] } };
    writeFileSync(join(config, 'config.json'), JSON.stringify({ current: 'default', profiles }), {
      mode: 0o600,
    });
    const result = await apply(fleet);
    expect(result.outcomes).toEqual(['t1 set sent', 't2 set not-signed-in']);
    expect(result.report.tenants[1]?.error?.message).toContain(
      'the profile "shared" holds a session for',
    );
    expect(result.report.tenants[1]?.error?.hints).toEqual([
      expect.stringMatching(
        /^Sign in to the tenant in the fleet file: `mfa-cli login --tenant http:\S+ --profile shared`\.$/,
      ),
    ]);
    expect(fleet.tenants.map(({ received }) => received)).toEqual([['set'], []]);
  });
});

/** Every file that is there, but for those that hold a secret on purpose. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(token|p12)$/.test(entry.name))
    .map(({ name }) => readFileSync(join(directory, name), 'utf8'));
}

test('what is sent is on record before it leaves', async () => {
  let seen: unknown;
  const fleet = await startFleet(1, {
    misbehaving: () => (call) => {
      if (call === 'set') seen = linesIn(fleet.record);
      return false;
    },
  });
  await fleet.run(['apply', '--yes']);
  const fingerprint = expect.stringMatching(/^[0-9a-f]{64}$/);
  const sending = { asked: 'set', outcome: 'sending', of: null };
  expect(seen).toMatchObject([{ clientAppKey: topic, topic, fingerprint, ...sending }]);
  expect(JSON.stringify(seen)).not.toContain('secret');
});
