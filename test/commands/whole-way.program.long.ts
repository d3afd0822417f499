import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { p12Path } from '../support/fixtures.ts';
import { isThorough } from '../support/patience.ts';
import {
  stranger as alice,
  neighbour as mallory,
  mayBecomeAnother,
  reachableProgram,
  runAs,
} from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let program: readonly string[];
beforeAll(() => {
  if (mayBecomeAnother) program = reachableProgram();
});

/** Of root, and open to be read by all. */
let top: string;
beforeEach(() => {
  top = realpathSync(temporaryDirectory());
  chmodSync(top, 0o755);
});

/** A folder below `top`, with its owner and mode. */
function folder(path: string, owner: number, mode = 0o755): string {
  const place = join(top, path);
  mkdirSync(place);
  chmodSync(place, mode);
  chownSync(place, owner, owner);
  return place;
}

function link(target: string, path: string, owner: number): string {
  const place = join(top, path);
  symlinkSync(target, place);
  lchownSync(place, owner, owner);
  return place;
}

interface Told {
  readonly exitCode: number | null;
  readonly code: string | null;
  readonly message: string;
  readonly hints: string;
  readonly stderr: string;
}

async function run(
  user: number,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const all = { PATH: process.env.PATH ?? '', HOME: '/nowhere', ...env };
  const { exitCode, stdout, stderr } = await runAs(user, [...program, ...words, '--json'], {
    env: all,
    directory: top,
  });
  const { code = null, message = '', hints = [] } = JSON.parse(stdout).error ?? {};
  return { exitCode, code, message, hints: hints.join('\n'), stderr };
}

const saving = ['profile', 'set', 'tenant', 'acme.example.com'];
const reading = ['profile', 'list'];
const requesting = ['apns', 'request', '--bundle-id', 'com.example.a', '--team-id', 'A1B2C3D4E5'];

