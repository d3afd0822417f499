import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import {
  cleanEnvironment,
  ctrlC,
  openCommand,
  openTerminal,
  programCommand,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const size = 'cols 80 rows 24';
const linesOf = (raw: string): readonly string[] =>
  stripVTControlCharacters(raw.replaceAll('\r', '')).replace('(restored)\n', '').split('\n');

/** The emulator's first screen, until Ctrl-C. */
async function firstScreen(words: readonly string[], SHELL: string, columns = 80) {
  const emulator = ['emulator', '--port', '0', '--apns-port', '0', ...words];
  // `script` would run its own line with that shell.
  const command = ['env', `SHELL=${SHELL}`, ...programCommand, ...emulator];
  const terminal = openCommand(
    command,
    cleanEnvironment(),
    temporaryDirectory(),
    `cols ${columns} rows 24`,
  );
  await terminal.answer('Paste into another terminal', [
    /\n {2}(?:export|set -gx|source|\.) [^\n]*\n/,
    ctrlC,
  ]);
  return linesOf((await terminal.end()).raw);
}

describe.skipIf(isMissing('script'))('at 80 columns and 24 lines', () => {
  test('the emulator: what to open, who signs in, one warning, and the line of the user’s shell on one line', async () => {
    const words = ['--fixed-passwords', '--auto-approve'];
    const pastedIn = (lines: readonly string[]) =>
      lines.filter((line) => /^ {2}(set -gx|source) /.test(line));
    const lines = await firstScreen(words, '/usr/bin/fish');
    const pasted = pastedIn(lines);
    expect(pasted).toEqual([expect.stringMatching(/^ {2}source '\/.*\/environment\.fish'$/)]);
    expect(pastedIn(await firstScreen(words, '/usr/bin/fish', 300))).toEqual([
      expect.stringMatching(/^ {2}set -gx MFA_CLI_TENANT .*; set -gx MFA_CLI_APNS_HOST '.*'$/),
    ]);
    expect(lines.join('\n')).not.toContain('\n\n\n');
    expect(lines.slice(0, 4)).toEqual([
      'A local tenant is running',
      '',
      expect.stringMatching(/^Open {2}http:\/\/127\.0\.0\.1:\d+\/$/),
      'Stop  Ctrl-C',
    ]);
    expect(lines).toContain('service user   ci@example.com     ci-client-secret');
    expect(lines.filter((line) => line.startsWith('!'))).toHaveLength(1);
    expect(lines.slice(0, lines.indexOf(pasted[0] ?? '')).length).toBeLessThan(24);
  });

  test('the emulator, of several tenants: no secret on the screen, and a short line to paste', async () => {
    const lines = await firstScreen(['--tenants', '200', '--fixed-passwords'], '/usr/bin/zsh');
    expect(lines.join('\n')).not.toMatch(/ci-client-secret|admin-password/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {2}\. \/.*\/run-\d+-[0-9a-z]{1,9}-[0-9a-z]{1,7}\/environment\.sh$/),
    );
    expect(lines.length).toBeLessThan(24);
  });

  test('the plan of a fleet is one table of a line a tenant', async () => {
    const directory = temporaryDirectory();
    const names = ['acme', 'globex', `umbrella-${'of-the-northern-hemisphere-'.repeat(3)}emea`];
    const tenants = names.map(
      (name, index) =>
        `  ${name}: { tenant: 'https://${index}.example.com', certificate: ${index === 0 ? 'one' : 'other'}, sign-in: { client-id: a, client-secret: { env: A } } }\n`,
    );
    const certificate = (name: string, fixture: string): string =>
      `  ${name}: { p12: '${p12Path(fixture)}', password: { env: MFA_CLI_P12_PASSWORD } }\n`;
    writeFileSync(
      join(directory, 'mfa-fleet.yaml'),
      `version: 1\ncertificates:\n${certificate('one', '01-default-aes256')}${certificate('other', '02-legacy-rc2-3des')}tenants:\n${tenants.join('')}`,
    );
    const env = cleanEnvironment({ ...secretPassword, A: 'x' });
    const terminal = openTerminal(['fleet', 'plan', '--trust'], env, directory, size);
    const lines = linesOf((await terminal.end()).raw);
    const from = lines.findIndex((line) => /^Action +Name/.test(line));
    const rows = lines.slice(from + 1, from + 4);
    expect(rows.map((line) => line.split(/ +/).slice(0, 3))).toEqual([
      ['set', 'acme', 'com.example.lab'],
      ['set', 'globex', 'com.example.lab'],
      ['set', expect.stringMatching(/^umbrella-.*….*-emea$/), 'com.example.lab'],
    ]);
    expect(rows.filter((line) => line.length > 80)).toEqual([]);
    // On a busy machine a spinner was on that line before.
    expect(lines).toContainEqual(expect.stringMatching(/3 tenants: 3 to set$/));
  });

  test('an error has a mark, and its hints hang below it', async () => {
    const file = `${'a'.repeat(50)}.p12`;
    const terminal = openTerminal(
      ['apns', 'inspect', file],
      cleanEnvironment(),
      temporaryDirectory(),
      size,
    );
    const [first = '', ...below] = linesOf((await terminal.end()).raw).filter(
      (line) => line !== '',
    );
    expect(first).toBe(`✗ ${file} does not exist`);
    for (const line of below) expect(line).toMatch(/^ {2}\S/);
  });
});
