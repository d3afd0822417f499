import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { shareTenant, signIn } from '../../support/tenant.ts';

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
      stdout: 'No certificate that was set from this machine expires within 30 days.\n',
    });
  });

  test('warns where nothing was set, since such a job never would', async () => {
    expect(await createMachine().run([...argv, 'github'])).toMatchObject({
      exitCode: 0,
      stdout: '::warning title=certificate-unknown::No certificate was set from this machine.\n',
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

  test('declares its metrics where nothing was set', async () => {
    const { exitCode, stdout } = await createMachine().run([...argv, 'prometheus']);
    expect([exitCode, stdout.split('\n').map((line) => line.split(' ').slice(0, 2).join(' '))]).toEqual([
      0,
      ['# HELP', '# TYPE', '# HELP', '# TYPE', '# HELP', '# TYPE', ''],
    ]);
  });
});

describe('apns status --format', () => {
  test('text is what there is without it', async () => {
    const { machine } = await machineWithTwo();
    const plain = await machine.run(['apns', 'status', '--all-profiles']);
    expect(plain.stdout).toContain('CLIENT APP KEY');
    expect(await machine.run([...argv, 'text'])).toEqual(plain);
  });
});
