import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { callApi, serviceToken } from '../../support/emulator.ts';
import { secretPassword as env, p12Bytes, p12Path } from '../../support/fixtures.ts';
import { startServer } from '../../support/http.ts';
import { settingsOf, shareTenant, signIn } from '../../support/tenant.ts';

const signedIn = shareTenant({ assumptions: { 'tenant-config': 'known' } });
const silent = shareTenant({ assumptions: { 'tenant-config': 'unknown', 'advanced-config': 'silent' } });

const [old, young] = ['com.old.app', 'com.new.app'];
const forKey = (key: string, ...words: string[]) => ['--client-app-key', key, '--json', ...words];
const codesIn = (stdout: string) =>
  JSON.parse(stdout).findings.map(({ code }: { code: string }) => code) as string[];
const on = (day: string) => ({ now: new Date(`${day}T12:00:00Z`), env });

/** By key: whether it is in use, who says so, and since when it is ignored. */
const usesIn = (stdout: string) =>
  Object.fromEntries(
    JSON.parse(stdout).certificates.map(
      ({ clientAppKey, inUse, inUseFrom, ignoredSince }: Record<string, unknown>) => [
        clientAppKey,
        [inUse, inUseFrom, ignoredSince],
      ],
    ),
  );

async function setElsewhere(emulator: Parameters<typeof serviceToken>[0], ClientAppKey: string) {
  const APNSCert = p12Bytes('01-default-aes256').toString('base64');
  const parameters = { ClientAppKey, APNSCert, APNSPass: 'secret', APNSTopic: 'com.example.lab' };
  const token = await serviceToken(emulator);
  expect((await callApi(emulator, '/Mobile/SetApnsCertForClientApp', token, parameters)).body.success).toBe(
    true,
  );
}

describe('a set silences another app', () => {
  test('that this machine set last, under whichever profile', async () => {
    const { emulator, machine, set } = await signedIn();
    expect(codesIn((await set(forKey(old))).stdout)).not.toContain('silences-other-app');
    const { set: setAs } = await signIn(emulator, machine, 'b');
    const { exitCode, stdout } = await setAs(forKey(young, '--profile', 'b'));
    expect([exitCode, codesIn(stdout)]).toEqual([0, expect.arrayContaining(['silences-other-app'])]);
    expect(JSON.parse(stdout).findings).toContainEqual({
      code: 'silences-other-app',
      level: 'warning',
      message: 'Sign-in pushes go only to the app of the key set last, no longer to com.old.app.',
      hint: expect.any(String),
    });
    // The key in use again silences nobody; the other one would.
    expect(codesIn((await set(forKey(young))).stdout)).not.toContain('silences-other-app');
    expect(codesIn((await set(forKey(old, '--dry-run'))).stdout)).toContain('silences-other-app');
  });

  test('with --fail-on warning: nothing is sent', async () => {
    const { emulator, set } = await signedIn();
    await set(forKey(old));
    const { exitCode, stdout } = await set(forKey(young, '--fail-on', 'warning'));
    expect([exitCode, JSON.parse(stdout).sent]).toEqual([4, false]);
    expect(await settingsOf(emulator)).not.toHaveProperty(`${young}_APNSCert`);
  });

  test('is said above the question, also for the same certificate again', async () => {
    const { set } = await signedIn();
    await set(forKey(old));
    await set(forKey(young), on('2026-11-26'));
    const { exitCode, stderr, questions } = await set(['--client-app-key', old], { answers: [false] });
    expect([exitCode, questions]).toEqual([130, [expect.stringMatching(/^Replace the certificate for /)]]);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('no longer to com.new.app.');
  });

  test.each([
    ['where the tenant tells', signedIn, true],
    ['not where it does not', silent, false],
  ] as const)('that another machine set: with --refresh, %s', async (_case, open, tells) => {
    const { emulator, set } = await open();
    await setElsewhere(emulator, 'com.their.app');
    expect(codesIn((await set(forKey(young, '--dry-run'))).stdout)).not.toContain('silences-other-app');
    const { exitCode, stdout } = await set(forKey(young, '--refresh'));
    expect([exitCode, stdout.includes('no longer to com.their.app')]).toEqual([0, tells]);
  });
});

