import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { encodeLine } from '../../../src/change/ledger-line.ts';
import type { Assumptions } from '../../../src/emulator/assumptions.ts';
import type { Emulator } from '../../../src/emulator/tenants.ts';
import { createMachine, type RunOptions, type RunResult, testNow } from '../../support/context.ts';
import { openEmulator } from '../../support/emulator.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { ledgerOf, linesIn } from '../../support/ledger.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { visit, visitAs } from '../../support/tenant.ts';

/** The tenants' time, and that of the command lines: a one-time password is good once. */
let clock = testNow;
beforeEach(() => {
  clock = new Date(clock.getTime() + 120_000);
});

const directory = temporaryDirectory();

type Words = readonly string[];

/** A tenant with a certificate, whose user is signed in as the profile `phone`, and has a phone if wanted. */
async function openPhone(name: string, enrolls: boolean, assumptions: Partial<Assumptions>) {
  const port = await freePort();
  const emulator = await openEmulator({
    redirectUris: [`http://127.0.0.1:${port}/callback`],
    ...{ accessTokenSeconds: 180_000, autoApprove: true, now: () => clock, assumptions },
  });
  const machine = createMachine(join(directory, name));
  const run = (words: Words, options: RunOptions = {}): Promise<RunResult> =>
    machine.run(words, { now: clock, ...options, env: { ...secretPassword, ...options.env } });
  const login = ['login', '--tenant', emulator.url, '--port', String(port)];
  await run(login, { browser: visit });
  expect((await run(['apns', 'set', p12Path('01-default-aes256')])).exitCode).toBe(0);
  const own = (words: Words, options?: RunOptions) =>
    run([...words, '--profile', 'phone'], options);
  await own(login, { browser: visitAs(emulator.user.user) });
  const enroll = async (as = own) => {
    for (const what of ['enroll', 'register-token']) await as(['device', what]);
  };
  if (enrolls) await enroll();
  return { machine, run, own, emulator, enroll };
}

type Phone = Awaited<ReturnType<typeof openPhone>>;

/** Runs it while the phone waits for the push, reads it, and answers. */
async function provenBy({ own }: Phone, words: Words, verdict: Words, options?: RunOptions) {
  const proving = own(['apns', 'prove', ...words], options);
  const heard = JSON.parse((await own(['device', 'listen', '--json'])).stdout);
  expect((await own(['device', 'answer', ...verdict])).exitCode).toBe(0);
  return { heard, proved: await proving };
}

/** Nothing of a sign-in is left: neither under way or good at the tenant, nor on this machine. */
function expectNothingLeft(
  { emulator, machine }: Pick<Phone, 'emulator' | 'machine'>,
  before: string,
): void {
  expect(emulator.signIns()).toEqual({ pending: 0, sessions: 0 });
  expect(configOf(machine.directory)).toBe(before);
}

/** What is kept, but for the challenge that the virtual phone has heard. */
function configOf(directory: string): string {
  return readFileSync(join(directory, 'config.json'), 'utf8').replace(
    /"challenge": (null|\{[^}]*\})/,
    '',
  );
}

let phone: Phone;
/** The ledger in use has the proof, about the certificate that was set last; the machine's has it as well. */
function expectProofIn(record: string): void {
  const set = linesIn(ledgerOf(phone.machine.directory)).find(({ asked }) => asked === 'set');
  const { topic, fingerprint, notAfter, environments, team } = set ?? expect.fail('no set');
  const about = { tenant: emulator.url, clientAppKey: 'com.example.lab', topic, fingerprint };
  const certificate = { ...about, notAfter, environments, team };
  const proof = { ...certificate, asked: 'prove', outcome: 'approved', appConfirmed: null };
  const [line, ...others] = linesIn(record);
  expect([line, others]).toMatchObject([{ ...proof, sentAs: null, of: null, by: null }, []]);
  expect(lastLine()).toMatchObject({ ...proof, id: line?.id, by: user });
}

/** Of a tenant whose users have no phone yet, and that does not call a denial one. */
let bare: Phone;
let emulator: Emulator;
beforeAll(async () => {
  phone = await openPhone('phone', true, { 'push-denied': 'said' });
  bare = await openPhone('bare', false, {});
  ({ emulator } = phone);
});
afterAll(() => Promise.all([phone, bare].map(({ emulator }) => emulator.close())));

const user = 'user@example.com';
const lastLine = () => linesIn(ledgerOf(phone.machine.directory)).at(-1);

