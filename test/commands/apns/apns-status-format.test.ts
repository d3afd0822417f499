import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { startTcpServer } from '../../support/http.ts';
import { shareTenant, signIn, startTenant } from '../../support/tenant.ts';

const signedIn = shareTenant();
const hostileKey = 'two: "b", 100%\n::warning::x';

/** Two profiles: one certificate that is valid until December 2027, and one that has expired. */
async function machineWithTwo(): Promise<{ machine: ReturnType<typeof createMachine>; url: string }> {
  const { emulator } = await signedIn();
  const { machine, set } = await signIn(emulator, createMachine(), 'good');
  await signIn(emulator, machine, 'old');
  await set(['--profile', 'good']);
  const old = [p12Path('30-exp'), '--client-app-key', hostileKey, '--profile', 'old', '--force'];
  await machine.run(['apns', 'set', ...old], { env });
  return { machine, url: emulator.url };
}

const argv = ['apns', 'status', '--all-profiles', '--format'];

test('apns status marks in a pipe what ends with exit 4', async () => {
  const { machine } = await machineWithTwo();
  const { exitCode, stdout } = await machine.run(['apns', 'status', '--all-profiles'], {
    now: new Date('2027-11-30T12:00:00Z'),
  });
  const marks = stdout.split('\n').map((line) => /(\(expired\) {2}✗|days left\) {2}!)$/.exec(line)?.[1]);
  expect([exitCode, marks.filter((mark) => mark !== undefined)]).toEqual([
    4,
    ['(expired)  ✗', 'days left)  !'],
  ]);
});

