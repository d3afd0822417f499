import { chmodSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  hasReserved,
  keepPassword,
  makePassword,
  reservePassword,
} from '../../../src/commands/bootstrap/service-password.ts';
import { failureOf } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const reading = {
  signal: new AbortController().signal,
  patience: 1000,
  // No file here is standard input.
  terminal: null as never,
};

test('a password has 32 characters of each kind, none of which an address escapes, and is another each time', () => {
  const made = Array.from({ length: 200 }, () => makePassword().reveal());
  expect(new Set(made).size).toBe(200);
  for (const password of made) {
    expect(password).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[-_.~])[\w.~-]{32}$/);
    expect(encodeURIComponent(password)).toBe(password);
  }
});

describe('a password on its way into a file', () => {
  test('waits beside it, private, and is taken up again', async () => {
    const file = join(temporaryDirectory(), 'secret');
    const first = await reservePassword(file, reading);
    expect(await hasReserved(file)).toBe(true);
    expect(statSync(`${file}.pending`).mode & 0o777).toBe(0o600);
    expect((await reservePassword(file, reading)).reveal()).toBe(first.reveal());
    await keepPassword(file, reading);
    expect(readFileSync(file, 'utf8')).toBe(`${first.reveal()}\n`);
    expect(await hasReserved(file)).toBe(false);
  });

  test('ends well when it was killed between the file and the end', async () => {
    const file = join(temporaryDirectory(), 'secret');
    const password = await reservePassword(file, reading);
    writeFileSync(file, `${password.reveal()}\n`);
    await keepPassword(file, reading);
    expect([readFileSync(file, 'utf8'), await hasReserved(file)]).toEqual([`${password.reveal()}\n`, false]);
  });

  test.skipIf(process.platform === 'win32').each([
    ['that others may read', (pending: string) => chmodSync(pending, 0o644)],
    [
      'at the end of a link',
      (pending: string) => {
        renameSync(pending, `${pending}.planted`);
        symlinkSync(`${pending}.planted`, pending);
      },
    ],
  ])('is not taken from a file %s: somebody else may have planted it', async (_what, plant) => {
    const file = join(temporaryDirectory(), 'secret');
    await reservePassword(file, reading);
    plant(`${file}.pending`);
    const refused = `file-exists: ${file}.pending exists, but holds no password of an interrupted run`;
    expect(await failureOf(() => reservePassword(file, reading))).toBe(refused);
    expect(await failureOf(() => keepPassword(file, reading))).toBe(refused);
  });

  test('replaces no other file', async () => {
    const file = join(temporaryDirectory(), 'secret');
    await reservePassword(file, reading);
    writeFileSync(file, 'mine');
    expect(await failureOf(() => keepPassword(file, reading))).toBe(`file-exists: ${file} already exists`);
    expect(await failureOf(() => reservePassword(file, reading))).toBe(`file-exists: ${file} already exists`);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});
