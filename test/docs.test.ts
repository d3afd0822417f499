import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...readdirSync(root),
  ...readdirSync(join(root, '.github')).map((path) => join('.github', path)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
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

/** Links of a page to other pages, pictures, files and headings that are not there. */
function broken(page: string): readonly string[] {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)|\bsrc(?:set)?="([^"]+)"/g)].map(
    ([, link, picture]) => link ?? picture ?? '',
  );
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchors(target).includes(anchor);
  });
}

test.each(pages)('the links of %s lead somewhere', (page) => {
  expect(broken(page)).toEqual([]);
});

describe('docs/decisions', () => {
  const decisions = pages.filter((page) => /^docs\/decisions\/(?!README)/.test(page));
  const index = read('docs/decisions/README.md');
  const listed = [...index.matchAll(/^- \[(.+)\]\((.+)\)$/gm)].map(([, title, file]) => [title, file]);

  test('are all in the index, by their titles', () => {
    expect(decisions.length).toBeGreaterThan(9);
    const found = decisions.map((page) => [/^# (.*)$/m.exec(read(page))?.[1], page.slice(15)]);
    expect([...listed].sort()).toEqual(found.sort());
  });

  test.each(decisions)('%s tells context, decision and consequences on a screen', (page) => {
    const text = read(page);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Context', 'Decision', 'Consequences']);
    expect(text.split('\n').length).toBeLessThan(60);
  });
});

test('what the README shows is what the demo prints', () => {
  const [, path = ''] = /<img src="(docs\/\S+\.svg)"/.exec(read('README.md')) ?? [];
  const shown = [...read(path).matchAll(/<text [^>]*>(.*)<\/text>/g)]
    .map(([, line = '']) => line.replaceAll(/<[^>]+>/g, '').trim())
    .filter((line) => line.startsWith('✓'));
  expect(shown.length).toBeGreaterThan(0);
  for (const line of shown) expect(read('docs/demo.md')).toContain(line);
});

test('the film of the circle is light to load, and stands still for whoever wants that', () => {
  for (const page of ['README.md', 'docs/rehearse.md']) {
    const sources = [...read(page).matchAll(/<source media="([^"]+)" srcset="(\S+circle-\S+)"/g)];
    expect(sources.map(([, media, path = '']) => [media, path.slice(path.lastIndexOf('/') + 1)])).toEqual([
      ['(prefers-reduced-motion: reduce) and (prefers-color-scheme: dark)', 'circle-dark.png'],
      ['(prefers-reduced-motion: reduce)', 'circle-light.png'],
      ['(prefers-color-scheme: dark)', 'circle-dark.gif'],
    ]);
  }
  for (const scheme of ['light', 'dark'])
    expect(statSync(join(root, `docs/images/circle-${scheme}.gif`)).size).toBeLessThan(500_000);
});

test('every command line of the README and of docs/ is run, or says why it is not', () => {
  /** Where the lines of a page are run. */
  const runBy: Readonly<Record<string, string>> = {
    'README.md': 'test/docs-rehearse.test.ts',
    'docs/ci.md': 'test/docs-ci.test.ts',
    'docs/demo.md': 'scripts/demo.mjs',
    'docs/fleet.md': 'test/docs-fleet.test.ts',
    'docs/rehearse.md': 'test/docs-rehearse.test.ts',
    'docs/renew.md': 'test/commands/apns/apns-renew.test.ts',
  };
  const snippets = (page: string): string[] =>
    [...read(page).matchAll(/(?<!^<!-- not run: .+ -->\n\n)^```(?:sh|bash|console)\n([\s\S]*?)^```$/gm)].map(
      ([, text = '']) => text,
    );
  const run = new Set(snippets('docs/rehearse.md'));
  const published = pages.filter((page) => page === 'README.md' || page.startsWith('docs/'));
  const others = published
    .filter((page) => !(page in runBy))
    .flatMap((page) => snippets(page).map((text) => `${page}: ${text}`));
  expect(others.filter((text) => !run.has(text.slice(text.indexOf(': ') + 2)))).toEqual([]);
  expect(snippets('docs/ci.md').filter((text) => text.startsWith('$'))).toEqual([]);
  for (const [page, file] of Object.entries(runBy)) {
    expect(snippets(page).length).toBeGreaterThan(0);
    expect(read(file)).toContain(page);
  }
});
