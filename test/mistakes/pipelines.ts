import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretPassword } from '../support/fixtures.ts';
import { good, key, type Mistake, signedIn, withCertificate, withDeadSession } from './mistake.ts';

const tenant = { MFA_CLI_TENANT: 'https://abc1234.id.cyberark.cloud' };
const client = { ...tenant, MFA_CLI_CLIENT_ID: 'ci@acme' };
const pipeline = 'In a pipeline, set MFA_CLI_CLIENT_ID and MFA_CLI_CLIENT_SECRET, or MFA_CLI_TOKEN.';
const given = { ...tenant, ...secretPassword, MFA_CLI_TOKEN: 'an-opaque-token' };
const maybeMissing = "the pipeline's secret may be missing";

/** What the environment of a pipeline lacks, and which variable is told. */
const lacks: readonly (readonly [
  string,
  readonly string[],
  Readonly<Record<string, string>>,
  string,
  readonly string[],
])[] = [
  ...(['MFA_CLI_CLIENT_SECRET', 'MFA_CLI_CLIENT_SECRET_FILE', 'MFA_CLI_TOKEN'] as const).map(
    (name) =>
      [
        `an empty ${name}`,
        ['whoami'],
        { ...client, [name]: '' },
        `${name} is empty: ${maybeMissing}, and no session is stored`,
        [`hint: Set ${name}.`],
      ] as const,
  ),
  [
    'an empty MFA_CLI_P12_BASE64',
    ['apns', 'set'],
    { ...given, MFA_CLI_P12_BASE64: '' },
    `MFA_CLI_P12_BASE64 is empty: ${maybeMissing}`,
    ['hint: Set MFA_CLI_P12_BASE64.'],
  ],
  [
    'all of several secrets',
    ['apns', 'set'],
    { MFA_CLI_TENANT: '', MFA_CLI_CLIENT_SECRET: '', MFA_CLI_P12_BASE64: '' },
    'Missing: a tenant, credentials, a .p12 and its password; MFA_CLI_TENANT, MFA_CLI_CLIENT_SECRET and MFA_CLI_P12_BASE64 are empty',
    [
      'hint: Tenant: give',
      'hint: Credentials: give',
      'hint: The .p12: give',
      'hint: The password of the .p12,',
    ],
  ],
  [
    'all but the .p12',
    ['apns', 'set', good],
    {},
    `Missing: a tenant, credentials and the password of ${good}`,
    ['hint: Tenant: give', 'hint: Credentials: give', 'hint: The password of the .p12,'],
  ],
  [
    'no .p12 at all',
    ['apns', 'set'],
    given,
    'No .p12 file was given',
    ['hint: Give --p12 FILE, or set MFA_CLI_P12 or MFA_CLI_P12_BASE64.'],
  ],
  [
    'no password',
    ['apns', 'set', good],
    { ...tenant, MFA_CLI_TOKEN: 'an-opaque-token' },
    `${good} needs a password, and there is no terminal to ask on`,
    ['hint: Provide the password with --password-file FILE (- is stdin) or in MFA_CLI_P12_PASSWORD.'],
  ],
  [
    'no tenant for a token',
    ['whoami'],
    { MFA_CLI_TOKEN: 'an-opaque-token', MFA_CLI_TENANT: '' },
    'No tenant was given',
    ['hint: Give --tenant URL, or set MFA_CLI_TENANT.'],
  ],
  [
    'no tenant for login',
    ['login'],
    {},
    'No tenant was given',
    ['hint: Give --tenant URL, or set MFA_CLI_TENANT.'],
  ],
];

