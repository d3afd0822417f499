import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/text/version.ts';
import { openEmulator } from '../support/emulator.ts';
import { p12Path } from '../support/fixtures.ts';
import { finish } from '../support/process.ts';
import { isMissing } from '../support/tools.ts';
import { directoryOfRoot, release, released, run, runAsRoot } from './released.ts';

/** By processor: the folder of the executable, and the loader that it asks for. */
const architectures = {
  amd64: ['linux-x64', 'lib64/ld-linux-x86-64.so.2'],
  arm64: ['linux-arm64', 'lib/ld-linux-aarch64.so.1'],
};
const own = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** Runs the entry point of a root filesystem as a runtime for containers does: with /proc, as the user of the image. */
const containerLine = `
  root=$1; shift
  mkdir -p "$root/proc" && mount -t proc proc "$root/proc" &&
  exec chroot --userspec=65532:65532 "$root" /usr/bin/mfa-cli "$@"`;

describe.skipIf(isMissing('skopeo', 'umoci', 'unshare'))('the image', () => {
  const folder = directoryOfRoot();
  const archive = () => `oci-archive:${released(/-image\.tar$/)}`;
  const rootOf = (architecture: string) => join(folder, architecture, 'rootfs');
  const inspect = async (architecture: string, ...words: readonly string[]) =>
    JSON.parse(
      await run('skopeo', `--override-arch=${architecture}`, 'inspect', ...words, archive()),
    );

  function runInside(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const inside = [
      'unshare',
      '--mount',
      '--pid',
      '--fork',
      'sh',
      '-c',
      containerLine,
      'sh',
      rootOf(own),
    ];
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];
    const clean = ['env', '--ignore-environment', `PATH=${process.env.PATH}`, 'HOME=/home/nonroot'];
    const [file = '', ...rest] = [...asRoot, ...clean, ...variables, ...inside, ...words];
    return finish(spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  beforeAll(async () => {
    for (const architecture of Object.keys(architectures)) {
      const layout = `${join(folder, 'layout')}:${architecture}`;
      // Reads every blob and compares its digest.
      await run(
        'skopeo',
        `--override-arch=${architecture}`,
        'copy',
        '--quiet',
        archive(),
        `oci:${layout}`,
      );
      await runAsRoot('umoci', 'unpack', '--image', layout, join(folder, architecture));
    }
  });

  test.each(Object.entries(architectures))(
    'for %s starts the program, as nobody',
    async (architecture, [binary = '', loader = '']) => {
      const { config, ...image } = await inspect(architecture, '--config');
      expect([image.architecture, image.os, config.User]).toEqual([
        architecture,
        'linux',
        '65532:65532',
      ]);
      expect([config.Entrypoint, config.Env ?? []]).toEqual([['/usr/bin/mfa-cli'], []]);
      expect((await inspect(architecture)).Labels).toMatchObject({
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      });
      const root = rootOf(architecture);
      const program = readFileSync(join(root, 'usr/bin/mfa-cli'));
      expect(program.equals(readFileSync(join(release, 'binary', binary, 'mfa-cli')))).toBe(true);
      expect(program.includes(`/${loader}\0`)).toBe(true);
      // Both are for the same processor.
      const machine = (elf: Buffer) => elf.readUInt16LE(18);
      expect(machine(readFileSync(join(root, loader)))).toBe(machine(program));
    },
  );

  test('has nothing in it to run but the program, and nothing of the program’s that it may change', async () => {
    const root = rootOf(own);
    const find = async (...words: readonly string[]) =>
      (await run('find', root, '-not', '-type', 'l', ...words)).trim().split('\n').sort();
    const executables = await find('-type', 'f', '-perm', '/111', '-not', '-name', '*.so*');
    expect(executables).toEqual([join(root, 'usr/bin/mfa-cli')]);
    expect(await find('-perm', '/6000')).toEqual(['']);
    const writable = await find('(', '-uid', '65532', '-o', '-perm', '/022', ')');
    expect(writable).toEqual([join(root, 'home/nonroot'), join(root, 'tmp')]);
    expect([statSync(root).uid, existsSync(join(root, 'bin/sh'))]).toEqual([0, false]);
  });

  test('has certificates that can be read, and says which packages of Debian it has', () => {
    const root = rootOf(own);
    const bundle = readFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), 'utf8');
    const certificates =
      bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    expect(certificates.length).toBeGreaterThan(100);
    for (const text of certificates) expect(new X509Certificate(text).ca).toBe(true);
    for (const name of ['libc6', 'ca-certificates'])
      expect(readFileSync(join(root, 'var/lib/dpkg/status.d', name), 'utf8')).toMatch(
        /^Version: \d/m,
      );
    expect(readFileSync(join(root, 'etc/os-release'), 'utf8')).toMatch(/^ID=debian$/m);
  });

  test('works', async () => {
    expect(await runInside(['--version'])).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
    const file = '/home/nonroot/cert.p12';
    await runAsRoot('cp', p12Path('01-default-aes256'), join(rootOf(own), file));
    const password = { MFA_CLI_P12_PASSWORD: 'secret' };
    const seen = await runInside(['apns', 'inspect', file], password);
    expect([seen.exitCode, seen.stdout]).toEqual([0, expect.stringContaining('com.example.lab')]);
    const emulator = await openEmulator();
    try {
      const { user, password: secret } = emulator.serviceUser;
      const account = {
        MFA_CLI_TENANT: emulator.url,
        MFA_CLI_CLIENT_ID: user,
        MFA_CLI_CLIENT_SECRET: secret,
      };
      const set = await runInside(['apns', 'set', file, '--json'], { ...password, ...account });
      expect([set.exitCode, set.stderr]).toEqual([0, '']);
      expect(JSON.parse(set.stdout)).toMatchObject({ sent: true, topic: 'com.example.lab' });
      const sets = emulator.requests.filter(({ path }) => path.includes('SetApnsCert'));
      expect(sets.map(({ status }) => status)).toEqual([200]);
    } finally {
      await emulator.close();
    }
  });
});
