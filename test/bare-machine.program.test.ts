import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

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
  const started = text.matchAll(
    /\b(?:spawn|spawnSync|execFile|execFileSync|startCommand)\(\s*'([^']+)'/g,
  );
  const listed = text.matchAll(
    /(?<!\w)\[\s*'(bash|script|zsh|fish|man|openssl|keytool|curl|python3)'/g,
  );
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
