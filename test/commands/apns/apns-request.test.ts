import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { settingsOf, shareTenant } from '../../support/tenant.ts';
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
    // A key is never replaced: the earlier one has another name.
    const aside = readdirSync(directory).filter((name) =>
      name.startsWith('com.example.app.key.pem.replaced-'),
    );
    expect(aside.map((name) => readFileSync(join(directory, name), 'utf8'))).toEqual(
      taken === 'key' ? ['precious'] : [],
    );
    expect(aside.map((name) => mode(join(directory, name)))).toEqual(aside.map(() => 0o600));
    expect(readFileSync(files.csr, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
  });

  test.each([
    ['the request', 'com.example.app.certSigningRequest', []],
    ['the certificate for practice', 'com.example.app.practice.cer', ['--practice']],
    ['the .p12 for practice', 'com.example.app.practice.p12', ['--practice']],
  ])('replaces nothing where %s cannot be replaced', async (_what, name, more) => {
    const { directory } = newDirectory();
    const argv = [...words, '--out', directory, ...more];
    await createMachine().run([...argv, '--no-encrypt'], { env });
    const contentOf = () =>
      readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [entry.name, readFileSync(join(directory, entry.name), 'latin1')]);
    rmSync(join(directory, name));
    mkdirSync(join(directory, name));
    const before = contentOf();
    const { exitCode, stdout } = await createMachine().run([...argv, '--force', '--json'], { env });
    expect([exitCode, JSON.parse(stdout).error.message]).toEqual([3, expect.stringContaining(name)]);
    expect(contentOf()).toEqual(before);
  });

  test.skipIf(process.platform === 'win32')('uses no folder that others may write to', async () => {
    const { directory } = newDirectory();
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    const { exitCode, stdout } = await createMachine().run([...words, '--out', directory, '--json'], { env });
    const message = `${directory} can be written by others`;
    expect([exitCode, JSON.parse(stdout).error]).toMatchObject([3, { message }]);
    expect(readdirSync(directory)).toEqual([]);
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

describe('apns request --practice', () => {
  const signedIn = shareTenant();
  const p12In = (directory: string) => join(directory, 'com.example.app.practice.p12');
  const keyIn = (directory: string) => join(directory, 'com.example.app.practice.key.pem');

  test('makes a .p12 that a tenant on this machine takes, with the password that was given', async () => {
    const { directory } = newDirectory();
    const variables = { MFA_CLI_P12_PASSWORD: password };
    const argv = [...words, '--out', directory, '--practice', '--json'];
    const { exitCode, stdout } = await createMachine().run(argv, { env: variables });
    const { practice, next, request } = JSON.parse(stdout);
    const certificate = join(directory, 'com.example.app.practice.cer');
    // Nothing that Apple would take.
    expect(request).toBeNull();
    expect([exitCode, practice]).toEqual([0, { certificate, p12: p12In(directory), password: null }]);
    expect(next.join()).not.toContain('apple.com');
    expect(readdirSync(directory).map((file) => mode(join(directory, file)))).toEqual(Array(3).fill(0o600));
    const encrypted = { key: readFileSync(keyIn(directory)), passphrase: password };
    expect(new X509Certificate(readFileSync(certificate)).checkPrivateKey(createPrivateKey(encrypted))).toBe(
      true,
    );
    const { machine, emulator } = await signedIn();
    const inspected = await machine.run(['apns', 'inspect', p12In(directory), '--json'], { env: variables });
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      certificate: {
        kind: 'apple-push-services',
        bundleId: 'com.example.app',
        teamId: 'A1B2C3D4E5',
        daysLeft: 395,
      },
      findings: [{ code: 'issuer-not-apple' }, { code: 'encryption-modern' }],
      ok: true,
    });
    const told = await machine.run(['apns', 'inspect', p12In(directory)], { env: variables });
    expect(told.stdout).toContain('✓ This file can be set at a tenant on this machine only, with 1 warning.');
    for (const words of ['inspect', 'verify --fail-on warning', 'set --dry-run'])
      expect(
        (await machine.run(['apns', ...words.split(' '), p12In(directory)], { env: variables })).stdout,
      ).toContain(
        '! This is a practice certificate: only a tenant on this machine takes it. [issuer-not-apple]',
      );
    const set = await machine.run(['apns', 'set', p12In(directory)], { env: variables });
    expect([set.exitCode, await settingsOf(emulator)]).toMatchObject([
      0,
      { 'com.example.app_APNSTopic': 'com.example.app' },
    ]);
  });

  test.each([
    ['the password of the .p12', {}, password],
    ['its own password', { MFA_CLI_KEY_PASSWORD: 'of-the-key-alone' }, 'of-the-key-alone'],
  ])('gives the key %s', async (_what, variables, passphrase) => {
    const { directory } = newDirectory();
    const env = { MFA_CLI_P12_PASSWORD: password, ...variables };
    await createMachine().run([...words, '--out', directory, '--practice'], { env });
    expect(createPrivateKey({ key: readFileSync(keyIn(directory)), passphrase }).type).toBe('private');
  });

  test('tells no password that opens a key with one of its own', async () => {
    const { directory } = newDirectory();
    const argv = [...words, '--out', directory, '--practice', '--json'];
    const { stdout } = await createMachine().run(argv, { env });
    const made = JSON.parse(stdout).practice.password;
    const opened = (passphrase: string) =>
      createPrivateKey({ key: readFileSync(keyIn(directory)), passphrase }).type;
    expect([made.length > 8, opened(password)]).toEqual([true, 'private']);
    expect(() => opened(made)).toThrow();
  });

  test('takes a password that is set to nothing for an empty one, as apns pack does', async () => {
    const { directory } = newDirectory();
    const argv = [...words, '--out', directory, '--practice', '--json'];
    const { exitCode, stdout } = await createMachine().run(argv, { env: { MFA_CLI_P12_PASSWORD: '' } });
    const message = 'The new password in MFA_CLI_P12_PASSWORD is empty: the private key would be unprotected';
    expect([exitCode, JSON.parse(stdout).error.message]).toEqual([2, message]);
  });

  test('leaves the files of a real request alone', async () => {
    const { directory, key, csr } = newDirectory();
    await createMachine().run([...words, '--out', directory], { env });
    const contents = () => [key, csr].map((path) => readFileSync(path, 'utf8'));
    const before = contents();
    const { exitCode } = await createMachine().run([...words, '--out', directory, '--practice', '--force'], {
      env,
    });
    expect([exitCode, contents(), readdirSync(directory).length]).toEqual([0, before, 5]);
  });

  test('tells the password that it makes where nobody gives one', async () => {
    const { directory } = newDirectory();
    const machine = createMachine();
    const { exitCode, stdout } = await machine.run([...words, '--out', directory, '--practice']);
    const [, made = ''] = /\.p12 \(for practice, password (\S+)\)$/m.exec(stdout) ?? [];
    const opened = await machine.run(['apns', 'inspect', p12In(directory)], {
      env: { MFA_CLI_P12_PASSWORD: made },
    });
    expect([exitCode, opened.exitCode]).toEqual([0, 0]);
    const again = await machine.run([...words, '--out', directory, '--practice', '--json']);
    expect(JSON.parse(again.stdout).error.code).toBe('file-exists');
  });

  test.each(['', ' --force', ' --force --yes'])('is for no tenant elsewhere, as apns set%s', async (more) => {
    const { directory } = newDirectory();
    const env = { MFA_CLI_P12_PASSWORD: password, MFA_CLI_TOKEN: 'a-token' };
    const machine = createMachine();
    await machine.run([...words, '--out', directory, '--practice', '--no-encrypt'], { env });
    const line = `apns set --tenant tenant.invalid${more}`;
    const set = [...line.split(' '), p12In(directory)];
    const { exitCode, stdout } = await machine.run([...set, '--json'], { env });
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([4, { sent: false }]);
    expect(JSON.parse(stdout).findings[0]).toMatchObject({ code: 'practice-certificate', level: 'error' });
    const text = (await machine.run(set, { env })).stdout;
    expect([text.includes('[practice-certificate]'), text.includes('Give --force')]).toEqual([true, false]);
  });

  test('is for no tenant of a fleet elsewhere', async () => {
    const { directory } = newDirectory();
    const env = { MFA_CLI_P12_PASSWORD: password };
    const machine = createMachine();
    await machine.run([...words, '--out', directory, '--practice'], { env });
    const file = join(directory, 'fleet.yaml');
    const tenants = ['http://127.0.0.1:9', 'https://tenant.invalid'].map(
      (url, index) => `  t${index}: { tenant: '${url}', certificate: app, sign-in: { profile: x } }\n`,
    );
    const app = `{ p12: '${p12In(directory)}', password: { env: MFA_CLI_P12_PASSWORD } }`;
    writeFileSync(file, `version: 1\ncertificates:\n  app: ${app}\ntenants:\n${tenants.join('')}`);
    const argv = ['fleet', 'plan', '--trust', '--file', file, '--force', '--json'];
    const plan = JSON.parse((await machine.run(argv, { env })).stdout);
    expect(plan).not.toHaveProperty('error');
    expect(plan.tenants).toMatchObject([
      { name: 't0', action: 'set' },
      { name: 't1', action: 'blocked', findings: [{ code: 'practice-certificate' }, {}, {}] },
    ]);
  });
});