describe.runIf(mayBecomeAnother)('the configuration directory', () => {
  const save = (user: number, directory: string, env: Readonly<Record<string, string>> = {}) =>
    run(user, saving, { MFA_CLI_CONFIG_DIR: directory, ...env });

  /** What is on the way, where the directory is, and what is said of it. */
  const ways: readonly (readonly [string, () => string, string])[] = [
    [
      'behind a link of a neighbour in a sticky folder',
      () => {
        folder('shared', 0, 0o1777);
        return link(folder('elsewhere', alice), 'shared/cfg', mallory);
      },
      'shared/cfg belongs to another user',
    ],
    [
      'behind a link of a neighbour in a folder of that neighbour',
      () => {
        folder('theirs', mallory);
        link(folder('elsewhere', alice), 'theirs/way', mallory);
        return join(top, 'theirs/way/cfg');
      },
      'theirs belongs to another user',
    ],
    [
      'in a folder that all may write to',
      () => {
        folder('shared', 0, 0o777);
        return folder('shared/cfg', alice, 0o700);
      },
      'shared is writable by other users',
    ],
    [
      'yet to be made in such a folder',
      () => join(folder('shared', 0, 0o777), 'cfg'),
      'shared is writable by other users',
    ],
    [
      'in a folder of a neighbour',
      () => {
        folder('theirs', mallory);
        folder('theirs/mine', alice);
        return join(top, 'theirs/mine/cfg');
      },
      'theirs belongs to another user',
    ],
    [
      'far below a folder of a neighbour',
      () => {
        for (const path of ['a', 'a/theirs', 'a/theirs/b', 'a/theirs/b/c'])
          folder(path, path === 'a/theirs' ? mallory : alice);
        return folder('a/theirs/b/c/cfg', alice, 0o700);
      },
      'a/theirs belongs to another user',
    ],
  ];
  test.each(ways)('%s is not used, and nothing is touched', async (_where, make, sentence) => {
    const directory = make();
    const before = readdirSync(top, { recursive: true });
    const said = await save(alice, directory);
    expect([said.exitCode, said.code]).toEqual([3, 'file-unwritable']);
    expect(said.message).toContain(`${join(top, sentence)}`);
    expect(said.hints).toContain('MFA_CLI_CONFIG_DIR');
    expect(readdirSync(top, { recursive: true })).toEqual(before);
    const elsewhere = join(top, 'elsewhere');
    if (existsSync(elsewhere)) expect(statSync(elsewhere).mode & 0o777).toBe(0o755);
  });

  test('is not read where a neighbour has since got a folder on the way', async () => {
    folder('a', alice);
    folder('a/b', alice);
    const directory = join(top, 'a/b/cfg');
    expect((await save(alice, directory)).exitCode).toBe(0);
    const env = { MFA_CLI_CONFIG_DIR: directory };
    expect((await run(alice, reading, env)).exitCode).toBe(0);
    chmodSync(join(top, 'a'), 0o777);
    const said = await run(alice, reading, env);
    expect([said.exitCode, said.code]).toEqual([3, 'file-unreadable']);
    expect(said.message).toContain(`${join(top, 'a')} is writable by other users`);
    expect(said.hints).toContain(`chmod go-w ${join(top, 'a')}`);
  });

  test.each([
    ['in a sticky folder', () => join(folder('shared', 0, 0o1777), 'cfg')],
    [
      'behind links of this user and root',
      () => {
        folder('home', alice);
        link(folder('home/real', alice), 'home/mine', alice);
        return join(link('home/mine', 'way', 0), 'cfg');
      },
    ],
  ])('%s is used', async (_where, make) => {
    const directory = make();
    expect((await save(alice, directory)).exitCode).toBe(0);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect((await run(alice, reading, { MFA_CLI_CONFIG_DIR: directory })).exitCode).toBe(0);
  });

  describe('of root, in the home of another user', () => {
    const home = () => folder('home', mallory);

    test('is used, which is said once', async () => {
      const HOME = home();
      const said = await run(0, saving, { HOME });
      expect([said.exitCode, said.stderr.match(/runs as root/g)?.length]).toEqual([0, 1]);
      expect(said.stderr).toContain(`of user ${mallory}`);
      const file = join(HOME, '.config/mfa-cli/config.json');
      expect([statSync(file).uid, statSync(dirname(file)).mode & 0o777]).toEqual([0, 0o700]);
      expect((await run(0, [...saving.slice(0, 3), 'other.example.com'], { HOME })).exitCode).toBe(
        0,
      );
      expect(readFileSync(file, 'utf8')).toContain('other.example.com');
    });

    test.each(['.config', '.config/mfa-cli', '.config/mfa-cli/config.json'])(
      'is never used through a link of that user at %s',
      async (path) => {
        const HOME = home();
        const target = folder('target', 0);
        const name = path.split('/').at(-1) ?? '';
        if (path !== '.config') folder('home/.config', mallory);
        if (name === 'config.json') folder('home/.config/mfa-cli', 0, 0o700);
        link(name === 'config.json' ? join(target, 'file') : target, `home/${path}`, mallory);
        const said = await run(0, saving, { HOME });
        expect([said.exitCode, said.code]).toEqual([3, expect.stringContaining('file-un')]);
        expect(said.message).toContain(join(HOME, path));
        expect(said.message).toMatch(/belongs to another user|is a link of another user/);
        expect([readdirSync(target), statSync(target).mode & 0o777]).toEqual([[], 0o755]);
      },
    );

    test('is not used where a third user may write', async () => {
      const HOME = home();
      chmodSync(HOME, 0o777);
      const said = await run(0, saving, { HOME });
      expect([said.code, said.message]).toEqual([
        'file-unwritable',
        expect.stringContaining(`${HOME} is writable by other users`),
      ]);
    });
  });

  test('is used where the system tells no owners, if its user answers for that place', async () => {
    const HOME = folder('home', 65_534);
    folder('home/cfg', 65_534, 0o777);
    const env = { MFA_CLI_CONFIG_DIR: join(HOME, 'cfg') };
    const said = await run(alice, saving, env);
    expect([said.code, said.message]).toEqual([
      'file-unwritable',
      expect.stringContaining(`${HOME} belongs to another user`),
    ]);
    expect(said.hints).toContain(`MFA_CLI_TRUST_DIR=${HOME}.`);
    for (const MFA_CLI_TRUST_DIR of [HOME, `/nowhere:${HOME}/`, top]) {
      const trusting = { ...env, MFA_CLI_TRUST_DIR };
      expect((await run(alice, saving, trusting)).exitCode).toBe(0);
      expect((await run(alice, reading, trusting)).exitCode).toBe(0);
    }
    for (const MFA_CLI_TRUST_DIR of ['', 'home', `${HOME}/c`, `${HOME}/none`])
      expect((await run(alice, saving, { ...env, MFA_CLI_TRUST_DIR })).exitCode).toBe(3);
  });

  test('is judged by doctor as by all', async () => {
    folder('shared', 0, 0o777);
    const env = { MFA_CLI_CONFIG_DIR: join(top, 'shared/cfg'), MFA_CLI_TENANT: '127.0.0.1:9' };
    const words = [...program, 'doctor', '--json', '--timeout', '1'];
    const all = { PATH: process.env.PATH ?? '', HOME: '/nowhere', ...env };
    const { stdout } = await runAs(alice, words, { env: all });
    const checks: { code: string; message: string; hint: string }[] = JSON.parse(stdout).checks;
    expect(checks.find(({ code }) => code === 'configuration-directory')).toMatchObject({
      message: `${join(top, 'shared')} is writable by other users.`,
      hint: expect.stringContaining(`chmod go-w ${join(top, 'shared')}`),
    });
  });

  test('around a directory that its user answers for, all is looked at', async () => {
    folder('shared', 0, 0o777);
    const directory = folder('shared/cfg', alice, 0o700);
    const said = await save(alice, directory, { MFA_CLI_TRUST_DIR: directory });
    expect(said.message).toContain(`${join(top, 'shared')} is writable by other users`);
  });
});

