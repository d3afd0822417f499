import type { Declaration } from '../../src/commands/command.ts';
import { families, singles } from '../../src/commands/commands.ts';

/** The declaration of every command by its words: `apns set`, `whoami`. */
export const declarations: ReadonlyMap<string, Declaration> = new Map([
  ...(await Promise.all(families.map(declarationsOf))).flat(),
  ...singles.map((declared): [string, Declaration] => [declared.word, declared]),
]);

/** The words of every command: `apns set`, `whoami`. */
export const commandWords: readonly string[] = [...declarations.keys()];

async function declarationsOf({ word, load }: (typeof families)[number]) {
  const { commands } = await load();
  return commands.map((command): [string, Declaration] => [`${word} ${command.word}`, command]);
}
