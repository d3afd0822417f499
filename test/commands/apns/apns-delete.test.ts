import { describe, expect, test } from 'vitest';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { settingsOf, shareTenant, signIn } from '../../support/tenant.ts';

const key = 'com.example.lab';
const young = 'com.new.app';
const signedIn = shareTenant({ assumptions: { 'tenant-config': 'known' } });
const silent = shareTenant({ assumptions: { 'tenant-config': 'unknown', 'advanced-config': 'silent' } });

async function withCertificate(open = signedIn) {
  const here = await open();
  await here.set();
  return here;
}

const isHeld = async ({ emulator }: Awaited<ReturnType<typeof signedIn>>, clientAppKey = key) =>
  `${clientAppKey}_APNSCert` in (await settingsOf(emulator));

/** Of a screen, the words. */
const wordsOf = (text: string) => text.replaceAll(/\s+/g, ' ');

test.each([
  ['as the argument', [key]],
  ['as the option', ['--client-app-key', key]],
  ['as both', [key, '--client-app-key', key]],
])('apns delete takes the certificate away and forgets it, with the key %s', async (_case, words) => {
  const here = await withCertificate();
  const argv = ['apns', 'delete', ...words, '--yes', '--json'];
  const { exitCode, stdout, stderr } = await here.machine.run(argv);
  expect([exitCode, stderr, JSON.parse(stdout)]).toEqual([
    0,
    '',
    {
      ...{ tenant: here.emulator.url, clientAppKey: key, deleted: true, sentAs: 'json' },
      phones: { enrolled: 0, seenIn30Days: null },
    },
  ]);
  expect(await settingsOf(here.emulator)).toEqual({});
  expect(JSON.parse((await here.machine.run(['apns', 'status', '--json'])).stdout)).toMatchObject({
    certificates: [],
    requests: [],
  });
});

describe('without a terminal', () => {
  const never = `This machine never set a certificate for com.exmple.lab at TENANT; it set ${key}`;
  test.each<[string, readonly string[], number, string | null]>([
    ['no --yes', [key], 2, 'error: The deletion must be confirmed, and there is no terminal to ask on'],
    ['no key', ['--yes'], 2, 'error: No client app key was given'],
    ['two keys', [key, '--client-app-key', 'b', '--yes'], 2, 'error: Two client app keys were given'],
    ['a key that was never set', ['com.exmple.lab', '--yes'], 2, `error: ${never}`],
    ['such a key, and --force alone', ['com.exmple.lab', '--force'], 2, 'error: The deletion must be'],
    ['such a key, and --force', ['com.exmple.lab', '--yes', '--force'], 0, `warning: ${never}`],
    ['a key that is not like any', ['other', '--yes'], 2, `; it set ${key}`],
  ])('%s', async (_case, words, expected, says) => {
    const here = await withCertificate();
    const { exitCode, stderr } = await here.machine.run(['apns', 'delete', ...words]);
    expect([exitCode, wordsOf(stderr).replaceAll(here.emulator.url, 'TENANT')]).toEqual([
      expected,
      expect.stringContaining(says ?? ''),
    ]);
    expect(await isHeld(here)).toBe(true);
  });

  test('without any record --yes is enough, with a warning', async () => {
    const here = await withCertificate();
    const { machine } = await signIn(here.emulator, createMachine());
    const { exitCode, stderr } = await machine.run(['apns', 'delete', key, '--yes']);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining(`warning: This machine has no record of what was set at ${here.emulator.url}`),
    ]);
    expect(await isHeld(here)).toBe(false);
  });

  test('the records of another tenant say nothing', async () => {
    const here = await withCertificate();
    const machine = createMachine();
    const env = { MFA_CLI_TOKEN: 'a-token', MFA_CLI_TENANT: 'http://127.0.0.1:9' };
    const { exitCode, stderr } = await machine.run(['apns', 'delete', key, '--yes'], { env });
    expect([exitCode, stderr]).toEqual([7, expect.stringContaining('could not be reached')]);
    expect(await isHeld(here)).toBe(true);
  });
});

