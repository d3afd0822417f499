import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { createMachine } from '../support/context.ts';
import { eventually } from '../support/patience.ts';
import { mayBecomeAnother, stranger } from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { pemOf, post } from './apns-client.ts';

const fixtureCa = join(import.meta.dirname, '../fixtures/tls/ca.pem');

/** Runs `mfa-cli emulator` until the test ends. */
async function runEmulator(...words: string[]) {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  return createMachine().run(['emulator', '--port', '0', ...words], { signal: ended.signal });
}

/** What the stand-in says of a push with a certificate for the sandbox. @param report of the emulator, JSON @param file its CA */
async function reasonAt(report: string, file: string): Promise<unknown> {
  const host = JSON.parse(report).environment.MFA_CLI_APNS_HOST;
  const apns = { host, ca: readFileSync(file, 'utf8') };
  const { body } = await post({ apns }, await pemOf('30-dev'), { ':path': `/3/device/${'0'.repeat(64)}` });
  return (body as { reason: unknown }).reason;
}

describe('the emulator command', () => {
  test('names the stand-in for APNs beside the tenant', async () => {
    const { exitCode, stdout } = await runEmulator();
    const [tenant, apns] = stdout.match(/127\.0\.0\.1:\d+/g) ?? [];
    expect([exitCode, stdout]).toEqual([
      0,
      `# bash, zsh
export MFA_CLI_TENANT=http://${tenant} MFA_CLI_APP_ID=mfa-cli MFA_CLI_CLIENT_ID=mfa-cli MFA_CLI_APNS_HOST=${apns}
# fish
set -gx MFA_CLI_TENANT 'http://${tenant}'; set -gx MFA_CLI_APP_ID 'mfa-cli'; set -gx MFA_CLI_CLIENT_ID 'mfa-cli'; set -gx MFA_CLI_APNS_HOST '${apns}'
# PowerShell
$env:MFA_CLI_TENANT = 'http://${tenant}'; $env:MFA_CLI_APP_ID = 'mfa-cli'; $env:MFA_CLI_CLIENT_ID = 'mfa-cli'; $env:MFA_CLI_APNS_HOST = '${apns}'
`,
    ]);
  });

  test.skipIf(isMissing('bash') || isMissing('fish'))(
    'prints lines that shells take as they are',
    async () => {
      const file = join(temporaryDirectory(), "a '$HOME\\' b.pem");
      const { stdout } = await runEmulator('--apns-ca', file);
      const [, posix = '', , fish = ''] = stdout.split('\n');
      const toldBy = (shell: string, line: string) =>
        spawnSync(shell, ['-c', `${line}\nprintenv MFA_CLI_CA_FILE`], { encoding: 'utf8' }).stdout;
      expect([toldBy('bash', posix), toldBy('fish', fish)]).toEqual([`${file}\n`, `${file}\n`]);
    },
  );

  test('has APNs at the port after its own, or at the next one that is free, and says so', async () => {
    const port = await freePort();
    const taken = createServer().listen(port + 1, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { stdout, stderr } = await runEmulator('--port', String(port), '--json');
    const host: string = JSON.parse(stdout).environment.MFA_CLI_APNS_HOST;
    expect(Number(host.split(':')[1])).toBeGreaterThan(port + 1);
    expect(stderr).toContain(`Port ${port + 1} is in use: the stand-in for APNs is at ${host}`);
  });

  test('writes the authority of the stand-in where it is told to, in place of the last one', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'apns-ca.pem');
    await runEmulator('--apns-ca', file);
    const before = readFileSync(file, 'utf8');
    const apnsPort = await freePort();
    const { stdout } = await runEmulator('--apns-ca', file, '--apns-port', String(apnsPort), '--json');
    const { url, environment } = JSON.parse(stdout);
    expect(environment).toEqual({
      ...{ MFA_CLI_TENANT: url, MFA_CLI_APP_ID: 'mfa-cli', MFA_CLI_CLIENT_ID: 'mfa-cli' },
      ...{ MFA_CLI_APNS_HOST: `127.0.0.1:${apnsPort}`, MFA_CLI_CA_FILE: file },
    });
    expect(readFileSync(file, 'utf8')).not.toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await reasonAt(stdout, file)).toBe('BadCertificateEnvironment');
  });

  test.each<[string, string | Buffer]>([
    ['what somebody wrote', 'of yesterday'],
    ['the certificate of another authority', readFileSync(fixtureCa)],
    ['nothing', ''],
  ])('replaces no authority file that holds %s', async (_, content) => {
    const file = join(temporaryDirectory(), 'apns-ca.pem');
    writeFileSync(file, content);
    const { exitCode, stdout } = await runEmulator('--apns-ca', file, '--json');
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      2,
      {
        code: 'file-exists',
        message: `${file} already exists and was not written by an emulator`,
        hints: ['Choose another name with --apns-ca FILE, or remove the file.'],
        exitCode: 2,
      },
    ]);
    expect(readFileSync(file)).toEqual(Buffer.from(content));
  });

  test.each([
    ['1', '127.0.0.1'],
    ['2', 'tenant-1.localhost'],
  ])('opens the console of %s tenants, at an address that it prints nowhere', async (tenants, host) => {
    const ended = new AbortController();
    onTestFinished(() => ended.abort());
    const opened: string[] = [];
    const { exitCode, stdout, stderr } = await createMachine().run(
      ['emulator', '--port', '0', '--tenants', tenants, '--open'],
      { signal: ended.signal, browser: async (url) => void opened.push(url) },
    );
    const [address = ''] = opened;
    const { hostname, port, pathname } = new URL(address);
    expect([exitCode, opened.length, hostname]).toEqual([0, 1, host]);
    expect(stderr).toContain(`Open  http://${host}:${port}/`);
    expect(`${stdout}${stderr}`).not.toContain(pathname.split('/').at(-1));
    const statusOf = async () => {
      const asked = request({ port, path: pathname, headers: { host: `${host}:${port}` } }).end();
      const [answer] = await once(asked, 'response');
      answer.resume();
      return answer.statusCode;
    };
    expect([await statusOf(), await statusOf()]).toEqual([200, 403]);
  });

  test('says where no browser opens', async () => {
    const { exitCode, stderr } = await runEmulator('--open');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('No browser could be opened')]);
  });

  test('makes passwords at each start, and prints them once', async () => {
    const [one, other] = [await runEmulator('--json'), await runEmulator('--json', '--quiet')];
    const accounts = [one, other].flatMap(({ stdout }) =>
      Object.values<{ user: string; password: string }>(JSON.parse(stdout).accounts),
    );
    expect(new Set(accounts.map(({ password }) => password)).size).toBe(6);
    const page = await (await fetch(`${JSON.parse(one.stdout).url}/login`)).text();
    for (const { password } of accounts) {
      expect(password).toMatch(/^[\w-]{22}$/);
      expect(page).not.toContain(password);
    }
    for (const { user, password } of accounts.slice(0, 3))
      expect(one.stderr.split(new RegExp(`${user} +${password}\n`))).toHaveLength(2);
    expect(one.stderr).not.toContain('anyone on this machine');
  });

  test.each([
    ['--fixed-passwords', 'The passwords are publicly known'],
    ['--auto-approve', 'Every sign-in succeeds as the administrator'],
  ])('%s says that it is unsafe', async (word, warning) => {
    const { stdout, stderr } = await runEmulator(word, '--json', '--quiet');
    expect(stderr).toContain(
      `mfa-cli: warning: ${warning}: anyone on this machine can read everything set here, including private keys and passwords\n`,
    );
    if (word === '--fixed-passwords')
      expect(JSON.parse(stdout).accounts.administrator.password).toBe('admin-password');
  });

  describe('--state', () => {
    test('is kept from a second emulator, and free again after the first', async () => {
      const state = join(temporaryDirectory(), 'state.json');
      const first = new AbortController();
      await createMachine().run(['emulator', '--port', '0', '--state', state], { signal: first.signal });
      const second = await runEmulator('--state', state, '--json');
      expect([second.exitCode, JSON.parse(second.stdout).error]).toEqual([
        3,
        expect.objectContaining({
          code: 'file-unwritable',
          message: `Another emulator (process ${process.pid}) uses the state file ${state}. If none is running, delete ${state}.lock`,
        }),
      ]);
      first.abort();
      await vi.waitUntil(() => !existsSync(`${state}.lock`), eventually);
      expect((await runEmulator('--state', state)).exitCode).toBe(0);
    });

    test('is taken over from a process that is gone, and not from what names none', async () => {
      const state = join(temporaryDirectory(), 'state.json');
      const { pid } = spawnSync('true');
      writeFileSync(`${state}.lock`, `${pid}\n`);
      expect((await runEmulator('--state', state)).exitCode).toBe(0);
      const other = join(temporaryDirectory(), 'state.json');
      writeFileSync(`${other}.lock`, 'mine');
      expect((await runEmulator('--state', other)).exitCode).toBe(3);
      expect(readFileSync(`${other}.lock`, 'utf8')).toBe('mine');
    });

    test('that another machine has locked tells whose lock it is, and the way out', async () => {
      const state = join(temporaryDirectory(), 'state.json');
      writeFileSync(`${state}.lock`, '4242\nbuild-7\n\n\n');
      const { stdout } = await runEmulator('--state', state, '--json');
      expect(JSON.parse(stdout).error).toMatchObject({
        message: `Another emulator (process 4242 on another machine) uses the state file ${state}. If none is running, delete ${state}.lock`,
        hints: [
          `Check whether process 4242 on build-7 is still running. If it is not, run \`rm ${state}.lock\`.`,
        ],
        exitCode: 3,
      });
      rmSync(`${state}.lock`);
      expect((await runEmulator('--state', state)).exitCode).toBe(0);
    });

    test.skipIf(process.platform === 'win32')(
      'in a folder that others may write to is refused, and nothing is left there',
      async () => {
        const folder = temporaryDirectory();
        const state = join(folder, 'state.json');
        for (const mode of [0o777, 0o1777]) {
          chmodSync(folder, mode);
          const { stdout } = await runEmulator('--state', state, '--json');
          expect(JSON.parse(stdout).error).toMatchObject({
            message: `${folder} can be written by others. Keep the state in a folder of your own`,
            exitCode: 3,
          });
          expect(readdirSync(folder)).toEqual([]);
        }
      },
    );

    test.runIf(mayBecomeAnother)(
      'of another user, or in the folder of one, is refused and stays as it is',
      async () => {
        const folder = temporaryDirectory();
        const state = join(folder, 'state.json');
        writeFileSync(state, '{"settings":{}}');
        for (const theirs of [state, folder]) {
          chownSync(theirs, stranger, stranger);
          const { stdout } = await runEmulator('--state', state, '--json');
          expect(JSON.parse(stdout).error).toMatchObject({
            message: expect.stringContaining(`${theirs} belongs to another user`),
            exitCode: 3,
          });
          expect(readdirSync(folder)).toEqual(['state.json']);
          expect(readFileSync(state, 'utf8')).toBe('{"settings":{}}');
          chownSync(theirs, 0, 0);
        }
      },
    );

    test('is free where the emulator does not start', async () => {
      const state = join(temporaryDirectory(), 'state.json');
      writeFileSync(state, 'no state');
      expect((await runEmulator('--state', state)).exitCode).toBe(3);
      expect(existsSync(`${state}.lock`)).toBe(false);
    });
  });

  test('stands in for the sandbox', async () => {
    const file = join(temporaryDirectory(), 'apns-ca.pem');
    const { stdout } = await runEmulator('--apns-ca', file, '--apns-environment', 'sandbox', '--json');
    expect(await reasonAt(stdout, file)).toBe('BadDeviceToken');
  });

  test('lets TLS judge certificates', async () => {
    const file = join(temporaryDirectory(), 'apns-ca.pem');
    const { stdout } = await runEmulator('--apns-ca', file, '--apns-client-ca', fixtureCa, '--json');
    const code = 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA';
    await expect(reasonAt(stdout, file)).rejects.toMatchObject({ cause: { code } });
  });

  const noList = 'The revocation list contains no X509 CRL in PEM';
  test.each([
    [['--apns-port', 'x'], 2, '"x" is not a port number from 0 to 65535'],
    [['--apns-crl', fixtureCa], 2, 'A revocation list needs its CA'],
    [['--apns-client-ca', '/nowhere.pem'], 3, '/nowhere.pem does not exist'],
    [['--apns-client-ca', '/dev/null'], 3, 'The client CA contains no CERTIFICATE in PEM'],
    [['--apns-client-ca', fixtureCa, '--apns-crl', fixtureCa], 3, noList],
    [['--apns-ca', '/nowhere/ca.pem'], 3, '/nowhere/ca.pem cannot be written: no such file or directory'],
  ])('%j does not start', async (words, exitCode, message) => {
    const result = await runEmulator(...words, '--json');
    expect([result.exitCode, JSON.parse(result.stdout).error.message]).toEqual([exitCode, message]);
  });
});
