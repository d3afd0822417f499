import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testCases } from '../support/cases.ts';
import { listen } from '../support/http.ts';
import { cleanEnvironment, type Finished, finish } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const script = fileURLToPath(new URL('../../scripts/release/install.sh', import.meta.url));
/** What `npm run release` puts in; here the archive of a program that only tells its version. */
const version = '1.2.3';
const archive = `mfa-cli-${version}-${process.platform}-${process.arch}.tar.gz`;

const contents: Readonly<Record<string, string>> = {
  'mfa-cli': `#!/bin/sh\necho ${version}\n`,
  'man/mfa-cli.1': '.TH',
  'completions/mfa-cli.bash': 'bash',
  'completions/_mfa-cli': 'zsh',
  'completions/mfa-cli.fish': 'fish',
  'completions/mfa-cli.ps1': 'pwsh',
  'schema/error.schema.json': '{}',
  LICENSE: 'license',
  'THIRD-PARTY-LICENSES.txt': 'licenses',
};
const installed = [
  'bin/mfa-cli',
  'share/bash-completion/completions/mfa-cli',
  'share/doc/mfa-cli/LICENSE',
  'share/doc/mfa-cli/THIRD-PARTY-LICENSES.txt',
  'share/fish/vendor_completions.d/mfa-cli.fish',
  'share/man/man1/mfa-cli.1',
  'share/mfa-cli/schema/error.schema.json',
  'share/zsh/site-functions/_mfa-cli',
];

/** The bytes of an archive with these files in its folder. */
function pack(files: Readonly<Record<string, string>>): Buffer {
  const folder = temporaryDirectory();
  const name = archive.replace('.tar.gz', '');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, path, '..'), { recursive: true });
    writeFileSync(join(folder, name, path), text, { mode: path === 'mfa-cli' ? 0o755 : 0o644 });
  }
  return execFileSync('tar', ['-czf', '-', '-C', folder, name]);
}

function sumOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Served {
  readonly bytes: Buffer;
  /** How many bytes come before the connection breaks. */
  readonly cut?: number;
}

