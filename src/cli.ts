import { stripVTControlCharacters } from 'node:util';
import { Command, CommanderError } from 'commander';
import type { CommandRun, Declaration, Family, Heading } from './commands/command.ts';
import { families, groups, singles } from './commands/commands.ts';
import type { Ended } from './commands/hook.ts';
import type { Context, Outside, Override } from './context.ts';
import { CliError } from './errors/cli-error.ts';
import type { ExitCode } from './errors/entry.ts';
import { nowhere } from './errors/hint.ts';
import { toCliError } from './errors/to-cli-error.ts';
import type { CommandNode } from './reference/command-tree.ts';
import { givenTo } from './reference/given.ts';
import { formatHelp } from './reference/help-page.ts';
import { commandPath, namesOf, strayWord, topics, usage } from './reference/words.ts';
import type { CommandLine } from './settings/command-line.ts';
import { defaults } from './settings/defaults.ts';
import { globalOptions } from './settings/global-options.ts';
import { addOptions, type ParsedOptions, readOptions } from './settings/parser.ts';
import { unknownVariables } from './settings/table.ts';
import { resolveTimeout } from './settings/timeout.ts';
import { type Entry, fitted, formatEntries } from './text/layout.ts';
import { capitalized } from './text/phrasing.ts';
import { harmless, jsonPieces } from './text/printable.ts';
import { version } from './text/version.ts';

/**
 * Runs one command line: parses it, loads and runs the command, prints the report or the
 * error, and returns the exit code.
 * @param beforeHook called if a hook will end the run, even if nobody reads the report
 */
