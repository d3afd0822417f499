import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine, type RunOptions } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { answerJson, startAnswering } from '../support/http.ts';
import { startTenant, visit } from '../support/tenant.ts';

type Machine = ReturnType<typeof createMachine>;

interface World extends Pick<RunOptions, 'env' | 'answers' | 'now'> {
  /** What was done on the machine before; gives the tenant that it is signed in to. */
  readonly before?: (machine: Machine) => Promise<string>;
  /** What the tenant of the environment answers to every request. */
  readonly answer?: readonly [status: number, body: object];
}

async function signedIn(machine: Machine): Promise<string> {
  const { emulator, login } = await startTenant();
  await machine.run(login, { browser: visit });
  return emulator.url;
}

async function certified(machine: Machine): Promise<string> {
  const tenant = await signedIn(machine);
  const argv = ['apns', 'set', p12Path('01-default-aes256'), '--client-app-key', 'com.example.lab'];
  await machine.run(argv, { env: secretPassword });
  return tenant;
}

const profilesOf = ({ directory }: Machine) => join(directory, 'config.json');

/** A profile with a port that is none. */
async function wrongPort(machine: Machine): Promise<string> {
  const tenant = await signedIn(machine);
  await machine.run(['profile', 'set', 'port', '8400']);
  writeFileSync(
    profilesOf(machine),
    readFileSync(profilesOf(machine), 'utf8').replace('8400', '84000'),
  );
  return tenant;
}

