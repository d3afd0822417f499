import type { CommandNode } from '../command-tree.ts';
import { topics } from '../topics.ts';

/** The tree with `help`, below which stand all commands once more, and the topics. */
export function withHelp(root: CommandNode): CommandNode {
  const { commands, ...help } = helpOn(root);
  const pages = topics.map(({ word, summary }) => leaf(`help ${word}`, summary));
  const node = {
    ...help,
    summary: 'show the help of a command or on a topic',
    commands: [...commands, ...pages],
  };
  return { ...root, commands: [...root.commands, node] };
}

function helpOn({ path, summary, commands }: CommandNode): CommandNode {
  return { ...leaf(`help ${path}`.trim(), summary), commands: commands.map(helpOn) };
}

function leaf(path: string, summary: string): CommandNode {
  return { path, summary, description: '', options: [], arguments: [], examples: [], commands: [] };
}
