import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { encodeLine } from '../../src/change/ledger-line.ts';
import { doneAt } from '../change/examples.ts';
import { p12Path } from '../support/fixtures.ts';
import { startServer } from '../support/http.ts';
import { ledgerOf } from '../support/ledger.ts';
import { isThorough } from '../support/patience.ts';
import { cleanEnvironment, ctrlC, openCommand, programCommand } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const profile = '株式会社';
/** In a list of 50 columns or more, the least important columns go instead of the lines. */
const listed = 50;
const narrow = isThorough ? [49, 80, 120] : [49, 80];

/** An environment with two profiles, of a tenant that nobody answers for. @param port of the loopback redirect */
function prepared(port: number): Readonly<Record<string, string>> {
  const env = cleanEnvironment({ MFA_CLI_P12_PASSWORD: 'secret', MFA_CLI_PORT: String(port) });
  const tenant = 'http://127.0.0.1:9';
  const facts = { clientAppKey: 'com.example.lab', topic: 'com.example.lab' };
  const lines = [tenant, 'https://abc1234.id.example'].flatMap((each, index) =>
    doneAt(`${index}`, index, { tenant: each, ...facts, notAfter: '2026-12-01T00:00:00.000Z' }),
  );
  const settings = { tenant };
  const profiles = { another: { settings }, [profile]: { settings } };
  mkdirSync(env.MFA_CLI_CONFIG_DIR ?? '', { mode: 0o700 });
  writeFileSync(
    join(env.MFA_CLI_CONFIG_DIR ?? '', 'config.json'),
    JSON.stringify({ current: profile, profiles }),
    { mode: 0o600 },
  );
  const ledger = ledgerOf(env.MFA_CLI_CONFIG_DIR ?? '');
  writeFileSync(ledger, lines.map(encodeLine).join(''), { mode: 0o600 });
  return env;
}

/** What the terminal shows of a command line, or of a picker until it is left, with lines as the program ended them. */
async function shown(
  words: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>>,
  picker?: { readonly directory: string; readonly last: string },
): Promise<string> {
  const command = [...programCommand, ...words];
  const terminal = openCommand(command, env, picker?.directory, `cols ${columns} rows 50`);
  if (picker !== undefined) {
    await terminal.read(picker.last);
    terminal.type(ctrlC);
  }
  const { raw } = await terminal.end();
  // A spinner goes back to the first column to turn.
  const lines = raw.replaceAll(`\u001b[1G`, '\n').replaceAll('\r', '');
  return stripVTControlCharacters(lines).replace('(restored)\n', '');
}

/**
 * Nothing goes over the edge but a single word or command that no line has room for. Every word that a wide terminal shows is there, whole;
 * a list has as many lines.
 */
function expectFit(text: string, wide: string, columns: number, isList = false): void {
  const over = text
    .split('\n')
    .filter(
      (line) =>
        columnsOf(line) > columns &&
        !/^ *\$ mfa-cli /.test(line) &&
        !(/^ *(?:\S+|`mfa-cli [^`]*`\S*)$/.test(line) && columnsOf(line.trim()) > columns),
    );
  expect(over).toEqual([]);
  if (isList && columns >= listed) {
    expect(text.split('\n')).toHaveLength(wide.split('\n').length);
    return;
  }
  const words = new Set(wordsOf(text));
  expect(wordsOf(wide).filter((word) => !words.has(word))).toEqual([]);
}

/** Without the frames of a spinner, which comes and goes with the time that something takes. */
function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => !/^\p{Script=Braille}?$/u.test(word));
}

/** Ours, so that the program's way to measure is not measured with itself. */
function columnsOf(line: string): number {
  return [...line].reduce((sum, character) => sum + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0);
}

/** Without the sentences above a table, which are wrapped. */
const belowVerdicts = (text: string): string => text.replace(/^! Pushes[\s\S]*?\n\n/m, '');

describe.skipIf(isMissing('script'))(`in a terminal of ${narrow.join(' and ')} columns`, () => {
  const reports: readonly [string, readonly string[]][] = [
    ['a report', ['apns', 'inspect', p12Path('30-exp')]],
    ['the status', ['apns', 'status', '--all-profiles']],
    ['an error with hints', ['apns', 'inspect', 'missing-from-this-directory.p12']],
    ['help', ['apns', 'set', '--help']],
    ['the profiles', ['profile', 'list']],
    ['doctor', ['doctor']],
    ['a long help', ['emulator', '--help']],
    ['a topic', ['help', 'environment']],
  ];
  test.each(isThorough ? reports : reports.slice(0, 4))('%s', async (name, words) => {
    // For each of the programs the port is taken, not by one another at times.
    const { origin } = await startServer();
    const env = prepared(Number(new URL(origin).port));
    const [wide, ...others] = await Promise.all(
      [1000, ...narrow].map((columns) => shown(words, columns, env)),
    );
    for (const [index, text] of others.entries()) {
      const isList = /^the (status|profiles)$/.test(name);
      expectFit(belowVerdicts(text), belowVerdicts(wide ?? ''), narrow[index] ?? 0, isList);
    }
  });

  test('the picker', async () => {
    const directory = temporaryDirectory();
    const names = [
      `the push certificate of ${profile} for its app on phones, as renewed in 2026.p12`,
      'old.p12',
    ];
    for (const name of names) writeFileSync(join(directory, name), '');
    for (const columns of narrow) {
      const text = await shown(['apns', 'inspect'], columns, cleanEnvironment(), {
        directory,
        last: 'another file',
      });
      expectFit(text, names.join(' '), columns);
    }
  });
});
