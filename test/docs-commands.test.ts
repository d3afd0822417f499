import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { describe as describeProgram } from '../src/cli.ts';
import type { CommandNode } from '../src/reference/command-tree.ts';
import { topics } from '../src/reference/usage.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...readdirSync(root),
  ...readdirSync(join(root, '.github')).map((path) => join('.github', path)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
].filter((path) => path.endsWith('.md'));

/** The language of a block and its lines. */
interface Block {
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }));
}

/** What the prose of a page quotes and begins with the program or with one of its commands: `mfa-cli login`, `apns set --yes`. */
function quotedIn(page: string, tree: CommandNode): readonly string[] {
  const prose = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  const first = new Set(tree.commands.map(({ path }) => path));
  return [...prose.matchAll(/`([^`\n]+)`/g)]
    .map(([, code = '']) => code)
    .filter(
      (code) => code.startsWith('mfa-cli ') || (first.has(code.split(' ')[0] ?? '') && / --/.test(code)),
    )
    .map((code) => code.replace(/ (?:[>|]|&&) .*$/, '').replace(/^mfa-cli /, ''));
}

/** What of a command line the program does not know; undefined where it knows all of it. */
function unknownIn(line: string, tree: CommandNode): string | undefined {
  const words = line.split(/\s+/);
  // A placeholder, and the command that the architecture adds as an example.
  if (/^[A-Z]+$/.test(words[0] ?? '') || line === 'hello') return undefined;
  if (words[0] === 'help') return topics.some(({ word }) => word === words[1]) ? undefined : words[1];
  let node = tree;
  let place = 0;
  for (const word of words) {
    const below = node.commands.find(({ path }) => path === `${node.path} ${word}`.trim());
    if (below === undefined) break;
    node = below;
    place++;
  }
  if (node.commands.length > 0 && !words[place]?.startsWith('-')) return words[place] ?? `${node.path} alone`;
  const known = [...tree.options, ...node.options].flatMap(({ spellings }) => spellings);
  return words
    .map((word) => word.split('=')[0] ?? '')
    .find((word) => word.startsWith('--') && !known.includes(word));
}

describe('what the pages quote of the command line', () => {
  let tree: CommandNode;
  beforeAll(async () => {
    tree = await describeProgram();
  });

  test('is known to the program', () => {
    const quoted = pages.flatMap((page) => quotedIn(page, tree).map((line) => ({ page, line })));
    expect(quoted.length).toBeGreaterThan(40);
    expect(quoted.filter(({ line }) => unknownIn(line, tree) !== undefined)).toEqual([]);
  });

  test.each([
    ['apns sett cert.p12', 'sett'],
    ['apns', 'apns alone'],
    ['apns set --verfy', '--verfy'],
    ['help enviroment', 'enviroment'],
    ['login --tenant=x --json', undefined],
  ])('%s would be noticed', (line, unknown) => {
    expect(unknownIn(line, tree)).toBe(unknown);
  });
});

test('a block that shows a command line is one of those that a test runs', () => {
  const published = pages.filter((page) => page === 'README.md' || page.startsWith('docs/'));
  const others = published.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => !['sh', 'console'].includes(language))
      .map((block) => ({ page, ...block })),
  );
  expect(others.length).toBeGreaterThan(5);
  // Those of docs/ci.md are pipelines, whose lines test/docs-ci.test.ts runs; that of the architecture is the help of an example.
  const shown = others.filter(
    ({ page, text }) => page !== 'docs/ci.md' && /^(?:\$ )?(?:mfa-cli|npm|node|git) /m.test(text),
  );
  expect(shown).toEqual([]);
});