/** A web server with files by their paths below the address. */
async function serve(files: Readonly<Record<string, Served>>): Promise<string> {
  const server = createServer((request, response) => {
    const file = files[(request.url ?? '').slice(1)];
    if (file === undefined) {
      response.writeHead(404).end('Not Found');
      return;
    }
    response.writeHead(200, { 'content-length': file.bytes.length });
    if (file.cut === undefined) response.end(file.bytes);
    else response.write(file.bytes.subarray(0, file.cut), () => response.destroy());
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

/** A release with this archive; its checksum is that of `signed`. */
function serveRelease(served: Served, signed = served.bytes): Promise<string> {
  const list = Buffer.from(
    `${'0'.repeat(64)}  mfa-cli-${version}.tgz\n${sumOf(signed)}  ${archive}\n`,
  );
  return serve({ [`v${version}/SHA256SUMS`]: { bytes: list }, [`v${version}/${archive}`]: served });
}

interface Installation extends Finished {
  /** What lies below the prefix, and in the directory for what is temporary. */
  readonly files: readonly string[];
  readonly prefix: string;
}

async function install(
  words: readonly string[],
  {
    prefix = temporaryDirectory(),
    path = process.env.PATH ?? '',
    file = script,
    home = {} as Readonly<Record<string, string>>,
  } = {},
): Promise<Installation> {
  const scratch = temporaryDirectory();
  const env = cleanEnvironment({ PATH: path, TMPDIR: scratch });
  for (const [name, text] of Object.entries(home)) writeFileSync(join(env.HOME ?? '', name), text);
  const child = spawn('sh', [file, '--prefix', prefix, ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const finished = await finish(child);
  const files = [prefix, scratch].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)),
  );
  expect(readdirSync(scratch)).toEqual([]);
  return { ...finished, files: files.sort(), prefix };
}

/** A PATH with these programs alone, some of them replaced by scripts. */
function pathOf(
  programs: readonly string[],
  scripts: Readonly<Record<string, string>> = {},
): string {
  const folder = temporaryDirectory();
  for (const name of programs) {
    const found = (process.env.PATH ?? '')
      .split(delimiter)
      .find((each) => existsSync(join(each, name)));
    if (found !== undefined && !(name in scripts))
      symlinkSync(join(found, name), join(folder, name));
  }
  for (const [name, text] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return folder;
}

const loaders = ['curl', 'wget'].filter((program) => !isMissing(program));

const needed = [
  ...[
    'awk',
    'cat',
    'chmod',
    'dirname',
    'env',
    'gzip',
    'id',
    'mkdir',
    'mktemp',
    'mv',
    'rm',
    'rmdir',
  ],
  ...['sh', 'tar', 'uname'],
];

describe.skipIf(isMissing('curl', 'tar', 'gzip', 'awk'))('install.sh', () => {
  test('installs a release below a prefix, and removes it again', async () => {
    const from = await serveRelease({ bytes: pack(contents) });
    const done = await install(['--version', `v${version}`, '--from', `${from}/`]);
    expect([done.exitCode, done.stdout, done.files]).toEqual([0, '', installed]);
    const { prefix } = done;
    expect(done.stderr).toContain(`Installed mfa-cli ${version}: ${prefix}/bin/mfa-cli`);
    expect(done.stderr).toContain(`${prefix}/bin is not in PATH`);
    expect(execFileSync(join(prefix, 'bin/mfa-cli'), { encoding: 'utf8' })).toBe(`${version}\n`);
    expect(
      installed.map((path) => (statSync(join(prefix, path)).mode & 0o777).toString(8)),
    ).toEqual(installed.map((path) => (path === 'bin/mfa-cli' ? '755' : '644')));
    const again = await install(['--version', version, '--from', from], { prefix });
    expect([again.exitCode, again.files]).toEqual([0, installed]);
    const removed = await install(['--uninstall'], { prefix });
    expect([removed.exitCode, removed.files]).toEqual([0, []]);
    expect(readdirSync(prefix)).toEqual([]);
  });

  test('starts no program in the directory for what is temporary, which may be mounted noexec', async () => {
    const program = `#!/bin/sh\ncase $0 in "$TMPDIR"/*) exit 126 ;; esac\necho ${version}\n`;
    const from = await serveRelease({ bytes: pack({ ...contents, 'mfa-cli': program }) });
    const done = await install(['--version', version, '--from', from]);
    expect([done.exitCode, done.files]).toEqual([0, installed]);
  });

  test('belongs to the release that it is a file of', () => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { repository } = JSON.parse(manifest) as { repository: { url: string } };
    const address = repository.url.replace(/^git\+|\.git$/g, '');
    // The form that scripts/release/installer.mjs fills in.
    const text = readFileSync(script, 'utf8');
    expect(text.match(/^version=.*$/gm)).toEqual(['version=0.0.0']);
    expect(text.match(/^releases=.*$/gm)).toEqual([`releases=${address}/releases/download`]);
  });

  test.each(loaders)('takes %s and whatever can make a checksum', async (loader) => {
    const from = await serveRelease({ bytes: pack(contents) });
    for (const summer of ['sha256sum', 'openssl']) {
      const path = pathOf([...needed, loader, summer]);
      const { exitCode, files, stderr } = await install(['--version', version, '--from', from], {
        path,
      });
      expect([summer, exitCode, files], stderr).toEqual([summer, 0, installed]);
    }
  });

  test.each(loaders)('takes nothing from what %s is configured to do', async (loader) => {
    const home = {
      '.curlrc': 'proxy = http://127.0.0.1:1\n',
      '.wgetrc': 'use_proxy = on\nhttp_proxy = http://127.0.0.1:1/\nno_proxy = example.com\n',
    };
    const path = pathOf([...needed, loader, 'sha256sum']);
    const from = await serveRelease({ bytes: pack(contents) });
    const { exitCode, stderr } = await install(['--version', version, '--from', from], {
      path,
      home,
    });
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  });
});

const bytes = () => pack(contents);
const sums = (
  text: string,
  served: Readonly<Record<string, Served>> = { [archive]: { bytes: bytes() } },
) =>
  serve(
    Object.fromEntries(
      Object.entries({ SHA256SUMS: { bytes: Buffer.from(text) }, ...served }).map(
        ([name, file]) => [`v${version}/${name}`, file],
      ),
    ),
  );
const releaseWith = (files: Readonly<Record<string, string>>) =>
  serveRelease({ bytes: pack({ ...contents, ...files }) });
function altered(): Buffer {
  const copy = Buffer.from(bytes());
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}
const line = (sum: string) => `${sum}  ${archive}\n`;
const releases: Readonly<Record<string, () => Promise<string>>> = {
  good: () => serveRelease({ bytes: bytes() }),
  'a changed archive': () => serveRelease({ bytes: altered() }, bytes()),
  'an archive that breaks off': () => serveRelease({ bytes: bytes(), cut: 100 }),
  'half an archive': () => serveRelease({ bytes: bytes().subarray(0, 100) }, bytes()),
  'no archive': () => sums('', {}),
  'no checksums': () => serve({ [`v${version}/${archive}`]: { bytes: bytes() } }),
  'no checksum of it': () => sums(`${'0'.repeat(64)}  other.tar.gz\n`),
  'two checksums of it': () => sums(line(sumOf(bytes())).repeat(2)),
  'a checksum that is cut off': () => sums(line(sumOf(bytes()).slice(0, 60))),
  'a program that does not start': () => releaseWith({ 'mfa-cli': '#!/bin/sh\nexit 127\n' }),
  'a program of 1.2.2': () => releaseWith({ 'mfa-cli': '#!/bin/sh\necho 1.2.2\n' }),
  elsewhere: async () => {
    const there = await serveRelease({ bytes: bytes() });
    const server = createServer(({ url = '' }, response) =>
      response.writeHead(302, { location: `${there}${url}` }).end(),
    );
    return `http://127.0.0.1:${await listen(server)}`;
  },
};

/** Of a run that leaves nothing: the exit code, what it began to download, and its error. */
async function refusal(words: readonly string[], path: string): Promise<string> {
  const { exitCode, stdout, stderr, files } = await install(words, { path });
  expect([stdout, files, stderr.match(/^install.sh: error: /gm)?.length]).toEqual(['', [], 1]);
  const [, loaded = 'nothing'] = /Downloading (\S+?)\.{0,3}$/m.exec(stderr) ?? [];
  if (stderr.includes('--proto ')) expect(stderr).toContain('--proto =https --proto-redir =https');
  const said = stderr
    .replace(/^[\s\S]*?install.sh: error: /, '')
    .replace(/\n(Usage: )[\s\S]*/, ' · $1…')
    .trim();
  return `${exitCode} ${loaded}: ${said}`
    .replaceAll(/127\.0\.0\.1:\d{4,}/g, '127.0.0.1:PORT')
    .replaceAll(archive, 'ARCHIVE')
    .replaceAll(/[\da-f]{64}/g, 'HASH');
}

describe.skipIf(isMissing('curl', 'wget', 'tar', 'gzip', 'awk'))(
  'install.sh installs nothing',
  () => {
    testCases('install-script', {
      'of a release, with a program that loads it': async (release: string, loader = 'curl') =>
        refusal(
          ['--version', version, '--from', (await releases[release]?.()) ?? ''],
          pathOf([...needed, loader, 'sha256sum']),
        ),
      'with words': async (words: string) =>
        refusal(words.split(' ').filter(Boolean), process.env.PATH ?? ''),
      'with few programs': async (...programs: readonly string[]) =>
        refusal(
          ['--version', version, '--from', 'http://127.0.0.1:9'],
          pathOf([...needed, ...programs]),
        ),
      'on a system and a processor': async (system: string, machine: string, sysctl: string) => {
        const uname = `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac`;
        const curl = 'echo "$@" >&2; exit 22';
        return refusal(
          ['--version', version],
          pathOf([...needed, 'sha256sum'], { uname, sysctl: `echo ${sysctl}`, curl }),
        );
      },
    });

    test('where it cannot write, and downloads nothing', async () => {
      const file = join(temporaryDirectory(), 'file');
      writeFileSync(file, '');
      const words = [
        '--version',
        version,
        '--from',
        'http://127.0.0.1:9',
        '--prefix',
        join(file, 'a/b'),
      ];
      const { exitCode, stderr } = await install(words);
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringContaining(`${file} cannot be written to`),
      ]);
      expect(stderr).not.toContain('Downloading');
    });

    test('where a directory is in the way, or a file of the archive is missing, and keeps what was there', async () => {
      const prefix = temporaryDirectory();
      mkdirSync(join(prefix, 'share/man/man1/mfa-cli.1'), { recursive: true });
      const from = await serveRelease({ bytes: bytes() });
      const { exitCode, stderr, files } = await install(['--version', version, '--from', from], {
        prefix,
      });
      expect([exitCode, files]).toEqual([1, []]);
      expect(stderr).toContain(`${prefix}/share/man/man1/mfa-cli.1 is a directory`);
      const { 'man/mfa-cli.1': _page, ...others } = contents;
      const old = temporaryDirectory();
      mkdirSync(join(old, 'bin'));
      writeFileSync(join(old, 'bin/mfa-cli'), 'old');
      const words = ['--version', version, '--from', await serveRelease({ bytes: pack(others) })];
      const missing = await install(words, { prefix: old });
      expect([missing.exitCode, missing.files]).toEqual([1, ['bin/mfa-cli']]);
      expect(readFileSync(join(old, 'bin/mfa-cli'), 'utf8')).toBe('old');
    });

    test('when it is cut off on its own way', async () => {
      const from = await serveRelease({ bytes: bytes() });
      const text = readFileSync(script, 'utf8');
      for (const part of [0.6, 0.999]) {
        const file = join(temporaryDirectory(), 'install.sh');
        writeFileSync(file, text.slice(0, Math.floor(text.length * part)));
        const { files } = await install(['--version', version, '--from', from], { file });
        expect([part, files]).toEqual([part, []]);
      }
    });
  },
);

test.skipIf(isMissing('shellcheck'))('shellcheck has nothing against install.sh', () => {
  expect(execFileSync('shellcheck', ['--shell=sh', script], { encoding: 'utf8' })).toBe('');
});