describe.runIf(mayBecomeAnother)('a request', () => {
  const request = (...words: readonly string[]) =>
    run(alice, [...requesting, '--no-encrypt', ...words]);

  test.each<[string, () => string, string]>([
    [
      'in a new directory of a folder that all may write to',
      () => join(folder('mal', mallory, 0o777), 'new'),
      'mal belongs to another user',
    ],
    [
      'in a new directory of such a folder of root',
      () => join(folder('open', 0, 0o777), 'new'),
      'open is writable by other users',
    ],
    [
      'in a directory of its own in a folder of a neighbour',
      () => {
        folder('mal', mallory);
        return folder('mal/own', alice);
      },
      'mal belongs to another user',
    ],
    [
      'behind a link of a neighbour',
      () => {
        folder('shared', 0, 0o1777);
        folder('own', alice);
        return link(join(top, 'own'), 'shared/way', mallory);
      },
      'shared/way belongs to another user',
    ],
  ])('%s is not made, nor its key', async (_where, make, sentence) => {
    const directory = make();
    const before = readdirSync(top, { recursive: true });
    const { exitCode, code, message } = await request('--out', directory);
    expect([exitCode, code]).toEqual([3, 'file-unreadable']);
    expect(message).toContain(join(top, sentence));
    expect(readdirSync(top, { recursive: true })).toEqual(before);
  });

  test('in a new directory of a sticky folder is made', async () => {
    const directory = join(folder('shared', 0, 0o1777), 'new');
    expect((await request('--out', directory)).exitCode).toBe(0);
    expect(readdirSync(directory)).toHaveLength(2);
  });
});

