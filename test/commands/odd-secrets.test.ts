import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine, type RunResult } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { answerJson, startAnswering } from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

/** The password of the .p12. */
const password = 'pässwörd';
const p12 = p12Path('22-pw-latin1');

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const windows1252 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What an editor, a shell or a secret store makes of a secret, and what is said of it. */
const markSaid = 'starts with a byte-order mark, which is part of the secret. Save it as UTF-8 without one';
const utf16Said = 'is UTF-16, as some Windows programs write text. Save it as UTF-8';
const nulSaid = 'contains NUL bytes, as UTF-16 without a byte-order mark does. Save it as UTF-8';
const quotesSaid =
  'has quotes around its value, which are part of the secret. Remove them unless they belong to it';
const lineSaid = 'ends with a line break, which is part of the secret. Remove it';
const kinds: readonly (readonly [name: string, make: (secret: string) => string | Buffer, said: string])[] = [
  ['a byte-order mark', (secret) => `\ufeff${secret}\r\n`, markSaid],
  ['UTF-16', (secret) => utf16(`\ufeff${secret}\r\n`), utf16Said],
  ['UTF-16, big-endian', (secret) => utf16(`\ufeff${secret}\r\n`).swap16(), utf16Said],
  ['UTF-16 without a mark', (secret) => utf16(`${secret}\r\n`), nulSaid],
  ['UTF-16, big-endian, without a mark', (secret) => utf16(`${secret}\r\n`).swap16(), nulSaid],
  [
    'Windows-1252',
    (secret) => windows1252(`${secret.replace('c', 'ç')}\r\n`),
    'is not UTF-8 (it may be Windows-1252). Save it as UTF-8',
  ],
  ['quotes', (secret) => `"${secret}"\n`, quotesSaid],
  [
    'a second line',
    (secret) => `${secret}\nthe password of the push certificate\n`,
    'has several lines, which are all part of the secret. Keep only the one you mean',
  ],
  ['an empty line', (secret) => `${secret}\n\n`, lineSaid],
  [
    'blanks at the end',
    (secret) => `${secret}  \n`,
    'starts or ends with a space or an invisible character, which is part of the secret',
  ],
];
const odd = kinds.map(([name, make, said]) => ({ name, make, said }));
const ofVariables = odd.filter(({ make }) => typeof make('') === 'string');
/** Where all kinds are told apart elsewhere: one of them, bytes and text. */
const some = odd.filter(({ name }) => ['UTF-16', 'Windows-1252', 'quotes'].includes(name));

function fileOf(content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), 'secret.txt');
  writeFileSync(path, content);
  return path;
}

/** Exit code, stdout and stderr, which hold no four neighboring characters of any password here, however they are written. */
function streamsOf({ exitCode, stdout, stderr }: RunResult): readonly [number, string, string] {
  const shown = (stdout + stderr).replaceAll('\0', '');
  const pieces = [password, 'hunter2c', 'hunter2ç'].flatMap((secret) =>
    Array.from(secret.slice(3), (_, index) => secret.slice(index, index + 4)),
  );
  expect(pieces.filter((piece) => shown.includes(piece))).toEqual([]);
  expect(shown).not.toContain('\ufffd');
  return [exitCode, stdout, stderr];
}

const refusal = (message: string, ...hints: readonly string[]): string =>
  [`error: ${message}`, ...hints.map((hint) => `hint: ${hint}`)].map((line) => `mfa-cli: ${line}\n`).join('');

