import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { assumptions } from '../src/emulator/assumptions.ts';
import type { CommandNode } from '../src/reference/command-tree.ts';
import { exitCodeEntries } from '../src/reference/topics/environment.ts';
import { topics } from '../src/reference/words.ts';
import { describe as describeProgram } from '../src/run-command-line.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...readdirSync(root),
  ...readdirSync(join(root, '.github')).map((path) => join('.github', path)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) =>
    join('docs', path),
  ),
].filter((path) => path.endsWith('.md'));

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Text outside of blocks of code, where brackets are no links. */
function prose(page: string): string {
  return read(page).replace(/^```[\s\S]*?^```$/gm, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): readonly string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The links of a page, as they stand there. */
function links(page: string): readonly string[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)|\bsrc(?:set)?="([^"]+)"/g)].map(
    ([, link, picture]) => link ?? picture ?? '',
  );
}

/** The page or file of a link. */
function targetOf(page: string, path: string): string {
  return path === '' ? page : normalize(join(dirname(page), path));
}

/** Links of a page to other pages, pictures, files and headings that are not there. */
function broken(page: string): readonly string[] {
  return links(page).filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = targetOf(page, path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchors(target).includes(anchor);
  });
}

test.each(pages)('the links of %s lead somewhere', (page) => {
  expect(broken(page)).toEqual([]);
});

/** The pages that a page links to. */
function next(page: string): readonly string[] {
  return links(page)
    .map((link) => targetOf(page, link.split('#')[0] ?? ''))
    .filter((target) => pages.includes(target));
}

test('docs/README.md leads to every page of docs/ in two clicks', () => {
  const first = next(join('docs', 'README.md'));
  const reached = new Set([...first, ...first.flatMap(next)]);
  const all = pages.filter((page) => dirname(page).startsWith('docs'));
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter((page) => !reached.has(page) && page !== join('docs', 'README.md'))).toEqual(
    [],
  );
});

/** Pages that a script makes. */
const long = ['demo', 'errors', 'findings'].map((name) => `docs/${name}.md`);

test('no page of docs/ is longer than 300 lines, but for those that a script makes', () => {
  const all = pages.map((page) => page.replaceAll('\\', '/'));
  const lengths = all
    .filter((page) => page.startsWith('docs/') && !long.includes(page))
    .map((page) => ({ page, lines: read(page).split('\n').length - 1 }));
  expect(lengths.length).toBeGreaterThan(20);
  expect(lengths.filter(({ lines }) => lines > 300)).toEqual([]);
});

test.each([
  'README.md',
  ...pages.filter(
    (page) => /^docs.[^/\\]*$/.test(page) && read(page).includes('CyberArk Identity'),
  ),
])('the first mention of the product in %s has its present name', (page) => {
  const { index = 0 } = /CyberArk Identity/.exec(read(page)) ?? {};
  expect(read(page).slice(index)).toMatch(/^CyberArk Identity \(now Idira Identity\)/);
  expect(read(page).match(/Idira/g)).toHaveLength(1);
});

test('what the README shows is what the demo prints', () => {
  const [, path = ''] = /<img src="(docs\/\S+\.svg)"/.exec(read('README.md')) ?? [];
  const shown = [...read(path).matchAll(/<text [^>]*>(.*)<\/text>/g)]
    .map(([, line = '']) => line.replaceAll(/<[^>]+>/g, '').trim())
    .filter((line) => line.startsWith('✓'));
  expect(shown.length).toBeGreaterThan(0);
  for (const line of shown) expect(read('docs/demo.md')).toContain(line);
});

/** Where the shell blocks of a page are run. */
const runBy: Readonly<Record<string, string>> = {
  'README.md': 'test/docs-rehearse.program.long.ts',
  'docs/app.md': 'test/docs-app.program.test.ts',
  'docs/approve.md': 'test/docs-fleet.program.long.ts',
  'docs/ci.md': 'test/docs-ci.program.long.ts',
  'docs/commands.md': 'test/commands/push/push.test.ts',
  'docs/demo.md': 'scripts/demo.mjs',
  'docs/getting-started.md': 'test/docs-getting-started.test.ts',
  'docs/fleet.md': 'test/docs-fleet.program.long.ts',
  'docs/fleet-status.md': 'test/docs-fleet.program.long.ts',
  'docs/ledger.md': 'test/docs-getting-started.test.ts',
  'docs/rehearse.md': 'test/docs-rehearse.program.long.ts',
  'docs/renew.md': 'test/commands/apns/renew.program.long.ts',
  'docs/troubleshooting.md': 'test/docs-troubleshooting.test.ts',
  'docs/upgrade.md': 'test/docs-getting-started.test.ts',
  'docs/watch.md': 'test/docs-ci.program.long.ts',
};

