import { families, singles } from '../../src/commands/commands.ts';

/** The words of every command: `apns set`, `whoami`. */
export const commandWords: readonly string[] = [
  ...families.flatMap(({ word, commands }) => commands.map((command) => `${word} ${command.word}`)),
  ...singles.map(({ word }) => word),
];
