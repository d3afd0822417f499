import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type CommandNode, flatten } from '../../src/reference/command-tree.ts';
import { topics } from '../../src/reference/words.ts';
import { describedProgram } from './described-program.ts';

const folder = new URL('../../schema/', import.meta.url);

/** The files of schema/ for the documents of `--json`. */
export const schemaFiles = readdirSync(folder).filter((name) => name !== 'fleet.schema.json');

// Keys that no schema knows are valid: later versions may add some.
const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  allErrors: true,
  // Each process compiles them for itself, and optimizing takes as long as all else.
  code: { optimize: false },
});
const compiled = new Map<string, ValidateFunction>();

/** The faults of a document according to a file of schema/, a line each. */
export function faultsOf(document: unknown, file: string): readonly string[] {
  const known = compiled.get(file);
  const validate = known ?? ajv.compile(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  compiled.set(file, validate);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath || '/'} ${message}`,
  );
}

/**
 * Checked for every command line of every test: `--json` prints one document, which fits the schema of its command or that of
 * errors.
 */
export async function expectDocument(argv: readonly string[], stdout: string): Promise<void> {
  const end = argv.indexOf('--');
  if (stdout === '' || !argv.slice(0, end === -1 ? argv.length : end).includes('--json')) return;
  await expectValid(argv, JSON.parse(stdout));
}

async function expectValid(argv: readonly string[], document: unknown): Promise<void> {
  expectFit(document, isFailure(document) ? 'error.schema.json' : await schemaOf(argv));
}

function expectFit(document: unknown, file: string): void {
  const faults = faultsOf(document, file);
  if (faults.length > 0)
    throw new Error(
      `not as ${file} says: ${faults.join('; ')}\n${JSON.stringify(document, null, 2)}`,
    );
}

/** Checks what a terminal shows at the end, if all of it is a document. */
export async function expectScreen(argv: readonly string[], screen: string): Promise<void> {
  const text = screen.replace(/\(restored\)\s*$/, '').trim();
  if (isDocument(text)) await expectDocument(argv, text);
}

/** Checks what a script prints, if all of it is the document of its only `mfa-cli … --json` without a pipe. */
export async function expectScript(script: string, stdout: string): Promise<void> {
  const lines = script
    .replaceAll('\\\n', ' ')
    .split(/\n|;|&&|\|\|/)
    .flatMap(
      (line) => /^\s*(?:(?:[A-Za-z_]\w*=\S*|if|then|!)\s+)*mfa-cli\s+(.*)$/.exec(line)?.[1] ?? [],
    )
    .map(
      (line) =>
        line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g)?.map((word) => word.replace(/^['"]|['"]$/g, '')) ??
        [],
    )
    .filter((words) => words.includes('--json'));
  const [words = []] = lines;
  if (lines.length === 1 && !words.includes('|') && isDocument(stdout))
    await expectDocument(words, stdout);
}

/** The text of the file that a command line names with `--out`; null if there is none. */
export function readOut(argv: readonly string[]): string | null {
  const path = argv[argv.indexOf('--out') + 1] ?? '-';
  return argv.includes('--out') && existsSync(path) && statSync(path).isFile()
    ? readFileSync(path, 'utf8')
    : null;
}

/** Checks the document that a command line wrote to the file of `--out`. @param before the file's text before the run */
export async function expectOut(argv: readonly string[], before: string | null): Promise<void> {
  const text = readOut(argv);
  if (text !== null && text !== before && isDocument(text))
    expectFit(
      JSON.parse(text),
      isSavedPlan(argv) ? 'saved-plan.schema.json' : await schemaOf(argv),
    );
}

/** `fleet plan --out` writes no report, but what `fleet apply --plan` does. */
function isSavedPlan(argv: readonly string[]): boolean {
  return argv.includes('fleet') && argv.includes('plan');
}

function isDocument(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function isFailure(document: unknown): boolean {
  return (
    typeof document === 'object' && document !== null && Object.keys(document).join() === 'error'
  );
}

let valued: ReadonlySet<string> | undefined;

/** The options that have a value. */
function valuedIn(program: CommandNode): ReadonlySet<string> {
  const options = flatten(program).flatMap((node) => node.options);
  return new Set(
    options
      .filter(({ described }) => described.value !== null)
      .flatMap(({ spellings }) => spellings),
  );
}

/** The schema file for the command of a command line. */
async function schemaOf(argv: readonly string[]): Promise<string> {
  const program = await describedProgram();
  valued ??= valuedIn(program);
  const isValue = (at: number): boolean => valued?.has(argv[at - 1] ?? '') === true;
  const words = argv.filter((word, at) => !word.startsWith('-') && !isValue(at));
  if (words[0] === 'help' && topics.some(({ word }) => word === words[1]))
    return 'help-topic.schema.json';
  if (words[0] === 'help' || argv.includes('--help') || argv.includes('-h'))
    return 'help.schema.json';
  if (argv.includes('--version') || argv.includes('-V')) return 'version.schema.json';
  let node: CommandNode | undefined = program;
  for (const word of words) node = childOf(node, word) ?? node;
  return `${node.path.replaceAll(' ', '-')}.schema.json`;
}

function childOf({ path, commands }: CommandNode, word: string): CommandNode | undefined {
  return commands.find((child) => child.path === `${path} ${word}`.trim());
}
