import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  closeRuntime,
  engineOption,
  measured,
  variables,
} from '../../scripts/binary/closed-runtime.mjs';
import { fetchLocked, readLocks } from '../../scripts/binary/locked-package.mjs';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const lock = readLocks();
const name = '@oven/bun-linux-x64';

test('a runtime that is not the one in the lock is refused, and not kept', async () => {
  const cache = temporaryDirectory();
  const place = `node_modules/${name}`;
  const other = {
    ...lock.packages[place],
    integrity: lock.packages[`${place}-musl`]?.integrity ?? '',
  };
  const altered = { packages: { ...lock.packages, [place]: other } };
  await expect(fetchLocked(name, altered, cache)).rejects.toThrow('is not what the lock has');
  expect(readdirSync(cache)).toEqual([]);
});

test('the one in the lock is fetched once', async () => {
  const cache = fileURLToPath(new URL('../../.cache/binary', import.meta.url));
  const before = statSync(join(await fetchLocked(name, lock, cache), 'bin', 'bun'));
  expect(before.size).toBeGreaterThan(50_000_000);
  expect(statSync(join(await fetchLocked(name, lock, cache), 'bin', 'bun')).ino).toBe(before.ino);
});

const allNames = [...variables, engineOption, measured.name];
const once = `does not contain ${variables[0]} exactly once`;

test.each([
  ['a variable that is missing', allNames.slice(1), once],
  ['a variable that is there twice', [...allNames, variables[0]], once],
  [
    'the option that is missing',
    allNames.filter((name) => name !== engineOption),
    `does not contain ${engineOption}`,
  ],
  [
    'the last variable that is missing',
    allNames.slice(0, -1),
    `does not contain ${measured.name} exactly once`,
  ],
])('%s stops the build', async (_case, names, message) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'bun'), `\0${names.join('\0')}\0`);
  const closing = closeRuntime(join(directory, 'bun'), join(directory, 'closed'));
  await expect(closing).rejects.toThrow(message);
});

test('only their names are changed', async () => {
  const directory = temporaryDirectory();
  const joined = (names: readonly string[]) => names.map((name) => `${name}\0`).join('');
  const before = [...variables, engineOption, `JSC_${engineOption}`, measured.name, 'BUN_OPTIONSZ'];
  writeFileSync(join(directory, 'bun'), `a BUN_OPTIONS of a sentence\0${joined(before)}`);
  await closeRuntime(join(directory, 'bun'), join(directory, 'closed'));
  const emptied = variables.map((variable) => `\0${variable.slice(1)}`);
  const option = `\0${engineOption.slice(1)}`;
  const after = [
    ...emptied,
    option,
    `JSC_${option}`,
    `PATH\0${measured.name.slice('PATH\0'.length)}`,
    'BUN_OPTIONSZ',
  ];
  const closed = readFileSync(join(directory, 'closed'), 'latin1');
  expect(closed).toBe(`a BUN_OPTIONS of a sentence\0${joined(after)}`);
});
