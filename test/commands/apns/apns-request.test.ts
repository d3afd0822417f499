import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const words = ['apns', 'request', '--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5'];
const password = 'pässwörd 🔑';
const env = { MFA_CLI_KEY_PASSWORD: password };
const mode = (path: string) => statSync(path).mode & 0o777;

/** A directory that is not there yet, and what is written into it. */
function newDirectory() {
  const directory = join(temporaryDirectory(), 'push');
  return {
    directory,
    key: join(directory, 'com.example.app.key.pem'),
    csr: join(directory, 'com.example.app.certSigningRequest'),
  };
}

describe('apns request', () => {
  test('reports, as JSON, what it made and what comes next', async () => {
    const { directory, key, csr } = newDirectory();
    const argv = [...words, '--email', 'admin@example.com', '--out', directory, '--json'];
    const { exitCode, stdout, stderr } = await createMachine().run(argv, { env });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain(password);
    const [cer, p12] = [join(directory, 'aps.cer'), join(directory, 'com.example.app.p12')];
    expect(JSON.parse(stdout)).toEqual({
      bundleId: 'com.example.app',
      teamId: 'A1B2C3D4E5',
      key: { file: key, type: 'RSA', bits: 2048, encrypted: true },
      request: { file: csr, subject: 'CN=com.example.app,OU=A1B2C3D4E5,emailAddress=admin@example.com' },
      next: [
        'Sign in at https://developer.apple.com/account, open Certificates, Identifiers & Profiles > Certificates and press +.',
        'Choose Apple Push Notification service SSL (Sandbox & Production), then the App ID com.example.app.',
        `Upload ${csr}, and download the certificate as ${cer}.`,
        `Run \`mfa-cli apns pack --cert ${cer} --key ${key} --out ${p12}\`.`,
        `Run \`mfa-cli apns set --p12 ${p12}\`.`,
      ],
    });
    expect([directory, key, csr].map(mode)).toEqual([0o700, 0o600, 0o600]);
    expect(readdirSync(directory)).toHaveLength(2);
  });

  test('tells a person the same, with paths that a shell takes', async () => {
    const directory = join(temporaryDirectory(), "an app's");
    const { stdout } = await createMachine().run([...words, '--out', directory], { env });
    const [cer, key, p12] = ['aps.cer', 'com.example.app.key.pem', 'com.example.app.p12'].map(
      (name) => `'${join(directory, name).replaceAll("'", "'\\''")}'`,
    );
    const lines = stdout.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      `✓ Wrote ${directory}/com.example.app.key.pem (private key, RSA 2048, encrypted)`,
      `✓ Wrote ${directory}/com.example.app.certSigningRequest (certificate request for CN=com.example.app,OU=A1B2C3D4E5)`,
      '',
      'Next',
    ]);
    expect(lines.slice(-3)).toEqual([
      `  4. Run \`mfa-cli apns pack --cert ${cer} --key ${key} --out ${p12}\`.`,
      `  5. Run \`mfa-cli apns set --p12 ${p12}\`.`,
      '',
    ]);
  });

  test.skipIf(isMissing('openssl'))('writes what OpenSSL verifies and decrypts', async () => {
    const { directory, key, csr } = newDirectory();
    const passwordFile = join(temporaryDirectory(), 'password.txt');
    writeFileSync(passwordFile, `${password}\r\n`);
    await createMachine().run([...words, '--out', directory, '--new-password-file', passwordFile]);
    writeFileSync(passwordFile, password);
    const openssl = (...argv: string[]) => execFileSync('openssl', argv, { encoding: 'utf8', stdio: 'pipe' });
    const subject = openssl('req', '-in', csr, '-verify', '-noout', '-subject', '-nameopt', 'RFC2253');
    expect(subject).toContain('subject=OU=A1B2C3D4E5,CN=com.example.app\n');
    const ofKey = openssl('pkey', '-in', key, '-passin', `file:${passwordFile}`, '-pubout');
    expect(openssl('req', '-in', csr, '-noout', '-pubkey')).toBe(ofKey);
    expect(openssl('asn1parse', '-in', key)).toMatch(/PBES2[\s\S]*PBKDF2[\s\S]*aes-256-cbc/);
  });

  test('leaves the key without a password where that is asked for', async () => {
    const { directory, key } = newDirectory();
    const argv = [...words, '--out', directory, '--no-encrypt', '--json'];
    const { exitCode, stdout } = await createMachine().run(argv);
    expect([exitCode, JSON.parse(stdout).key.encrypted]).toEqual([0, false]);
    const pem = readFileSync(key, 'utf8');
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    expect([asymmetricKeyType, asymmetricKeyDetails?.modulusLength]).toEqual(['rsa', 2048]);
    expect(stdout).not.toContain('PRIVATE KEY');
    expect(mode(key)).toBe(0o600);
  });

  test.each(['key', 'csr'] as const)('writes nothing where the name of the %s is taken', async (taken) => {
    const { directory, ...files } = newDirectory();
    mkdirSync(directory);
    writeFileSync(files[taken], 'precious');
    const argv = [...words, '--out', directory];
    // Before a password is asked for.
    const { exitCode, stdout } = await createMachine().run([...argv, '--json'], { env: {} });
    const message = `${files[taken]} already exists`;
    expect([exitCode, JSON.parse(stdout).error]).toMatchObject([2, { code: 'file-exists', message }]);
    expect(readdirSync(directory)).toHaveLength(1);
    expect(readFileSync(files[taken], 'utf8')).toBe('precious');
    expect((await createMachine().run([...argv, '--force'], { env })).exitCode).toBe(0);
    expect(readFileSync(files.key, 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
    expect(readFileSync(files.csr, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
  });

  test('leaves no key behind without its request', async () => {
    const directory = temporaryDirectory();
    // The longest name of a file has 255 bytes: that of the key fits, that of the request does not.
    const bundleId = `com.${'a'.repeat(236)}`;
    const argv = ['apns', 'request', '--bundle-id', bundleId, '--team-id', 'A1B2C3D4E5', '--out', directory];
    const { exitCode, stdout } = await createMachine().run([...argv, '--json'], { env });
    expect([exitCode, JSON.parse(stdout).error.code, readdirSync(directory)]).toEqual([
      3,
      'file-unwritable',
      [],
    ]);
  });
});

describe('apns request asks', () => {
  const option = { env: {} };
  const questions = ['Password of the new key:', 'Password of the new key, again:'];

  test('for all that is missing', async () => {
    const { directory, key } = newDirectory();
    const answers = ['com.example.app', 'A1B2C3D4E5', directory, 'typed-password', 'typed-password'];
    const result = await createMachine().run(['apns', 'request'], { ...option, answers });
    expect([result.exitCode, result.questions]).toEqual([
      0,
      [
        'Bundle ID of the app:',
        'Team ID of the Apple developer account:',
        'Directory for the key and the request:',
        ...questions,
      ],
    ]);
    const pem = readFileSync(key, 'utf8');
    expect(createPrivateKey({ key: pem, passphrase: 'typed-password' }).type).toBe('private');
  });
});

describe('apns request makes', () => {
  test('a directory below others that are not there yet', async () => {
    const root = temporaryDirectory();
    const { exitCode } = await createMachine().run([...words, '--out', join(root, 'a/b')], { env });
    expect([exitCode, readdirSync(join(root, 'a/b')).length]).toEqual([0, 2]);
    expect(['a', 'a/b'].map((name) => mode(join(root, name)))).toEqual([0o700, 0o700]);
  });
});
