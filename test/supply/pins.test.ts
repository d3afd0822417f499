import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What people and pipelines are told to run, and what runs here. */
const pages = readdirSync(root)
  .filter((name) => /^(\.ci|\.github|bin|docs|scripts|src)$|\.(md|yml|yaml|json)$/.test(name))
  .flatMap((name) =>
    statSync(root + name).isDirectory()
      ? readdirSync(root + name, { recursive: true, encoding: 'utf8' }).map(
          (path) => `${name}/${path}`,
        )
      : [name],
  )
  .filter((path) => statSync(root + path).isFile())
  .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));

/** Lines that take another's action by anything but a commit, or say nothing of its version. */
function unpinned(text: string): string[] {
  return text.split('\n').filter((line) => {
    const [, used = '', comment = ''] = /\buses:\s*["']?([^\s"',}]+)["']?(.*)/.exec(line) ?? [];
    if (used === '' || used.startsWith('./') || used === 'OWNER/mfa-cli@COMMIT') return false;
    if (/^docker:\/\/\S+@sha256:[0-9a-f]{64}$/.test(used)) return false;
    return !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(used) || !/^\s+# v\d+\.\d+\.\d+$/.test(comment);
  });
}

/** Lines that have a package manager install or run what the registry has under our name. */
function byName(text: string): string[] {
  const managers = /\b(?:npx|bunx|(?:npm|pnpm|yarn|bun|deno|cnpm|volta)\s+(?:global\s+)?[a-z]+)/
    .source;
  const name = /\s(?:\S+\s+)*?["']?(?:npm:)?mfa-cli(?:@[^\s"']*)?(?![\w./-])/.source;
  return text.split('\n').filter((line) => new RegExp(managers + name).test(line));
}

/** Scripts of a workflow that hold an expression, which is put into them before any shell sees it. */
function interpolated(text: string): string[] {
  const found: string[] = [];
  let indent = -1;
  for (const line of text.split('\n')) {
    const [, before = '', script] = /^(\s*(?:- )?)run:\s*(.*)$/.exec(line) ?? [];
    if (line.trim() !== '' && line.search(/\S/) <= indent) indent = -1;
    if (script !== undefined) indent = before.length;
    if ((script !== undefined || indent !== -1) && line.includes('${{')) found.push(line);
  }
  return found;
}

/** Packages of a lock that could be anything. */
function unhashed(lock: {
  packages: Record<string, { integrity?: string; link?: boolean }>;
}): string[] {
  return Object.entries(lock.packages)
    .filter(
      ([place, { integrity = '' }]) => place !== '' && !/^sha512-[\w+/]{86}==$/.test(integrity),
    )
    .map(([place]) => place);
}

/** `PATH: LINE` of all that a judge finds. */
function foundBy(judge: (text: string) => string[], suffix = /(?:)/): string[] {
  return pages
    .filter(({ path }) => suffix.test(path))
    .flatMap(({ path, text }) => judge(text).map((line) => `${path}: ${line.trim()}`));
}

describe('this project', () => {
  test('takes the actions of others by commit', () => {
    expect(foundBy(unpinned)).toEqual([]);
    const used = pages.flatMap(({ text }) => text.match(/uses: [a-z]\S+@[0-9a-f]{40} /g) ?? []);
    expect(used.length).toBeGreaterThan(2);
  });

  test('has nobody install by our name', () => {
    expect(foundBy(byName)).toEqual([]);
  });

  test('has no expression in a script', () => {
    expect(foundBy(interpolated, /\.(md|ya?ml)$/)).toEqual([]);
  });

  test('has a hash of each package in each lock', () => {
    const folders = ['action', 'scripts', 'test'].filter((folder) => existsSync(root + folder));
    const locks = folders
      .flatMap((folder) =>
        readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map(
          (path) => `${folder}/${path}`,
        ),
      )
      .filter((path) => path.endsWith('/package-lock.json'));
    expect(locks).toEqual(
      expect.arrayContaining([
        'scripts/binary/package-lock.json',
        'scripts/lint/package-lock.json',
        'scripts/mutation/package-lock.json',
        'test/release/package-lock.json',
      ]),
    );
    for (const path of ['package-lock.json', ...locks])
      expect([path, ...unhashed(JSON.parse(readFileSync(root + path, 'utf8')))]).toEqual([path]);
  });
});
