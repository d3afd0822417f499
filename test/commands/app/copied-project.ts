import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/**
 * A text of a file, wherever it stands, and what it is replaced by. Without a text the file is written anew; without a
 * replacement, it is removed.
 */
export type Edit = readonly [file: string, text: string | null, replacement: string | null];

/** The folder of a project of test/fixtures/app: `projectPath('classic')`. */
export function projectPath(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/app/${name}`, import.meta.url));
}

/** A copy of a project with edits, gone after the test. */
export function copyProject(name: string, edits: readonly Edit[] = []): string {
  const directory = join(temporaryDirectory(), name);
  cpSync(projectPath(name), directory, { recursive: true });
  for (const [file, text, replacement] of edits) {
    const path = join(directory, file);
    if (replacement === null) rmSync(path);
    else if (text === null) writeFileSync(path, replacement);
    else {
      // Latin-1 gives every byte of a binary file back.
      const before = readFileSync(path, 'latin1');
      if (!before.includes(text)) throw new Error(`${file} does not hold ${text}`);
      writeFileSync(
        path,
        before.replaceAll(text, () => replacement),
        'latin1',
      );
    }
  }
  return directory;
}
