import { createPrivateKey } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const words = ['apns', 'request', '--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5'];
const password = 'pässwörd 🔑';
const env = { MFA_CLI_KEY_PASSWORD: password };

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
  test.each(['key', 'csr'] as const)(
    'writes nothing where the name of the %s is taken',
    async (taken) => {
      const { directory, ...files } = newDirectory();
      mkdirSync(directory);
      writeFileSync(files[taken], 'precious');
      const argv = [...words, '--out', directory];
      // Before a password is asked for.
      const { exitCode, stdout } = await createMachine().run([...argv, '--json'], { env: {} });
      const message = `${files[taken]} already exists`;
      expect([exitCode, JSON.parse(stdout).error]).toMatchObject([
        2,
        { code: 'file-exists', message },
      ]);
      expect(readdirSync(directory)).toHaveLength(1);
      expect(readFileSync(files[taken], 'utf8')).toBe('precious');
    },
  );

  test.skipIf(process.platform === 'win32')('uses no folder that others may write to', async () => {
    const { directory } = newDirectory();
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    const { exitCode, stdout } = await createMachine().run(
      [...words, '--out', directory, '--json'],
      { env },
    );
    const message = `${directory} is writable by other users`;
    expect([exitCode, JSON.parse(stdout).error]).toMatchObject([3, { message }]);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('apns request --practice', () => {
  const keyIn = (directory: string) => join(directory, 'com.example.app.practice.key.pem');

  test.each([
    ['the password of the .p12', {}, password],
    ['its own password', { MFA_CLI_KEY_PASSWORD: 'of-the-key-alone' }, 'of-the-key-alone'],
  ])('gives the key %s', async (_what, variables, passphrase) => {
    const { directory } = newDirectory();
    const env = { MFA_CLI_P12_PASSWORD: password, ...variables };
    await createMachine().run([...words, '--out', directory, '--practice'], { env });
    expect(createPrivateKey({ key: readFileSync(keyIn(directory)), passphrase }).type).toBe(
      'private',
    );
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
    const { exitCode, stdout } = await createMachine().run(argv, {
      env: { MFA_CLI_P12_PASSWORD: '' },
    });
    const message =
      'The new password in MFA_CLI_P12_PASSWORD is empty: the private key would be unprotected';
    expect([exitCode, JSON.parse(stdout).error.message]).toEqual([2, message]);
  });

  test('leaves the files of a real request alone', async () => {
    const { directory, key, csr } = newDirectory();
    await createMachine().run([...words, '--out', directory], { env });
    const contents = () => [key, csr].map((path) => readFileSync(path, 'utf8'));
    const before = contents();
    const { exitCode } = await createMachine().run([...words, '--out', directory, '--practice'], {
      env,
    });
    expect([exitCode, contents(), readdirSync(directory).length]).toEqual([0, before, 5]);
  });
});
