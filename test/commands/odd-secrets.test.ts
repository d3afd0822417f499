import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explainOddities } from '../../src/errors/secret-oddities.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { testCases } from '../support/cases.ts';
import { createMachine, type RunOptions } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { answerJson, startAnswering } from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const windows1252 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What an editor, a shell or a secret store makes of a secret. */
const kinds: Readonly<Record<string, (secret: string) => string | Buffer>> = {
  'a byte-order mark': (secret) => `\ufeff${secret}\r\n`,
  'UTF-16': (secret) => utf16(`\ufeff${secret}\r\n`),
  'UTF-16, big-endian': (secret) => utf16(`\ufeff${secret}\r\n`).swap16(),
  'UTF-16 without a mark': (secret) => utf16(`${secret}\r\n`),
  'UTF-16, big-endian, without a mark': (secret) => utf16(`${secret}\r\n`).swap16(),
  'Windows-1252': (secret) => windows1252(`${secret.replace('c', 'ç')}\r\n`),
  quotes: (secret) => `"${secret}"\n`,
  'a second line': (secret) => `${secret}\nthe password of the push certificate\n`,
  'an empty line': (secret) => `${secret}\n\n`,
  'a line break': (secret) => `${secret}\n`,
  'blanks at the end': (secret) => `${secret}  \n`,
  'all at once': (secret) => `\ufeff "${secret}"\nold: hunter2\n`,
  'nothing odd, but another secret': () => 'hunter2\n',
  'nothing but a byte-order mark': () => '\ufeff\r\n',
  'nothing but that of UTF-16': () => utf16('\ufeff\r\n'),
  'nothing but line breaks': () => '\n\n',
};
const made = (kind: string, secret: string): string | Buffer =>
  kinds[kind]?.(secret) ?? expect.fail(kind);

/** The password of the .p12, and of a key. */
const [password, keyPassword] = ['pässwörd', 'hunter2c'];
const p12 = p12Path('22-pw-latin1');

function fileOf(content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), 'secret.txt');
  writeFileSync(path, content);
  return path;
}

const oddities = [
  'byte-order-mark',
  'not-utf-8',
  'quotes',
  'lines',
  'line-break',
  'blanks',
] as const;
/** `SOURCE: ODDITY` for the sentence of one; null for another sentence. test/golden/secret-oddities.txt has them in words. */
function oddityIn(sentence: string): string | null {
  for (const kind of oddities) {
    const [words = ''] = explainOddities({ secretSource: '', oddities: [kind] });
    const [source = '', end] = sentence.split(words);
    if (end === '' || end === '.') return `${source}: ${kind}`;
  }
  return null;
}

/** The hints of all lines that name nothing odd. */
const otherHints: string[] = [];

/**
 * The exit code of a line, its error, what is odd, and the options and variables of each other hint. A person is told the same.
 * Nothing that is printed holds four neighboring characters of a password, however they are written.
 */
async function told(
  argv: readonly string[],
  options: RunOptions = {},
): Promise<readonly unknown[]> {
  const { exitCode, stdout, stderr } = await createMachine().run([...argv, '--json'], options);
  const shown = (stdout + stderr).replaceAll('\0', '');
  const pieces = [password, keyPassword, 'hunter2ç'].flatMap((secret) =>
    Array.from(secret.slice(3), (_, index) => secret.slice(index, index + 4)),
  );
  expect(pieces.filter((piece) => shown.includes(piece))).toEqual([]);
  expect(shown).not.toContain('\ufffd');
  const { error } = JSON.parse(stdout);
  const warnings = stderr.match(/(?<=^mfa-cli: warning: ).*/gm) ?? [];
  if (error == null) return [exitCode, ...warnings.map((each) => oddityIn(each) ?? each)];
  const { code, message, hints } = error;
  expect(warnings).toEqual([]);
  const lines = [`error: ${message}`, ...hints.map((hint: string) => `hint: ${hint}`)];
  expect(stderr).toBe(lines.map((line) => `mfa-cli: ${line}\n`).join(''));
  const odd = hints.map(oddityIn).filter((each: string | null) => each !== null);
  // What is odd is said before anything else.
  expect(hints.map(oddityIn).slice(0, odd.length)).toEqual(odd);
  const others = hints.slice(odd.length).map((hint: string) => {
    otherHints.push(hint);
    return (hint.match(/--[\w-]+|MFA_CLI_\w+/g) ?? ['a hint']).join(' ');
  });
  return [exitCode, code, ...odd, ...others];
}