describe('apns status tells which key is in use', () => {
  test('by the record, and since when another is ignored', async () => {
    const { machine, set } = await silent();
    await set(forKey(old), on('2026-11-25'));
    await set(forKey(young), on('2026-11-26'));
    const { stdout } = await machine.run(['apns', 'status', '--json'], on('2026-11-27'));
    expect(usesIn(stdout)).toEqual({
      [young]: [true, 'record', null],
      [old]: [false, 'record', '2026-11-26T12:00:00.000Z'],
    });
    const text = (await machine.run(['apns', 'status'], on('2026-11-27'))).stdout;
    expect(text).toMatch(/com\.new\.app +yes /);
    expect(text).toMatch(/com\.old\.app +no, ignored since 2026-11-26 /);
    const alone = await signedIn();
    await alone.set(forKey(young));
    expect((await alone.machine.run(['apns', 'status'])).stdout).not.toContain('IN USE');
  });

  test('by the order of what was done, though the clock was ahead before', async () => {
    const { machine, set } = await silent();
    await set(forKey(old), on('2027-01-01'));
    await set(forKey(young), on('2026-11-26'));
    const asked = async () =>
      usesIn((await machine.run(['apns', 'status', '--json'], on('2026-11-27'))).stdout);
    expect(await asked()).toMatchObject({
      [young]: [true, 'record', null],
      [old]: [false, 'record', expect.any(String)],
    });
    await machine.run(['apns', 'delete', old, '--yes'], on('2026-11-27'));
    expect(await asked()).toEqual({ [young]: [null, null, null] });
  });

  test('by the order of the answers, where two are set at once', async () => {
    const machine = createMachine();
    const held = new Map<string, () => void>();
    const server = await startServer([
      (response) => {
        const { path, body } = server.received.at(-1) ?? expect.fail('no request');
        const answer = () => response.writeHead(200).end('{"success":true,"Result":null}');
        if (path.startsWith('/Mobile/')) held.set(JSON.parse(body).ClientAppKey, answer);
        else answer();
      },
    ]);
    const token = { MFA_CLI_TENANT: server.origin, MFA_CLI_TOKEN: 'a-token' };
    const setAt = async (key: string, day: string) => {
      const { now } = on(day);
      const options = { now, env: { ...env, ...token } };
      const setting = machine.run(['apns', 'set', p12Path('01-default-aes256'), ...forKey(key)], options);
      await expect.poll(() => held.has(key)).toBe(true);
      return setting;
    };
    const first = setAt(old, '2026-11-25');
    await expect.poll(() => held.has(old)).toBe(true);
    const second = setAt(young, '2026-11-26');
    await expect.poll(() => held.has(young)).toBe(true);
    held.get(young)?.();
    await second;
    held.get(old)?.();
    await first;
    const { stdout } = await machine.run(['apns', 'status', '--json'], on('2026-11-27'));
    expect(usesIn(stdout)).toMatchObject({
      [old]: [true, 'record', null],
      [young]: [false, 'record', expect.any(String)],
    });
  });

  test('by the tenant’s own word, and says what this machine never set', async () => {
    const { emulator, machine, set } = await signedIn();
    await set(forKey(old), on('2026-11-25'));
    await setElsewhere(emulator, 'com.their.app');
    const { stdout, stderr } = await machine.run(['apns', 'status', '--refresh', '--json']);
    expect(usesIn(stdout)).toEqual({ [old]: [false, 'tenant', null] });
    expect(stderr).toContain('pushes with the client app key com.their.app, which this machine never set');
  });

  test('unknown, once another key was deleted, until the next set', async () => {
    const { machine, set } = await silent();
    await set(forKey(old), on('2026-11-25'));
    await set(forKey(young), on('2026-11-26'));
    const asked = async () => usesIn((await machine.run(['apns', 'status', '--json'])).stdout);
    const { stderr } = await machine.run(['apns', 'delete', old, '--yes'], on('2026-11-27'));
    expect(stderr).toContain(`pushes with ${young}. Deleting another key may change that`);
    expect(await asked()).toEqual({ [young]: [null, null, null] });
    await set(forKey(young), on('2026-11-28'));
    expect(await asked()).toEqual({ [young]: [true, 'record', null] });
  });
});

