import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settingKeys } from '../../src/auth/profile.ts';
import { readFleet } from '../../src/commands/fleet/file/read-fleet.ts';
import { flatten } from '../../src/reference/command-tree.ts';
import { fleetExample } from '../../src/reference/topics/fleet-file.ts';
import { topics } from '../../src/reference/words.ts';
import { describe as describeCommands } from '../../src/run-command-line.ts';
import { variableSettings } from '../../src/settings/options.ts';
import { table } from '../../src/settings/table.ts';
import { createMachine } from '../support/context.ts';

const src = new URL('../../src/', import.meta.url);
const names = variableSettings().map(({ variable }) => variable);

describe('help', () => {
  test.each(topics.map(({ word }) => word))('on %s is as reviewed', async (word) => {
    const { exitCode, stdout, stderr } = await createMachine().run(['help', word]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(
      stdout.split('\n').filter((line) => line.length > 80 && !/^`mfa-cli [^`]*`\.$/.test(line)),
    ).toEqual([]);
    await expect(stdout).toMatchFileSnapshot(`golden/help/topic-${word}.txt`);
  });

  test.each([
    ['enviroment', 'No help found for "enviroment"; did you mean environment?'],
    [
      'weather',
      'No help found for "weather" (topics: options, environment, exit-codes, fleet-file, findings, agents; commands:',
    ],
  ])('on %s, which there is none on, names what there is', async (word, said) => {
    const { exitCode, stdout, stderr } = await createMachine().run(['help', word]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
  });

  test.each([[['help']], [['help', 'help']], [['help', '--quiet']]])(
    '%j is that of the program',
    async (argv) => {
      const { exitCode, stdout } = await createMachine().run(argv);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Usage: mfa-cli <command> [options]');
      for (const { word, summary } of topics) {
        expect(stdout).toMatch(new RegExp(`^ {2}mfa-cli help ${word} +${summary}$`, 'm'));
      }
    },
  );

  test('on a command is that of the command', async () => {
    const machine = createMachine();
    const { stdout } = await machine.run(['help', 'apns', 'set']);
    expect(stdout).toBe((await machine.run(['apns', 'set', '--help'])).stdout);
  });
});

test('the example of the help on fleet-file is a fleet', () => {
  const { tenants } = readFleet(fleetExample, { file: 'f.yaml', directory: '/' });
  expect(tenants.map(({ name }) => name)).toEqual(['acme', 'globex']);
});

/** What every program of the terminal knows. */
const undocumented = ['TERM', 'XDG_CONFIG_HOME'];
/** Told to the programs that `--hook` and `--issuer` name. */
const given = ['MFA_CLI_EVENT', 'MFA_CLI_CSR', 'MFA_CLI_BUNDLE_ID', 'MFA_CLI_CERTIFICATE'];

describe('the variables', () => {
  test('are those that the source reads', () => {
    const texts = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter(
        (path) =>
          path.endsWith('.ts') &&
          !path.startsWith('reference/topics/') &&
          path !== 'settings/table.ts',
      )
      .map((path) => readFileSync(new URL(path, src), 'utf8'));
    const read = new Set(
      texts.flatMap((text) => text.match(/\bMFA_CLI_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []),
    );
    // The build puts it there; it is no variable of the environment.
    read.delete('MFA_CLI_VERSION');
    expect([...read].filter((name) => ![...names, ...given].includes(name))).toEqual([]);
    // The settings are looked up by what the table says.
    for (const key of [...settingKeys, 'profile', 'timeout', 'record'] as const)
      read.add(table[key].variable);
    expect(names.filter((name) => name.startsWith('MFA_CLI_') && !read.has(name))).toEqual([]);
  });

  test('and what a profile can hold, stand in the page on settings, with option and default', () => {
    const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
    const lines = page.split('\n').filter((line) => line.startsWith('|'));
    const missing = variableSettings()
      .filter(({ variable }) => !undocumented.includes(variable))
      .filter(({ variable, option }) => {
        const flag = option?.flag ?? '';
        return !lines.some((line) => line.includes(variable) && line.includes(flag));
      });
    expect(missing).toEqual([]);
    const [, held = ''] = /^A profile holds ([^;]+);/ms.exec(page) ?? [];
    expect(held.match(/`[^`]+`/g)?.sort()).toEqual(settingKeys.map((key) => `\`${key}\``).sort());
  });

  test('name options that there are', async () => {
    const options = flatten(await describeCommands()).flatMap((node) =>
      node.options.flatMap(({ spellings }) => spellings),
    );
    const named = variableSettings().flatMap(({ option }) => option?.flag ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((flag) => !options.includes(flag))).toEqual([]);
  });
});