/** A later certificate than the one that is set, as far as the record knows. */
async function certifiedLater(machine: Machine): Promise<string> {
  const tenant = await certified(machine);
  const later = readFileSync(profilesOf(machine), 'utf8')
    .replace(/"notAfter": ?"2027/, '"notAfter": "2029')
    .replace(/"fingerprint": ?"./, '"fingerprint": "0');
  writeFileSync(profilesOf(machine), later);
  return tenant;
}

/** A session that an administrator has ended at the tenant. */
async function ended(machine: Machine): Promise<string> {
  const tenant = await signedIn(machine);
  const { session } = JSON.parse(readFileSync(profilesOf(machine), 'utf8')).profiles.default;
  for (const token of [session.accessToken, session.refreshToken]) {
    const body = new URLSearchParams({ token, client_id: 'mfa-cli' });
    await fetch(`${tenant}/OAuth2/Revoke/mfa-cli`, { method: 'POST', body });
  }
  return tenant;
}

const tenant = { MFA_CLI_TENANT: 'https://abc1234.id.cyberark.cloud' };
const client = { ...tenant, MFA_CLI_CLIENT_ID: 'ci@acme' };
const given = { ...tenant, ...secretPassword, MFA_CLI_TOKEN: 'an-opaque-token' };
const secret: World = { env: secretPassword };
const [good, key] = ['%01-default-aes256', 'com.example.lab'];
const refusedBy = (error: string, error_description: string): World => ({
  env: { MFA_CLI_CLIENT_ID: 'ci@acme', MFA_CLI_CLIENT_SECRET: 'hunter2hunter2' },
  answer: [400, { error, error_description }],
});

/** Misspelled, or lacking something. */
const slips = `
logn
apns statsu
apns get
fleet calendar
help apns sett
set
renew
status
aps
help aps
help renew
apns list
apns remove
profile delete
apns sett --help
aps --help
apns help set
apns set --pasword x
login --tenant a.example --port abc
profile set port abc
whoami --timeout soon
apns inspect a.p12 --p12 b.p12
help whoamii
help enviroment
help apns set extra
help environment extra
apns set --pasword-file x
login --profil acme
whoami --p12 x
api /Security/WhoAmI
apns set x --fail-on info
apns set x --environment prod
completion powershel
profile set tennant x
apns set x --warn-days soon
apns set --password hunter2hunter2
profile use x
fleet status --out x.pdf
push send nope.json
apns delete one --client-app-key two
doctor --profile nosuch
login
whoami --tenant https//abc1234.id.cyberark.cloud
whoami --profile nosuch --json --quiet
--version --json
fleet plan --file nope.yaml
logout --profile nope
doctor --profile nope
app check docs
emulator --port 0 --apns-ca ${good}`;

/** Command lines that somebody gets wrong. `%` is a .p12 of the fixtures, `@` a file of test/fixtures/apple. */
const lines: readonly (readonly [line: string, world?: World])[] = [
  ...slips
    .trim()
    .split('\n')
    .map((line) => [line] as const),
  ...[
    'profile use acme',
    'profile remove acme',
    'profile show acme',
    'whoami --profile defualt',
  ].map((line) => [line, { before: signedIn }] as const),

  // What the environment of a pipeline lacks.
  ...['MFA_CLI_CLIENT_SECRET', 'MFA_CLI_CLIENT_SECRET_FILE', 'MFA_CLI_TOKEN'].map(
    (name) => ['whoami', { env: { ...client, [name]: '' } }] as const,
  ),
  ['whoami', { env: { MFA_CLI_TOKEN: 'an-opaque-token', MFA_CLI_TENANT: '' } }],
  ['whoami', { env: { ...client, CI: 'true' } }],
  ['whoami', { env: { MFA_CLI_CLIENT_ID: 'ci@acme' } }],
  ['apns set', { env: { ...given, MFA_CLI_P12_BASE64: '' } }],
  ['apns set', { env: { MFA_CLI_TENANT: '', MFA_CLI_CLIENT_SECRET: '', MFA_CLI_P12_BASE64: '' } }],
  ['apns set', { env: given }],
  [`apns set ${good}`, { env: { CI: 'true' } }],
  [`apns set ${good}`, { env: { ...tenant, MFA_CLI_TOKEN: 'an-opaque-token' } }],
  [`apns set ${good}`, { env: { ...given, MFA_CLI_P12_PASSWORD: '' } }],
  ...Object.entries({ TIMEOUT: 'abc', PORT: '0', STORE: 'xyz', TENANT: 'a b' }).map(
    ([name, value]) => ['login', { env: { ...tenant, [`MFA_CLI_${name}`]: value } }] as const,
  ),
  ['login', { before: wrongPort }],
  ['profile list', { env: { MFA_CLI_TENNANT: 'acme' } }],
  ['profile list', { env: { MFA_CLI_COLOUR: 'no' } }],

  // Nobody is signed in, or no longer.
  [`apns set ${good}`, { env: { ...secretPassword, ...tenant } }],
  [
    `apns set ${good} --tenant other.example.com --profile default`,
    { ...secret, before: signedIn },
  ],
  [
    `apns set ${good} --client-app-key ${key} --no-verify`,
    { env: { ...secretPassword, ...tenant }, answers: [false] },
  ],
  [`apns set ${good}`, { ...secret, before: ended }],
  [
    `apns set ${good} --client-app-key ${key} --no-verify`,
    { ...secret, before: ended, answers: [false] },
  ],
  ['whoami --min-ttl 2d', { before: signedIn, now: new Date() }],
  ['whoami', refusedBy('access_denied', 'invalid client creds or client not allowed')],
  ['whoami', refusedBy('invalid_request', 'unknown app')],
  ['whoami', refusedBy('invalid_scope', 'unknown scope requested')],

  ['apns status', { env: { MFA_CLI_PROFILE: 'rehersal' }, before: certified }],

  // What takes something away asks first.
  ['apns delete --yes', { before: certified }],
  [`apns delete --client-app-key ${key}`, { before: certified }],
  [
    `apns delete --client-app-key ${key}`,
    { before: certified, answers: ['com.example', 'com.exmple'] },
  ],
  ['profile remove default', { before: signedIn, answers: [false] }],

  // Files that are no .p12, cannot be opened, or should not be set.
  ...[
    '@aps.cer',
    '%40-pem-cert',
    '@key.pem',
    '%40-pem-bundle',
    '%40-p8-key-pem',
    '%40-csr-der',
  ].map((file) => [`apns inspect ${file}`, secret] as const),
  ...['%40-base64-of-p12', '%40-jks', '%40-html', '/etc/passwd', '%40-empty'].map(
    (file) => [`apns inspect ${file}`, secret] as const,
  ),
  ...['hello', 'hell', 'zzz', '/etc/push.p12'].map(
    (text) => ['apns inspect', { env: { MFA_CLI_P12_BASE64: text } }] as const,
  ),
  ['apns inspect', { env: { MFA_CLI_P12: 'nope.p12' } }],
  [
    'apns verify --topic com.example.app',
    { env: { MFA_CLI_P8: 'nope.p8', MFA_CLI_KEY_ID: 'ABCDE12345', MFA_CLI_TEAM_ID: 'ABCDE12345' } },
  ],
  ['whoami --ca-file nope.pem', { env: given }],
  // A command in a hint goes where the user's own command went.
  ['whoami --profile default --tenant a.example --client-id me', { before: signedIn }],
  [`apns inspect ${good}`, { env: { MFA_CLI_P12_PASSWORD: 'secret ' } }],
  [`apns inspect ${good}`, { answers: ['no', 'nor this', 'nor that'] }],
  // A path that may be the password itself is not named.
  ...['nope.txt', 'certs/push.secret', 'tangerine', 'tange/rine'].map(
    (path) => [`apns inspect ${good} --password-file ${path}`] as const,
  ),
  ...['%30-exp', '%30-voip', '%30-dist'].map(
    (file) => [`apns set ${file}`, { ...secret, answers: [] }] as const,
  ),
  [
    `apns set %30-dev --client-app-key ${key} --no-verify`,
    { ...secret, before: certified, answers: [false] },
  ],
  [`apns set %30-dev --client-app-key ${key} --fail-on warning`, { ...secret, before: certified }],
  [`apns set ${good} --client-app-key ${key}`, { ...secret, before: certifiedLater }],
  [`apns convert ${good} --out ${good}`, secret],
];

const folders = { '%': p12Path('').slice(0, -4), '@': applePath('') };

/** The command line with what it sets and what is answered, its exit code, and all that is told. */
async function told(line: string, { before, answer, ...options }: World = {}): Promise<string> {
  const machine = createMachine();
  const at = (await before?.(machine)) ?? (answer && (await startAnswering(answerJson(...answer))));
  const env = { ...options.env, ...(answer === undefined ? {} : { MFA_CLI_TENANT: at ?? '' }) };
  const argv = line
    .split(' ')
    .map((word) =>
      word
        .replace(/^%(.*)/, (_, name) => p12Path(name))
        .replace(/^@(.+)/, (_, name) => applePath(name)),
    );
  const { exitCode, stdout, stderr } = await machine.run(argv, { ...options, env });
  const text = stripVTControlCharacters(stderr + stdout)
    // A busy machine takes long enough that a spinner turns.
    .replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] [^\n]*?…?(?=✗|✓|!|\n)/g, '')
    .replaceAll(folders['%'], '%')
    .replaceAll(folders['@'], '@')
    .replaceAll(at ?? '\0', 'TENANT')
    .replaceAll(at?.replace('http://', '') ?? '\0', 'TENANT')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\dZ/g, 'MOMENT');
  const variables = Object.entries(options.env ?? {}).map(([name, value]) => `${name}='${value}' `);
  const world = [
    before?.name,
    answer && JSON.stringify(answer),
    options.answers && JSON.stringify(options.answers),
  ];
  const told = world.filter((one) => one !== undefined).map((one) => `, ${one}`);
  return `$ ${variables.join('')}mfa-cli ${line}\n${exitCode}${told.join('')}\n${text}`;
}

test('what is told of a mistake', async () => {
  const all: string[] = [];
  for (const [line, world] of lines) all.push(await told(line, world));
  await expect(all.join('\n')).toMatchFileSnapshot('../golden/mistakes.txt');
});

test('doctor tells of a slip of a variable', async () => {
  const all = await told('doctor --timeout 1', {
    env: { MFA_CLI_TENNANT: 'acme', MFA_CLI_PORT: '18499' },
  });
  const words = 'mfa-cli does not read the variable MFA_CLI_TENNANT; did you mean MFA_CLI_TENANT?';
  expect(all).toMatch(`mfa-cli doctor --timeout 1\n0\nmfa-cli: warning: ${words}\n`);
  expect(all).toContain(`! ${words} [variables]\n`);
  expect(all).toContain('`mfa-cli help environment` lists the variables.');
});