describe('a request whose answer is missing', () => {
  /** A record in which such a request is, after certificates with these topics were set. */
  async function withOpen(
    open: typeof signedIn,
    asked: 'set' | 'delete',
    { before = [] as readonly string[], topic = 'com.example.lab', done = false },
  ) {
    const here = await open();
    const { emulator, machine, set } = here;
    for (const words of before) await set(words.split(' '));
    if (done && asked === 'set') await setElsewhere(emulator, young);
    if (done && asked === 'delete')
      await callApi(emulator, '/Mobile/DeleteApnsCertForClientApp', await serviceToken(emulator), {
        ClientAppKey: young,
      });
    const path = join(machine.directory, 'config.json');
    const file = JSON.parse(readFileSync(path, 'utf8'));
    const at = '2026-11-24T16:00:00.000Z';
    const request = { tenant: emulator.url, clientAppKey: young, asked, outcome: 'sending', topic, at };
    const sent = asked === 'set' ? { fingerprint: 'f'.repeat(64), notAfter: '2027-12-24T00:00:00.000Z' } : {};
    file.profiles.default.requests = [{ ...request, ...sent }];
    writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
    return here;
  }
  const other = `--client-app-key ${old}`;
  const same = `--client-app-key ${young}`;
  const voip = `--client-app-key ${young} --topic com.example.lab.voip`;

  test.each<[string, typeof signedIn, 'set' | 'delete', Parameters<typeof withOpen>[2], string, number]>([
    ['a set, by another topic that was there', signedIn, 'set', { before: [voip], done: true }, 'done', 0],
    ['a set that was not done, likewise', signedIn, 'set', { before: [voip] }, 'not-done', 0],
    ['a first set that was not done', signedIn, 'set', { before: [other] }, 'not-done', 0],
    ['a first set, by the key in use', signedIn, 'set', { before: [other], done: true }, 'done', 0],
    ['not a first set, with nothing before', signedIn, 'set', { done: true }, 'unknown', 4],
    ['not a set of the same key and topic', signedIn, 'set', { before: [same], done: true }, 'unknown', 4],
    ['not where the tenant does not tell', silent, 'set', { before: [voip], done: true }, 'unknown', 4],
    ['a delete', signedIn, 'delete', { before: [same, other], done: true }, 'done', 0],
    ['a delete that was not done', signedIn, 'delete', { before: [same, other] }, 'not-done', 0],
  ])('is settled by a read-back: %s', async (_case, open, asked, facts, outcome, exitCode) => {
    const { machine } = await withOpen(open, asked, facts);
    expect(JSON.parse((await machine.run(['apns', 'status', '--json'])).stdout).requests).toEqual([
      expect.objectContaining({ clientAppKey: young, asked, outcome: 'unknown' }),
    ]);
    const told = await machine.run(['apns', 'status', '--refresh', '--json']);
    expect([told.exitCode, JSON.parse(told.stdout).requests]).toEqual([
      exitCode,
      [expect.objectContaining({ clientAppKey: young, asked, outcome })],
    ]);
    const after = await machine.run(['apns', 'status', '--json']);
    expect([after.exitCode, JSON.parse(after.stdout).requests.length]).toEqual([
      exitCode,
      exitCode === 0 ? 0 : 1,
    ]);
    const isKept = JSON.parse(after.stdout).certificates.some(
      ({ clientAppKey, topic }: Record<string, unknown>) =>
        clientAppKey === young && topic === 'com.example.lab',
    );
    if (exitCode === 0) expect(isKept).toBe((asked === 'set') === (outcome === 'done'));
  });

  test('is told in every format, and says so when it is settled', async () => {
    const { machine } = await withOpen(signedIn, 'set', { before: [voip], done: true });
    const github = await machine.run(['apns', 'status', '--format', 'github']);
    expect([github.exitCode, github.stdout]).toEqual([
      4,
      expect.stringMatching(
        /^::error title=outcome-unknown::The set of a push certificate for com\.new\.app at /,
      ),
    ]);
    const metrics = await machine.run(['apns', 'status', '--format', 'prometheus']);
    expect(metrics.stdout).toMatch(
      /^mfa_cli_outcome_unknown\{.*client_app_key="com\.new\.app",asked="set"\} 1$/m,
    );
    const settled = await machine.run(['apns', 'status', '--refresh']);
    expect([settled.exitCode, settled.stdout]).toEqual([
      0,
      expect.stringMatching(/✓ The set of .*com\.new\.app.* is settled: the tenant did it\./),
    ]);
  });

  test('is said above the question of the next set, which is asked though the record has the same', async () => {
    const { set } = await withOpen(signedIn, 'set', { before: [same] });
    const { exitCode, stderr, questions } = await set(['--client-app-key', young], { answers: [false] });
    expect([exitCode, questions]).toEqual([130, [expect.stringMatching(/^Replace the certificate for /)]]);
    expect(stripVTControlCharacters(stderr)).toContain(
      'Unknown         outcome of the set of 2026-11-24 (SHA-256 ffffffff…)\n',
    );
  });

  test('is settled by a set of its own key alone', async () => {
    const { machine, set } = await withOpen(signedIn, 'set', {});
    await set(['--client-app-key', old]);
    expect((await machine.run(['apns', 'status'])).exitCode).toBe(4);
    const { stderr } = await set(['--client-app-key', young]);
    expect(stderr).toContain('The set of 2026-11-24, whose answer is missing, is settled by this set.');
    expect((await machine.run(['apns', 'status'])).exitCode).toBe(0);
  });

  test('makes unknown which of two keys is in use, and another key’s set silences either', async () => {
    const { machine, set } = await withOpen(silent, 'set', { before: [other] });
    const { stdout } = await machine.run(['apns', 'status', '--json']);
    expect(usesIn(stdout)).toEqual({ [old]: [null, null, null] });
    const third = await set(forKey('com.third.app', '--dry-run'));
    expect(codesIn(third.stdout)).toContain('silences-other-app');
  });

  test('is settled by a later set of an earlier version, which knows nothing of it', async () => {
    const { machine } = await withOpen(silent, 'set', {});
    const path = join(machine.directory, 'config.json');
    const file = JSON.parse(readFileSync(path, 'utf8'));
    const { tenant } = file.profiles.default.requests[0];
    file.profiles.default.certificates = [
      {
        ...{ tenant, clientAppKey: young, topic: young, fingerprint: 'e'.repeat(64) },
        ...{ notAfter: '2027-12-24T00:00:00.000Z', setAt: '2026-11-25T16:00:00.000Z' },
      },
    ];
    writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
    expect((await machine.run(['apns', 'status'])).exitCode).toBe(0);
  });
});

test('a moment on record than which none is later stands in the way of nothing', async () => {
  const { machine, set } = await silent();
  await set(forKey(old));
  const path = join(machine.directory, 'config.json');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  file.profiles.default.certificates[0].setAt = '+275760-09-13T00:00:00.000Z';
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
  expect((await set(forKey(young))).exitCode).toBe(0);
});

test('a machine without a record of requests has none in its file', async () => {
  const { machine, set } = await signedIn();
  await set();
  expect(readFileSync(join(machine.directory, 'config.json'), 'utf8')).not.toContain('"requests"');
});
