import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applePath } from './support/apple-fixtures.ts';
import { createMachine, type RunOptions } from './support/context.ts';
import { p12Path, secretPassword } from './support/fixtures.ts';
import { answerJson, startAnswering } from './support/http.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

/** What somebody gets wrong, and what they are told: the exit code, the first line of stderr, and a hint. */
interface Mistake {
  readonly name: string;
  readonly argv: readonly string[];
  readonly options?: RunOptions;
  /** What the tenant answers to every request; its address is a variable of the environment. */
  readonly answer?: readonly [status: number, body: object];
  readonly exitCode: number;
  readonly says: string;
  /** Part of a line after the first, without `mfa-cli: hint: `; null where there is none. */
  readonly hint: string | null;
}

const certificate = applePath('aps.cer');
const pem = p12Path('40-pem-bundle');
const authKey = p12Path('40-p8-key-pem');
const loose = (path: string): Pick<Mistake, 'argv' | 'options' | 'exitCode'> => ({
  argv: ['apns', 'inspect', path],
  options: { env: secretPassword },
  exitCode: 3,
});
const service = (
  error: string,
  description: string,
): Pick<Mistake, 'argv' | 'options' | 'answer' | 'exitCode'> => ({
  argv: ['whoami'],
  options: { env: { MFA_CLI_CLIENT_ID: 'ci@acme', MFA_CLI_CLIENT_SECRET: 'hunter2hunter2' } },
  answer: [400, { error, error_description: description }],
  exitCode: 5,
});

/** A configuration directory below what is a file. */
function noDirectory(): string {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  return join(file, 'mfa-cli');
}

const mistakes: readonly Mistake[] = [
  {
    name: 'a profile that there is not',
    argv: ['profile', 'use', 'x'],
    exitCode: 2,
    says: 'No profile "x". Profiles: none yet',
    hint: null,
  },
  {
    name: 'help on a slip of a command of a group',
    argv: ['help', 'apns', 'sett'],
    exitCode: 2,
    says: '"sett" is not a command of mfa-cli apns; did you mean set?',
    hint: 'See `mfa-cli apns --help`.',
  },
  {
    name: 'help on a slip of a command',
    argv: ['help', 'whoamii'],
    exitCode: 2,
    says: 'There is no help on "whoamii"; did you mean whoami?',
    hint: 'See `mfa-cli --help`.',
  },
  {
    name: 'help on more than a command',
    argv: ['help', 'apns', 'set', 'extra'],
    exitCode: 2,
    says: '"extra" is not a command of mfa-cli apns set',
    hint: 'See `mfa-cli apns set --help`.',
  },
  {
    name: 'help on more than a topic',
    argv: ['help', 'environment', 'extra'],
    exitCode: 2,
    says: '"extra" is not a part of the help on environment',
    hint: 'See `mfa-cli --help`.',
  },
  {
    name: 'a slip of an option',
    argv: ['apns', 'set', '--pasword-file', 'x'],
    exitCode: 2,
    says: 'Unknown option --pasword-file; did you mean --password-file?',
    hint: 'See `mfa-cli apns set --help`.',
  },
  {
    name: 'the certificate that Apple gives in place of a .p12',
    ...loose(certificate),
    says: `${certificate} is not a .p12 file: it looks like a certificate without its private key (DER)`,
    hint: `Pack it with its private key: \`mfa-cli apns pack --cert ${certificate} --key KEY --out cert.p12\`.`,
  },
  {
    name: 'a key in place of a .p12',
    ...loose(applePath('key.pem')),
    says: `${applePath('key.pem')} is not a .p12 file: it looks like PEM text with a private key`,
    hint: `Pack it with Apple's certificate: \`mfa-cli apns pack --cert aps.cer --key ${applePath('key.pem')} --out cert.p12\`.`,
  },
  {
    name: 'a PEM file with certificate and key in place of a .p12',
    ...loose(pem),
    says: `${pem} is not a .p12 file: it looks like PEM text with a certificate and a private key`,
    hint: `Pack both into a .p12: \`mfa-cli apns pack --cert ${pem} --key ${pem} --out cert.p12\`.`,
  },
  {
    name: 'an auth key in place of a .p12',
    ...loose(authKey),
    says: `${authKey} is not a .p12 file: it looks like an APNs auth key (.p8), which is another kind of credential`,
    hint: 'The tenant takes a certificate, not an auth key: `mfa-cli apns request` makes a key and the request that Apple answers with one.',
  },
  {
    name: 'a wrong client secret',
    ...service('access_denied', 'invalid client creds or client not allowed'),
    says: 'TENANT refused the token request: access_denied: invalid client creds or client not allowed',
    hint: 'The client ID "ci@acme" and the client secret were refused',
  },
  {
    name: 'an application that the tenant does not know',
    ...service('invalid_request', 'unknown app'),
    says: 'TENANT refused the token request: invalid_request: unknown app',
    hint: 'The Application ID "mfa-cli" was asked for. Give the right one with --app-id ID',
  },
  {
    name: 'a scope that the application does not define',
    ...service('invalid_scope', 'unknown scope requested'),
    says: 'TENANT refused the token request: invalid_scope: unknown scope requested',
    hint: 'The scope "all" was asked for. Give one that is defined with --scope SCOPE or MFA_CLI_SCOPE',
  },
];

test.each(mistakes)('$name', async ({ argv, options, answer, exitCode, says, hint }) => {
  const tenant = answer === undefined ? null : await startAnswering(answerJson(...answer));
  const env = { ...options?.env, ...(tenant === null ? {} : { MFA_CLI_TENANT: tenant }) };
  const result = await createMachine().run(argv, { ...options, env });
  const [first = '', ...others] = result.stderr.replaceAll(tenant ?? '\0', 'TENANT').split('\n');
  expect([result.exitCode, first]).toEqual([exitCode, `mfa-cli: error: ${says}`]);
  if (hint === null) expect(others).toEqual(['']);
  else expect(others.join('\n')).toContain(`mfa-cli: hint: ${hint}`);
});

test('a store that cannot be written', async () => {
  const directory = noDirectory();
  const { exitCode, stderr } = await createMachine(directory).run(['profile', 'set', 'scope', 'all']);
  expect([exitCode, stderr.split('\n')]).toEqual([
    3,
    [
      expect.stringMatching(/^mfa-cli: error: Cannot write .*config\.json: not a directory$/),
      'mfa-cli: hint: Let this user write into that directory, or name another one in MFA_CLI_CONFIG_DIR.',
      '',
    ],
  ]);
});
