import { describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { type AssumptionName, assumptions } from '../../../src/emulator/assumptions.ts';
import type { Row } from '../../assumptions/told.ts';
import { createMachine, type RunOptions, testNow } from '../../support/context.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { type Play, startServer } from '../../support/http.ts';
import { startTenant, type TestTenant, visit, visitAs } from '../../support/tenant.ts';

type Machine = ReturnType<typeof createMachine>;

async function probe(
  machine: Machine,
  argv: readonly string[] = [],
  options: RunOptions = {},
): Promise<{
  rows: readonly Row[];
  of: (name: AssumptionName) => Row;
  output: string;
  exitCode: number;
}> {
  const result = await machine.run(['doctor', '--probe', ...argv, '--json'], options);
  const rows: readonly Row[] = JSON.parse(result.stdout).probe;
  const of = (name: AssumptionName): Row =>
    rows.find(({ assumption }) => assumption === name) as Row;
  return { rows, of, output: result.stdout + result.stderr, exitCode: result.exitCode };
}

/** A tenant at which the administrator has set a certificate, and a user has a session in the profile `user`. */
async function prepare(): Promise<{ tenant: TestTenant; machine: Machine }> {
  const tenant = await startTenant({ now: () => testNow });
  const machine = createMachine();
  await machine.run(tenant.login, { browser: visit });
  const set = await machine.run(['apns', 'set', '--p12', p12Path('02-legacy-rc2-3des')], {
    env: secretPassword,
  });
  expect(set.exitCode).toBe(0);
  const user = tenant.emulator.user.user;
  await machine.run([...tenant.login, '--profile', 'user'], { browser: visitAs(user) });
  return { tenant, machine };
}

describe('the probe', () => {
  test('tells the form of a set only to who sent it', async () => {
    const { machine } = await prepare();
    const doctor = ['doctor', '--probe', '--json', '--port', String(await freePort())];
    const formFor = async (more: readonly string[]): Promise<string> =>
      (await machine.run([...doctor, ...more])).stdout.match(
        /accepted the last certificate.* as \w+/,
      )?.[0] ?? '';
    expect(await formFor([])).toContain('as ');
    expect(await formFor(['--profile', 'user'])).toBe('');
  });

  test('prints a table that names nobody', async () => {
    const { tenant, machine } = await prepare();
    const { host } = new URL(tenant.emulator.url);
    const doctor = ['doctor', '--probe', '--port', String(await freePort())];
    for (const argv of [['--json'], ['--profile', 'user']]) {
      const { stdout } = await machine.run([...doctor, ...argv]);
      for (const name of [host, 'example.com', 'com.example.lab', '"user"', 'EMU0001'])
        expect(stdout).not.toContain(name);
    }
    const { stdout } = await machine.run([...doctor, '--verbose']);
    const table = stdout.slice(stdout.indexOf('| assumption')).trimEnd().split('\n');
    const cells = table.map((line) => line.split('|').map((cell) => cell.trim()));
    expect(new Set(table.map((line) => line.length)).size).toBe(1);
    expect(cells[0]).toEqual(['', 'assumption', 'found', 'evidence', '']);
    expect(cells.slice(2).map(([, name]) => name)).toEqual(Object.keys(assumptions));
    expect(cells.find(([, name]) => name === 'missing-parameter')).toEqual([
      '',
      'missing-parameter',
      'message-id',
      '/Core/GetTenantConfig without its parameter answered HTTP 200, refused, _I18N_RequiredParameter',
      '',
    ]);
  });

  test('shows what it found out, and how much is open', async () => {
    const { machine } = await prepare();
    const doctor = ['doctor', '--probe', '--port', String(await freePort())];
    const rows: readonly Row[] = JSON.parse(
      (await machine.run([...doctor, '--json'])).stdout,
    ).probe;
    const found = rows.filter((row) => row.found !== null);
    const { stdout } = await machine.run(doctor);
    expect(stdout.split('\n')).toEqual([
      `✓ Found out ${found.length} of ${rows.length} undocumented behaviors of this tenant`,
      '',
      ...found.flatMap((row) => [`${row.assumption}: ${row.found}`, `  ${row.evidence}`]),
      '',
      `i ${rows.length - found.length} are open; --verbose lists them, each with its reason`,
      '',
    ]);
  });

  test('gives the one reason where it found out nothing', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const result = await createMachine().run(['doctor', '--probe', '--tenant', nowhere]);
    expect([result.exitCode, result.stdout]).toEqual([
      7,
      '✗ Found out nothing: no identity tenant answered at this address\n',
    ]);
  });

  test('without a tenant is wrong usage', async () => {
    const { exitCode, stderr } = await createMachine().run(['doctor', '--probe']);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('--tenant URL, or set MFA_CLI_TENANT'),
    ]);
  });

  test('without a session says so, and asks for nothing that needs one', async () => {
    const { emulator } = await startTenant();
    const { of } = await probe(createMachine(), ['--tenant', emulator.url]);
    expect(of('advanced-config')).toEqual({
      assumption: 'advanced-config',
      found: null,
      evidence: 'you are not signed in',
    });
    expect(emulator.requests.filter(({ path }) => path.includes('Config'))).toEqual([]);
  });

  test.each([0, 60_000])(
    'does not renew a session that has ended or is about to: %s ms before',
    async (left) => {
      const { emulator, login } = await startTenant({ now: () => testNow });
      const machine = createMachine();
      await machine.run(login, { browser: visit });
      const before = emulator.requests.length;
      const later = new Date(testNow.getTime() + 18_000_000 - left);
      const { of } = await probe(machine, [], { now: later });
      expect(of('tenant-config').evidence).toBe('the session has expired');
      const paths = emulator.requests.slice(before).map(({ path }) => path);
      expect(paths.filter((path) => /Config|OAuth2\/Token/.test(path))).toEqual([]);
    },
  );

  test('takes a service user, and a token', async () => {
    const { emulator } = await startTenant({ now: () => testNow });
    const { user, password } = emulator.serviceUser;
    const service = { MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET: password };
    const told = (await probe(createMachine(), ['--tenant', emulator.url], { env: service })).of(
      'missing-parameter',
    );
    expect(told.found).toBe('message-id');
    const env = { MFA_CLI_TOKEN: 'an-opaque-access-token' };
    const refused = (await probe(createMachine(), ['--tenant', emulator.url], { env })).of(
      'missing-parameter',
    );
    expect(refused.evidence).toBe(
      '/Core/GetTenantConfig rejected the session (HTTP 401): its scope may not allow the call',
    );
  });

  test('where no tenant answers tells nothing', async () => {
    const { origin } = await startServer([{ body: '<html>portal</html>' }]);
    const { rows, exitCode } = await probe(createMachine(), ['--tenant', origin]);
    expect(exitCode).toBe(4);
    expect(new Set(rows.map(({ evidence }) => evidence))).toEqual(
      new Set(['no identity tenant answered at this address']),
    );
  });

  test('makes each request once, and one after the other', async () => {
    let [open, most] = [0, 0];
    const server = await startServer([
      (response, request) => {
        most = Math.max(most, ++open);
        const isDiscovery = request.url?.includes('.well-known') === true;
        const body = isDiscovery ? '{"token_endpoint":"x"}' : '{"success":true,"Result":null}';
        setTimeout(() => {
          open--;
          response.end(body);
        }, 5);
      },
    ]);
    const env = { MFA_CLI_TOKEN: 'an-opaque-access-token' };
    const { of } = await probe(createMachine(), ['--tenant', server.origin], { env });
    expect(of('discovery').found).toBe('published');
    expect(most).toBe(1);
    // The check of the address has asked for the document before.
    const asked = server.received
      .slice(1)
      .map(({ method, path, body }) => `${method} ${path} ${body}`);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((request, index) => asked.indexOf(request) !== index)).toEqual([]);
  });

  const about = { body: '{"success":true,"Result":{}}' };
  const asked = (play: Play): readonly Play[] => [{ status: 404 }, about, play];
  test.each<[string, Play, string]>([
    [
      'has had enough',
      { status: 429, headers: { 'retry-after': '60' } },
      'the tenant received too many requests (HTTP 429)',
    ],
    [
      'closes the connection',
      (response) => void response.destroy(),
      'the tenant could not be reached',
    ],
    ['does not answer', () => {}, 'the tenant did not answer in time'],
  ])('asks a tenant that %s no more', async (_case, play, evidence) => {
    const server = await startServer(asked(play));
    const env = { MFA_CLI_TOKEN: 'an-opaque-access-token' };
    // Only one that is silent makes it wait, for whatever is left by then.
    const wait = evidence.endsWith('in time') ? ['--timeout', '3'] : [];
    const { of } = await probe(createMachine(), ['--tenant', server.origin, ...wait], { env });
    expect(of('missing-parameter').evidence).toBe(evidence);
    expect(of('advanced-config').evidence).toBe(evidence);
    expect(server.received.length).toBeLessThanOrEqual(3);
  });

  test('shows no word of a tenant that is not a code', async () => {
    const MessageID = '_I18N_acme (jo@example.com)';
    const server = await startServer(
      asked({
        body: JSON.stringify({ success: false, Message: 'Hello jo@example.com', MessageID }),
      }),
    );
    const { output, of } = await probe(createMachine(), ['--tenant', server.origin], {
      env: { MFA_CLI_TOKEN: 'an-opaque-access-token' },
    });
    expect(of('missing-parameter').evidence).toBe(
      '/Core/GetTenantConfig without its parameter answered HTTP 200, refused, no MessageID',
    );
    expect(output).not.toMatch(/jo@|acme/);
  });
});
