import { expect, test } from 'vitest';
import { hintsFor } from '../../src/errors/advice.ts';
import { nowhere } from '../../src/errors/hint.ts';
import { unwritable } from '../../src/files/write.ts';

const failing = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ['ENOSPC', 'free some space'],
  ['EDQUOT', 'free some space'],
  ['EROFS', 'mounted read-only'],
  ['EACCES', 'Allow this user to write there'],
])('a file that cannot be written because of %s has the remedy for it', (code, remedy) => {
  const own = hintsFor(unwritable('a cannot be written', failing(code)), nowhere);
  expect(own).toEqual([expect.stringContaining(remedy)]);
  const store = unwritable('Cannot lock a', failing(code), { store: 'unwritable' });
  expect(hintsFor(store, nowhere)).toEqual([
    expect.stringContaining(remedy),
    expect.stringContaining('MFA_CLI_CONFIG_DIR'),
  ]);
});

test('a file that cannot be written for another reason has none of these remedies', () => {
  expect(hintsFor(unwritable('a cannot be written', failing('EIO')), nowhere)).toEqual([]);
});
