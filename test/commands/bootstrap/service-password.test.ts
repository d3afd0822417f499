import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePassword, writePassword } from '../../../src/commands/bootstrap/service-password.ts';
import { failureOf } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('a password has 32 characters of each kind, none of which an address escapes, and is another each time', () => {
  const made = Array.from({ length: 200 }, () => makePassword().reveal());
  expect(new Set(made).size).toBe(200);
  for (const password of made) {
    expect(password).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[-_.~])[\w.~-]{32}$/);
    expect(encodeURIComponent(password)).toBe(password);
  }
});

test('a password goes into a private file, and replaces no other one', async () => {
  const file = join(temporaryDirectory(), 'secret');
  const { signal } = new AbortController();
  const password = await writePassword(file, signal);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await failureOf(() => writePassword(file, signal))).toBe(
    `file-exists: ${file} already exists`,
  );
  expect(readFileSync(file, 'utf8')).toBe(`${password.reveal()}\n`);
});
