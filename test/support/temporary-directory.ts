import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a directory; `scratch.ts` removes it after all tests. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(process.env.TEST_DIRECTORY ?? tmpdir(), 'mfa-cli-'));
}
