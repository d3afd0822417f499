import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { version } from '../../src/text/version.ts';
import { cleanEnvironment, type Finished, finish } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const workflows = join(root, '.github/workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly strategy?: {
    readonly matrix: { readonly include: readonly Readonly<Record<string, string>>[] };
  };
  readonly steps: readonly Step[];
}

const { on, jobs } = parse(readFileSync(join(workflows, 'release.yml'), 'utf8')) as {
  on: unknown;
  jobs: Readonly<Record<string, Job>>;
};

const tag = `v${version}`;
const musl = 'linux-x64-musl';
const archives = [
  `${musl}.tar.gz`,
  'linux-arm64.tar.gz',
  'darwin-arm64.tar.gz',
  'darwin-x64.tar.gz',
  'windows-x64.zip',
];

/** A checkout at the tag: the real scripts, with what takes an hour replaced by what notes that it was run. */
function checkOut(folder: string): void {
  for (const name of ['package.json', 'scripts'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  writeFileSync(
    join(folder, 'CHANGELOG.md'),
    `# Changelog\n\n## ${version} (2026-01-02)\n\n- News\n\n## 0.0.1 (2025-01-02)\n\n- Old\n`,
  );
  writeFileSync(
    join(folder, 'scripts/smoke.mjs'),
    `console.log('smoke', ...process.argv.slice(2));\n`,
  );
  mkdirSync(join(folder, '.ci'));
  const made = [`mfa-cli-${version}.tgz`, `mfa-cli-${version}-image.tar`, 'SHA256SUMS'];
  const packing = archives.map((name) => {
    const target = name.split('.')[0];
    const inner = `mfa-cli-${version}-${target}`;
    const pack = name.endsWith('.zip')
      ? `zip -qr release/${inner}.zip`
      : `tar -czf release/${inner}.tar.gz`;
    return `mkdir ${inner} && : > ${inner}/mfa-cli && ${pack} ${inner} && rm -r ${inner}`;
  });
  writeFileSync(
    join(folder, '.ci/run'),
    `#!/bin/sh\nset -eu\nmkdir -p release/binary\n${packing.join('\n')}\ncd release && touch ${made.join(' ')}\n`,
    { mode: 0o755 },
  );
}

/** Runs a job as GitHub does, a step that takes another's action by what it would do; `artifact` is what was uploaded before. */
async function runJob(
  name: string,
  artifact: string,
  matrix: Readonly<Record<string, string>> = {},
  ref = tag,
) {
  const { steps = [] } = jobs[name] ?? {};
  const [folder, tools] = [temporaryDirectory(), temporaryDirectory()];
  const calls = join(tools, 'calls');
  for (const tool of ['apk', 'brew', 'npm', 'gh', 'skopeo'])
    writeFileSync(
      join(tools, tool),
      `#!/bin/sh\nprintf '%s' ${tool} >> '${calls}'; printf ' %s' "$@" >> '${calls}'; echo >> '${calls}'\ncase " $* " in *" --password-stdin "*) cat >> '${tools}/stdin' ;; esac\n`,
      { mode: 0o755 },
    );
  const bundle = join(tools, 'bundle');
  writeFileSync(bundle, '{}');
  const value = (text: string) =>
    text
      .replace(/\$\{\{ steps\.checksums\.outputs\.bundle-path \}\}/, bundle)
      // Nobody has given any yet.
      .replace(/\$\{\{ secrets\.\w+ \}\}/, '')
      .replace(
        /\$\{\{ (?:matrix\.(\w+)|github\.(token)) \}\}/g,
        (_all, key: string, token: string) =>
          token === undefined ? (matrix[key] ?? '') : 'the-token',
      );
  const told: Finished[] = [];
  for (const { uses = '', run, with: given = {}, env = {} } of steps) {
    if (uses.startsWith('actions/checkout@')) checkOut(folder);
    if (uses.startsWith('actions/download-artifact@'))
      cpSync(artifact, join(folder, given.path ?? ''), { recursive: true });
    if (uses.startsWith('actions/upload-artifact@')) {
      const [pattern, ...excluded] = (given.path ?? '').trim().split('\n');
      if (pattern === 'release/*') {
        expect(excluded).toEqual(name === 'build' ? ['!release/binary'] : []);
        const filter = (path: string) => !path.endsWith('/binary');
        cpSync(join(folder, 'release'), artifact, { recursive: true, filter });
      } else cpSync(join(folder, `${pattern}`), join(artifact, basename(`${pattern}`)));
    }
    if (run === undefined) continue;
    const values = Object.entries(env).map(([key, text]) => [key, value(text)]);
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', run], {
      cwd: folder,
      env: cleanEnvironment({
        PATH: `${tools}${delimiter}${process.env.PATH}`,
        CI: 'true',
        GITHUB_REF_NAME: ref,
        GITHUB_REPOSITORY: 'Owner/mfa-cli',
        GITHUB_ACTOR: 'somebody',
        ...Object.fromEntries(values),
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const finished = await finish(child);
    told.push(finished);
    if (finished.exitCode !== 0) break;
  }
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    exitCodes: told.map(({ exitCode }) => exitCode),
    stdout: told.map(({ stdout }) => stdout).join(''),
    stderr: told.map(({ stderr }) => stderr).join(''),
    calls: read(calls),
    stdin: read(join(tools, 'stdin')),
    notes: read(join(folder, 'notes.md')),
  };
}

describe.skipIf(isMissing('bash', 'tar', 'zip', 'unzip'))('a tag', () => {
  test('is built, tried, attested, drafted, and then published by whoever approves it', async () => {
    expect(on).toEqual({ push: { tags: ['v*'] } });
    const order = Object.entries(jobs).map(([name, { needs = '' }]) => [name, needs]);
    expect(order).toEqual([
      ['build', ''],
      ['apple', 'build'],
      ['try', 'apple'],
      ['musl', 'apple'],
      ['attest', ['try', 'musl']],
      ['draft', 'attest'],
      ['npm', 'draft'],
      ['image', 'draft'],
    ]);
    for (const name of ['apple', 'npm', 'image']) expect(jobs[name]?.environment).toBe('release');

    const artifact = join(temporaryDirectory(), 'artifact');
    const built = await runJob('build', artifact);
    expect([built.exitCodes, built.stderr, built.stdout]).toEqual([[0, 0], '', '- News\n']);
    const signed = await runJob('apple', artifact);
    expect([signed.exitCodes, signed.stderr]).toEqual([[0, 0, 0, 0], '']);
    expect(signed.stdout).toMatch(/^Skipped: there is no APPLE_CERTIFICATE,.*\n$/);
    expect(signed.calls).toContain('npm run release -- homebrew checksums\n');
    expect(readdirSync(artifact)).toContain(`mfa-cli-${version}.tgz`);
    expect(readdirSync(artifact)).not.toContain('binary');

    const { include = [] } = jobs.try?.strategy?.matrix ?? {};
    expect(
      include
        .map(({ target = '' }) => archives.find((name) => name.startsWith(`${target}.`)))
        .sort(),
    ).toEqual(archives.filter((name) => !name.startsWith(musl)).sort());
    for (const matrix of include) {
      const { exitCodes, stderr, stdout } = await runJob('try', artifact, matrix);
      const program = `./mfa-cli-${version}-${matrix.target}/${matrix.program}`;
      expect([exitCodes, stderr, stdout]).toEqual([[0], '', `smoke --command ${program}\n`]);
    }

    const onMusl = await runJob('musl', artifact);
    expect([onMusl.exitCodes, onMusl.stdout]).toEqual([
      [0, 0],
      `smoke --command ./mfa-cli-${version}-${musl}/mfa-cli\n`,
    ]);

    const attested = jobs.attest?.steps.filter(({ uses }) =>
      uses?.includes('attest-build-provenance'),
    );
    expect(attested?.map((step) => step.with)).toEqual([
      { 'subject-checksums': 'release/SHA256SUMS' },
      { 'subject-path': 'release/SHA256SUMS' },
    ]);
    expect((await runJob('attest', artifact)).exitCodes).toEqual([0]);
    const files = readdirSync(artifact);
    expect(files).toContain('SHA256SUMS.sigstore.json');

    const draft = await runJob('draft', artifact);
    expect([draft.exitCodes, draft.notes]).toEqual([[0], '- News\n']);
    expect(draft.calls).toBe(
      `gh release create ${tag} --draft --verify-tag --title ${tag} --notes-file notes.md ${files
        .sort()
        .map((file) => `release/${file}`)
        .join(' ')}\n`,
    );

    const npm = await runJob('npm', artifact);
    expect([npm.exitCodes, npm.calls]).toEqual([
      [0],
      `npm publish --provenance --access public --tag latest ./release/mfa-cli-${version}.tgz\n`,
    ]);
    const prerelease = await runJob('npm', artifact, {}, 'v9.9.9-rc.1');
    expect(prerelease.calls).toBe(
      'npm publish --provenance --access public --tag next ./release/mfa-cli-9.9.9-rc.1.tgz\n',
    );

    const image = await runJob('image', artifact);
    expect(image.exitCodes).toEqual([0]);
    expect(image.calls.trim().split('\n')).toEqual([
      'skopeo login --username somebody --password-stdin ghcr.io',
      `skopeo copy --all oci-archive:release/mfa-cli-${version}-image.tar docker://ghcr.io/owner/mfa-cli:${version}`,
    ]);
    // Where nobody sees it: an argument is in the list of processes.
    expect([image.stdin, image.calls.includes('the-token')]).toEqual(['the-token', false]);
  });
});

test.each([
  ['OWNER', 'tag', 'package.json names no owner of the repository'],
  ['OWNER', 'branch', 'The channel none is none of'],
  ['somebody', 'tag', 'The channel none is none of'],
])('what is made for %s at a %s: %s', async (owner, kind, message) => {
  const folder = temporaryDirectory();
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const repository = { type: 'git', url: `git+https://github.com/${owner}/mfa-cli.git` };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, repository }));
  const script = join(folder, 'scripts/release.mjs');
  const env = { ...cleanEnvironment(), GITHUB_REF_TYPE: kind };
  const child = spawn(process.execPath, [script, 'none'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { exitCode, stderr } = await finish(child);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
});

test('a job may do what it is for, and nothing else', () => {
  const granted = Object.entries(jobs).map(([name, { permissions }]) => [name, permissions]);
  expect(Object.fromEntries(granted)).toEqual({
    build: undefined,
    try: undefined,
    attest: { 'id-token': 'write', attestations: 'write' },
    draft: { contents: 'write' },
    npm: { 'id-token': 'write' },
    image: { packages: 'write' },
  });
});
