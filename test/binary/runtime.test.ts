import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { closeRuntime, variables } from '../../scripts/binary/closed-runtime.mjs';
import { fetchLocked } from '../../scripts/binary/locked-package.mjs';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
const name = '@oven/bun-linux-x64';

test('a runtime that is not the one in the lock is refused, and not kept', async () => {
  const cache = temporaryDirectory();
  const place = `node_modules/${name}`;
  const other = { ...lock.packages[place], integrity: lock.packages[`${place}-musl`].integrity };
  const altered = { packages: { ...lock.packages, [place]: other } };
  await expect(fetchLocked(name, altered, cache)).rejects.toThrow('is not what package-lock.json has');
  expect(readdirSync(cache)).toEqual([]);
});

test('the one in the lock is fetched once', async () => {
  const cache = fileURLToPath(new URL('../../.cache/binary', import.meta.url));
  const before = statSync(join(await fetchLocked(name, lock, cache), 'bin', 'bun'));
  expect(before.size).toBeGreaterThan(50_000_000);
  expect(statSync(join(await fetchLocked(name, lock, cache), 'bin', 'bun')).ino).toBe(before.ino);
});

test.each([
  ['that is missing', variables.slice(1).join('\0')],
  ['that is there twice', `${variables.join('\0')}\0${variables[0]}`],
])('a variable %s stops the build', async (_case, text) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'bun'), `\0${text}\0`);
  const closing = closeRuntime(join(directory, 'bun'), join(directory, 'closed'));
  await expect(closing).rejects.toThrow(`does not contain ${variables[0]} exactly once`);
});

test('only the first bytes of their names are changed', async () => {
  const directory = temporaryDirectory();
  const names = variables.map((variable) => `${variable}\0`).join('');
  writeFileSync(join(directory, 'bun'), `a BUN_OPTIONS of a sentence\0${names}BUN_OPTIONSZ\0`);
  await closeRuntime(join(directory, 'bun'), join(directory, 'closed'));
  const emptied = variables.map((variable) => `\0${variable.slice(1)}\0`).join('');
  const closed = readFileSync(join(directory, 'closed'), 'latin1');
  expect(closed).toBe(`a BUN_OPTIONS of a sentence\0${emptied}BUN_OPTIONSZ\0`);
});
