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
  const list = Buffer.from(`${'0'.repeat(64)}  mfa-cli-${version}.tgz\n${sumOf(signed)}  ${archive}\n`);
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
  const child = spawn('sh', [file, '--prefix', prefix, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
function pathOf(programs: readonly string[], scripts: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryDirectory();
  for (const name of programs) {
    const found = (process.env.PATH ?? '').split(delimiter).find((each) => existsSync(join(each, name)));
    if (found !== undefined && !(name in scripts)) symlinkSync(join(found, name), join(folder, name));
  }
  for (const [name, text] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return folder;
}

const loaders = ['curl', 'wget'].filter((program) => !isMissing(program));

const needed = [
  ...['awk', 'cat', 'chmod', 'dirname', 'env', 'gzip', 'id', 'mkdir', 'mktemp', 'mv', 'rm', 'rmdir'],
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
    expect(installed.map((path) => (statSync(join(prefix, path)).mode & 0o777).toString(8))).toEqual(
      installed.map((path) => (path === 'bin/mfa-cli' ? '755' : '644')),
    );
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
      const { exitCode, files, stderr } = await install(['--version', version, '--from', from], { path });
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
    const { exitCode, stderr } = await install(['--version', version, '--from', from], { path, home });
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  });

  test.each([
    ['curl or wget is needed', [...needed, 'sha256sum']],
    ['sha256sum, shasum or openssl is needed', [...needed, 'curl']],
  ])('says that %s, before it downloads anything', async (sentence, programs) => {
    const path = pathOf(programs);
    const words = ['--version', version, '--from', 'http://127.0.0.1:9'];
    const { exitCode, files, stderr } = await install(words, { path });
    expect([exitCode, files]).toEqual([1, []]);
    expect(stderr).toContain(sentence);
    expect(stderr.match(/error: /g)).toHaveLength(1);
  });
});