describe('apns prove', () => {
  test.each([
    ['own', true],
    ['other', false],
    ['unknown', null],
  ])(
    'says that it was approved, and of the app what a person says: %s',
    async (answer, appConfirmed) => {
      const before = configOf(phone.machine.directory);
      const { proved, heard } = await provenBy(phone, ['--json'], ['--approve'], {
        answers: [answer],
      });
      expect(proved.questions).toEqual(['In which app did the push appear?']);
      const { seconds, ...report } = JSON.parse(proved.stdout);
      expect(report).toEqual({
        ...{ tenant: emulator.url, user, mechanism: 'OTP', outcome: 'approved', appConfirmed },
        clientAppKey: 'com.example.lab',
        fingerprint: lastLine()?.fingerprint,
        reach: appConfirmed === true ? 'proven' : 'not-known',
        against: [],
      });
      expect(seconds).toBeOneOf([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(proved.exitCode).toBe(0);
      const [number] = /\d\d$/.exec(heard.message) ?? [];
      expect(proved.stderr).toContain(`Choose this number on your phone: ${number}\n`);
      expect(proved.stderr).not.toContain(' says: ');
      expectNothingLeft(phone, before);
      expect(lastLine()).toMatchObject({
        asked: 'prove',
        outcome: 'approved',
        appConfirmed,
        by: user,
      });
    },
  );

  test.each([
    [
      'own',
      `✓ Rehearsal passed on 2026-11-24 for com.example.lab with the certificate SHA-256 FINGERPRINT…: a push sign-in for ${user} was approved in the certificate's app\n`,
    ],
    [
      'other',
      `! Approved, but not in the certificate's app: nothing is proven for or against the certificate (push sign-in for ${user})\n`,
    ],
  ])('begins with what it proves: %s', async (answer, headline) => {
    const { proved } = await provenBy(phone, [], ['--approve'], { answers: [answer] });
    const fingerprint = lastLine()?.fingerprint?.slice(0, 8) ?? '';
    expect(proved.stdout).toContain(headline.replace('FINGERPRINT', fingerprint));
    expect(proved.exitCode).toBe(0);
  });

  test('without a terminal asks nothing, and claims nothing of the app', async () => {
    const record = join(directory, 'proofs.jsonl');
    const { proved } = await provenBy(phone, ['--record', record], ['--approve']);
    expect(proved.exitCode).toBe(0);
    expectProofIn(record);
    expect(proved.stdout).toContain(
      `✓ A push sign-in for ${user} was approved, in an unknown app: the certificate is not proven\n`,
    );
    expect(proved.stdout).toContain(
      'unknown: the tenant does not report which app showed the push',
    );
  });

  test('is reported where it cannot be recorded, which is a warning', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const words = ['--record', join(file, 'proofs.jsonl'), '--json'];
    const { proved } = await provenBy(phone, words, ['--approve'], { answers: ['own'] });
    expect([proved.exitCode, JSON.parse(proved.stdout)]).toMatchObject([
      0,
      { outcome: 'approved', appConfirmed: true },
    ]);
    expect(proved.stderr).toContain('mfa-cli could not record the proof: ');
  });

  test('notes no proof of a certificate that a set of unknown outcome may have replaced', async () => {
    const record = join(directory, 'unanswered.jsonl');
    const set = linesIn(ledgerOf(phone.machine.directory)).find(({ asked }) => asked === 'set');
    const later = {
      ...(set ?? expect.fail('no set')),
      id: 'later',
      at: clock.toISOString(),
      against: [],
    };
    writeFileSync(record, encodeLine(later));
    const words = ['--record', record, '--json'];
    const { proved } = await provenBy(phone, words, ['--approve'], { answers: ['own'] });
    const { outcome, appConfirmed, against } = JSON.parse(proved.stdout);
    expect([proved.exitCode, outcome, appConfirmed]).toEqual([4, 'approved', true]);
    expect(against).toMatchObject([{ code: 'outcome-unknown' }]);
    expect(linesIn(record).map(({ id }) => id)).toEqual(['later']);
  });

  test('says that it was denied where the tenant says so', async () => {
    const before = configOf(phone.machine.directory);
    const { proved } = await provenBy(phone, ['--json'], ['--deny'], { answers: [] });
    expect([proved.exitCode, JSON.parse(proved.stdout)]).toMatchObject([
      6,
      { outcome: 'denied', appConfirmed: null },
    ]);
    expect(proved.stderr).toContain(`${emulator.url} says: `);
    expectNothingLeft(phone, before);
    expect(lastLine()).toMatchObject({ asked: 'prove', outcome: 'denied', appConfirmed: null });
  });

  test('says that nobody answered, and what that leaves open', async () => {
    const before = configOf(phone.machine.directory);
    const { exitCode, stdout } = await phone.own(['apns', 'prove', '--prove-timeout', '1']);
    expect(exitCode).toBe(7);
    expect(stdout).toContain(`✗ The push sign-in for ${user} was not answered within 1 s`);
    expect(stdout).toContain('The push may not have arrived.');
    expectNothingLeft(phone, before);
  });

  test('leaves nothing behind where it is interrupted', async () => {
    const before = configOf(phone.machine.directory);
    const interrupt = new AbortController();
    const first = emulator.requests.length;
    const proving = phone.own(['apns', 'prove', '--json'], { signal: interrupt.signal });
    // By the second request the sign-in is known here: the answer to its start was read.
    await vi.waitFor(() => {
      const paths = emulator.requests.slice(first).map(({ path }) => path);
      const advanced = paths.filter((path) => path.includes('/AdvanceAuthentication'));
      expect(advanced.length).toBeGreaterThan(1);
    }, 20_000);
    const { CliError } = await import('../../../src/errors/cli-error.ts');
    interrupt.abort(new CliError('interrupted', 'Interrupted'));
    expect((await proving).exitCode).toBe(130);
    expectNothingLeft(phone, before);
  });

  test('asks before another phone rings, and rings none without a terminal', async () => {
    const requests = emulator.requests.length;
    const words = ['apns', 'prove', '--user', 'uma@example.com', '--json'];
    const piped = await phone.own(words);
    expect([piped.exitCode, JSON.parse(piped.stdout).error.code]).toEqual([
      2,
      'prompt-unavailable',
    ]);
    const declined = await phone.own(words, { answers: [false] });
    expect([declined.exitCode, declined.questions]).toEqual([
      130,
      ["uma@example.com's phone will ring. Are they expecting it?"],
    ]);
    expect(emulator.requests.length).toBe(requests);
    const named = await phone.own([
      'apns',
      'prove',
      '--user',
      'USER@example.com',
      '--prove-timeout',
      '1',
    ]);
    expect(named.exitCode).toBe(7);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    [
      'token',
      { MFA_CLI_TOKEN: `e30.${Buffer.from(`{"unique_name":"${user}"}`).toString('base64url')}.x` },
    ],
    ['client ID', { MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET: 'made-up' }],
  ])('rings nobody for a %s that the tenant does not take', async (_what, env) => {
    for (const words of [[], ['--user', user]])
      expect(
        (await phone.own(['apns', 'prove', '--prove-timeout', '1', ...words], { env })).exitCode,
      ).toBe(5);
    const paths = emulator.requests.map(({ path }) => path);
    expect(paths.slice(-2)).not.toContain('/Security/CleanupAuthentication');
  });
});

describe('apns prove for whoever is asked for more than a push', () => {
  const password = 'user-password';
  const causes = 'Possible causes: the user has no enrolled phone';

  test('asks for the password, and says that no push came; without a terminal it ends there', async () => {
    const before = configOf(bare.machine.directory);
    const asked = await bare.own(['apns', 'prove'], { answers: [password] });
    expect([asked.exitCode, asked.questions]).toEqual([6, ['Enter Password:']]);
    expect(asked.stdout).toContain(`✗ The tenant sent ${user} no push\n`);
    expect(asked.stdout).toContain(causes);
    expectNothingLeft(bare, before);
    const piped = await bare.own(['apns', 'prove', '--json']);
    expect([piped.exitCode, JSON.parse(piped.stdout).error.code]).toEqual([
      2,
      'prompt-unavailable',
    ]);
    expectNothingLeft(bare, before);
  });

  test('takes the push after the password, and goes no further than its answer', async () => {
    const { run, machine } = bare;
    const answers = [true, 'admin-password', 'unknown'];
    const { exitCode, stdout, questions } = await run(
      ['apns', 'prove', '--user', 'push@example.com', '--json'],
      {
        answers,
      },
    );
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      0,
      { user: 'push@example.com', outcome: 'approved' },
    ]);
    expect(questions[1]).toMatch(/^push@example\.com must answer\. /);
    expect(bare.emulator.signIns()).toEqual({ pending: 0, sessions: 0 });
    const federated = await run(['apns', 'prove', '--user', 'federated@example.com'], {
      answers: [true],
    });
    expect([federated.exitCode, federated.stdout.includes(causes)]).toEqual([6, true]);
    expect(configOf(machine.directory)).not.toContain('push@');
  });
});

