import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { Sbom } from '../../scripts/sbom.mjs';
import { cleanEnvironment, type Finished, finish } from '../support/process.ts';
import { type Registry, startRegistry } from '../support/registry.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const script = fileURLToPath(new URL('../../scripts/audit.mjs', import.meta.url));
const { components }: Sbom = JSON.parse(
  readFileSync(new URL('../../dist/sbom.cdx.json', import.meta.url), 'utf8'),
);
const endpoint = '/-/npm/v1/security/advisories/bulk';

function audit(registry: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const npm = {
    npm_config_registry: registry,
    npm_config_fetch_retry_mintimeout: '1',
    npm_config_fetch_retry_maxtimeout: '1',
  };
  return finish(spawn(process.execPath, [script], { env: cleanEnvironment({ ...npm, ...env }) }));
}

function knowing(name: string, severity: string, versions: string): Promise<Registry> {
  const advisory = {
    id: 1,
    url: 'https://example.com/1',
    title: 'Runs anything',
    severity,
    vulnerable_versions: versions,
  };
  return startRegistry(() => ({ [endpoint]: JSON.stringify({ [name]: [advisory] }) }));
}

test('asks for the packages of the bundle in their versions, and for no other', async () => {
  const registry = await startRegistry(() => ({ [endpoint]: '{}' }));
  expect(await audit(registry.url)).toEqual({
    exitCode: 0,
    stdout: `${components.length} bundled packages audited: 0 advisories, 0 of them high or critical\n`,
    stderr: '',
  });
  const question = registry.requests.find(({ line }) => line === `POST ${endpoint}`);
  const asked = JSON.parse(gunzipSync(question?.body ?? '').toString()) as Record<string, string[]>;
  const expected: Record<string, string[]> = {};
  for (const { group, name, version } of components) {
    const full = group === undefined ? name : `${group}/${name}`;
    expected[full] = [...(expected[full] ?? []), version].sort();
  }
  const sorted = Object.entries(asked).map(([name, versions]) => [name, versions.toSorted()]);
  expect(Object.fromEntries(sorted)).toEqual(expected);
});

test.each([
  ['critical', '<99', 1, 'critical: commander <99: Runs anything (https://example.com/1)'],
  ['high', '<99', 1, '1 advisories, 1 of them high or critical'],
  ['moderate', '<99', 0, 'moderate: commander <99: Runs anything'],
  ['critical', '<1', 0, '0 advisories'],
])(
  'an advisory of %s severity for %s ends with %i',
  async (severity, versions, expected, words) => {
    const { exitCode, stdout } = await audit((await knowing('commander', severity, versions)).url);
    expect([exitCode, stdout]).toEqual([expected, expect.stringContaining(words)]);
  },
);

test.each([404, 500])('passes and says so where the registry answers %s', async (status) => {
  const { url } = await startRegistry(() => ({ [endpoint]: status }));
  const { exitCode, stdout } = await audit(url);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^NOT AUDITED: .*: \d{3} /)]);
});

test('passes and says so where the registry cannot be reached', async () => {
  const { exitCode, stdout } = await audit(`http://127.0.0.1:${await freePort()}`);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^NOT AUDITED: .*ECONNREFUSED/)]);
});

test.each([
  ['no report', 'echo oops', 'npm audit gave no report'],
  ['another fault', `echo '{"error":{"summary":"no lock"}}'`, 'npm audit: no lock'],
])('fails where npm itself has %s', async (_case, command, words) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'npm'), `#!/bin/sh\n${command}\nexit 1\n`, { mode: 0o755 });
  const env = { PATH: `${directory}${delimiter}${process.env.PATH}` };
  const { exitCode, stderr } = await audit('http://127.0.0.1:9', env);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(words)]);
});
