import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { costlyApps, hostileApps } from '../../support/built-app/hostile-apps.ts';
import { cleanEnvironment, runProgram } from '../../support/process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const isThorough = process.env.TEST_THOROUGH !== undefined;
const all = { ...costlyApps, ...hostileApps };
const names = isThorough ? Object.keys(all) : ['a hundred thousand entries'];

test.each(names)('%s: the program ends with 3, within 10 s and 300 MB', async (name) => {
  const directory = temporaryDirectory();
  const path = join(directory, 'App.ipa');
  const resources = join(directory, 'resources');
  writeFileSync(path, all[name]?.() ?? '');
  const module = new URL('../../support/resources.mjs', import.meta.url).href;
  const env = cleanEnvironment({
    NODE_OPTIONS: `--import ${module}`,
    TEST_RESOURCES: resources,
  });
  const { exitCode, stdout } = await runProgram(['app', 'check', path, '--json'], env);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'app-unreadable' });
  expect(exitCode).toBe(3);
  const { bytes, seconds } = JSON.parse(readFileSync(resources, 'utf8'));
  expect(seconds).toBeLessThan(10);
  expect(bytes).toBeLessThan(300e6);
});
