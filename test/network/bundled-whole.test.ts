import { expect, test } from 'vitest';
import { checkBundled } from '../../scripts/build/bundled-whole.mjs';

const chunk = { type: 'chunk', fileName: 'a.js', imports: [], dynamicImports: [], code: '' };

test.each([
  { code: 'let x=require(`undici`)' },
  { code: 'await import("undici/lib/api/api-connect.js")' },
  { code: "import{Client}from'undici';" },
  { imports: ['undici'] },
  { dynamicImports: ['undici/lib/core/connect.js'] },
])('a chunk that imports undici from outside fails the build: %o', (part) => {
  expect(() => checkBundled([{ ...chunk, ...part }], ['undici'])).toThrow('a.js imports undici from outside');
});

test.each([
  { code: 'require("./chunks/undici-1.js");"require undici"' },
  { imports: ['chunks/undici-1.js'] },
  { type: 'asset', code: 'require("undici")' },
])('no other does: %o', (part) => {
  expect(() => checkBundled([{ ...chunk, ...part }], ['undici'])).not.toThrow();
});
