import type { Declaration } from '../../src/commands/command.ts';
import { commands } from '../../src/commands/registry.ts';

/** What every command declares, in the order of the help. */
export const declarations: readonly Declaration[] = (await Promise.all(commands.map((load) => load()))).map(
  ({ declaration }) => declaration,
);