describe.skipIf(isMissing('curl', 'tar', 'gzip', 'awk'))('install.sh installs nothing', () => {
  test('where it cannot write, and downloads nothing', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const words = ['--version', version, '--from', 'http://127.0.0.1:9', '--prefix', join(file, 'a/b')];
    const { exitCode, stderr } = await install(words);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${file} cannot be written to`)]);
    expect(stderr).not.toContain('Downloading');
  });

  test('where a directory is in the way', async () => {
    const prefix = temporaryDirectory();
    mkdirSync(join(prefix, 'share/man/man1/mfa-cli.1'), { recursive: true });
    const from = await serveRelease({ bytes: bytes() });
    const { exitCode, stderr, files } = await install(['--version', version, '--from', from], { prefix });
    expect([exitCode, files]).toEqual([1, []]);
    expect(stderr).toContain(`${prefix}/share/man/man1/mfa-cli.1 is a directory`);
  });

  test.each(loaders)('that is elsewhere without TLS, with %s', async (loader) => {
    const elsewhere = await serveRelease({ bytes: bytes() });
    const server = createServer(({ url = '' }, response) =>
      response.writeHead(302, { location: `${elsewhere}${url}` }).end(),
    );
    const from = `http://127.0.0.1:${await listen(server)}`;
    const path = pathOf([...needed, loader, 'sha256sum']);
    const { exitCode, stderr, files } = await install(['--version', version, '--from', from], { path });
    expect([exitCode, files]).toEqual([1, []]);
    expect(stderr).toContain('could not be downloaded');
  });

  const bytes = () => pack(contents);
  const altered = () => {
    const copy = Buffer.from(bytes());
    copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
    return copy;
  };
  const releaseWith = (files: Readonly<Record<string, string>>) =>
    serveRelease({ bytes: pack({ ...contents, ...files }) });
  const sums = (text: string) =>
    serve({
      [`v${version}/SHA256SUMS`]: { bytes: Buffer.from(text) },
      [`v${version}/${archive}`]: { bytes: bytes() },
    });

  const sumsAlone = () => serve({ [`v${version}/SHA256SUMS`]: { bytes: Buffer.from('') } });
  const archiveAlone = () => serve({ [`v${version}/${archive}`]: { bytes: bytes() } });
  const line = (sum: string) => `${sum}  ${archive}\n`;
  const notIt = 'is not what SHA256SUMS has';
  test.each<[string, () => Promise<string>, string]>([
    ['of a changed archive', () => serveRelease({ bytes: altered() }, bytes()), notIt],
    ['that broke off', () => serveRelease({ bytes: bytes(), cut: 100 }), 'could not be downloaded'],
    ['of half', () => serveRelease({ bytes: bytes().subarray(0, 100) }, bytes()), notIt],
    ['where there is no archive', sumsAlone, 'could not be downloaded'],
    ['where there are no checksums', archiveAlone, 'SHA256SUMS could not be downloaded'],
    ['where no checksum is of it', () => sums(`${'0'.repeat(64)}  other.tar.gz\n`), 'does not have'],
    ['where two are', () => sums(line(sumOf(bytes())).repeat(2)), 'does not have'],
    ['where it is cut off', () => sums(line(sumOf(bytes()).slice(0, 60))), 'does not have'],
    ['that does not start', () => releaseWith({ 'mfa-cli': '#!/bin/sh\nexit 127\n' }), 'does not start here'],
    ['of 1.2.2', () => releaseWith({ 'mfa-cli': '#!/bin/sh\necho 1.2.2\n' }), 'says that it is 1.2.2'],
  ])('%s', async (_what, start, sentence) => {
    const words = ['--version', version, '--from', await start()];
    const { exitCode, stdout, stderr, files } = await install(words);
    expect([exitCode, stdout, files]).toEqual([1, '', []]);
    expect(stderr).toContain(`install.sh: error: `);
    expect(stderr).toContain(sentence);
  });

  test('where a file of the archive is missing, and keeps what was there', async () => {
    const { 'man/mfa-cli.1': _page, ...others } = contents;
    const prefix = temporaryDirectory();
    mkdirSync(join(prefix, 'bin'));
    writeFileSync(join(prefix, 'bin/mfa-cli'), 'old');
    const from = await serveRelease({ bytes: pack(others) });
    const { exitCode, files } = await install(['--version', version, '--from', from], { prefix });
    expect([exitCode, files]).toEqual([1, ['bin/mfa-cli']]);
    expect(readFileSync(join(prefix, 'bin/mfa-cli'), 'utf8')).toBe('old');
  });

  test.each([
    ['http://example.com', 'neither https nor on this machine'],
    ['http://127.0.0.1.example.com/', 'neither https nor on this machine'],
    ['http://127.0.0.1:80@example.com/', 'is not an address'],
    ['file:///etc', 'neither https nor on this machine'],
  ])('from %s', async (from, sentence) => {
    const { exitCode, stderr, files } = await install(['--from', from]);
    expect([exitCode, files]).toEqual([2, []]);
    expect(stderr).toContain(sentence);
  });

  test.each([
    [['--version', '../1.2.3'], 'is not a version'],
    [['--version', '1.2.3;id'], 'is not a version'],
    [['--version'], '--version needs a value'],
    [['--force'], '--force is not an option'],
  ])('by %j', async (words, sentence) => {
    const { exitCode, stderr, files } = await install(words);
    expect([exitCode, files]).toEqual([2, []]);
    expect(stderr).toContain(sentence);
    expect(stderr).toContain('Usage: ');
  });

  test.each([
    ['FreeBSD', 'x86_64', 'there is no build for FreeBSD'],
    ['Linux', 'riscv64', 'there is no build for the processor riscv64'],
  ])('on %s, %s', async (system, machine, sentence) => {
    const uname = `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac`;
    const path = pathOf([...needed, 'curl', 'sha256sum'], { uname });
    const { exitCode, stderr, files } = await install(['--version', version], { path });
    expect([exitCode, files]).toEqual([1, []]);
    expect(stderr).toContain(sentence);
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
});

test.each([
  ['Darwin', 'arm64', '', 'darwin-arm64'],
  ['Darwin', 'x86_64', 'echo 0', 'darwin-x64'],
  ['Darwin', 'x86_64', 'echo 1', 'darwin-arm64'],
])('on %s, %s it takes the archive for that', async (system, machine, sysctl, name) => {
  const uname = `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac`;
  const path = pathOf([...needed, 'sha256sum'], { uname, sysctl, curl: 'echo "$@" >&2; exit 22' });
  const { exitCode, stderr } = await install(['--version', version], { path });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`Downloading mfa-cli-${version}-${name}.tar.gz`);
  expect(stderr).toContain('--proto =https --proto-redir =https');
});

test.skipIf(isMissing('shellcheck'))('shellcheck has nothing against install.sh', () => {
  expect(execFileSync('shellcheck', ['--shell=sh', script], { encoding: 'utf8' })).toBe('');
});