describe.runIf(mayBecomeAnother)('a secret', () => {
  /** A file with a secret of somebody in a folder of somebody, of which others may write to one. */
  const secretIn = (owner: number, modes: readonly [folder: number, file: number]) => {
    const directory = folder('secrets', owner, modes[0]);
    const file = join(directory, 'secret');
    writeFileSync(file, 'secret');
    chmodSync(file, modes[1]);
    chownSync(file, owner, owner);
    return file;
  };
  /** The ways to give a secret or a key, by the name that an error has for it. */
  const uses: readonly (readonly [string, (file: string) => readonly string[], string])[] = [
    ['--password-file', (file) => ['apns', 'inspect', p12, '--password-file', file], ''],
    [
      '--new-password-file',
      (file) => [...requesting, '--out', 'x', '--new-password-file', file],
      '',
    ],
    ['the key of pack', (file) => ['apns', 'pack', '--cert', cer, '--key', file, '--out', 'x'], ''],
    ['an auth key', (file) => [...pushing, '--p8', file], ''],
    ['MFA_CLI_CLIENT_SECRET_FILE', () => ['whoami'], 'MFA_CLI_CLIENT_SECRET_FILE'],
  ];
  // Every day, a file that an option names, and one that a variable names.
  const tried = isThorough ? uses : uses.slice(3);
  const p12 = p12Path('01-default-aes256');
  const cer = fileURLToPath(new URL('../fixtures/apple/aps.cer', import.meta.url));
  const ids = ['--key-id', 'ABC123DEFG', '--team-id', 'A1B2C3D4E5'];
  const pushing = ['apns', 'verify', '--topic', 'com.example.a', ...ids];

  test.each(tried)('by %s is refused where others may change it', async (_by, words, variable) => {
    for (const [owner, modes, what] of [
      [alice, [0o755, 0o666], 'secrets/secret'],
      [alice, [0o777, 0o644], 'secrets'],
      [mallory, [0o777, 0o644], 'secrets'],
    ] as const) {
      const file = secretIn(owner, modes);
      const env = variable === '' ? {} : { [variable]: file, ...serviceUser };
      const { exitCode, code, message, hints } = await run(alice, words(file), env);
      expect([exitCode, code]).toEqual([3, 'file-unreadable']);
      expect(message).toContain(`is not used: ${join(top, what)} is writable by other users`);
      expect(hints).toContain(`chmod go-w ${join(top, what)}`);
      rmSync(dirname(file), { recursive: true });
    }
  });
  const serviceUser = { MFA_CLI_TENANT: 'https://127.0.0.1:9', MFA_CLI_CLIENT_ID: 'ci@a' };

  test.each(tried)(
    'by %s is used if its owner alone may change it',
    async (_by, words, variable) => {
      const file = secretIn(mallory, [0o755, 0o644]);
      const env = variable === '' ? {} : { [variable]: file, ...serviceUser };
      const { code, message } = await run(alice, words(file), env);
      expect([code === 'file-unreadable', message.includes('is not used')]).toEqual([false, false]);
    },
  );

  test.runIf(isThorough)('by a name that leads through /proc is judged as by its own', async () => {
    const file = secretIn(mallory, [0o777, 0o644]);
    for (const name of [
      `/proc/self/root${file}`,
      `/proc/..${file}`,
      '/proc/self/cwd/secrets/secret',
      `/dev/fd/../../..${file}`,
    ]) {
      const said = await run(alice, ['apns', 'inspect', p12, '--password-file', name]);
      expect([name, said.exitCode, said.code]).toEqual([name, 3, 'file-unreadable']);
    }
  });

  test('that is a pipe of this user, or was opened by a shell, is used', async () => {
    const own = folder('own', alice);
    const pipe = join(own, 'pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    chownSync(pipe, alice, alice);
    const script = `printf secret > ${pipe} & exec "$@"`;
    const words = [...program, 'apns', 'inspect', p12, '--json', '--password-file'];
    const fromPipe = ['sh', '-c', script, 'sh', ...words, pipe];
    const inShell = ['sh', '-c', 'printf secret | "$@"', 'sh', ...words, '/dev/stdin'];
    const env = { PATH: process.env.PATH ?? '', HOME: '/nowhere' };
    for (const command of [fromPipe, inShell]) {
      const { stdout } = await runAs(alice, command, { env, directory: top });
      expect(JSON.parse(stdout).certificate.bundleId).toBe('com.example.lab');
    }
  });
});

test.runIf(mayBecomeAnother)(
  'a converted file goes into a folder of a neighbour, and through no link of one',
  async () => {
    const theirs = folder('theirs', mallory, 0o777);
    link(folder('home', alice), 'theirs/way', mallory);
    const convert = (out: string) =>
      run(alice, ['apns', 'convert', p12Path('01-default-aes256'), '--out', out]);
    const said = await convert(join(theirs, 'way/file'));
    expect([said.code, said.message]).toEqual([
      'file-unwritable',
      expect.stringContaining(`${join(theirs, 'way')} is a link of another user`),
    ]);
    expect(readdirSync(join(top, 'home'))).toEqual([]);
    expect((await convert(join(theirs, 'file'))).exitCode).toBe(0);
  },
);
