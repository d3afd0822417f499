import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine, type RunOptions } from '../support/context.ts';
import { openEmulator } from '../support/emulator.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { answerJson, startAnswering } from '../support/http.ts';
import { isThorough, patience } from '../support/patience.ts';
import { cleanEnvironment, finish, shellCommand } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { signIn } from '../support/tenant.ts';

const unhurried = { timeout: 120_000 * patience };

/** A folder and a profile, not the current one, whose names no shell takes as they are. */
const folder = join(temporaryDirectory(), "it's a dir");
const profile = "it's another";
/** The folder of the built program, as a command of its own. */
const programs = temporaryDirectory();
const current = 'default';

type Machine = ReturnType<typeof createMachine>;

interface Given extends Pick<RunOptions, 'env' | 'answers' | 'now'> {
  /** What was done on the machine before. */
  readonly before?: (machine: Machine) => Promise<void>;
  /** What the tenant of `--tenant` answers to every request. */
  readonly answer?: readonly [status: number, body: object];
}

let emulator: Emulator;

/** The profile has a session. */
async function signedIn(machine: Machine): Promise<void> {
  await signIn(emulator, machine, profile);
}

/** The profile has a session that has ended at the tenant. */
async function ended(machine: Machine): Promise<void> {
  await signedIn(machine);
  changeProfile(machine, ({ session }) => Object.assign(session, { accessToken: 'no-such-token' }));
}

/** The profile has a port that is none. */
async function wrongPort(machine: Machine): Promise<void> {
  await signedIn(machine);
  changeProfile(machine, ({ settings }) => Object.assign(settings, { port: '84000' }));
}

interface StoredProfile {
  readonly session: object;
  readonly settings: object;
}

function changeProfile({ directory }: Machine, change: (stored: StoredProfile) => void): void {
  const path = join(directory, 'config.json');
  const document = JSON.parse(readFileSync(path, 'utf8'));
  change(document.profiles[profile]);
  writeFileSync(path, JSON.stringify(document), { mode: 0o600 });
}

const elsewhere = 'https://abc1234.id.cyberark.cloud';
const named = `--tenant ${elsewhere}`;
const client = { MFA_CLI_TENANT: elsewhere, MFA_CLI_CLIENT_ID: 'ci@acme' };
const token = { MFA_CLI_TENANT: elsewhere, MFA_CLI_TOKEN: 'an-opaque-token' };
const secret: Given = { env: secretPassword };
const refusedBy = (error: string, error_description: string): Given => ({
  env: { MFA_CLI_CLIENT_ID: 'ci@acme', MFA_CLI_CLIENT_SECRET: 'hunter2hunter2' },
  answer: [400, { error, error_description }],
});
const refusing = (Message: string): Given => ({
  env: { ...secretPassword, MFA_CLI_TOKEN: 'an-opaque-token' },
  answer: [200, { success: false, Result: null, Message, MessageID: null }],
});

/** Misspelled, or lacking something. */
const slips = `
logn
apns statsu
fleet calendar
help apns sett
set
status
aps
help aps
profile delete
help whoamii
apns set --pasword x
login --tenant a.example --port abc
profile set port abc
whoami --timeout soon
apns inspect a.p12 --p12 b.p12
help apns set extra
login --profil acme
api /Security/WhoAmI
apns set x --environment prod
completion powershel
profile set tennant x
apns set --password hunter2hunter2
apns set --token hunter2hunter2
profile use x
fleet status --out x.pdf
push send nope.json
apns delete one --client-app-key two
login
whoami
whoami ${named}
whoami ${named} --client-id me
whoami --json --quiet
fleet plan --file nope.yaml
logout
doctor
doctor --tenant http://127.0.0.1:9
app check %
app check docs
apns verify %good.p12 --apns-host 127.0.0.1:9
apns set %good.p12
apns set %good.p12 ${named}
device answer --approve ${named}
device list ${named}
`;

