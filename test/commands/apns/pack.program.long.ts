import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseBinaryOnTerminal } from '../../../src/commands/apns/p12/make-p12.ts';
import { children, parse } from '../../../src/pkcs12/asn1.ts';
import { readEncryption } from '../../../src/pkcs12/encryption.ts';
import { decodePem } from '../../../src/pkcs12/pem.ts';
import { readPushIdentity } from '../../../src/pkcs12/push-identity.ts';
import { Secret } from '../../../src/text/secret.ts';
import { applePath } from '../../support/apple-fixtures.ts';
import { createMachine } from '../../support/context.ts';
import { isThorough } from '../../support/patience.ts';
import { cleanEnvironment, runProgram } from '../../support/process.ts';
import { answerRequest } from '../../support/push-authority.ts';
import { app } from '../../support/renewal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const [p12Password, typed] = ['pack-password', 'pässwörd 🔑'];
const own = { MFA_CLI_P12_PASSWORD: p12Password };
const names = 'com.example.app';

const openssl = (...argv: string[]) =>
  execFileSync('openssl', argv, { encoding: 'utf8', stdio: 'pipe' });
const newFile = (name = 'cert.p12') => join(temporaryDirectory(), name);
const pack = (out: string, ...words: readonly string[]) => [
  ...['apns', 'pack', '--cert', applePath('aps.cer'), '--key', applePath('key.pem'), '--out', out],
  ...words,
];

