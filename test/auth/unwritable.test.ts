import { expect, test } from 'vitest';
import { unwritable } from '../../src/auth/unwritable.ts';

test.each([
  ['EACCES', 'Cannot write /x: permission denied'],
  ['EPERM', 'Cannot write /x: permission denied'],
  ['ENOSPC', 'Cannot write /x: no space left'],
  ['EDQUOT', 'Cannot write /x: disk quota exceeded'],
  ['EROFS', 'Cannot write /x: read-only file system'],
  ['ENOTDIR', 'Cannot write /x'],
])('%s is said in words', (code, message) => {
  const cause = Object.assign(new Error('x'), { code });
  expect(unwritable('Cannot write /x', cause)).toMatchObject({ code: 'file-unwritable', message, cause });
});
