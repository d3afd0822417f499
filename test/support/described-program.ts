import { describe } from '../../src/cli.ts';
import type { CommandNode } from '../../src/reference/command-tree.ts';

let described: Promise<CommandNode> | undefined;

/** The whole command line; made once, as it takes longer than most commands. */
export function describedProgram(): Promise<CommandNode> {
  described ??= describe();
  return described;
}