test('apns status is one row for each certificate, whatever its key holds', async () => {
  const { machine } = await machineWithTwo();
  const { stdout } = await machine.run(['apns', 'status', '--all-profiles']);
  const [head = '', ...rows] = stdout.trimEnd().split('\n');
  expect(rows.slice(2)).toEqual(['', expect.stringMatching(/^This is what/)]);
  expect(rows[0]).toContain('two: "b", 100%\\u000a: :warning::x');
  expect(rows.slice(0, 2).map((row) => row.search(/\b20\d\d-\d\d-\d\d \(/))).toEqual(
    Array(2).fill(head.indexOf('VALID UNTIL')),
  );
});

const csvHead =
  'profile,tenant,client_app_key,topic,state,days_left,not_after,fingerprint,asked,asked_at,held,held_topic,in_use,in_use_from,ignored_since';

describe('apns status --format github', () => {
  test('is an error for what has expired, a warning for what soon does', async () => {
    const { machine, url } = await machineWithTwo();
    const before = await machine.run([...argv, 'github']);
    const expired = `::error title=certificate-expired::The push certificate for two: "b", 100%25%0A: :warning::x at ${url} (profile old) expired on `;
    expect([before.exitCode, before.stderr]).toEqual([4, '']);
    expect(before.stdout.slice(0, expired.length)).toBe(expired);
    expect(before.stdout.slice(expired.length)).toMatch(/^20\d\d-\d\d-\d\d\.\n$/);
    const { exitCode, stdout } = await machine.run([...argv, 'github', '--profile', 'good'], {
      now: new Date('2027-11-30T12:00:00Z'),
    });
    expect(exitCode).toBe(4);
    expect(stdout.split('\n')[1]).toMatch(
      /^::warning title=certificate-expires-soon::The push certificate for com\.example\.lab at \S+ \(profile good\) expires on 2027-12-\d\d, in \d+ days\.$/,
    );
  });

  test('has no annotation for what is valid', async () => {
    const { machine } = await machineWithTwo();
    expect(await machine.run(['apns', 'status', '--profile', 'good', '--format', 'github'])).toMatchObject({
      exitCode: 0,
      stdout: 'No certificate set from this machine expires within 30 days.\n',
    });
  });
});

describe('apns status --format prometheus', () => {
  test('has both metrics for every certificate', async () => {
    const { machine, url } = await machineWithTwo();
    const { certificates } = JSON.parse(
      (await machine.run(['apns', 'status', '--all-profiles', '--json'])).stdout,
    );
    const [old, good] = certificates;
    const labels = [
      `{profile="old",tenant="${url}",client_app_key="two: \\"b\\", 100%\\n: :warning::x",topic="com.example.lab"}`,
      `{profile="good",tenant="${url}",client_app_key="com.example.lab",topic="com.example.lab"}`,
    ];
    const { exitCode, stdout, stderr } = await machine.run([...argv, 'prometheus']);
    expect([exitCode, stderr]).toEqual([4, '']);
    expect(stdout.split('\n').slice(0, 8)).toEqual([
      '# HELP mfa_cli_certificate_expiry_timestamp_seconds End of the push certificate that was set last, in seconds since 1970.',
      '# TYPE mfa_cli_certificate_expiry_timestamp_seconds gauge',
      `mfa_cli_certificate_expiry_timestamp_seconds${labels[0]} ${Date.parse(old.notAfter) / 1000}`,
      `mfa_cli_certificate_expiry_timestamp_seconds${labels[1]} ${Date.parse(good.notAfter) / 1000}`,
      '# HELP mfa_cli_certificate_days_left Whole days until the push certificate that was set last ends, negative once it has.',
      '# TYPE mfa_cli_certificate_days_left gauge',
      `mfa_cli_certificate_days_left${labels[0]} ${old.daysLeft}`,
      `mfa_cli_certificate_days_left${labels[1]} ${good.daysLeft}`,
    ]);
    expect([old.daysLeft < 0, good.daysLeft > 300]).toEqual([true, true]);
  });
});

describe('apns status --format csv', () => {
  test('has a row for every certificate, whatever its key holds', async () => {
    const { machine, url } = await machineWithTwo();
    const json = await machine.run(['apns', 'status', '--all-profiles', '--json']);
    const { certificates } = JSON.parse(json.stdout);
    const { exitCode, stdout, stderr } = await machine.run([...argv, 'csv']);
    expect([exitCode, stderr]).toEqual([4, '']);
    const rows = certificates.map((certificate: Record<string, string>) => {
      const { profile, clientAppKey, topic, state, daysLeft, notAfter, fingerprint, setAt } = certificate;
      const key = clientAppKey === hostileKey ? '"two: ""b"", 100%\n: :warning::x"' : clientAppKey;
      const { inUse, inUseFrom, ignoredSince } = certificate;
      const use = `${inUse},${inUseFrom},${ignoredSince ?? ''}`;
      return `${profile},${url},${key},${topic},${state},${daysLeft},${notAfter},${fingerprint},set,${setAt},,,${use}\r\n`;
    });
    expect(rows).toHaveLength(2);
    expect(stdout).toBe(`${csvHead}\r\n${rows.join('')}`);
  });

  test('has a row for a request whose answer is missing', async () => {
    const machine = createMachine();
    const port = await startTcpServer((socket) => void socket.once('data', () => socket.destroy()));
    const url = `http://127.0.0.1:${port}`;
    await machine.run(['apns', 'delete', 'com.example.lab', '--yes', '--force'], {
      env: { MFA_CLI_TOKEN: 'token', MFA_CLI_TENANT: url },
    });
    const { exitCode, stdout } = await machine.run(['apns', 'status', '--format', 'csv']);
    expect([exitCode, stdout.split('\r\n')]).toEqual([
      4,
      [
        csvHead,
        expect.stringMatching(
          `^default,${url},com\\.example\\.lab,,outcome-unknown,,,,delete,2026-11-24T16:00:00.000Z,,,,,$`,
        ),
        '',
      ],
    ]);
  });
});

test.each([
  // Such a job would never warn.
  ['github', '::warning title=certificate-unknown::No certificate is on record on this machine.\n'],
  ['prometheus', expect.stringMatching(/^(# HELP .*\n# TYPE .*\n){3}$/)],
  ['csv', `${csvHead}\r\n`],
])('apns status --format %s where nothing was set', async (format, stdout) => {
  expect(await createMachine().run([...argv, format])).toMatchObject({ exitCode: 0, stdout });
});

describe('apns status --tenant', () => {
  /** Two tenants under two profiles; the one in force has nothing of the second. */
  async function machineAtTwoTenants() {
    const [one, two] = await Promise.all([startTenant(), startTenant()]);
    const { machine, set } = await signIn(one.emulator, createMachine(), 'one');
    const other = await signIn(two.emulator, machine, 'two');
    await set(['--profile', 'one']);
    await other.set(['--profile', 'two']);
    await machine.run(['profile', 'use', 'one']);
    const tenantsIn = async (...words: readonly string[]) => {
      const { stdout } = await machine.run(['apns', 'status', '--json', ...words]);
      return JSON.parse(stdout).certificates.map(({ tenant }: { tenant: string }) => tenant);
    };
    return { machine, one: one.emulator.url, two: two.emulator.url, tenantsIn };
  }

  test('shows that tenant alone, under whichever profile unless one is named', async () => {
    const { machine, one, two, tenantsIn } = await machineAtTwoTenants();
    expect(await tenantsIn()).toEqual([one]);
    expect(await tenantsIn('--tenant', two)).toEqual([two]);
    expect(await tenantsIn('--tenant', `${one}/admin?x=1`)).toEqual([one]);
    expect(await tenantsIn('--tenant', two, '--all-profiles')).toEqual([two]);
    expect(await tenantsIn('--tenant', two, '--profile', 'one')).toEqual([]);
    const env = { MFA_CLI_PROFILE: 'one' };
    const named = await machine.run(['apns', 'status', '--tenant', two], { env });
    expect([named.exitCode, named.stdout]).toEqual([
      0,
      `No certificate is on record for the profile "one" at ${two}. Other profiles have 1: \`mfa-cli apns status --all-profiles\`.\n`,
    ]);
  });

  test('asks only that tenant, with the session of its profile', async () => {
    const { machine, two } = await machineAtTwoTenants();
    const words = ['apns', 'status', '--refresh', '--json', '--tenant', two];
    const { stdout, stderr } = await machine.run(words, {
      env: { MFA_CLI_TOKEN: 'token-of-another-tenant' },
    });
    expect(JSON.parse(stdout).certificates).toMatchObject([{ tenant: two, held: { outcome: 'same' } }]);
    expect(stderr).toBe('');
  });

  test('takes an address alone', async () => {
    const { exitCode, stderr } = await createMachine().run(['apns', 'status', '--tenant', 'ftp://x']);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('The tenant URL must use https, not ftp'),
    ]);
  });
});

test('apns status --format text is what is printed without it', async () => {
  const { machine } = await machineWithTwo();
  const plain = await machine.run(['apns', 'status', '--all-profiles']);
  expect(plain.stdout).toContain('CLIENT APP KEY');
  expect(await machine.run([...argv, 'text'])).toEqual(plain);
});
