import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { jwt } from '../auth/examples.ts';
import { createMachine } from '../support/context.ts';
import {
  cleanEnvironment,
  finish,
  programCommand,
  startProgram,
  whileStopped,
} from '../support/process.ts';
import {
  mayBecomeAnother,
  namesOwners,
  requestAndLeave,
  requestAs,
  stranger,
} from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { authorizationUrlOf, startTenant, visit, visitAs } from '../support/tenant.ts';
import { decide, startVendorTenant } from '../support/vendor-tenant.ts';

const [admin, user] = ['admin@example.com', 'user@example.com'];

describe('who comes back', () => {
  const named = ['--login-hint', admin];
  test.each<
    [
      string,
      { words?: string[]; env?: Record<string, string>; last?: string },
      boolean[] | undefined,
      number,
    ]
  >([
    ['another than the option names, without a terminal', { words: named }, undefined, 5],
    ['another than the variable names', { env: { MFA_CLI_USER: admin } }, undefined, 5],
    ['another than the profile’s', { last: admin }, undefined, 5],
    ['another, and a person says no', { words: named }, [false], 5],
    ['another, and a person says yes', { words: named }, [true], 0],
    [
      'who the option names, in other letters',
      { words: ['--login-hint', user.toUpperCase()] },
      [],
      0,
    ],
    ['the option’s, not the profile’s', { words: ['--login-hint', user], last: admin }, [], 0],
    ['the profile’s', { last: user }, [], 0],
    ['somebody, whoever it is', {}, [], 0],
  ])('is %s', async (_case, { words = [], env = {}, last }, answers, exitCode) => {
    const { emulator, login } = await startTenant();
    const machine = createMachine();
    const store = join(machine.directory, 'config.json');
    if (last !== undefined) await machine.run(login, { browser: visitAs(last) });
    const before = existsSync(store) ? readFileSync(store, 'utf8') : null;
    const ended = await machine.run([...login, ...words, '--json', '--debug'], {
      env,
      browser: visitAs(user),
      ...(answers === undefined ? {} : { answers }),
    });
    expect([ended.exitCode, ended.questions.filter((asked) => asked.includes('Keep'))]).toEqual([
      exitCode,
      answers?.length ? ['Keep this session?'] : [],
    ]);
    if (answers?.length)
      expect(ended.stderr).toContain(`${emulator.url} signed in ${user}, not ${admin}`);
    if (exitCode === 0) return expect(JSON.parse(ended.stdout).user).toBe(user);
    expect(JSON.parse(ended.stdout).error).toMatchObject({
      code: 'sign-in-other-user',
      message: `${emulator.url} signed in ${user}, not ${admin}`,
      hints: [
        expect.stringContaining('private window'),
        expect.stringContaining(`--login-hint ${user}`),
      ],
    });
    // Nothing is stored, and the session is given back.
    expect(existsSync(store) ? readFileSync(store, 'utf8') : null).toBe(before);
    expect(ended.stderr.match(/POST \S+\/OAuth2\/Revoke\/mfa-cli\b/g)).toHaveLength(2);
  });

  test('may be anybody at another tenant than the last', async () => {
    const [first, second] = [await startTenant(), await startTenant()];
    const machine = createMachine();
    await machine.run(first.login, { browser: visitAs(admin) });
    const ended = await machine.run([...second.login, '--json'], { browser: visitAs(user) });
    expect([ended.exitCode, JSON.parse(ended.stdout).user]).toEqual([0, user]);
  });

  test('is not claimed where the tenant does not tell', async () => {
    const { url } = await startVendorTenant();
    const argv = ['login', '--tenant', url, '--port', `${await freePort()}`, '--json', ...named];
    const ended = await createMachine().run(argv, { browser: (at) => decide(at, 'Allow') });
    expect([ended.exitCode, JSON.parse(ended.stdout).user]).toEqual([0, null]);
  });

  test.each<[string, object, number]>([
    ['another, by the name in the token', { unique_name: user }, 5],
    ['who the option names, by the token', { unique_name: admin.toUpperCase() }, 0],
    ['nobody else, by a number in the token', { sub: '4711' }, 0],
  ])('is %s, where the tenant does not tell', async (_case, claims, exitCode) => {
    const { url } = await startVendorTenant({ accessToken: jwt(claims) });
    const argv = ['login', '--tenant', url, '--port', `${await freePort()}`, ...named];
    const machine = createMachine();
    const ended = await machine.run([...argv, '--json', '--debug'], {
      browser: (at) => decide(at, 'Allow'),
    });
    const { error, user: signedIn } = JSON.parse(ended.stdout);
    const given = exitCode === 0 ? [] : ['POST'];
    expect([
      ended.exitCode,
      ended.stderr.match(/POST(?= \S+\/OAuth2\/Revoke\/mfa-cli\b)/g) ?? [],
      existsSync(join(machine.directory, 'config.json')),
    ]).toEqual([exitCode, given, exitCode === 0]);
    if (exitCode === 0) expect([signedIn]).toEqual(Object.values(claims));
    else expect(error.code).toBe('sign-in-other-user');
  });

  test('is named to the sign-in page where an option or a variable does', async () => {
    const { login } = await startTenant();
    const hints: (string | null)[] = [];
    const browser = async (at: string) => {
      const address = await authorizationUrlOf(at);
      hints.push(address.searchParams.get('login_hint'));
      await visit(address.href);
    };
    const machine = createMachine();
    await machine.run([...login, ...named], { browser });
    await machine.run(login, { browser, env: { MFA_CLI_USER: admin } });
    await machine.run(login, { browser });
    expect(hints).toEqual([admin, admin, null]);
  });
});

