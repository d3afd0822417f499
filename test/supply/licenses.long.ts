import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cleanEnvironment, type Finished, finish } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const script = fileURLToPath(new URL('../../scripts/licenses.mjs', import.meta.url));
const sbom = JSON.parse(readFileSync(new URL('../../dist/sbom.cdx.json', import.meta.url), 'utf8'));
const count = sbom.components.length;

function check(...words: readonly string[]): Promise<Finished> {
  return finish(spawn(process.execPath, [script, ...words], { env: cleanEnvironment() }));
}

test('every package in the bundle has a license of the list', async () => {
  expect(await check()).toEqual({
    exitCode: 0,
    stdout: `${count} packages have a license on the list, 0 do not\n`,
    stderr: '',
  });
});

const [mit, x] = ['MIT', 'X'].map((id) => ({ license: { id } }));
test.each([
  [
    'another license',
    [{ license: { id: 'AGPL-3.0-only' } }],
    'the license AGPL-3.0-only is not on the list',
  ],
  [
    'another',
    [{ expression: 'MIT AND GPL-2.0' }],
    'the license MIT AND GPL-2.0 is not on the list',
  ],
  ['no license', undefined, 'the license is missing'],
  ['several, of which only one is known', [mit, x], 'the license'],
])('a package with %s fails', async (_case, licenses, words) => {
  const file = join(temporaryDirectory(), 'sbom.json');
  const component = { purl: 'pkg:npm/stranger@1.0.0', licenses };
  writeFileSync(file, JSON.stringify({ ...sbom, components: [...sbom.components, component] }));
  const { exitCode, stdout, stderr } = await check(file);
  expect([exitCode, stdout]).toEqual([
    1,
    `${count} packages have a license on the list, 1 do not\n`,
  ]);
  expect(stderr).toMatch(new RegExp(`^pkg:npm/stranger@1\\.0\\.0: ${words}`));
});
