import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { createMachine } from '../support/context.ts';
import { eventually } from '../support/patience.ts';
import { cleanEnvironment, endOnSignal, runShell, startProgram } from '../support/process.ts';
import { mayBecomeAnother, stranger } from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { pemOf, post } from './apns-client.ts';

const fixtureCa = join(import.meta.dirname, '../fixtures/tls/ca.pem');

/** A free port; somebody listens on the next one, until the test ends. */
async function freePortBeforeTaken(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const server = createServer();
    const isTaken = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port + 1, '127.0.0.1', () => resolve(true));
    });
    // Else another test's program has it, and may give it back at any time.
    if (!isTaken) continue;
    onTestFinished(() => void server.close());
    return port;
  }
}

/** Runs `mfa-cli emulator` until the test ends. */
async function runEmulator(...words: string[]) {
  return runEmulatorIn({}, ...words);
}

async function runEmulatorIn(env: Record<string, string>, ...words: string[]) {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const { signal } = ended;
  return createMachine().run(['emulator', '--port', '0', ...words], { env, signal });
}

/** What the stand-in says of a push with a certificate for the sandbox. @param report of the emulator, JSON @param file its CA */
async function reasonAt(report: string, file: string): Promise<unknown> {
  const host = JSON.parse(report).environment.MFA_CLI_APNS_HOST;
  const apns = { host, ca: readFileSync(file, 'utf8') };
  const { body } = await post({ apns }, await pemOf('30-dev'), {
    ':path': `/3/device/${'0'.repeat(64)}`,
  });
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

  test('prints a line for PowerShell that its typographic quotes do not end', async () => {
    const file = join(temporaryDirectory(), 'a ’; calc; ‘.pem');
    const { stdout } = await runEmulator('--apns-ca', file);
    expect(stdout).toContain(`$env:MFA_CLI_CA_FILE = '${file.replace(/[‘’]/g, '$&$&')}'\n`);
  });

  test('has APNs at the port after its own, or at a free one, and says so', async () => {
    const port = await freePortBeforeTaken();
    const { stdout, stderr } = await runEmulator('--port', String(port), '--json');
    const host: string = JSON.parse(stdout).environment.MFA_CLI_APNS_HOST;
    expect(Number(host.split(':')[1])).not.toBe(port + 1);
    expect(stderr).toContain(`Port ${port + 1} is in use: the stand-in for APNs is at ${host}`);
  });

  test('writes the authority of the stand-in where it is told to, in place of the last one', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'apns-ca.pem');
    await runEmulator('--apns-ca', file);
    const before = readFileSync(file, 'utf8');
    const apnsPort = await freePort();
    const { stdout } = await runEmulator(
      '--apns-ca',
      file,
      '--apns-port',
      String(apnsPort),
      '--json',
    );
    const { url, environment } = JSON.parse(stdout);
    expect(environment).toEqual({
      ...{ MFA_CLI_TENANT: url, MFA_CLI_APP_ID: 'mfa-cli', MFA_CLI_CLIENT_ID: 'mfa-cli' },
      ...{ MFA_CLI_APNS_HOST: `127.0.0.1:${apnsPort}`, MFA_CLI_CA_FILE: file },
    });
    expect(readFileSync(file, 'utf8')).not.toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await reasonAt(stdout, file)).toBe('BadCertificateEnvironment');
  });

  test.each([
    ['1', '127.0.0.1'],
    ['2', 'tenant-1.localhost'],
  ])(
    'opens the console of %s tenants, at an address that it prints nowhere',
    async (tenants, host) => {
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
    },
  );

  test('says where no browser opens', async () => {
    const { exitCode, stderr } = await runEmulator('--open');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('No browser started')]);
    const chosen = await runEmulatorIn({ BROWSER: '/nope' }, '--open');
    expect(chosen.stderr).toContain('BROWSER (/nope) started no browser');
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
    ['--auto-approve', 'Every sign-in in the browser succeeds without a password'],
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
      await createMachine().run(['emulator', '--port', '0', '--state', state], {
        signal: first.signal,
      });
      const second = await runEmulator('--state', state, '--json');
      expect([second.exitCode, JSON.parse(second.stdout).error]).toEqual([
        3,
        expect.objectContaining({
          code: 'file-unwritable',
          message: `Another emulator (process ${process.pid}) uses the state file ${state}`,
        }),
      ]);
      first.abort();
      await vi.waitUntil(() => !existsSync(`${state}.lock`), eventually);
      expect((await runEmulator('--state', state)).exitCode).toBe(0);
    });

    test('is taken over from a process that is gone', async () => {
      const state = join(temporaryDirectory(), 'state.json');
      const { pid } = spawnSync('true');
      writeFileSync(`${state}.lock`, `${pid}\n${hostname()}\n\n`);
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
            message: `${folder} is writable by other users`,
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
  });

  describe.skipIf(process.platform === 'win32')('the secrets of several tenants', () => {
    const words = ['emulator', '--port', '0', '--tenants', '2'];
    const foldersIn = (directory: string): readonly string[] => {
      const folders = join(directory, 'emulator');
      return existsSync(folders) ? readdirSync(folders).map((name) => join(folders, name)) : [];
    };

    test.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const)(
      'are below the configuration directory, for this user alone, until %s, which ends with %i',
      async (signal, expected) => {
        const env = cleanEnvironment({ TMPDIR: temporaryDirectory() });
        const child = startProgram(words, env);
        await once(child.stdout, 'data');
        const [folder = '', ...others] = foldersIn(env.MFA_CLI_CONFIG_DIR ?? '');
        const files = readdirSync(folder).sort();
        expect([others, files, readdirSync(env.TMPDIR ?? '')]).toEqual([
          [],
          ['accounts.txt', 'environment.fish', 'environment.ps1', 'environment.sh'],
          [],
        ]);
        const modes = [
          env.MFA_CLI_CONFIG_DIR ?? '',
          folder,
          ...files.map((name) => join(folder, name)),
        ];
        expect(modes.map((path) => statSync(path).mode & 0o077)).toEqual(modes.map(() => 0));
        child.kill(signal);
        expect(await endOnSignal(child)).toEqual({ exitCode: expected, died: false });
        expect(existsSync(folder)).toBe(false);
      },
    );

    const endings = { dash: 'sh', bash: 'sh', zsh: 'sh', fish: 'fish' };
    describe.each(Object.entries(endings))('in %s', (shell, ending) => {
      test.skipIf(isMissing(shell))(
        'say on stderr how to leave them, and the line does',
        async () => {
          const env = cleanEnvironment();
          const child = startProgram(words, env);
          await once(child.stdout, 'data');
          const [folder = ''] = foldersIn(env.MFA_CLI_CONFIG_DIR ?? '');
          const read = `. '${join(folder, `environment.${ending}`)}'`;
          const run = (line: string) =>
            spawnSync(shell, ['-c', `${line}\nenv`], { env, encoding: 'utf8' });
          const inside = run(read);
          const [, leave = ''] = /^mfa-cli here .*To leave it: (.*)\n$/.exec(inside.stderr) ?? [];
          const names = /^(MFA_CLI_APNS_HOST|TENANT_[12]_SECRET)=/gm;
          expect(inside.stdout.match(names)).toHaveLength(3);
          const outside = run(`${read} 2> /dev/null\n${leave}`);
          expect([outside.stderr, outside.stdout.match(names)]).toEqual(['', null]);
        },
      );
    });

    test.skipIf(!existsSync('/dev/full') || isMissing('bash'))(
      'go with an emulator that cannot print',
      async () => {
        const env = cleanEnvironment();
        const { stderr } = await runShell('mfa-cli emulator --port 0 --tenants 2 > /dev/full', env);
        expect(stderr).toContain('Cannot write to standard output');
        expect(foldersIn(env.MFA_CLI_CONFIG_DIR ?? '')).toEqual([]);
      },
    );

    test('of a killed emulator go at the next start, those of a running one stay', async () => {
      const env = cleanEnvironment();
      const [killed, running] = [startProgram(words, env), startProgram(words, env)];
      await Promise.all([killed, running].map((child) => once(child.stdout, 'data')));
      const before = foldersIn(env.MFA_CLI_CONFIG_DIR ?? '');
      killed.kill('SIGKILL');
      await once(killed, 'close');
      expect(foldersIn(env.MFA_CLI_CONFIG_DIR ?? '')).toEqual(before);
      const next = startProgram(['emulator', '--port', '0'], env);
      await once(next.stdout, 'data');
      const [left = '', ...others] = foldersIn(env.MFA_CLI_CONFIG_DIR ?? '');
      expect([before.length, others, left.includes(`-${running.pid}-`)]).toEqual([2, [], true]);
    });

    test.each<[string, (parent: string) => void, RegExp]>([
      ['others may write to', (parent) => chmodSync(parent, 0o777), /is writable by other users/],
      ['is a file', (parent) => writeFileSync(join(parent, 'mfa-cli'), ''), /cannot be written: /],
    ])('are written to no folder that %s', async (_case, prepare, message) => {
      const machine = createMachine();
      prepare(dirname(machine.directory));
      const { exitCode, stderr } = await machine.run(words);
      expect([exitCode, stderr]).toEqual([3, expect.stringMatching(message)]);
      expect(foldersIn(machine.directory)).toEqual([]);
    });

    test.runIf(mayBecomeAnother)('are written to no folder of another user', async () => {
      const machine = createMachine();
      chownSync(dirname(machine.directory), stranger, stranger);
      const { exitCode, stderr } = await machine.run(words);
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining('belongs to another user')]);
    });
  });

  test('stands in for the sandbox', async () => {
    const file = join(temporaryDirectory(), 'apns-ca.pem');
    const { stdout } = await runEmulator(
      '--apns-ca',
      file,
      '--apns-environment',
      'sandbox',
      '--json',
    );
    expect(await reasonAt(stdout, file)).toBe('BadDeviceToken');
  });
});