describe('a password that does not open a .p12', () => {
  const notOpened = `The password does not open ${p12}, or the file is damaged: the two cannot be told apart`;
  const inPart = `The password is the one of ${p12}, but does not decrypt all of it: a part has another password or is damaged`;
  const usual = 'Leading and trailing spaces count. Use the password set when the file was exported.';

  test.each(odd)('by a file with $name', async ({ name, make, said }) => {
    const argv = ['apns', 'inspect', p12, '--password-file', fileOf(make(password))];
    const hints = [`The file of --password-file ${said}.`, usual];
    // The bytes are taken as they are: of a MAC they make the same characters, and of the rest others.
    const message = name === 'Windows-1252' ? inPart : notOpened;
    expect(streamsOf(await createMachine().run(argv))).toEqual([3, '', refusal(message, ...hints)]);
    const { stdout, exitCode } = await createMachine().run([...argv, '--json']);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'pkcs12-password-incorrect', message, hints, exitCode: 3 },
    });
    expect(exitCode).toBe(3);
  });

  test('by standard input', async () => {
    const argv = ['apns', 'inspect', p12, '--password-file', '-'];
    const result = await createMachine().run(argv, { stdin: `\ufeff${password}` });
    expect(streamsOf(result)).toEqual([3, '', refusal(notOpened, `Standard input ${markSaid}.`, usual)]);
  });

  const broken = { name: 'a line break', make: (secret: string) => `${secret}\n`, said: lineSaid };
  test.each([...ofVariables, broken])('by a variable with $name', async ({ make, said }) => {
    const env = { MFA_CLI_P12_PASSWORD: String(make(password)) };
    const { exitCode, stdout, stderr } = await createMachine().run(['apns', 'inspect', p12], { env });
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`mfa-cli: hint: MFA_CLI_P12_PASSWORD ${said}.\n`);
  });

  test('tells every oddity of one file', async () => {
    const file = fileOf(`\ufeff "${password}"\nold: hunter2\n`);
    const { stderr } = await createMachine().run(['apns', 'inspect', p12, '--password-file', file]);
    expect(stderr.match(/^mfa-cli: hint: The file of --password-file .*$/gm)).toHaveLength(4);
  });

  test('has no more to it where nothing is odd', async () => {
    const argv = ['apns', 'inspect', p12, '--password-file', fileOf('hunter2\n')];
    expect(streamsOf(await createMachine().run(argv))).toEqual([3, '', refusal(notOpened, usual)]);
  });
});

test.each([
  ['22-pw-latin1', 'pässwörd\r\n'],
  ['22-pw-spaces-quotes', ' a"b\'c$ \n'],
])('a password that opens %s is said nothing of', async (name, content) => {
  const argv = ['apns', 'inspect', p12Path(name), '--password-file', fileOf(content)];
  const { exitCode, stderr } = await createMachine().run(argv);
  expect([exitCode, stderr]).toEqual([0, '']);
});

describe('a password that does not decrypt a key', () => {
  const pack = ['apns', 'pack', '--cert', applePath('aps.cer'), '--out', '/nonexistent/cert.p12'];
  const usual = "Provide the key's password with --key-password-file FILE or in MFA_CLI_KEY_PASSWORD.";

  test.each(some)('by a file with $name', async ({ make, said }) => {
    for (const key of ['key-pbes2.pem', 'key-header.pem']) {
      const argv = [...pack, '--key', applePath(key), '--key-password-file', fileOf(make('hunter2c'))];
      const message = `The password does not decrypt ${applePath(key)}, or the file is damaged`;
      const hints = [`The file of --key-password-file ${said}.`, usual];
      expect(streamsOf(await createMachine().run(argv))).toEqual([3, '', refusal(message, ...hints)]);
    }
  });

  test('by a variable with quotes', async () => {
    const env = { MFA_CLI_KEY_PASSWORD: '"hunter2c"' };
    const argv = [...pack, '--key', applePath('key-pbes2.pem')];
    const { exitCode, stderr } = await createMachine().run(argv, { env });
    const hint = `mfa-cli: hint: MFA_CLI_KEY_PASSWORD ${quotesSaid}.\n`;
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(hint)]);
  });
});

describe('a client secret that the tenant refuses', () => {
  test.each(some)('of a file with $name', async ({ make, said }) => {
    const { emulator } = await startTenant();
    const { user, password: secret } = emulator.serviceUser;
    const env = { MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET_FILE: fileOf(make(secret)) };
    for (const command of ['whoami', 'login']) {
      const result = await createMachine().run([command, '--tenant', emulator.url], { env });
      const [exitCode, stdout, stderr] = streamsOf(result);
      expect([exitCode, stdout]).toEqual([5, '']);
      expect(stderr).toContain(`refused the token request: `);
      expect(stderr).toContain(`mfa-cli: hint: The file in MFA_CLI_CLIENT_SECRET_FILE ${said}.\n`);
    }
  });

  test('of a variable in quotes', async () => {
    const { emulator } = await startTenant();
    const { user, password: secret } = emulator.serviceUser;
    const env = { MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET: `'${secret}'` };
    const { exitCode, stderr } = await createMachine().run(['whoami', '--tenant', emulator.url], { env });
    expect([exitCode, stderr]).toEqual([5, expect.stringContaining('MFA_CLI_CLIENT_SECRET has quotes')]);
  });

  test('but for the scope is said nothing of', async () => {
    const url = await startAnswering(answerJson(400, { error: 'invalid_scope' }));
    const env = { MFA_CLI_CLIENT_SECRET: '"hunter2"' };
    const { exitCode, stderr } = await createMachine().run(['whoami', '--tenant', url], { env });
    expect([exitCode, stderr]).toEqual([5, expect.stringContaining(': invalid_scope\n')]);
    expect(stderr).not.toContain('quotes');
  });
});