/** Command lines that somebody gets wrong. `%` is the folder. */
const lines: readonly (readonly [line: string, given?: Given])[] = [
  ...slips
    .trim()
    .split('\n')
    .map((line) => [line] as const),
  ['whoami', { before: ended }],
  ['whoami --min-ttl 2d', { before: signedIn, now: new Date() }],
  ['device answer --approve', { before: signedIn }],
  ['login', { before: wrongPort }],
  ['doctor', { before: signedIn }],
  ['whoami', { env: client }],
  ['whoami', { env: { ...client, MFA_CLI_CLIENT_SECRET: '' } }],
  ['whoami', refusedBy('access_denied', 'invalid client creds or client not allowed')],
  ['whoami', refusedBy('invalid_request', 'unknown app')],
  ['whoami', refusedBy('invalid_scope', 'unknown scope requested')],
  ['apns set %good.p12', { env: { ...secretPassword, MFA_CLI_TENANT: elsewhere } }],
  [
    'apns set %good.p12 --no-verify',
    { env: secretPassword, before: ended, answers: ['com.example.lab', false] },
  ],
  ['apns set %good.p12', { env: { ...token, MFA_CLI_P12_PASSWORD: '' } }],
  ['apns set %good.p12', refusing('The specified network password is not correct.')],
  ['apns set %iterations.p12', refusing('The iteration count is over the limit of PKCS12.')],
  ['apns set %good.p12', { ...refusing('no'), answer: [401, {}] }],
  ...['aps.cer', 'key.pem', 'bundle.pem', 'p8.pem', 'request.csr', 'text.b64', 'page.html'].map(
    (file) => [`apns inspect %${file}`, secret] as const,
  ),
  ...['expired.p12', 'legacy.p12', 'no-mac.p12', 'good.p12'].map(
    (file) => [`apns inspect %${file}`, secret] as const,
  ),
  ['apns inspect %empty.p12', { env: { MFA_CLI_P12_PASSWORD: '' } }],
  ['apns inspect', { env: { MFA_CLI_P12: `${folder}/key.pem` } }],
  ['apns inspect', { env: { MFA_CLI_P12_BASE64: 'hell' } }],
  ['apns inspect %good.p12 --password-file nope.txt'],
  ['apns inspect %good.p12', { env: { MFA_CLI_P12_PASSWORD: 'secret ' } }],
  ['apns pack --cert %good.p12 --key %key.pem --out %new.p12'],
  ['apns convert %good.p12 --out %good.p12', secret],
  ['fleet plan --file %nope.yaml'],
  ['fleet plan --file %broken.yaml'],
  ['fleet apply --file %fleet.yaml --yes'],
];

/** The files of the folder. */
const files: Readonly<Record<string, string>> = {
  'good.p12': p12Path('01-default-aes256'),
  'iterations.p12': p12Path('18-iter-600k'),
  'expired.p12': p12Path('30-exp'),
  'legacy.p12': p12Path('02-legacy-rc2-3des'),
  'no-mac.p12': p12Path('15-nomac'),
  'empty.p12': p12Path('21-emptypw'),
  'aps.cer': applePath('aps.cer'),
  'key.pem': applePath('key.pem'),
  'bundle.pem': p12Path('40-pem-bundle'),
  'p8.pem': p12Path('40-p8-key-pem'),
  'request.csr': p12Path('40-csr-der'),
  'text.b64': p12Path('40-base64-of-p12'),
  'page.html': p12Path('40-html'),
};

/** A file that belongs to nobody else, and needs trust all the same. */
const fleet = `version: 1
tenants:
  acme: { tenant: a.example, certificate: null, client-app-key: k, sign-in: { profile: p } }
`;

beforeAll(async () => {
  const script = `#!/bin/sh\nexec ${shellCommand} "$@"\n`;
  writeFileSync(join(programs, 'mfa-cli'), script, { mode: 0o755 });
  mkdirSync(folder);
  for (const [name, source] of Object.entries(files)) copyFileSync(source, join(folder, name));
  writeFileSync(join(folder, 'fleet.yaml'), fleet, { mode: 0o600 });
  writeFileSync(join(folder, 'broken.yaml'), 'version: 2\n', { mode: 0o600 });
  emulator = await openEmulator();
});
afterAll(() => emulator.close());

/** A machine with the profiles; only the current one has a tenant. */
function openMachine(): Machine {
  const machine = createMachine(join(temporaryDirectory(), 'mfa-cli'));
  const empty = { settings: {}, session: null, certificates: [] };
  const settings = { tenant: 'https://current.example' };
  const profiles = { [current]: { ...empty, settings }, [profile]: empty };
  mkdirSync(machine.directory, { mode: 0o700 });
  writeFileSync(join(machine.directory, 'config.json'), JSON.stringify({ current, profiles }), {
    mode: 0o600,
  });
  return machine;
}

/** What of a command line its hints must repeat. */
interface InPlay {
  readonly file: string | null;
  readonly tenant: string | null;
}

interface Printed {
  readonly command: string;
  readonly line: string;
  readonly inPlay: InPlay;
}

