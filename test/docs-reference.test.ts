import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { errorsPage, findingsReference } from '../scripts/docs/reference-pages.ts';
import { findingKinds } from '../src/checks/finding.ts';
import { entries } from '../src/errors/entries.ts';

function place(page: string): string {
  return fileURLToPath(new URL(`../docs/${page}`, import.meta.url));
}

/** The codes that a page has a section for. */
function sections(page: string): readonly string[] {
  return [...page.matchAll(/^### `(.+)`$/gm)].map(([, code = '']) => code).sort();
}

test('docs/errors.md has every error code; npm run docs writes it', async () => {
  const page = errorsPage();
  expect(sections(page)).toEqual(Object.keys(entries).sort());
  await expect(page).toMatchFileSnapshot(place('errors.md'));
});

test('docs/findings.md has every finding; npm run docs writes it', async () => {
  const page = findingsReference();
  expect(sections(page)).toEqual(Object.keys(findingKinds).sort());
  await expect(page).toMatchFileSnapshot(place('findings.md'));
});

test('no hint on the pages has an empty place', () => {
  expect(errorsPage() + findingsReference()).not.toMatch(/undefined|null\b|\{\w+\}/);
});