test('every shell block of the README and of docs/ is run, or says why it is not', () => {
  const shell = /(?<!^<!-- not run: .+ -->\n\n)^```(?:sh|bash|console)\n([\s\S]*?)^```$/gm;
  const blocks = (page: string) => [...read(page).matchAll(shell)].map(([, text = '']) => text);
  const run = blocks('docs/rehearse.md');
  const published = pages.filter((page) => page === 'README.md' || page.startsWith('docs/'));
  const others = published.filter((page) => !(page in runBy)).flatMap(blocks);
  expect(others.filter((text) => !run.includes(text))).toEqual([]);
  for (const [page, file] of Object.entries(runBy)) {
    expect(blocks(page).length).toBeGreaterThan(0);
    expect(read(file)).toContain(page);
  }
});

/** The command lines in the shell blocks of a page. */
function linesIn(page: string): readonly string[] {
  const blocks = [...read(page).matchAll(/^```(?:sh|console)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, text = '']) =>
    [...text.matchAll(/^(?:\$ )?mfa-cli (.+?)(?:$| +# | [>|]| && )/gm)].map(
      ([, line = '']) => line,
    ),
  );
}

/** What the prose of a page quotes and begins with the program or with one of its commands: `mfa-cli login`, `apns set --yes`. */
function quotedIn(page: string, tree: CommandNode): readonly string[] {
  const first = new Set(tree.commands.map(({ path }) => path));
  return [...prose(page).matchAll(/`([^`\n]+)`/g)]
    .map(([, code = '']) => code)
    .filter(
      (code) =>
        code.startsWith('mfa-cli ') || (first.has(code.split(' ')[0] ?? '') && / --/.test(code)),
    )
    .map((code) => code.replace(/ (?:[>|]|&&) .*$/, '').replace(/^mfa-cli /, ''));
}

/** What of a command line the program does not know; undefined where it knows all of it. */
function unknownIn(line: string, tree: CommandNode): string | undefined {
  const words = line.split(/\s+/);
  // A placeholder, and the command that the architecture adds as an example.
  if (/^[A-Z]+$/.test(words[0] ?? '') || line === 'hello') return undefined;
  if (words[0] === 'help') {
    const known = [...topics.map(({ word }) => word), '--json', 'COMMAND', 'TOPIC'];
    return known.includes(words[1] ?? '') ? undefined : words[1];
  }
  let node = tree;
  let place = 0;
  for (const word of words) {
    const below = node.commands.find(({ path }) => path === `${node.path} ${word}`.trim());
    if (below === undefined) break;
    node = below;
    place++;
  }
  if (node.commands.length > 0 && !words[place]?.startsWith('-'))
    return words[place] ?? `${node.path} alone`;
  const known = [...tree.options, ...node.options].flatMap(({ spellings }) => spellings);
  return words
    .map((word) => word.split('=')[0] ?? '')
    .find((word) => word.startsWith('--') && !known.includes(word));
}

test('what the pages quote of the command line is known to the program', async () => {
  const tree = await describeProgram();
  const quoted = pages.flatMap((page) =>
    [...quotedIn(page, tree), ...linesIn(page)].map((line) => ({ page, line })),
  );
  expect(quoted.length).toBeGreaterThan(40);
  expect(quoted.filter(({ line }) => unknownIn(line, tree) !== undefined)).toEqual([]);
});

test('the table of what is not documented holds every assumption, its question and its values in their order', () => {
  const guide = read('docs/vendor-guide.md');
  const lines = guide.slice(guide.indexOf('\n| assumption')).trim().split('\n').slice(2);
  const rows = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  expect(rows.map(([, name, question, values]) => [name, question, values])).toEqual(
    Object.entries(assumptions).map(([name, { question, values }]) => [
      ...[`\`${name}\``, question, values.map((value) => `\`${value}\``).join(', ')],
    ]),
  );
});

test('docs/commands.md has the exit codes of the help; vitest -u writes them there', async () => {
  const page = read('docs/commands.md');
  const [before, after] = [
    page.split('<!-- exit codes -->\n')[0],
    page.split('\n<!-- end of exit codes -->')[1],
  ];
  const width = Math.max(...exitCodeEntries.map(([, meaning]) => meaning.length));
  const table = [['code', 'meaning'], ['----', '-'.repeat(width)], ...exitCodeEntries]
    .map(([code = '', meaning = '']) => `| ${code.padEnd(4)} | ${meaning.padEnd(width)} |`)
    .join('\n');
  await expect(
    `${before}<!-- exit codes -->\n${table}\n<!-- end of exit codes -->${after}`,
  ).toMatchFileSnapshot(join(root, 'docs/commands.md'));
});

test('each test that SECURITY.md names is there', () => {
  const named = read('.github/SECURITY.md').matchAll(/`((?:test|scripts)\/[^`]+)`/g);
  const paths = [...new Set(Array.from(named, ([, path = '']) => path))];
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
