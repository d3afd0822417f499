import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { p12Path } from '../support/fixtures.ts';
import { cleanEnvironment, ctrlC, enter, openTerminal, runProgram } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { settingsOf, startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

type Steps = readonly (readonly [question: string, keys: string])[];

/** A tenant at which com.example.lab has a certificate, a directory with another one for it, and who may replace it. */
async function furnished() {
  const { emulator, port } = await startTenant();
  const directory = temporaryDirectory();
  copyFileSync(p12Path('30-prod'), join(directory, 'cert.p12'));
  copyFileSync(p12Path('21-emptypw'), join(directory, 'open.pfx'));
  const env = cleanEnvironment({
    MFA_CLI_TENANT: emulator.url,
    MFA_CLI_PORT: String(port),
    MFA_CLI_CLIENT_ID: emulator.serviceUser.user,
    MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
  });
  const first = { ...env, MFA_CLI_P12_PASSWORD: 'secret' };
  await runProgram(['apns', 'set', '--p12', p12Path('01-default-aes256')], first);
  return { emulator, directory, env, before: await settingsOf(emulator) };
}

const set = ['apns', 'set', '--p12', 'cert.p12'];
const notOpened = 'Wrong password, or the file is damaged. ';
const untilReplacement: Steps = [
  ['Password of cert.p12', `secret${enter}`],
  ['Client app key', enter],
];

/** Each prompt of a command, and the answer that refuses it. */
const refusals: readonly (readonly [string, readonly string[], Steps, number])[] = [
  [
    'no file of that name',
    ['apns', 'inspect'],
    [
      ['Which .p12?', `\u001b[B\u001b[B${enter}`],
      ['Path of the .p12', `nothing.p12${enter}`],
    ],
    3,
  ],
  [
    'a password that is wrong three times',
    set,
    [
      ['Password of cert.p12', `no${enter}`],
      [notOpened, ''],
      ['Password of cert.p12', `no${enter}`],
      [notOpened, ''],
      ['Password of cert.p12', `no${enter}`],
    ],
    3,
  ],
  ['no to the replacement', set, [...untilReplacement, ['Replace it with', `n${enter}`]], 130],
  ['Return alone at the replacement', set, [...untilReplacement, ['Replace it with', enter]], 130],
  [
    'another key than the one to delete',
    ['apns', 'delete', '--client-app-key', 'com.example.lab'],
    [['Type com.example.lab', `yes${enter}`]],
    130,
  ],
];

/** Each prompt that the wizard of `apns set` does not come by. */
const interruptions: readonly (readonly [string, readonly string[], Steps])[] = [
  [
    'the path of the file',
    ['apns', 'inspect'],
    [
      ['Which .p12?', `\u001b[B\u001b[B${enter}`],
      ['Path of the .p12', ctrlC],
    ],
  ],
  ['the replacement', set, [...untilReplacement, ['Replace it with', ctrlC]]],
  [
    'the key to delete',
    ['apns', 'delete', '--client-app-key', 'com.example.lab'],
    [['Type com.example.lab', ctrlC]],
  ],
  [
    'the password of a new file',
    ['apns', 'convert', 'open.pfx', '--format', 'p12', '--out', 'new.p12'],
    [['Password of the new file', ctrlC]],
  ],
  ['a sign-in', ['login', '--no-browser'], [['paste the address', ctrlC]]],
];

async function walk(words: readonly string[], steps: Steps, expected: number): Promise<void> {
  const { emulator, directory, env, before } = await furnished();
  const { MFA_CLI_CLIENT_ID: _id, MFA_CLI_CLIENT_SECRET: _secret, ...person } = env;
  const terminal = openTerminal(words, words[0] === 'login' ? person : env, directory);
  for (const [question, keys] of steps) {
    await terminal.read(question);
    terminal.type(keys);
  }
  expect(await terminal.end()).toMatchObject({ exitCode: expected, restored: true });
  expect(await settingsOf(emulator)).toEqual(before);
}

describe.skipIf(isMissing('script'))('a refusal sends nothing', () => {
  test.each(refusals)('%s', (_name, words, steps, exitCode) => walk(words, steps, exitCode));
});

describe.skipIf(isMissing('script'))('Ctrl-C sends nothing at', () => {
  test.each(interruptions)('%s', (_name, words, steps) => walk(words, steps, 130));
});