describe('apns set --prove', () => {
  const set = ['apns', 'set', p12Path('01-default-aes256'), '--prove', '--json'];

  test('sends nothing where a password would be asked for without a terminal', async () => {
    const { run, emulator } = bare;
    const before = emulator.requests.length;
    const { exitCode, stdout } = await run(set);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([2, 'prompt-unavailable']);
    expect(
      emulator.requests
        .slice(before)
        .map(({ path }) => path)
        .join(),
    ).not.toContain('/Mobile/');
    expect(emulator.signIns()).toEqual({ pending: 0, sessions: 0 });
  });

  describe('by the phone of who is signed in', () => {
    beforeAll(() => bare.enroll(bare.run));

    test('sets, and proves', async () => {
      const { run, emulator } = bare;
      const setting = run(set);
      await run(['device', 'listen']);
      await run(['device', 'answer', '--approve']);
      const { exitCode, stdout } = await setting;
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([
        0,
        {
          sent: true,
          proof: { user: 'admin@example.com', outcome: 'approved', appConfirmed: null },
        },
      ]);
      expect(emulator.signIns()).toEqual({ pending: 0, sessions: 0 });
    });

    test('reports both where neither can be recorded', async () => {
      const { run } = bare;
      const file = join(directory, 'no-directory');
      writeFileSync(file, '');
      const setting = run([...set, '--record', join(file, 'ledger.jsonl')]);
      await run(['device', 'listen']);
      await run(['device', 'answer', '--approve']);
      const { exitCode, stdout, stderr } = await setting;
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([
        0,
        { sent: true, recorded: false, proof: { outcome: 'approved' } },
      ]);
      expect(stderr).toContain('warning: mfa-cli could not record the proof: ');
    });

    test('reaches phones by this proof, not by the one before', async () => {
      const { run } = bare;
      const words = [...set, '--yes', '--no-verify'];
      const setting = run(words, { answers: ['own'] });
      await run(['device', 'listen']);
      await run(['device', 'answer', '--approve']);
      const proven = await setting;
      expect([proven.exitCode, JSON.parse(proven.stdout)]).toMatchObject([
        0,
        { proof: { outcome: 'approved', appConfirmed: true }, reach: 'proven' },
      ]);
      const missed = await run([...words, '--prove-timeout', '1']);
      expect([missed.exitCode, JSON.parse(missed.stdout)]).toMatchObject([
        8,
        { proof: { outcome: 'not-answered' }, reach: 'not-known' },
      ]);
    });

    test('ends with 8 where the proof failed, and what is set stays', async () => {
      const { run } = bare;
      const { exitCode, stdout, stderr } = await run([...set, '--prove-timeout', '1']);
      const report = JSON.parse(stdout);
      expect([exitCode, report]).toMatchObject([
        8,
        {
          sent: true,
          proof: { outcome: 'not-answered' },
          error: { code: 'proof-failed', exitCode: 8 },
        },
      ]);
      expect(stderr).toContain(
        'The certificate is set, but the proof failed: The push sign-in for admin@',
      );
      const { certificates } = JSON.parse((await run(['apns', 'status', '--json'])).stdout);
      expect(certificates).toMatchObject([{ fingerprint: report.fingerprint }]);
      const line = linesIn(ledgerOf(bare.machine.directory)).at(-1);
      expect(line).toMatchObject({ asked: 'prove', outcome: 'not-answered' });
      const text = await run([...set.slice(0, -1), '--prove-timeout', '1']);
      expect([text.exitCode, text.stdout]).toEqual([
        8,
        expect.stringMatching(/^✓ Sent the same certificate[\s\S]*✗ The push/),
      ]);
    });
  });
});

test('apns prove does not call a denial one where the tenant does not', async () => {
  await bare.enroll();
  const { proved } = await provenBy(bare, [], ['--deny']);
  expect(proved.exitCode).toBe(6);
  expect(proved.stdout).toContain(`✗ The push sign-in for ${user} was not approved\n`);
  expect(proved.stdout).toContain('The tenant does not say whether the user denied it');
});