/** Command lines that do not start an emulator; in place of `FILE` one with this text, beside it a lock with that. */
const refused: readonly (readonly [line: string, text?: string | null, lock?: string])[] = [
  ['--apns-port x'],
  ['--apns-ca /nowhere/ca.pem'],
  ['--apns-ca FILE', 'what somebody wrote'],
  ['--apns-ca FILE', readFileSync(fixtureCa, 'utf8')],
  ['--apns-ca FILE', ''],
  ['--fleet-file x.yaml'],
  ['--tenants 2 --fleet-file FILE', 'version: 1'],
  ['--tenants 0'],
  ['--tenants 10001'],
  ['--tenants 1.5'],
  ['--tenants many'],
  ['--state FILE', 'no state'],
  ['--state FILE', null, 'mine'],
  ['--state FILE', null, '4242\nbuild-7\n\n\n'],
  ['--tenants 2 --state FILE', '{"tenants":{"tenant-1":{"settings":7}}}'],
  ['--tenants 2 --state FILE', '[]'],
  ['--tenants 2 --state FILE', 'x'],
];

test('what does not start is refused in words, and leaves files and locks as they were', async () => {
  const told: string[] = [];
  let above = '';
  for (const [line, text = null, lock = null] of refused) {
    const directory = temporaryDirectory();
    const file = join(directory, 'file');
    if (text !== null) writeFileSync(file, text);
    if (lock !== null) writeFileSync(`${file}.lock`, lock);
    const words = line
      .split(' ')
      .map((word) => word.replace(/^FILE$/, file).replace(/^CA$/, fixtureCa));
    const { exitCode, stdout } = await runEmulator(...words, '--json');
    const { error } = JSON.parse(stdout);
    const left = readdirSync(directory).map((name) => [
      name,
      readFileSync(join(directory, name), 'utf8'),
    ]);
    const given = Object.entries({ file: text, 'file.lock': lock }).filter(
      ([, held]) => held !== null,
    );
    expect(left).toEqual(given);
    const facts = [text, lock].flatMap((held) =>
      held === null ? [] : [JSON.stringify(held.slice(0, 40))],
    );
    const said = [`${exitCode} ${error.code}: ${error.message}`, ...error.hints].map((one) =>
      one.replaceAll(file, 'FILE').replaceAll(fixtureCa, 'CA'),
    );
    // What is in the file changes nothing of what is said.
    const isAbove = said.join('\n') === above;
    above = said.join('\n');
    told.push(
      [`$ emulator ${line}`, ...facts].join(' ').replaceAll(fixtureCa, 'CA'),
      ...(isAbove ? ['as above'] : said),
      '',
    );
  }
  await expect(told.join('\n')).toMatchFileSnapshot('../golden/emulator/refusals.txt');
});
