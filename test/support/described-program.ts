import type { CommandNode } from '../../src/reference/command-tree.ts';
import { describe } from '../../src/run-command-line.ts';

let described: Promise<CommandNode> | undefined;

/** The whole command line; made once, as it takes longer than most commands. */
export function describedProgram(): Promise<CommandNode> {
  described ??= describe();
  return described;
}
