// Bun's executable without the variables of the environment by which a program compiled with it runs something else.
import { readFile, writeFile } from 'node:fs/promises';

/** What Bun 1.4 reads before a line of ours runs, and has no option against. */
export const variables = [
  // The program becomes the command `bun`.
  'BUN_BE_BUN',
  // Its options: `--preload` runs a file first, `--version` prints the version of Bun.
  'BUN_OPTIONS',
  // A debugger, and a file that runs first.
  'BUN_INSPECT',
  'BUN_INSPECT_CONNECT_TO',
  'BUN_INSPECT_PRELOAD',
  // Prints requests with their headers, which contain tokens.
  'BUN_CONFIG_VERBOSE_FETCH',
  // Files that are written wherever they say.
  'BUN_BYTECODE_DIGEST_OUT',
  'BUN_BYTECODE_ORDER_OUT',
  'BUN_BYTECODE_ORDER_NAMES_OUT',
];

/**
 * Copies the executable with these names emptied: the first byte of each becomes NUL, which no variable's name contains.
 * Throws if a name is not there exactly once, as in another version of Bun.
 */
export async function closeRuntime(executable, copy) {
  const bytes = await readFile(executable);
  for (const name of variables) {
    const at = bytes.indexOf(`${name}\0`);
    if (at === -1 || bytes.includes(`${name}\0`, at + 1))
      throw new Error(
        `${executable} does not contain ${name} exactly once: look how it reads its variables now`,
      );
    bytes[at] = 0;
  }
  await writeFile(copy, bytes, { mode: 0o755 });
}
