import type { Command, CommanderError } from 'commander';
import { commandPath, namesOf, usage } from '../reference/words.ts';
import { globalOptions } from '../settings/global-options.ts';
import { addOptions } from '../settings/parser.ts';
import { capitalized } from '../text/phrasing.ts';
import { version } from '../text/version.ts';
import type { Declaration, Family, Heading } from './command.ts';
import { families, groups, singles } from './commands.ts';

/**
 * Why the parser stopped: a mistake, or it has printed the command's help or the version.
 */
export type Stop = CommanderError & { readonly command: Command };

/**
 * The families that a command line names; all of them where it needs help or goes wrong.
 */
export function familiesIn(
  words: readonly string[],
  helpOn: readonly string[] | null,
): readonly Family[] {
  const first = words.find((word) => !word.startsWith('-'));
  const isCommand = [...families, ...singles].some(({ word }) => word === first);
  if (helpOn !== null || (first !== undefined && !isCommand)) return families;
  return families.filter(({ word }) => words.includes(word));
}

/** Called by the parser for the command that the words name, once they are parsed. */
type OnChosen = (declaration: Declaration, leaf: Command) => Promise<void>;

/**
 * Adds every family and every command of one word, and the commands of the named
 * families. A command declares its options when its words are parsed.
 */
export async function addCommands(
  program: Command,
  named: readonly Family[],
  onChosen: OnChosen,
): Promise<ReadonlyMap<Command, Declaration>> {
  const leaves = new Map<Command, Declaration>();
  const addLeaf = (parent: Command, declaration: Declaration): void => {
    const leaf = addNode(parent, declaration)
      .allowExcessArguments(false)
      .action(() => onChosen(declaration, leaf));
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
  if (word !== undefined)
    throw (await import('../reference/usage.ts')).notACommand(word, parent, next);
  if (parent.parent !== null)
    throw usage(`${commandPath(parent)} needs a command: ${namesOf(parent).join(', ')}`, parent);
  if (parent.opts().json === true) throw usage('No command was given', parent);
  parent.outputHelp();
}

/**
 * Global options, allowed before and after a command's words. Each command parses them
 * itself, since it alone knows which words are values of its own options.
 */
export function addGlobalOptions(command: Command): Command {
  command.version(version, '-V, --version', 'print the version');
  return addOptions(command, globalOptions);
}

/** Makes the parser throw a `Stop` in place of ending the process. */
export function stopping(command: Command): Command {
  return command.exitOverride((reason) => {
    throw Object.assign(reason, { command });
  });
}