test('apns pack reads from stdin, and gives the bytes to stdout', async () => {
  const machine = createMachine();
  const out = newFile();
  const stdin = readFileSync(applePath('aps.cer'));
  expect((await machine.run(pack(out, '--cert', '-'), { env: own, stdin })).exitCode).toBe(0);
  const { stdout } = await machine.run(pack('-', '--json'), { env: own });
  const { out: file, content, fingerprint } = JSON.parse(stdout);
  writeFileSync(out, Buffer.from(content, 'base64'));
  const inspected = JSON.parse(
    (await machine.run(['apns', 'inspect', out, '--json'], { env: own })).stdout,
  );
  expect([file, inspected.ok, inspected.fingerprint]).toEqual([null, true, fingerprint]);
  const raw = await machine.run(pack('-'), { env: own });
  expect([raw.exitCode, raw.stdout.slice(0, 1), raw.stdout.includes('✓')]).toEqual([0, '0', false]);
  expect(raw.stderr).toMatch(/^mfa-cli: warning: The issuer is not known as one of Apple's: .*\n$/);
  const refused = await machine.run(pack('-'), { env: own, terminalOutput: true });
  expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
});

test.skipIf(isMissing('openssl')).each(['modern', 'legacy'])(
  'apns pack writes a %s .p12 that OpenSSL and keytool open',
  async (encryption) => {
    const out = newFile();
    const argv = pack(out, '--encryption', encryption, '--json');
    const { exitCode, stdout } = await createMachine().run(argv, { env: own });
    expect([exitCode, JSON.parse(stdout).encryption]).toEqual([0, encryption]);
    // Without `-legacy`: 3DES is of the default provider.
    const words = ['pkcs12', '-in', out, '-passin', `pass:${p12Password}`, '-noenc'];
    const pem = openssl(...words);
    expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    expect(pem).toContain('friendlyName: Apple Push Services: com.example.app');
    const [key = ''] = pem.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/) ?? [];
    const original = createPrivateKey(readFileSync(applePath('key.pem')));
    expect(createPrivateKey(key).equals(original)).toBe(true);
    expect(openssl(...words, '-legacy')).toBe(pem);
    if (!isThorough || isMissing('keytool')) return;
    const list = ['-J-Xshare:auto', '-list', '-v', '-storetype', 'PKCS12', '-keystore', out];
    const told = execFileSync('keytool', [...list, '-storepass', p12Password], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(told).toMatch(/Your keystore contains 1 entry[\s\S]*Entry type: PrivateKeyEntry/);
    expect(told).toContain('Certificate chain length: 1');
    expect(told).toMatch(/Certificate\[1\]:\nOwner:.*CN=Apple Push Services: com\.example\.app/);
  },
);

/** The files of a request into a new directory. */
function requestedIn(directory = join(temporaryDirectory(), 'push')) {
  const [key, csr, p12] = ['key.pem', 'certSigningRequest', 'p12'].map((end) =>
    join(directory, `${names}.${end}`),
  );
  return {
    key: key ?? '',
    csr: csr ?? '',
    p12: p12 ?? '',
    argv: ['apns', 'request', ...app, '--out', directory],
    directory,
  };
}

test.skipIf(isMissing('openssl'))(
  'apns request writes what OpenSSL verifies and decrypts',
  async () => {
    const { key, csr, argv } = requestedIn();
    const passwordFile = newFile('password.txt');
    writeFileSync(passwordFile, `${typed}\r\n`);
    await createMachine().run([...argv, '--new-password-file', passwordFile]);
    writeFileSync(passwordFile, typed);
    const subject = openssl(
      'req',
      '-in',
      csr,
      '-verify',
      '-noout',
      '-subject',
      '-nameopt',
      'RFC2253',
    );
    expect(subject).toContain('subject=OU=A1B2C3D4E5,CN=com.example.app\n');
    const ofKey = openssl('pkey', '-in', key, '-passin', `file:${passwordFile}`, '-pubout');
    expect(openssl('req', '-in', csr, '-noout', '-pubkey')).toBe(ofKey);
    expect(openssl('asn1parse', '-in', key)).toMatch(/PBES2[\s\S]*PBKDF2[\s\S]*aes-256-cbc/);
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey({
      key: readFileSync(key),
      passphrase: typed,
    });
    expect([asymmetricKeyType, asymmetricKeyDetails?.modulusLength]).toEqual(['rsa', 2048]);
  },
);

test.skipIf(isMissing('openssl'))('from request to set, the way that the steps tell', async () => {
  const machine = createMachine();
  const env = { MFA_CLI_KEY_PASSWORD: 'request-password', MFA_CLI_P12_PASSWORD: p12Password };
  const run = async (argv: readonly string[]) => {
    const { exitCode, stdout } = await machine.run([...argv, '--json'], { env });
    expect(exitCode).toBe(0);
    return JSON.parse(stdout);
  };
  const { argv, csr, p12, directory } = requestedIn();
  const { next } = await run(argv);
  answerRequest(csr, join(directory, 'aps.cer'));
  const [pack = [], set = []] = next
    .flatMap((step: string) => [...step.matchAll(/`mfa-cli (.*)`/g)])
    .map(([, line = '']: string[]) => line.split(' '));
  const { out, certificate, findings } = await run(pack);
  expect(out).toBe(p12);
  expect(await run(['apns', 'inspect', out])).toMatchObject({ certificate, findings, ok: true });
  const { fingerprint } = certificate;
  expect(await run([...set, '--dry-run'])).toMatchObject({
    topic: names,
    fingerprint,
    sent: false,
    findings,
  });
});

// Of the built program: the tests have a lower count.
test.each(isThorough ? ['modern', 'legacy'] : ['legacy'])(
  'the password of a new .p12 is costly to guess: %s',
  async (encryption) => {
    const out = newFile();
    const argv = pack(out, '--encryption', encryption);
    expect(await runProgram(argv, cleanEnvironment(own))).toMatchObject({ exitCode: 0 });
    const file = { name: 'new.p12', bytes: readFileSync(out) };
    const { container } = await readPushIdentity(file, new Secret(p12Password));
    expect(container.iterations).toEqual({ highest: 100_000, total: 300_000 });
  },
);

test('the password of a new key is as costly to guess', async () => {
  const { argv, key } = requestedIn();
  const env = cleanEnvironment({ MFA_CLI_KEY_PASSWORD: 'secret' });
  expect(await runProgram(argv, env)).toMatchObject({ exitCode: 0 });
  const [block = expect.unreachable()] = decodePem(readFileSync(key));
  const { iterations } = readEncryption(children(parse(block.der))[0]);
  expect(iterations).toBe(100_000);
});

test('binary output is refused on a terminal, except with --json', () => {
  const refuse = (isTTY: boolean | undefined, json: boolean) => () =>
    refuseBinaryOnTerminal({
      terminal: { streams: { stdout: { isTTY } }, flags: { json } },
    } as never);
  for (const [isTTY, json] of [
    [true, true],
    [false, false],
    [undefined, false],
  ] as const)
    expect(refuse(isTTY, json)).not.toThrow();
  const error = { code: 'usage', facts: { option: '--out FILE' } };
  expect(refuse(true, false)).toThrow(expect.objectContaining(error));
});
