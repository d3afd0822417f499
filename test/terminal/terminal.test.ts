import { Readable, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../src/settings/command-line.ts';
import { createTerminal } from '../../src/terminal/terminal.ts';

type Name = 'stdin' | 'stdout' | 'stderr';

/** The terminal of a command line, where the named streams are terminals, and what it prints. */
function open(words: string, terminals: readonly Name[] = [], env: Record<string, string> = {}) {
  const printed = { stdout: '', stderr: '' };
  const is = (name: Name) => ({ isTTY: terminals.includes(name), columns: 80 });
  const output = (name: 'stdout' | 'stderr') => {
    const write = (text: unknown, _encoding: string, done: () => void): void => {
      printed[name] += String(text);
      done();
    };
    return Object.assign(new Writable({ write }), is(name));
  };
  const stdin = Object.assign(Readable.from([]), is('stdin'));
  const streams = { stdin, stdout: output('stdout'), stderr: output('stderr') };
  const { flags } = readCommandLine(words === '' ? [] : words.split(' '), env);
  return { printed, terminal: createTerminal(streams, env, flags) };
}

const all: readonly Name[] = ['stdin', 'stdout', 'stderr'];

test.each<[string, readonly Name[], Record<string, string>, boolean]>([
  ['', ['stdin', 'stderr'], {}, true],
  ['', ['stdin', 'stdout'], {}, false],
  ['', ['stdout', 'stderr'], {}, false],
  ['--no-input', all, {}, false],
  ['', all, { CI: 'true' }, false],
  ['--quiet', all, {}, true],
])('%j with the terminals %j and %j can ask: %s', (words, terminals, env, asks) => {
  expect(open(words, terminals, env).terminal.interactive).toBe(asks);
});

test.each<[string, readonly Name[], stdout: boolean, stderr: boolean]>([
  ['', all, true, true],
  ['', ['stdin', 'stderr'], false, true],
  ['', ['stdout', 'stderr'], false, false],
  ['--quiet', all, false, false],
  ['--no-input', all, false, false],
])('%j with the terminals %j is a conversation: %s, %s', async (words, terminals, ...expected) => {
  const { terminal } = open(words, terminals);
  const styles = [await terminal.style('stdout'), await terminal.style('stderr')];
  expect(styles.map(({ conversation }) => conversation)).toEqual(expected);
});

/** A line of each kind. */
async function say(terminal: ReturnType<typeof open>['terminal'], text: string): Promise<void> {
  terminal.show(`show ${text}`);
  terminal.note(`note ${text}`);
  terminal.warn(`warn ${text}`);
  terminal.trace(`trace ${text}`);
  await terminal.error([`error ${text}`, `more ${text}`], [`hint ${text}`]);
}

test.each([
  ['', 'show note warn error more hint'],
  ['--debug', 'show note warn trace error more hint'],
  ['--quiet', 'show warn error more hint'],
  ['--json', 'show note warn error more hint'],
  ['--json --quiet', 'show warn'],
])('%j says %s', async (words, kinds) => {
  const { printed, terminal } = open(words);
  await say(terminal, 'it');
  expect(printed.stdout).toBe('');
  expect(printed.stderr.match(/\w+(?= it\n)/g)?.join(' ')).toBe(kinds);
});

describe.each<[string, readonly Name[]]>([
  ['a log', []],
  ['a terminal', all],
])('in %s', (_where, terminals) => {
  test('no line obeys what it tells', async () => {
    const { printed, terminal } = open('--debug --no-color', terminals);
    await say(terminal, 'a\u001b[2J\n::error::b\r##[group]c\u202e\u2028');
    expect(printed.stderr).toMatch(/^[\n -~✗!]*$/);
    expect(printed.stderr).not.toMatch(/^\s*::|##\[/m);
    expect(printed.stderr.match(/a\\u001b\[2J/g)).toHaveLength(7);
  });
});

describe('a result', () => {
  const colored = '✓ \u001b[32mdone\u001b[39m';
  const ascii = { LC_ALL: 'C' };

  test.each<[string, Record<string, string>, string]>([
    ['', {}, `${colored}\\u001b[2J\n`],
    ['', ascii, `${colored.replace('✓', '+')}\\u001b[2J\n`],
    ['--json', ascii, `${colored}\\u001b[2J\n`],
  ])('as text obeys nothing; its marks are those of the locale: %j, %j', (words, env, expected) => {
    const { printed, terminal } = open(words, [], env);
    terminal.print(`${colored}\u001b[2J\n`);
    expect(printed).toEqual({ stdout: expected, stderr: '' });
  });

  test('as bytes is as it is', () => {
    const { printed, terminal } = open('', [], ascii);
    terminal.print(Buffer.from('✓\u001b[2J'));
    expect(printed.stdout).toBe('✓\u001b[2J');
  });
});