/** The commands that the hints of a command line print. */
async function printedBy(line: string, given: Given = {}): Promise<readonly Printed[]> {
  const { before, answer, ...options } = given;
  const machine = openMachine();
  await before?.(machine);
  const at = answer === undefined ? [] : ['--tenant', await startAnswering(answerJson(...answer))];
  const words = line.split(' ').map((word) => word.replace(/^%/, `${folder}/`));
  const argv = [...words, ...at, '--profile', profile, '--json'];
  const { stdout } = await machine.run(argv, options);
  const inPlay = {
    file: words.find((word) => word.startsWith(folder)) ?? options.env?.MFA_CLI_P12 ?? null,
    tenant: argv[argv.indexOf('--tenant') + 1 || Number.NaN] ?? options.env?.MFA_CLI_TENANT ?? null,
  };
  return hintsIn(JSON.parse(stdout))
    .flatMap((hint) => [...hint.matchAll(/`((?:mfa-cli|openssl base64) [^`]*)`/g)])
    .map(([, command = '']) => ({ command, line, inPlay }))
    .filter(({ command }) => !command.includes('<command>'));
}

/** Every `hint` and each of the `hints` of a document. */
function hintsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === 'hint' && typeof each === 'string') return [each];
    return key === 'hints' ? (each as readonly string[]) : hintsIn(each);
  });
}

/** As a shell passes them on. */
async function wordsOf(commands: readonly string[]): Promise<readonly (readonly string[])[]> {
  const lines = commands.map((command) => `printf '%s\\0' ${command}; printf '\\n\\0'`);
  const { stdout } = await inShell(lines.join('\n'), {});
  const ends = stdout.split('\n\0').slice(0, -1);
  return ends.map((words) => words.split('\0').slice(0, -1));
}

/** Runs a line in the folder, with `mfa-cli` in PATH. */
function inShell(line: string, env: Readonly<Record<string, string>>) {
  const child = spawn('sh', ['-c', line], {
    cwd: folder,
    env: { ...env, PATH: `${programs}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return finish(child);
}

const printed: Printed[] = [];

test('hints print commands', unhurried, async () => {
  for (const [line, given] of lines) printed.push(...(await printedBy(line, given)));
  const commands = new Set(printed.map(({ command }) => command));
  expect(commands.size).toBeGreaterThan(30);
});

/** Commands that connect to the tenant, and those that read the file. */
const connecting =
  /^mfa-cli (?!.*--help$)(login|whoami|api|bootstrap|apns (renew|prove)|device (enroll|listen)) ?/;
const reading = /^(mfa-cli apns (convert|inspect|pack)|openssl base64) /;
/** The certificate is still to come, or it came in a variable: no hint is about a file. */
const withoutFile = ['apns inspect %request.csr', 'apns inspect'];

test('they name the file, the tenant and the profile that were in play', async () => {
  const everyWords = await wordsOf(printed.map(({ command }) => command));
  expect(everyWords).toHaveLength(printed.length);
  for (const [index, { command, line, inPlay }] of printed.entries()) {
    const words = everyWords[index] ?? [];
    const pairs = words.map((word, at) => `${word} ${words[at + 1]}`);
    const told = `${line}: ${command}`;
    if (connecting.test(command)) expect(pairs, told).toContain(`--profile ${profile}`);
    if (connecting.test(command) && inPlay.tenant !== null)
      expect(pairs, told).toContain(`--tenant ${inPlay.tenant}`);
    if (reading.test(command) && inPlay.file !== null && !withoutFile.includes(line))
      expect(words, told).toContain(inPlay.file);
  }
});

/** How many programs run at once. */
const crowd = 4;

// Every command that a test prints is parsed, in support/printed-commands.ts.
test.runIf(isThorough)(
  'they can be pasted: none is wrong usage of the command line',
  unhurried,
  async () => {
    const commands = [...new Set(printed.map(({ command }) => command))];
    const own = commands.filter((command) => command.startsWith('mfa-cli '));
    // Nothing leaves the machine, and nobody waits for a browser.
    const env = {
      ...cleanEnvironment(),
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1',
      MFA_CLI_TIMEOUT: '1',
    };
    const paste = async (command: string): Promise<void> => {
      const { stdout, stderr } = await inShell(`${command} --json`, env);
      expect(stderr, command).not.toMatch(/hint: See `mfa-cli .*--help`/);
      expect(() => JSON.parse(stdout), command).not.toThrow();
    };
    while (own.length > 0) await Promise.all(own.splice(0, crowd).map(paste));
  },
);
