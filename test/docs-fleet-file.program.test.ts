import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFleet } from '../src/commands/fleet/file/read-fleet.ts';
import { CliError } from '../src/errors/cli-error.ts';
import { cleanEnvironment, runShell } from './support/process.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { isMissing } from './support/tools.ts';

function read(page: string): string {
  return readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8');
}

const reference = read('fleet-file.md');

function blocks(language: string, page = reference): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );
}

test('the example is a fleet', () => {
  const [example = ''] = blocks('yaml');
  const { tenants, certificates } = readFleet(example, { file: 'mfa-fleet.yaml', directory: '/' });
  expect([tenants.length, certificates.size]).toEqual([4, 2]);
});

test('the faults read as the page shows them', () => {
  const [shown = ''] = blocks('text');
  const text = `version: 1
certificates:
  app:
    p12: app.p12
    password: hunter2
tenants:
  acme:
    tenant: abc1234.id.cyberark.cloud
    certificate: ap
    sign-in: { profile: acme }
    signin: { profile: acme }
`;
  const faults = (): unknown => readFleet(text, { file: 'mfa-fleet.yaml', directory: '/' });
  expect(faults).toThrow(CliError);
  expect(faults).toThrow(shown.replace('mfa-cli: error: ', '').trimEnd());
});

test.skipIf(isMissing('bash'))('the command that creates the file runs', async () => {
  const [create = 'false'] = blocks('sh', read('fleet.md'));
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'other'), '');
  const script = `set -eu; cd '${directory}'\n${create}`;
  expect(await runShell(script, cleanEnvironment())).toMatchObject({ exitCode: 0, stderr: '' });
  expect(existsSync(join(directory, 'mfa-fleet.yaml'))).toBe(true);
});