describe('at a terminal', () => {
  const run = async (
    here: Awaited<ReturnType<typeof signedIn>>,
    words: readonly string[],
    answers: RunOptions['answers'] & object,
    machine = here.machine,
  ) => {
    const { exitCode, stderr, questions } = await machine.run(['apns', 'delete', ...words], { answers });
    return {
      exitCode,
      questions,
      said: wordsOf(stderr).replaceAll(here.emulator.url, 'TENANT'),
      isHeld: await isHeld(here),
    };
  };

  test.each([
    ['the key', key, 0],
    ['another key', 'com.example', 130],
    ['yes', 'yes', 130],
  ])('%s is typed', async (_name, answer, expected) => {
    const here = await withCertificate();
    const { exitCode, questions, said, isHeld: left } = await run(here, [key], [answer]);
    expect([exitCode, left]).toEqual([expected, expected !== 0]);
    const { host } = new URL(here.emulator.url);
    expect(questions).toEqual([
      `Users can no longer approve sign-ins at ${host} in ${key}. Type ${key} to delete its certificate:`,
    ]);
    expect(said).not.toMatch(/warning|Nobody can approve/);
  });

  test.each<[string, typeof signedIn, string]>([
    ['that the tenant does not have', signedIn, 'TENANT reports topics for other client app keys, but none'],
    ['of which the tenant says nothing', silent, `it set ${key}.`],
  ])('a key %s is said to be so before the question', async (_case, open, says) => {
    const here = await withCertificate(open);
    const { exitCode, said } = await run(here, ['com.exmple.lab'], ['no']);
    expect([exitCode, said]).toEqual([130, expect.stringContaining(says)]);
    expect(said).toContain(
      ` This machine never set a certificate for com.exmple.lab at TENANT; it set ${key}.`,
    );
  });

  test('a key that only the tenant knows is said to be its own', async () => {
    const here = await withCertificate();
    const { machine } = await signIn(here.emulator, createMachine());
    const { said } = await run(here, [key], ['no'], machine);
    expect(said).toContain(` This machine never set ${key} at TENANT; the tenant has a certificate for it.`);
  });

  test('without a key and a record the tenant’s latest is offered, where it tells', async () => {
    const here = await withCertificate();
    const { machine } = await signIn(here.emulator, createMachine());
    const { exitCode, questions, isHeld: left } = await run(here, [], [key, key], machine);
    expect([exitCode, questions[0], left]).toEqual([
      0,
      'Which client app key? The tenant reports this one as set last:',
      false,
    ]);
    const other = await withCertificate(silent);
    const { machine: stranger } = await signIn(other.emulator, createMachine());
    expect(await run(other, [], [], stranger)).toMatchObject({ exitCode: 2, questions: [] });
  });

  test('without a key one of those that were set is chosen', async () => {
    const here = await withCertificate();
    const { exitCode, questions } = await run(here, [], [key, key]);
    expect([exitCode, questions[0]]).toEqual([0, 'Which client app key?']);
  });

  test('what is not known of the key in use afterwards is said before the question', async () => {
    const here = await withCertificate();
    await here.set(['--client-app-key', young], { now: new Date('2026-11-26T12:00:00Z') });
    const ofOld = await run(here, [key], ['no']);
    expect(ofOld.questions).toEqual([`Type ${key} to delete its certificate:`]);
    expect(ofOld.said).toContain(
      `TENANT pushes with ${young}. Deleting another key may change that: set ${young} again afterwards.`,
    );
    const ofYoung = await run(here, [young], ['no']);
    expect(ofYoung.questions).toEqual([expect.stringContaining(`in ${young}. Type`)]);
    expect(ofYoung.said).toContain(
      `Deleting a key may change which key TENANT pushes with: set the key to use again afterwards (${key}).`,
    );
  });
});
