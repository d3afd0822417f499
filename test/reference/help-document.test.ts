import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { variableSettings } from '../../src/settings/options.ts';
import { testCases } from '../support/cases.ts';
import { commandWords } from '../support/command-words.ts';
import { createMachine } from '../support/context.ts';
import { schemaFiles } from '../support/documents.ts';

interface Described {
  readonly path: string;
  readonly options: readonly Readonly<
    Record<string, unknown> & { name: string; term: string; help: string }
  >[];
  readonly arguments: readonly Readonly<Record<string, unknown>>[];
  readonly schema: string | null;
  readonly commands: readonly Described[];
}

// Nothing is ever written there.
const machine = createMachine(join(tmpdir(), `mfa-cli-${process.pid}-none`));

async function helpOn(words: string) {
  const { exitCode, stdout, stderr } = await machine.run([
    ...`help ${words}`.trim().split(' '),
    '--json',
  ]);
  expect([exitCode, stderr]).toEqual([0, '']);
  return {
    text: stdout,
    ...(JSON.parse(stdout) as { command: Described; globalOptions: Described['options'] }),
  };
}

function flat(one: Described): readonly Described[] {
  return [one, ...one.commands.flatMap(flat)];
}

const program = await helpOn('');
const leaves = flat(program.command).filter(({ commands }) => commands.length === 0);

function described(path: string, name: string) {
  const options = [
    ...(leaves.find((leaf) => leaf.path === path)?.options ?? []),
    ...program.globalOptions,
  ];
  return options.find((option) => option.name === name);
}

testCases('help-document', {
  'an option of a command': described,
  'the arguments of a command': (path: string) =>
    leaves.find((leaf) => leaf.path === path)?.arguments,
});

describe('help --json', () => {
  test('has every command, each with a schema of its own', () => {
    expect(leaves.map(({ path }) => path).sort()).toEqual([...commandWords].sort());
    const others = ['alert', 'error', 'help', 'help-topic', 'saved-plan'].map(
      (name) => `${name}.schema.json`,
    );
    expect([...leaves.map(({ schema }) => schema), ...others].sort()).toEqual(
      [...schemaFiles].sort(),
    );
  });

  test.each(['apns', 'apns set', 'profile rename', 'whoami'])(
    'of "%s" is that part, and so is --help --json',
    async (words) => {
      const { command, text } = await helpOn(words);
      expect(command).toEqual(flat(program.command).find(({ path }) => path === words));
      expect((await machine.run(['--json', ...words.split(' '), '--help'])).stdout).toBe(text);
    },
  );

  test('names every variable and default that the words of an option name', () => {
    const all = [...program.globalOptions, ...leaves.flatMap(({ options }) => options)];
    for (const { help, variables, default: standard } of all) {
      expect(help.match(/\bMFA_CLI_[A-Z\d_]+/g) ?? []).toEqual(
        (variables as string[]).filter((name) => name.startsWith('MFA_CLI_')),
      );
      if (/default: /.test(help)) expect(standard).toEqual(expect.any(String));
    }
    const rows = variableSettings().filter(({ option }) => option !== null);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const found = all.filter(({ term }) => term === row.option?.term);
      expect(found.map(({ variables }) => variables)).toContainEqual(
        expect.arrayContaining([row.variable]),
      );
    }
  });

  const needed = leaves.flatMap(({ path, options }) => {
    const names = options.filter(({ required }) => required).map(({ name }) => name);
    return names.map((name) => [path, name, names.filter((other) => other !== name)] as const);
  });

  test('says where a command needs an option', () => {
    const paths = new Set(needed.map(([path]) => path));
    expect([...paths]).toEqual(['apns request', 'apns pack', 'apns renew', 'push send']);
  });

  test.each(needed)('%s ends with 2 without %s', async (path, name, others) => {
    const values: Readonly<Record<string, string>> = {
      '--team-id': 'A1B2C3D4E5',
      '--bundle-id': 'com.example.app',
    };
    const given = others.flatMap((other) => [
      other,
      values[other] ?? fileURLToPath(import.meta.url),
    ]);
    const extra = described(path, '--no-encrypt') === undefined ? [] : ['--no-encrypt'];
    const env = {
      MFA_CLI_P12: fileURLToPath(new URL('../fixtures/p12/01-default-aes256.p12', import.meta.url)),
      MFA_CLI_P12_PASSWORD: 'secret',
    };
    const { exitCode, stderr } = await machine.run([...path.split(' '), ...given, ...extra], {
      env,
    });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(name)]);
  });

  test('has the exit codes and the topics', async () => {
    const { exitCodes, topics, errorSchema } = JSON.parse(program.text);
    expect(exitCodes.map(({ code }: { code: number }) => code)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 129, 130, 143,
    ]);
    expect(topics).toContainEqual({
      word: 'agents',
      summary: 'rules for programs that call mfa-cli',
    });
    expect(errorSchema).toBe('error.schema.json');
  });
});

/** The options that a page shows, whatever its width. */
function shownOptions(page: string): readonly string[] {
  return page
    .replaceAll(/\n {4,}(?!-)/g, ' ')
    .split('\n')
    .filter((line) => /^ {2}-.* {2}/.test(line))
    .map(spaced);
}

function spaced(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}

test('a wrapper makes the tables of options that --help shows, from help --json alone', async () => {
  const wrapper = fileURLToPath(new URL('../../examples/options-table.mjs', import.meta.url));
  const made = execFileSync(process.execPath, [wrapper], { input: program.text, encoding: 'utf8' });
  const tables = made
    .trimEnd()
    .split('\n\n')
    .map((block) => block.split('\n').map(spaced));
  expect(tables.length).toBe(flat(program.command).length);
  const common = shownOptions((await machine.run(['help', 'options'])).stdout);
  expect(common).toHaveLength(11);
  for (const [title = '', ...rows] of tables) {
    const words = title.split(' ').slice(1);
    const { stdout } = await machine.run([...words, '--help']);
    expect([title, ...rows.sort()]).toEqual([
      title,
      ...[...shownOptions(stdout), ...common].sort(),
    ]);
  }
});

describe('--json', () => {
  test('of --version and of a page of help is a document', async () => {
    const { stdout } = await machine.run(['--version', '--json']);
    expect(JSON.parse(stdout)).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect((await machine.run(['version', '--json'])).stdout).toBe(stdout);
    const page = await machine.run(['help', 'agents', '--json']);
    const text = (await machine.run(['help', 'agents'])).stdout;
    expect(JSON.parse(page.stdout)).toEqual({
      topic: 'agents',
      summary: 'rules for programs that call mfa-cli',
      text,
    });
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
  });

  // A help, a page, a version, an error of the parser, one of the work, and a report.
  test.each(['help', 'help agents', '--version', 'apns', 'whoami', 'profile list'])(
    'is one line with --compact: %s',
    async (words) => {
      const given = [...words.split(' '), '--json'];
      const long = (await machine.run(given)).stdout;
      const short = (await machine.run([...given, '--compact'])).stdout;
      expect(long).toBe(`${JSON.stringify(JSON.parse(long), null, 2)}\n`);
      expect(short).toBe(`${JSON.stringify(JSON.parse(short))}\n`);
    },
  );
});
