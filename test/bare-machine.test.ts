import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { passedOverIn } from './support/passed-over.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** What needs no guard: a machine that builds this project has Node.js, npm, git, coreutils and a shell. */
const everywhere = ['npm', 'git', 'sh', 'cat', 'chown', 'false', 'mkfifo', 'sleep', 'true'];
/** What a test tries, since it needs a right to it as well. */
const tried = ['mount', 'umount', 'unshare'];
/** Functions of support/ that run a program. */
const runners: Readonly<Record<string, string>> = {
  runShell: 'bash',
  runAction: 'bash',
  openTerminal: 'script',
  openCommand: 'script',
};

/** Programs that a test file runs by name, and asks nowhere whether they are there. */
function unguarded(text: string): string[] {
  const started = text.matchAll(/\b(?:spawn|spawnSync|execFile|execFileSync|startCommand)\(\s*'([^']+)'/g);
  const listed = text.matchAll(/(?<!\w)\[\s*'(bash|script|zsh|fish|man|openssl|keytool|curl|python3)'/g);
  const called = Object.keys(runners).filter((name) => text.includes(`${name}(`));
  const programs = [
    ...[...started, ...listed].map(([, name = '']) => name),
    ...called.map((name) => runners[name] ?? ''),
  ];
  const asked = [...text.matchAll(/\b(?:isMissing|needs|isRefused)[(:]([^)\n]*)/g)]
    .map(([, words]) => words)
    .join();
  return [...new Set(programs)].filter(
    (name) => ![...everywhere, ...tried].includes(name) && !asked.includes(`'${name}'`),
  );
}

test('a test that needs more than a bare machine has is passed over there', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?<!^bare-machine)\.test\.ts$/.test(path),
  );
  const found = files.flatMap((path) =>
    unguarded(readFileSync(folder + path, 'utf8')).map((program) => `${path} needs ${program}`),
  );
  expect(found).toEqual([]);
});

test('a run ends with the tests that were skipped, and the missing programs', () => {
  const module = (skipped: number, ...missing: string[]) => ({
    children: { allTests: () => Array(skipped) },
    meta: () => ({ missing }),
  });
  const modules = [
    module(2, 'openssl'),
    module(0, 'fish'),
    module(1),
    module(3, 'openssl', 'keytool'),
    module(5, 'openssl'),
  ];
  expect(passedOverIn(modules)).toBe(
    '11 tests were skipped without openssl (7), keytool and openssl (3), another system or user (1)',
  );
  expect(passedOverIn([module(0, 'openssl')])).toBeNull();
});