const inspect = ['apns', 'inspect', p12];
const pack = ['apns', 'pack', '--cert', applePath('aps.cer'), '--key'];
const key = (name: string) => [...pack, applePath(name), '--out', '/nonexistent/cert.p12'];
const converting = ['apns', 'convert', p12Path('01-default-aes256'), '--password-file'];
/** Makes a .p12 with a new password, which opens it. */
async function making(words: readonly string[], file: string) {
  const out = join(temporaryDirectory(), 'new.p12');
  const said = await told([...words, '--out', out, '--new-password-file', file]);
  const opened = await createMachine().run(['apns', 'inspect', out, '--password-file', file]);
  return [...said, ...(said[0] === 0 ? [`opened: ${opened.exitCode}`] : [])];
}
const service = async (
  variables: (secret: string) => Record<string, string>,
  command = 'whoami',
) => {
  const { emulator } = await startTenant();
  const { user, password } = emulator.serviceUser;
  const env = { MFA_CLI_CLIENT_ID: user, ...variables(password) };
  return told([command, '--tenant', emulator.url], { env });
};

testCases('commands/odd-secrets', {
  'the password of a .p12 by a file': async (kind: string) =>
    told([...inspect, '--password-file', fileOf(made(kind, password))]),
  'by standard input': async (kind: string) =>
    told([...inspect, '--password-file', '-'], { stdin: made(kind, password) }),
  'by a variable': async (kind: string) =>
    told(inspect, { env: { MFA_CLI_P12_PASSWORD: String(made(kind, password)) } }),
  'that opens it: a .p12 and its password': async (name: string, content: string) =>
    told(['apns', 'inspect', p12Path(name), '--password-file', fileOf(content)]),
  'the password of a key by a file': async (kind: string) =>
    told([...key('key-pbes2.pem'), '--key-password-file', fileOf(made(kind, keyPassword))]),
  'a key by a variable': async (kind: string) =>
    told(key('key-pbes2.pem'), { env: { MFA_CLI_KEY_PASSWORD: String(made(kind, keyPassword)) } }),
  'a client secret by a file': async (kind: string) => {
    const variables = (secret: string) => ({
      MFA_CLI_CLIENT_SECRET_FILE: fileOf(made(kind, secret)),
    });
    const who = await service(variables);
    expect(await service(variables, 'login')).toEqual(who);
    return who;
  },
  'a client secret by a variable': async (kind: string) =>
    service((secret) => ({ MFA_CLI_CLIENT_SECRET: String(made(kind, secret)) })),
  'an access token by a variable': async (kind: string, command = 'whoami') => {
    const { emulator } = await startTenant();
    const env = { MFA_CLI_TOKEN: String(made(kind, 'an-opaque-token')).trim() };
    return told([...command.split(' '), '--tenant', emulator.url], { env });
  },
  'a new password by a file': async (kind: string) => {
    const file = fileOf(made(kind, keyPassword));
    const packing = [...pack, applePath('key.pem')];
    const first = await making([...converting, fileOf('secret')], file);
    expect(await making([...converting, fileOf('secret'), '--encryption', 'legacy'], file)).toEqual(
      first,
    );
    return [...first, ...(await making(packing, file))];
  },
  'by a variable, of a request and of a .p12': async (kind: string) => {
    const secret = String(made(kind, keyPassword));
    const request = [
      'apns',
      'request',
      '--bundle-id',
      'com.example.app',
      '--team-id',
      'A1B2C3D4E5',
    ];
    return [
      await told([...request, '--out', temporaryDirectory()], {
        env: { MFA_CLI_KEY_PASSWORD: secret },
      }),
      await told([...pack, applePath('key.pem'), '--out', join(temporaryDirectory(), 'new.p12')], {
        env: { MFA_CLI_P12_PASSWORD: secret },
      }),
    ];
  },
  'and the other hints in words, of a password, a key and a client secret': (words: string) =>
    otherHints.find((hint) => hint.includes(words)),
});

test('a client secret in quotes is said nothing of where the scope is wrong', async () => {
  const url = await startAnswering(answerJson(400, { error: 'invalid_scope' }));
  const env = { MFA_CLI_CLIENT_SECRET: '"hunter2"' };
  const { exitCode, stderr } = await createMachine().run(['whoami', '--tenant', url], { env });
  expect([exitCode, stderr]).toEqual([5, expect.stringContaining(': invalid_scope\n')]);
  expect(stderr).not.toContain('quotes');
});

test.skipIf(isMissing('openssl')).each(['modern', 'legacy'])(
  'a new password that is no UTF-8 is the bytes of its file, in %s encryption for OpenSSL as well',
  async (encryption) => {
    const [file, other] = [fileOf(windows1252('äää')), fileOf(windows1252('ööö'))];
    const out = join(temporaryDirectory(), 'new.p12');
    const words = ['--encryption', encryption, '--new-password-file', file, '--out', out];
    await createMachine().run([...pack, applePath('key.pem'), ...words]);
    const openssl = ['pkcs12', '-in', out, '-noout', '-passin', `file:${file}`];
    execFileSync('openssl', openssl, { stdio: 'pipe' });
    const opened = await createMachine().run(['apns', 'inspect', out, '--password-file', other]);
    expect(opened.exitCode).toBe(3);
  },
);
