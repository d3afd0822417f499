import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow } from '../../../src/apple/app/files.ts';
import { temporaryDirectory } from '../../support/context.ts';

test('links are followed, into no folder twice', () => {
  const root = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  for (const folder of ['a', 'b', 'passed-over']) mkdirSync(join(root, folder));
  for (const file of ['a/1', 'b/2', 'passed-over/3']) writeFileSync(join(root, file), '');
  writeFileSync(join(elsewhere, '4'), '');
  symlinkSync('..', join(root, 'a/up'));
  symlinkSync('itself', join(root, 'itself'));
  symlinkSync(elsewhere, join(root, 'c'));
  symlinkSync(join(elsewhere, '4'), join(root, 'd'));
  expect(filesBelow(root, (name) => name !== 'passed-over')).toEqual(['a/1', 'b/2', 'c/4', 'd']);
});
