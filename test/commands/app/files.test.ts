import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, readText } from '../../../src/commands/app/files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A project below a folder, with links to what is beside it. */
function linked(): { root: string; project: string } {
  const root = temporaryDirectory();
  const project = join(root, 'project');
  for (const folder of ['project/a', 'project/b', 'project/passed-over', 'beside'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['project/a/1', 'project/b/2', 'project/passed-over/3', 'beside/4'])
    writeFileSync(join(root, file), file);
  symlinkSync('..', join(project, 'a/up'));
  symlinkSync('itself', join(project, 'itself'));
  symlinkSync('../beside', join(project, 'c'));
  symlinkSync('../beside/4', join(project, 'd'));
  symlinkSync('b', join(project, 'e'));
  return { root, project };
}

const enters = (name: string): boolean => name !== 'passed-over';

test('links are followed, into no folder twice, and not out of the project', () => {
  const { project } = linked();
  expect(filesBelow(project, project, enters)).toEqual(['a/1', 'b/2']);
  expect(filesBelow(join(project, 'c'), project, enters)).toEqual([]);
});

test('links are followed within the repository of the project', () => {
  const { root, project } = linked();
  mkdirSync(join(root, '.git'));
  expect(filesBelow(project, project, enters)).toEqual(['a/1', 'b/2', 'c/4', 'd']);
});

test('a file is read where the project names it, but for one that a link leads out to', () => {
  const { root, project } = linked();
  const read = (path: string): string | null => readText(join(project, path), project);
  expect(['a/1', 'e/2', '../beside/4', 'd', 'c/4', 'gone'].map(read)).toEqual([
    'project/a/1',
    'project/b/2',
    'beside/4',
    null,
    null,
    null,
  ]);
  expect(readText(join(root, 'beside/4'), project)).toBe('beside/4');
});