describe('where no session is kept', () => {
  const opened: string[] = [];
  const browser = async (url: string) => {
    opened.push(url);
    await visit(url);
  };
  const open = (directory: string) => chmodSync(directory, 0o777);
  const share = (directory: string) => {
    writeFileSync(join(directory, 'other'), '');
    open(directory);
  };
  const kept = ': no session is stored there';

  test.each<[string, (directory: string) => void, string, boolean]>([
    [
      'a folder of other files that others may write',
      share,
      `is writable by other users${kept}`,
      true,
    ],
    [
      'another user’s folder that all may write (only root may make one)',
      (directory) => {
        chownSync(directory, stranger, stranger);
        open(directory);
      },
      `belongs to another user${kept}`,
      mayBecomeAnother,
    ],
    [
      'a folder that cannot be written (but by root)',
      (directory) => chmodSync(directory, 0o500),
      'permission denied',
      process.getuid?.() !== 0 && process.platform !== 'win32',
    ],
  ])('%s: said before a browser is opened', async (_case, spoil, words, isPossible) => {
    if (!isPossible) return;
    const { login } = await startTenant();
    const directory = join(temporaryDirectory(), 'mfa-cli');
    mkdirSync(directory, { mode: 0o700 });
    spoil(directory);
    const { exitCode, stdout } = await createMachine(directory).run([...login, '--json'], {
      browser,
    });
    expect([exitCode, opened, existsSync(join(directory, 'config.json'))]).toEqual([3, [], false]);
    const { code, message, hints } = JSON.parse(stdout).error;
    expect([code, message]).toEqual(['file-unwritable', expect.stringContaining(words)]);
    expect(hints.join()).toContain('MFA_CLI_CONFIG_DIR');
    expect(hints.join()).not.toContain('chown');
  });

  test('a folder of our own that others may write is closed first', async () => {
    const { login } = await startTenant();
    const directory = join(temporaryDirectory(), 'mfa-cli');
    mkdirSync(directory);
    open(directory);
    expect((await createMachine(directory).run(login, { browser: visit })).exitCode).toBe(0);
  });
});

describe('the built program', () => {
  /** The address that the browser is started with, and what ends the program. */
  async function started(words: string[] = [], extra: Record<string, string> = {}) {
    const { emulator, login } = await startTenant({ autoApprove: false });
    const note = join(temporaryDirectory(), 'address');
    const env = cleanEnvironment({
      ...extra,
      BROWSER: `echo "$(tr '\\0' ' ' < /proc/self/cmdline) $0 " > '${note}'; true`,
    });
    const child = startProgram([...login, ...words], env);
    const ended = finish(child);
    await expect.poll(() => existsSync(note) && readFileSync(note, 'utf8')).toContain('http');
    const told = readFileSync(note, 'utf8');
    const [address = ''] = /http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}/.exec(told) ?? [];
    return { emulator, child, ended, told, address };
  }

  test.runIf(process.platform === 'linux')(
    'shows nothing of the sign-in to a list of processes',
    async () => {
      const { child, ended, told, address, emulator } = await started();
      expect(told).not.toMatch(/state=|code_challenge|OAuth2/);
      const { searchParams, origin } = await authorizationUrlOf(address);
      expect(origin).toBe(emulator.url);
      expect(searchParams.get('state')).toMatch(/^[\w-]{43}$/);
      if (mayBecomeAnother) {
        const stolen = await requestAs(stranger, address);
        expect(stolen).toMatch(/^HTTP\/1\.1 403 /);
        expect(stolen).not.toContain(searchParams.get('state'));
      }
      child.kill('SIGTERM');
      const { stderr, exitCode } = await ended;
      expect([exitCode ?? child.signalCode, programCommand.length > 0]).toEqual([143, true]);
      expect(stderr).toMatch(
        new RegExp(`^${emulator.url}/OAuth2/Authorize/mfa-cli\\?.*state=`, 'm'),
      );
    },
  );

  test.runIf(namesOwners)(
    'ends where it may have been an unknown user who came first, and a variable accepts those',
    async () => {
      const { child, ended, address } = await started(['--json'], { MFA_CLI_UNKNOWN_PEERS: '1' });
      await whileStopped(child, () => requestAndLeave(null, address));
      await visit(address);
      const { exitCode, stdout } = await ended;
      expect([exitCode, JSON.parse(stdout).error]).toEqual([
        5,
        expect.objectContaining({
          code: 'sign-in-failed',
          message: expect.stringContaining('was used twice'),
          hints: [expect.stringContaining('--no-browser')],
        }),
      ]);
    },
  );
});