test('an access token in quotes that the tenant does not accept is said to be', async () => {
  const { emulator } = await startTenant();
  const env = { MFA_CLI_TOKEN: '"an-opaque-token"' };
  const { exitCode, stderr } = await createMachine().run(['whoami', '--tenant', emulator.url], { env });
  expect([exitCode, stderr]).toEqual([5, expect.stringContaining('MFA_CLI_TOKEN has quotes')]);
});

describe('the password of something new', () => {
  const convert = (out: string) => [
    ...['apns', 'convert', p12Path('01-default-aes256'), '--password-file', fileOf('secret')],
    ...['--out', out],
  ];
  const pack = (out: string) => [
    ...['apns', 'pack', '--cert', applePath('aps.cer'), '--key', applePath('key.pem'), '--out', out],
  ];

  test.each(some)('in a file with $name is warned of, and opens what was made', async ({ make, said }) => {
    const file = fileOf(make('hunter2c'));
    for (const [of, encryption] of [
      [convert, 'modern'],
      [convert, 'legacy'],
      [pack, 'modern'],
    ] as const) {
      const out = join(temporaryDirectory(), 'new.p12');
      const argv = [...of(out), '--encryption', encryption, '--new-password-file', file];
      const [exitCode, , stderr] = streamsOf(await createMachine().run(argv));
      expect([exitCode, stderr]).toEqual([0, `mfa-cli: warning: The file of --new-password-file ${said}\n`]);
      const inspect = ['apns', 'inspect', out, '--password-file', file];
      expect((await createMachine().run(inspect)).exitCode).toBe(0);
    }
  });

  test.skipIf(isMissing('openssl')).each(['modern', 'legacy'])(
    'that is no UTF-8 is the bytes of its file, in %s encryption for OpenSSL too',
    async (encryption) => {
      const [file, other] = [fileOf(windows1252('äää')), fileOf(windows1252('ööö'))];
      const out = join(temporaryDirectory(), 'new.p12');
      await createMachine().run([...pack(out), '--encryption', encryption, '--new-password-file', file]);
      const words = ['pkcs12', '-in', out, '-noout', '-passin', `file:${file}`];
      execFileSync('openssl', words, { stdio: 'pipe' });
      const inspect = ['apns', 'inspect', out, '--password-file', other];
      expect((await createMachine().run(inspect)).exitCode).toBe(3);
    },
  );

  test('in a variable, and of a key, is warned of', async () => {
    const of = async (argv: readonly string[], env: Record<string, string>) => {
      const { exitCode, stderr } = await createMachine().run(argv, { env });
      return [exitCode, stderr];
    };
    const request = ['apns', 'request', '--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5'];
    expect(
      await of([...request, '--out', temporaryDirectory()], { MFA_CLI_KEY_PASSWORD: '"hunter2"' }),
    ).toEqual([0, `mfa-cli: warning: MFA_CLI_KEY_PASSWORD ${quotesSaid}\n`]);
    const out = join(temporaryDirectory(), 'new.p12');
    const ends = expect.stringMatching(/^mfa-cli: warning: MFA_CLI_P12_PASSWORD ends/);
    expect(await of(pack(out), { MFA_CLI_P12_PASSWORD: 'hunter2\n' })).toEqual([0, ends]);
  });

  test.each([
    ['nothing but a byte-order mark', '\ufeff\r\n'],
    ['nothing but that of UTF-16', utf16('\ufeff\r\n')],
    ['nothing but line breaks', '\n\n'],
  ])('is not %s', async (_name, content) => {
    const out = join(temporaryDirectory(), 'new.p12');
    const { exitCode, stderr } = await createMachine().run([
      ...pack(out),
      '--new-password-file',
      fileOf(content),
    ]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('The new password is empty')]);
  });
});
