import { stripVTControlCharacters } from 'node:util';
import { Command, CommanderError } from 'commander';
import {
  addCommands,
  addGlobalOptions,
  familiesIn,
  type Stop,
  stopping,
} from './commands/add-commands.ts';
import type { CommandRun, Declaration } from './commands/command.ts';
import { families, groups } from './commands/commands.ts';
import type { Ended } from './commands/hook.ts';
import type { Context, Outside, Override } from './context.ts';
import { CliError } from './errors/cli-error.ts';
import type { ExitCode } from './errors/entry.ts';
import { nowhere } from './errors/hint.ts';
import { toCliError } from './errors/to-cli-error.ts';
import type { CommandNode } from './reference/command-tree.ts';
import { asksForFrontPage, frontPage, purpose, usageWords } from './reference/front-page.ts';
import { givenTo } from './reference/given.ts';
import { formatHelp } from './reference/help-page.ts';
import { commandPath, strayWord } from './reference/words.ts';
import type { CommandLine } from './settings/command-line.ts';
import { defaults } from './settings/defaults.ts';
import { globalOptions } from './settings/global-options.ts';
import { type ParsedOptions, readOptions } from './settings/parser.ts';
import { unknownVariables } from './settings/table.ts';
import { resolveTimeout } from './settings/timeout.ts';
import { type Entry, fitted } from './text/layout.ts';
import { harmless, jsonPieces } from './text/printable.ts';
import { version } from './text/version.ts';

/**
 * Runs one command line: parses it, loads and runs the command, prints the report or the
 * error, and returns the exit code.
 * @param beforeHook called if a hook will end the run, even if nobody reads the report
 */
export async function run(
  { words, helpOn, secretOption }: CommandLine,
  outside: Outside,
  beforeHook: () => void = () => {},
): Promise<ExitCode> {
  const { terminal } = outside;
  let destination = nowhere;
  const overrides: Override[] = [];
  try {
    if (secretOption !== null)
      throw new CliError(
        'usage',
        `There is no --${secretOption} option: other users can read a command line`,
        {
          facts: { secret: secretOption },
        },
      );
    let exitCode: ExitCode = 0;
    const columns = terminal.columns('stdout');
    const width = Number.isFinite(columns) ? columns : pageWidth;
    if (asksForFrontPage(words) && !terminal.flags.json) {
      terminal.print(fitted(frontPageFor(width), columns));
      return exitCode;
    }
    const program = createProgram((text) => {
      if (!terminal.flags.json) terminal.print(fitted(text, columns));
    }, width);
    // The parser calls it when it has parsed the words.
    const executeChosen = async (declaration: Declaration, leaf: Command): Promise<void> => {
      const parsed = givenTo(leaf, words);
      destination = declaration.destinationOf(parsed, outside.env);
      const destined = { ...outside, destination, overrides };
      exitCode = await execute(declaration, parsed, destined, beforeHook);
    };
    await addCommands(program, familiesIn(words, helpOn), executeChosen);
    const stray = helpOn === null ? strayWord(words, program, true) : null;
    if (stray !== null) throw (await mistakes()).notACommand(...stray);
    const topic = helpOn === null ? undefined : (await mistakes()).topicOf(helpOn, program);
    if (topic === undefined) await program.parseAsync([...words], { from: 'user' });
    else if (terminal.flags.json) {
      const { topicDocument } = await import('./reference/help-document.ts');
      printDocument(await topicDocument(topic, pageWidth), terminal);
    } else terminal.print(await topic.load(width));
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return endAt(error as Stop, outside);
    const failure = toCliError(error, outside.signal, terminal.trace);
    return (await reportError(failure, { terminal, destination, overrides })).exitCode;
  }
}

/** The tree of all commands with their options. */
export async function describe(): Promise<CommandNode> {
  const program = createProgram(() => {}, pageWidth);
  const leaves = await addCommands(program, families, async () => {});
  for (const [leaf, declaration] of leaves) await declaration.addTo(leaf);
  const { readCommandTree } = await import('./reference/command-tree.ts');
  return readCommandTree(program, (command) => leaves.get(command));
}

/** The errors for wrong usage, which a right command line does not load. */
const mistakes = () => import('./reference/usage.ts');

/**
 * Reports the mistake, or prints the help or version as JSON; without `--json` the parser
 * has printed it.
 */
