import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cleanEnvironment } from './support/process.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

/** The blocks of "How to add a command": the file, its options, its declaration, its help. */
const [file, options, declaration, help] = [
  ...page
    .slice(page.indexOf('\n## How to add a command'))
    .matchAll(/^```(?:ts|text)\n([\s\S]*?)^```$/gm),
].map(([, block = '']) => block) as [string, string, string, string];

/** The project with the command of the page in it, and what runs a program there to its end. */
function copyWithHello(): (path: string, ...words: readonly string[]) => string {
  const copy = temporaryDirectory();
  const parts = [
    'bin',
    'docs',
    'schema',
    'scripts',
    'src',
    'test/architecture',
    'test/support',
    'package.json',
    'package-lock.json',
  ];
  for (const part of [...parts, 'tsconfig.json', 'vitest.config.ts'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'src/commands/hello.ts'), file);
  const edit = (path: string, changed: (text: string) => string): void => {
    const place = join(copy, path);
    writeFileSync(place, changed(readFileSync(place, 'utf8')));
  };
  edit('src/commands/options.ts', (text) => `${text}\n${options}`);
  edit('src/commands/commands.ts', (text) =>
    text
      .replace(/^ {2}logoutOptions,$/m, (line) => `  helloOptions,\n${line}`)
      .replace('singles: [', 'singles: [hello, ')
      .replace(/^const apns/m, (line) => `${declaration}\n${line}`),
  );
  const tsconfig = { extends: './tsconfig.json', include: [], files: ['src/commands/hello.ts'] };
  writeFileSync(join(copy, 'hello.json'), JSON.stringify(tsconfig));
  const env = cleanEnvironment();
  return (path, ...words) =>
    execFileSync(process.execPath, [path, ...words], {
      cwd: copy,
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
}

test('the command of the page works in a copy of the project, and keeps its rules', {
  timeout: 90_000,
}, () => {
  const run = copyWithHello();
  run('scripts/build.mjs');
  expect(run('bin/mfa-cli.js', 'hello')).toBe('Hello, world!\n');
  expect(JSON.parse(run('bin/mfa-cli.js', 'hello', '--name', 'Ada', '--json'))).toEqual({
    name: 'Ada',
  });
  expect(run('bin/mfa-cli.js', 'hello', '--help')).toBe(help);
  expect(run('bin/mfa-cli.js', '--help')).toMatch(/^ {2}hello +greet somebody$/m);
  run('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'hello.json');
  expect(run('node_modules/vitest/vitest.mjs', 'run', 'test/architecture')).toMatch(
    /Tests .*\d+ passed/,
  );
});
