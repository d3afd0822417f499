import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { unwritable } from '../../src/files/write.ts';

test.each([
  ['EACCES', 'Cannot write /x: permission denied'],
  ['ENOSPC', 'Cannot write /x: no space left on device'],
  ['EROFS', 'Cannot write /x: read-only file system'],
] as const)('%s is said in the words of the system', (code, message) => {
  const cause = Object.assign(new Error('x'), { code, errno: -constants.errno[code] });
  expect(unwritable('Cannot write /x', cause)).toMatchObject({ code: 'file-unwritable', message, cause });
});

test.each([new Error('x'), Object.assign(new Error('x'), { errno: 7 }), 'x'])(
  'what is no error of the system has no reason',
  (cause) => {
    expect(unwritable('Cannot write /x', cause).message).toBe('Cannot write /x');
  },
);
