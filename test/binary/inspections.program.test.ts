import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cleanEnvironment, finish, runProgram } from '../support/process.ts';

const folder = fileURLToPath(new URL('../fixtures/p12/', import.meta.url));
const released = fileURLToPath(new URL('../../bin/mfa-cli.js', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.p12'));
/** Those that take seconds: one password is enough. */
const slow = /18-(legacy-)?iter|52-gnutls/;
/** No password and a wrong one are tried with one file of three, whatever becomes of them. */
const passwordsFor = (name: string): readonly string[] => {
  const isTried = files.indexOf(name) % 3 === 0 && !slow.test(name);
  return isTried ? ['secret', '', 'another'] : ['secret'];
};
/** BoringSSL has no Camellia. */
const unsupported = /camellia/;

function onNode(words: readonly string[], env: Readonly<Record<string, string>>) {
  return finish(
    spawn(process.execPath, [released, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

describe('what is said of each file is what Node.js says, byte for byte', () => {
  test.each(files.filter((name) => !unsupported.test(name)))('%s', async (name) => {
    for (const password of passwordsFor(name)) {
      const words = ['apns', 'inspect', `${folder}${name}`, '--json'];
      const env = cleanEnvironment({ MFA_CLI_P12_PASSWORD: password });
      expect(await runProgram(words, env)).toEqual(await onNode(words, env));
    }
  });

  test.each(files.filter((name) => unsupported.test(name)))('%s is unsupported', async (name) => {
    const env = cleanEnvironment({ MFA_CLI_P12_PASSWORD: 'secret' });
    const { exitCode, stdout } = await runProgram(
      ['apns', 'inspect', `${folder}${name}`, '--json'],
      env,
    );
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'pkcs12-unsupported',
      message: expect.stringContaining('CAMELLIA-256-CBC'),
    });
  });
});
