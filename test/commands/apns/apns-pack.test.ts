import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applePath } from '../../support/apple-fixtures.ts';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { isThorough } from '../../support/patience.ts';
import { answerRequest } from '../../support/push-authority.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const password = 'pack-password';
const keyPassword = readFileSync(applePath('password.txt'), 'utf8').trim();
const env = { MFA_CLI_P12_PASSWORD: password };
const newFile = (name = 'cert.p12') => join(temporaryDirectory(), name);

/** `apns pack` of the certificate with its key, unless told otherwise. */
function packArgv({ cert = 'aps.cer', key = 'key.pem', out = newFile() } = {}): string[] {
  const path = (name: string) => (name.includes('/') || name === '-' ? name : applePath(name));
  return ['apns', 'pack', '--cert', path(cert), '--key', path(key), '--out', out];
}

const run = (argv: readonly string[], options: RunOptions = { env }) =>
  createMachine().run([...argv, '--json'], options);

async function inspect(path: string) {
  const { stdout } = await run(['apns', 'inspect', path]);
  return JSON.parse(stdout);
}

describe('apns pack', () => {
  test('writes a file of mode 0600 that holds what it reports', async () => {
    const out = newFile();
    const { exitCode, stdout, stderr } = await run(packArgv({ out }));
    expect([exitCode, stderr]).toEqual([0, '']);
    const { file, ...inspected } = await inspect(out);
    expect(JSON.parse(stdout)).toEqual({ out, content: null, encryption: 'modern', ...inspected });
    expect(inspected).toMatchObject({
      certificate: { kind: 'apple-push-services', bundleId: 'com.example.app', teamId: 'A1B2C3D4E5' },
      container: { encryption: ['PBES2-AES-256-CBC'], keys: 1, certificates: 1 },
      ok: true,
    });
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test('tells a person what it packed', async () => {
    const out = newFile();
    const { exitCode, stdout } = await createMachine().run(packArgv({ out }), { env });
    const inspected = await createMachine().run(['apns', 'inspect', out], { env });
    expect([exitCode, stdout]).toEqual([
      0,
      inspected.stdout.replace(
        /^✓ This file can be set, with 1 warning\.\n/,
        `✓ Wrote ${out} (certificate and private key)\n`,
      ),
    ]);
  });

  test.each(['aps.cer', 'aps.pem', 'bags.pem', 'aps.cer and a line break'])('takes %s', async (file) => {
    const [cert, out] = [newFile('aps'), newFile()];
    const [name = '', more] = file.split(' and ');
    const bytes = readFileSync(applePath(name));
    writeFileSync(cert, more === undefined ? bytes : Buffer.concat([bytes, Buffer.from('\r\n')]));
    expect((await run(packArgv({ cert, out }))).exitCode).toBe(0);
    const { fingerprint256 } = new X509Certificate(readFileSync(applePath('aps.cer')));
    const { certificate } = await inspect(out);
    expect(certificate.fingerprint).toBe(fingerprint256.replaceAll(':', '').toLowerCase());
  });

  const keys = ['key.der', 'key-pkcs1.pem', 'bags.pem', 'key-pbes2.pem', 'key-3des.pem', 'key-header.pem'];
  test.each(keys)('takes the key of %s', async (key) => {
    const out = newFile();
    const encrypted = /pbes2|3des|header/.test(key);
    const variables = encrypted ? { ...env, MFA_CLI_KEY_PASSWORD: keyPassword } : env;
    const { exitCode, stdout, stderr } = await run(packArgv({ key, out }), { env: variables });
    expect([exitCode, JSON.parse(stdout).findings]).toEqual([0, (await inspect(out)).findings]);
    expect(stdout + stderr).not.toContain(keyPassword);
  });

  test('takes both passwords from files, and one of the inputs from stdin', async () => {
    const [out, newPasswordFile] = [newFile(), newFile('password.txt')];
    writeFileSync(newPasswordFile, `${password}\n`);
    const passwords = ['--key-password-file', applePath('password.txt'), '--new-password-file'];
    const { exitCode } = await run(
      [...packArgv({ cert: '-', key: 'key-pbes2.pem', out }), ...passwords, newPasswordFile],
      { stdin: readFileSync(applePath('aps.cer')), env: { MFA_CLI_P12_PASSWORD: 'not-this-one' } },
    );
    expect([exitCode, (await inspect(out)).ok]).toEqual([0, true]);
  });

  test('gives the bytes to stdout', async () => {
    const argv = [...packArgv({ out: '-' }), '--json'];
    const { exitCode, stdout } = await createMachine().run(argv, { env });
    const { out, content } = JSON.parse(stdout);
    const file = newFile();
    writeFileSync(file, Buffer.from(content, 'base64'));
    expect([exitCode, out, (await inspect(file)).ok]).toEqual([0, null, true]);
    const raw = await createMachine().run(packArgv({ out: '-' }), { env });
    expect([raw.exitCode, raw.stdout.slice(0, 1), raw.stdout.includes('✓')]).toEqual([0, '0', false]);
    expect(raw.stderr).toMatch(/^mfa-cli: warning: The issuer is not a known Apple authority: .*\n$/);
    const refused = await createMachine().run(packArgv({ out: '-' }), { env, terminalOutput: true });
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
  });

  test('never writes over another file', async () => {
    const out = newFile();
    writeFileSync(out, 'precious');
    // Before a password is asked for.
    const refused = await run(packArgv({ out }), { env: {} });
    expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([2, 'file-exists']);
    expect(readFileSync(out, 'utf8')).toBe('precious');
    expect((await run([...packArgv({ out }), '--force'])).exitCode).toBe(0);
    expect((await inspect(out)).ok).toBe(true);
  });
});

describe('apns pack puts the chain', () => {
  const names = ['Laboratory Worldwide Developer Relations Certification Authority', 'Laboratory Root CA'];
  const chain = (...files: string[]) => files.flatMap((name) => ['--chain', applePath(name)]);

  test.skipIf(isMissing('openssl')).each([
    ['issuer by issuer, however it is given', chain('chain.pem'), names],
    ['from two files', chain('root.pem', 'authority.cer'), names],
    [
      'once, and without the certificate itself',
      chain('authority.cer', 'authority.cer', 'aps.pem'),
      names.slice(0, 1),
    ],
  ])('%s', async (_name, options, expected) => {
    const out = newFile();
    expect((await run([...packArgv({ out }), ...options])).exitCode).toBe(0);
    const argv = ['pkcs12', '-in', out, '-passin', `pass:${password}`, '-nokeys', '-cacerts'];
    const text = execFileSync('openssl', argv, { encoding: 'utf8', stdio: 'pipe' });
    expect([...text.matchAll(/^subject=CN=([^,]+)/gm)].map(([, name]) => name)).toEqual(expected);
  });
});

describe('what apns pack writes opens', () => {
  const withChain = ['--chain', applePath('chain.pem')];

  describe.each(['modern', 'legacy'])('%s', (encryption) => {
    async function packed(): Promise<string> {
      const out = newFile();
      const argv = [...packArgv({ out }), ...withChain, '--encryption', encryption];
      const { exitCode, stdout } = await run(argv);
      expect([exitCode, JSON.parse(stdout).encryption]).toEqual([0, encryption]);
      return out;
    }

    test.skipIf(isMissing('openssl'))('with OpenSSL', async () => {
      // Without `-legacy`: 3DES is of the default provider.
      const argv = ['pkcs12', '-in', await packed(), '-passin', `pass:${password}`, '-noenc'];
      const pem = execFileSync('openssl', argv, { encoding: 'utf8', stdio: 'pipe' });
      expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
      expect(pem).toContain('friendlyName: Apple Push Services: com.example.app');
      const [key = ''] = pem.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/) ?? [];
      const original = createPrivateKey(readFileSync(applePath('key.pem')));
      expect(createPrivateKey(key).equals(original)).toBe(true);
      const legacy = execFileSync('openssl', [...argv, '-legacy'], { encoding: 'utf8', stdio: 'pipe' });
      expect(legacy).toBe(pem);
    });

    test.runIf(isThorough && !isMissing('keytool'))('with keytool', async () => {
      const argv = ['-list', '-v', '-storetype', 'PKCS12', '-keystore', await packed()];
      const text = execFileSync('keytool', ['-J-Xshare:auto', ...argv, '-storepass', password], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
      expect(text).toContain('Your keystore contains 1 entry');
      expect(text).toContain('Entry type: PrivateKeyEntry');
      expect(text).toContain('Certificate chain length: 3');
      expect(text).toMatch(/Certificate\[1\]:\nOwner:.*CN=Apple Push Services: com\.example\.app/);
    });
  });
});

describe('apns pack writes nothing', () => {
  test('with another key, and asks for no export, as nothing was exported', async () => {
    const { stdout } = await run(packArgv({ key: 'other-key.pem' }));
    const [{ code, hint }] = JSON.parse(stdout).findings;
    expect([code, hint]).toEqual([
      'key-mismatch',
      expect.stringMatching(/^Give the certificate that Apple made/),
    ]);
    expect(hint).not.toMatch(/export/i);
  });

  test.each([
    ['the key of another certificate', { key: 'other-key.pem' }, {}, 'key-mismatch'],
    ['a certificate that has expired', {}, { now: new Date('2120-02-01T00:00:00Z') }, 'certificate-expired'],
    [
      'a certificate that is for no app',
      { cert: 'authority.cer', key: 'authority.key' },
      {},
      'not-a-push-certificate',
    ],
  ])('with %s', async (_name, files, options, code) => {
    const out = newFile();
    const { exitCode, stdout } = await run(packArgv({ ...files, out }), { env, ...options });
    const report = JSON.parse(stdout);
    const errors = report.findings.filter(({ level }: { level: string }) => level === 'error');
    expect([exitCode, report.out, report.ok, existsSync(out)]).toEqual([4, null, false, false]);
    expect(errors.map((finding: { code: string }) => finding.code)).toContain(code);
    const text = await createMachine().run(packArgv({ ...files, out }), { env, ...options });
    expect(text.stdout).toContain(`[${code}]`);
    expect(text.stdout.split('\n')[0]).toBe('✗ Nothing was written: the checks found errors.');
  });
});

describe('apns pack asks', () => {
  const key = applePath('key-pbes2.pem');
  const ofKey = `Password of ${key}:`;
  const ofNew = ['Password of the new .p12:', 'Password of the new .p12, again:'];

  test('for all that is missing', async () => {
    const out = newFile();
    const answers = [applePath('aps.cer'), key, out, keyPassword, password, password];
    const { exitCode, questions } = await run(['apns', 'pack'], { answers });
    expect([exitCode, questions]).toEqual([
      0,
      ['Path of the certificate:', 'Path of the private key:', 'The .p12 to write:', ofKey, ...ofNew],
    ]);
    expect((await inspect(out)).ok).toBe(true);
  });

  test.each([
    ['once more after a wrong one', ['not-it-1', keyPassword], 0, [ofKey, ofKey]],
    ['three times', ['not-it-1', 'not-it-2', 'not-it-3'], 3, [ofKey, ofKey, ofKey]],
  ])("for the key's password %s", async (_name, answers, exitCode, asked) => {
    const result = await run(packArgv({ key: 'key-pbes2.pem' }), { env, answers });
    expect([result.exitCode, result.questions]).toEqual([exitCode, asked]);
  });
});

describe('from request to set', () => {
  test.skipIf(isMissing('openssl'))('the way that the steps tell', async () => {
    const machine = createMachine();
    const directory = join(temporaryDirectory(), 'push');
    const variables = { MFA_CLI_KEY_PASSWORD: 'request-password', MFA_CLI_P12_PASSWORD: password };
    const names = ['--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5', '--out', directory];
    const requested = await machine.run(['apns', 'request', ...names, '--json'], { env: variables });
    const { request, next } = JSON.parse(requested.stdout);
    answerRequest(request.file, join(directory, 'aps.cer'));
    const [pack = [], set = []] = next
      .flatMap((step: string) => [...step.matchAll(/`mfa-cli (.*)`/g)])
      .map(([, line = '']: string[]) => line.split(' '));
    const packed = await machine.run([...pack, '--chain', applePath('authority.cer'), '--json'], {
      env: variables,
    });
    const { out, certificate, findings } = JSON.parse(packed.stdout);
    expect([packed.exitCode, out]).toEqual([0, join(directory, 'com.example.app.p12')]);
    const inspected = await machine.run(['apns', 'inspect', out, '--json'], { env: variables });
    expect([inspected.exitCode, JSON.parse(inspected.stdout)]).toMatchObject([
      0,
      { certificate, findings, ok: true },
    ]);
    const dry = await machine.run([...set, '--dry-run', '--json'], { env: variables });
    expect([dry.exitCode, JSON.parse(dry.stdout)]).toMatchObject([
      0,
      { topic: 'com.example.app', fingerprint: certificate.fingerprint, sent: false, dryRun: true, findings },
    ]);
  });
});