export async function run(
  { words, helpOn, secretOption }: CommandLine,
  context: Outside,
  beforeHook: () => void = () => {},
): Promise<ExitCode> {
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
    const { terminal } = context;
    const columns = terminal.columns('stdout');
    const width = Number.isFinite(columns) ? columns : pageWidth;
    const program = createProgram((text) => {
      if (!terminal.flags.json) terminal.print(fitted(text, columns));
    }, width);
    await addCommands(program, familiesIn(words, helpOn), async (declaration, leaf) => {
      const parsed = givenTo(leaf, words);
      destination = declaration.destinationOf(parsed, context.env);
      exitCode = await execute(
        declaration,
        parsed,
        { ...context, destination, overrides },
        beforeHook,
      );
    });
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
    if (error instanceof CommanderError) return endAt(error as Stop, context);
    const failure = toCliError(error, context.signal, context.terminal.trace);
    return (await reportError(failure, context, { destination, overrides })).exitCode;
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
 * Why the parser stopped: a mistake, or it has printed the command's help or the version.
 */
type Stop = CommanderError & { readonly command: Command };

/**
 * Reports the mistake, or prints the help or version as JSON; without `--json` the parser
 * has printed it.
 */
async function endAt(stop: Stop, context: Outside): Promise<ExitCode> {
  const { terminal } = context;
  const { command, exitCode, code } = stop;
  if (exitCode !== 0) {
    const error = (await mistakes()).parserError(stop, command);
    return (await reportError(error, context, { destination: nowhere, overrides: [] })).exitCode;
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
    reportError(toCliError(error, context.signal, terminal.trace), context, context),
  );
  return endWithHook(hook, ended, context);
}

async function perform(command: CommandRun, context: Context): Promise<Ended> {
  const { terminal } = context;
  const outcome = await command.work(context, describe);
  const formatted = async (): Promise<string | Uint8Array> =>
    outcome.format(harmless, await terminal.style('stdout'), context.now());
  if (terminal.flags.json) {
    printDocument(outcome.report, terminal, async () => firstLine(await formatted()));
  } else {
    const output = await formatted();
    const fits = typeof output === 'string' ? fitted(output, terminal.columns('stdout')) : output;
    terminal.print(fits, async () => firstLine(output));
  }
  return { report: outcome.report, facts: outcome.facts(), exitCode: outcome.exitCode(context) };
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
  { terminal }: Outside,
  { destination, overrides }: Pick<Context, 'destination' | 'overrides'>,
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
    .description(
      'Checks and sets the Apple push certificate that a CyberArk Identity (now Idira Identity) tenant uses for mobile sign-in.',
    )
    .usage('<command> [options]')
    .helpOption('-h, --help', 'show help')
    .configureHelp({
      showGlobalOptions: true,
      sortSubcommands: false,
      formatHelp,
    })
    .configureOutput({ writeOut: print, writeErr: () => {}, getOutHelpWidth: () => width })
    .showSuggestionAfterError(false)
    .addHelpText(
      'after',
      () => `${rootExamples}\nTopics:\n${formatEntries(topicEntries(), width, '  ').trimEnd()}`,
    );
}

const rootExamples = `
Examples:
  $ mfa-cli login --tenant abc1234.id.cyberark.cloud
  $ mfa-cli apns inspect cert.p12
  $ mfa-cli apns set cert.p12
`;

const topicEntries = () =>
  topics.map(({ word, summary }): Entry => [`mfa-cli help ${word}`, summary]);

type Execute = (declaration: Declaration, leaf: Command) => Promise<void>;

/**
 * The families that a command line names; all of them where it needs help or goes wrong.
 */
function familiesIn(words: readonly string[], helpOn: readonly string[] | null): readonly Family[] {
  const first = words.find((word) => !word.startsWith('-'));
  const isCommand = [...families, ...singles].some(({ word }) => word === first);
  if (helpOn !== null || (first !== undefined && !isCommand)) return families;
  return families.filter(({ word }) => words.includes(word));
}

/**
 * Adds every family and every command of one word, and the commands of the named
 * families. A command declares its options when its words are parsed, and loads its code
 * when it runs.
 */
async function addCommands(
  program: Command,
  named: readonly Family[],
  executed: Execute,
): Promise<ReadonlyMap<Command, Declaration>> {
  const leaves = new Map<Command, Declaration>();
  const addLeaf = (parent: Command, declaration: Declaration): void => {
    const leaf = addNode(parent, declaration)
      .allowExcessArguments(false)
      .action(() => executed(declaration, leaf));
    parent.hook('preSubcommand', (_parent, chosen) =>
      chosen === leaf ? declaration.addTo(leaf) : undefined,
    );
    leaves.set(leaf, declaration);
  };
  const addParent = (parent: Command): Command =>
    parent
      .allowExcessArguments()
      .action((_options, command: Command) => missingCommand(parent, command.args))
      .hook('preSubcommand', (_parent, chosen) => {
        for (const option of addGlobalOptions(chosen).options) option.hideHelp();
      });
  addParent(program);
  for (const group of groups) {
    program.commandsGroup(`${group.title}:`);
    for (const family of group.families) {
      const parent = addParent(addNode(program, family))
        .usage('<command> [options]')
        .addHelpText('after', `\nExamples:\n  $ ${family.example}`);
      const { commands } = named.includes(family) ? await family.load() : { commands: [] };
      for (const declaration of commands) addLeaf(parent, declaration);
    }
    for (const declaration of group.singles) addLeaf(program, declaration);
  }
  return leaves;
}

function addNode(parent: Command, { word, summary }: Heading): Command {
  return stopping(parent.command(word))
    .summary(summary)
    .description(`${capitalized(summary)}.`);
}

async function missingCommand(parent: Command, [word, next]: readonly string[]): Promise<void> {
  if (word !== undefined) throw (await mistakes()).notACommand(word, parent, next);
  if (parent.parent !== null)
    throw usage(`${commandPath(parent)} needs a command: ${namesOf(parent).join(', ')}`, parent);
  if (parent.opts().json === true) throw usage('No command was given', parent);
  parent.outputHelp();
}

/**
 * Global options, allowed before and after a command's words. Each command parses them
 * itself, since it alone knows which words are values of its own options.
 */
function addGlobalOptions(command: Command): Command {
  command.version(version, '-V, --version', 'print the version');
  return addOptions(command, globalOptions);
}

/** Makes the parser throw a `Stop` in place of ending the process. */
function stopping(command: Command): Command {
  return command.exitOverride((reason) => {
    throw Object.assign(reason, { command });
  });
}
