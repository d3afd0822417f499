import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect } from 'vitest';
import { cleanEnvironment } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
/** What `npm run release` made. */
export const release = join(root, 'release');
const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** The project's, as package.json has it. */
export const address: string = repository.url.replace(/^git\+|\.git$/g, '');

/** The names of the JSON Schemas, which every package carries. */
export const schemas: readonly string[] = readdirSync(join(root, 'schema')).sort();

/** The path of the only file of the release whose name matches. */
export function released(name: RegExp): string {
  const [only, ...others] = readdirSync(release).filter((file) => name.test(file));
  if (only === undefined || others.length > 0)
    throw new Error(
      `release/ has ${others.length === 0 ? 'no' : 'several'} ${name}: npm run release`,
    );
  return join(release, only);
}

/** The output of a program that ends well; another end fails the test with what it said. */
export async function run(file: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await execute(file, words, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** The output of a program whose exit code says what it has found. */
export async function runLoosely(file: string, ...words: readonly string[]): Promise<string> {
  const told = await execute(file, words, { maxBuffer: 64 * 1024 * 1024 }).catch((error) => error);
  return `${told.stdout ?? ''}`;
}

/** The same as root, which package managers ask for even in a folder of one's own. */
export function runAsRoot(file: string, ...words: readonly string[]): Promise<string> {
  return process.getuid?.() === 0
    ? run(file, ...words)
    : run('sudo', '--non-interactive', file, ...words);
}

/** A directory in which root installs something; gone after all tests of the file or the `describe`. */
export function directoryOfRoot(): string {
  const directory = temporaryDirectory();
  afterAll(() => runAsRoot('rm', '-rf', directory));
  return directory;
}

/**
 * Has an installed command pass the whole smoke test: `--version`, `apns inspect`, the emulator, `apns set` against it, and the rest.
 */
export async function expectWorking(command: string): Promise<void> {
  const words = [join(root, 'scripts/smoke.mjs'), '--command', command];
  const { stdout } = await execute(process.execPath, words, { env: cleanEnvironment() });
  expect(stdout).toMatch(/^[1-9]\d passed, 0 failed\n$/);
}

/** The paths of all files below a folder, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}