async function endAt(stop: Stop, { terminal }: Outside): Promise<ExitCode> {
  const { command, exitCode, code } = stop;
  if (exitCode !== 0) {
    const error = (await mistakes()).parserError(stop, command);
    return (await reportError(error, { terminal, destination: nowhere, overrides: [] })).exitCode;
  }
  if (!terminal.flags.json) return 0;
  if (code === 'commander.version') printDocument({ version }, terminal);
  else {
    const { helpDocument } = await import('./reference/help-document.ts');
    printDocument(helpDocument(await describe(), commandPath(command)), terminal);
  }
  return 0;
}

async function execute(
  declaration: Declaration,
  parsed: ParsedOptions,
  outside: Outside & Pick<Context, 'destination' | 'overrides'>,
  beforeHook: () => void,
): Promise<ExitCode> {
  const { terminal, env } = outside;
  const timeout = resolveTimeout(readOptions(globalOptions, parsed), env);
  const context = {
    ...outside,
    timeout,
    secretVariables: [],
    pipeTimeout: (timeout ?? defaults.networkSeconds) * 1000,
    profiles: () => outside.profiles(timeout),
  };
  for (const sentence of unknownVariables(env)) terminal.warn(sentence);
  const command = (await declaration.load()).runWith(parsed);
  if (command.programs.length > 0) {
    const { requirePrograms } = await import('./programs/run-program.ts');
    requirePrograms(command.programs, env);
  }
  if (command.hook === null) return (await perform(command, context)).exitCode;
  const { openHook, endWithHook } = await import('./commands/hook.ts');
  const hook = openHook(command.hook);
  if (hook === null) return (await perform(command, context)).exitCode;
  beforeHook();
  const ended = await perform(command, context).catch((error: unknown) =>
    reportError(toCliError(error, context.signal, terminal.trace), context),
  );
  return endWithHook(hook, ended, context);
}

async function perform(command: CommandRun, context: Context): Promise<Ended> {
  const { terminal } = context;
  const result = await command.work(context, describe);
  const formatted = async (): Promise<string | Uint8Array> =>
    result.format(harmless, await terminal.style('stdout'), context.now());
  if (terminal.flags.json) {
    printDocument(result.report, terminal, async () => firstLine(await formatted()));
  } else {
    const output = await formatted();
    const fits = typeof output === 'string' ? fitted(output, terminal.columns('stdout')) : output;
    terminal.print(fits, async () => firstLine(output));
  }
  return { report: result.report, facts: result.facts(), exitCode: result.exitCode(context) };
}

/** The line of a report that says what was done; null if there is none. */
function firstLine(output: string | Uint8Array): string | null {
  if (typeof output !== 'string') return null;
  const [line = ''] = output.split('\n');
  return /^[✓!✗] /.test(stripVTControlCharacters(line)) ? line : null;
}

function printDocument(
  document: unknown,
  { flags, print }: Outside['terminal'],
  headline?: () => Promise<string | null>,
): void {
  const pieces: Buffer[] = [];
  for (const piece of jsonPieces(document, flags.compact ? 0 : 2)) pieces.push(Buffer.from(piece));
  pieces.push(Buffer.from('\n'));
  print(Buffer.concat(pieces), headline);
}

async function reportError(
  error: CliError,
  { terminal, destination, overrides }: Pick<Context, 'terminal' | 'destination' | 'overrides'>,
): Promise<Ended> {
  const { errorDocument } = await import('./errors/advice.ts');
  const ways =
    overrides.length === 0
      ? []
      : (await import('./settings/overrides.ts')).waysBack(error, overrides);
  const document = errorDocument(error, destination, ways);
  if (terminal.flags.json) printDocument(document, terminal);
  await terminal.error(error.lines, document.error.hints);
  return { error, document, exitCode: document.error.exitCode };
}

const pageWidth = 80;

function createProgram(print: (text: string) => void, width: number): Command {
  return stopping(addGlobalOptions(new Command('mfa-cli')))
    .enablePositionalOptions()
    .description(purpose)
    .usage(usageWords)
    .helpOption('-h, --help', 'show help')
    .configureHelp({
      showGlobalOptions: true,
      sortSubcommands: false,
      formatHelp: (command, help) =>
        command.parent === null ? frontPageFor(width) : formatHelp(command, help),
    })
    .configureOutput({ writeOut: print, writeErr: () => {}, getOutHelpWidth: () => width })
    .showSuggestionAfterError(false);
}

/** The front page of the help, from the groups alone: it declares no command. */
function frontPageFor(width: number): string {
  const named = groups.map(({ title, families: parents, singles: leaves }) => {
    const entries = [...parents, ...leaves].map(({ word, summary }): Entry => [word, summary]);
    return { title, entries };
  });
  return frontPage(named, width);
}