export const pipelineMistakes: readonly Mistake[] = [
  ...lacks.map(([name, argv, env, says, hint]) => ({
    name: `in a pipeline: ${name}`,
    argv,
    options: { env },
    exitCode: 2,
    says: `error: ${says}`,
    hint,
  })),
  {
    name: 'an empty password where the file has one',
    argv: ['apns', 'set', good],
    options: { env: { ...given, MFA_CLI_P12_PASSWORD: '' } },
    exitCode: 3,
    says: `error: ${good} does not open without a password`,
    hint: [
      'hint: The password given is empty. If a secret store provides it, check that the secret exists.',
      'hint: Provide the password with --password-file FILE (- is stdin) or in MFA_CLI_P12_PASSWORD.',
    ],
  },
  {
    name: 'a slip of a variable',
    argv: ['profile', 'list'],
    options: { env: { MFA_CLI_TENNANT: 'acme' } },
    exitCode: 0,
    says: 'warning: mfa-cli does not read the variable MFA_CLI_TENNANT; did you mean MFA_CLI_TENANT?',
    hint: ['No profiles yet.'],
  },
  {
    name: 'a variable that is like none of ours',
    argv: ['profile', 'list'],
    options: { env: { MFA_CLI_COLOUR: 'no' } },
    exitCode: 0,
    says: 'warning: mfa-cli does not read the variable MFA_CLI_COLOUR',
    hint: ['No profiles yet.'],
  },
  {
    name: 'doctor: a slip of a variable',
    argv: ['doctor', '--timeout', '1'],
    options: { env: { MFA_CLI_TENNANT: 'acme', MFA_CLI_PORT: '18499' } },
    exitCode: 0,
    says: 'warning: mfa-cli does not read the variable MFA_CLI_TENNANT; did you mean MFA_CLI_TENANT?',
    hint: [
      '! mfa-cli does not read the variable MFA_CLI_TENNANT; did you mean MFA_CLI_TENANT? [variables]',
      '`mfa-cli help environment` lists the variables.',
    ],
  },
  {
    name: 'a client ID without its secret, in CI',
    argv: ['whoami'],
    options: { env: { ...client, CI: 'true' } },
    exitCode: 5,
    says: `error: Not signed in to ${tenant.MFA_CLI_TENANT}`,
    hint: ['MFA_CLI_CLIENT_SECRET'],
  },
  {
    name: 'nobody signed in, in a pipe',
    argv: ['apns', 'set', good],
    options: { env: { ...secretPassword, ...tenant } },
    exitCode: 5,
    says: `error: Not signed in to ${tenant.MFA_CLI_TENANT}`,
    hint: [`hint: Run \`mfa-cli login\`. ${pipeline}`],
  },
  {
    name: 'nobody signed in to the tenant of the command line',
    argv: ['apns', 'set', good, '--tenant', 'other.example.com', '--profile', 'default'],
    options: { env: secretPassword },
    before: signedIn,
    exitCode: 5,
    says: 'error: Not signed in to https://other.example.com; the profile default holds a session for TENANT',
    hint: [`hint: Run \`mfa-cli login --tenant other.example.com --profile default\`. ${pipeline}`],
  },
  {
    name: 'nobody signed in, at a terminal, where the offer to sign in is declined',
    argv: ['apns', 'set', good, '--client-app-key', key, '--no-verify'],
    options: { env: { ...secretPassword, ...tenant }, answers: [false] },
    exitCode: 5,
    says: `✗ Not signed in to ${tenant.MFA_CLI_TENANT}`,
    hint: [`  Run \`mfa-cli login\`. ${pipeline}`],
  },
  {
    name: 'a session that the tenant has ended, in a pipe',
    argv: ['apns', 'set', good],
    options: { env: secretPassword },
    before: withDeadSession,
    exitCode: 5,
    says: 'error: TENANT no longer renews the session: invalid_grant: grant request is invalid',
    hint: [`hint: Run \`mfa-cli login\`. ${pipeline}`],
  },
  {
    name: 'a session that the tenant has ended, at a terminal: it is told before the plan',
    argv: ['apns', 'set', good, '--client-app-key', key, '--no-verify'],
    options: { env: secretPassword, answers: [false] },
    before: withDeadSession,
    exitCode: 5,
    says: '✗ TENANT no longer renews the session: invalid_grant: grant request is invalid',
    hint: [`  Run \`mfa-cli login\`. ${pipeline}`],
  },
  {
    name: 'a session that ends before the job does',
    argv: ['whoami', '--min-ttl', '2d'],
    options: { now: new Date() },
    before: signedIn,
    exitCode: 5,
    says: 'error: The session for TENANT expires on MOMENT (in 5 h)',
    hint: [`hint: Run \`mfa-cli login\`. ${pipeline}`],
  },
  {
    name: 'the status of a tenant that nothing names',
    argv: ['apns', 'status', '--tenant', 'typo.example'],
    before: withCertificate,
    exitCode: 2,
    says: 'error: No profile and no record names https://typo.example. Tenants: TENANT',
    hint: null,
  },
  {
    name: 'the status of another profile than the one with the certificate',
    argv: ['apns', 'status'],
    options: { env: { MFA_CLI_PROFILE: 'rehersal' } },
    before: withCertificate,
    exitCode: 0,
    says: 'No certificate is on record for the profile "rehersal". Other profiles have 1: `mfa-cli apns status --all-profiles`.',
    hint: null,
  },
  ...(
    [
      ['MFA_CLI_TIMEOUT', 'abc', 'MFA_CLI_TIMEOUT is "abc", not a number of seconds up to 86400'],
      ['MFA_CLI_PORT', '0', 'MFA_CLI_PORT is "0", not a port from 1 to 65535'],
      ['MFA_CLI_STORE', 'xyz', 'MFA_CLI_STORE is "xyz", not file or keychain'],
      ['MFA_CLI_TENANT', 'a b', 'MFA_CLI_TENANT: "a b" is not a tenant URL'],
    ] as const
  ).map(([name, value, says]) => ({
    name: `${name}=${value}`,
    argv: ['login'],
    options: { env: { ...tenant, [name]: value } },
    exitCode: 2,
    says: `error: ${says}`,
    hint: [`hint: Correct ${name}, or unset it.`],
  })),
  {
    name: 'a wrong port in a profile',
    argv: ['login'],
    options: { env: tenant },
    before: async (machine: Parameters<NonNullable<Mistake['before']>>[0]) => {
      await machine.run(['profile', 'set', 'port', '8400']);
      const path = join(machine.directory, 'config.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace('8400', '84000'));
      return tenant.MFA_CLI_TENANT;
    },
    exitCode: 2,
    says: 'error: The setting port of the profile "default" is "84000", not a port from 1 to 65535',
    hint: ['hint: Correct it: `mfa-cli profile set port VALUE --profile default`.'],
  },
  {
    name: 'a deletion that names no key',
    argv: ['apns', 'delete', '--yes'],
    before: withCertificate,
    exitCode: 2,
    says: 'error: No client app key was given',
    hint: ['hint: Give the KEY, or set MFA_CLI_CLIENT_APP_KEY.'],
  },
  {
    name: 'a deletion that nobody confirms',
    argv: ['apns', 'delete', '--client-app-key', key],
    before: withCertificate,
    exitCode: 2,
    says: 'error: The deletion must be confirmed, and there is no terminal to ask on',
    hint: ['hint: Without a terminal, give --yes.'],
  },
  {
    name: 'a deletion with another key typed',
    argv: ['apns', 'delete', '--client-app-key', key],
    options: { answers: ['com.example'] },
    before: withCertificate,
    exitCode: 130,
    says: 'Phones  0 iPhones enrolled, whichever app',
    hint: ['✗ The key does not match: nothing was deleted'],
  },
  {
    name: 'the removal of a profile, answered by Return alone',
    argv: ['profile', 'remove', 'default'],
    options: { answers: [false] },
    before: signedIn,
    exitCode: 130,
    says: '✗ Nothing was removed',
    hint: null,
  },
];
