// Bun's executable without the variables of the environment by which a program compiled with it runs something else, and
// without the reports of its crashes.
import { readFile, writeFile } from 'node:fs/promises';

/** Variables that Bun 1.4 reads before a line of mfa-cli runs; no option turns them off. */
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
  // Where the report of a crash is sent, and that it is.
  'BUN_CRASH_REPORT_URL',
  'BUN_ENABLE_CRASH_REPORTING',
];

/** `BUN_JSC_functionOverrides` names a file with other bodies for functions of the program. An executable has it once or twice. */
export const engineOption = 'functionOverrides';

/**
 * On macOS and Windows Bun sends a report of each crash, and starts another program for that, which inherits the environment:
 * but not where this variable is set. So it gets the name of one that always is.
 */
export const measured = { name: 'HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET', becomes: 'PATH' };

/**
 * Copies the executable with these names emptied: the first byte of each becomes NUL, which no variable's name contains.
 * Throws if a variable is not there exactly once, or the option not at all, as in another version of Bun.
 * @param {string} executable
 * @param {string} copy
 */
export async function closeRuntime(executable, copy) {
  const bytes = await readFile(executable);
  for (const name of variables) bytes[onlyPlace(bytes, name, executable)] = 0;
  const places = placesOf(bytes, engineOption);
  if (places.length === 0) throw new Error(`${executable} does not contain ${engineOption}`);
  for (const at of places) bytes[at] = 0;
  bytes.write(`${measured.becomes}\0`, onlyPlace(bytes, measured.name, executable));
  await writeFile(copy, bytes, { mode: 0o755 });
}

/**
 * @param {Buffer} bytes
 * @param {string} name
 * @param {string} executable
 */
function onlyPlace(bytes, name, executable) {
  const [at, ...others] = placesOf(bytes, name);
  if (at === undefined || others.length > 0)
    throw new Error(
      `${executable} does not contain ${name} exactly once: look how it reads its variables now`,
    );
  return at;
}

/**
 * @param {Buffer} bytes
 * @param {string} name
 */
function placesOf(bytes, name) {
  const places = [];
  for (let at = bytes.indexOf(`${name}\0`); at !== -1; at = bytes.indexOf(`${name}\0`, at + 1))
    places.push(at);
  return places;
}
