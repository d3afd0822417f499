import type { CommandNode, OptionNode } from '../../src/reference/command-tree.ts';
import { topics } from '../../src/reference/words.ts';
import { describedProgram } from './described-program.ts';
import { shellWords } from './stories/shell-words.ts';

/** What is wrong with the commands that a text shows in backticks, a line each. */
export async function faultsOfPrinted(text: string): Promise<readonly string[]> {
  const lines = [...text.matchAll(/`mfa-cli ([^`]*)`/g)].map(([, line = '']) =>
    line.replaceAll(/\s+/g, ' ').replaceAll('\u00a0', ' '),
  );
  if (lines.length === 0) return [];
  const program = await describedProgram();
  return lines.flatMap((line) => {
    const fault = faultOf(line, program);
    return fault === null ? [] : [`\`mfa-cli ${line}\`: ${fault}`];
  });
}

/** All text in a document of `--json`, with the backticks of its strings as they are. */
export function textIn(stdout: string): string {
  try {
    return stringsIn(JSON.parse(stdout)).join('\n');
  } catch {
    return stdout;
  }
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

function faultOf(line: string, program: CommandNode): string | null {
  // A usage line, with `<command>` or `[options]` in it.
  if (/ [<[]/.test(line)) return null;
  let node = program;
  const given: string[] = [];
  const words = [...shellWords(line)];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    // A form to fill in, as `mfa-cli apns <command> [options]`.
    if (word === '…' || word === '<command>') return null;
    if (word.startsWith('-') && word !== '-') {
      const [name = '', value] = word.split(/=(.*)/s);
      const option = optionOf(name, [program, node]);
      if (option === undefined) return `no option ${name}`;
      const needsValue = option.described.value !== null;
      if (needsValue && value === undefined && words.shift() === undefined)
        return `${name} without a value`;
      continue;
    }
    const child = given.length === 0 ? childOf(node, word) : undefined;
    if (child === undefined) given.push(word);
    else node = child;
  }
  return faultOfArguments(node, given);
}

function faultOfArguments(node: CommandNode, given: readonly string[]): string | null {
  const { path, commands } = node;
  if (path === '' && given[0] === 'help') {
    const isKnown = topics.some(({ word }) => word === given[1]) || childOf(node, given[1] ?? '');
    return isKnown ? null : `no topic ${given[1]}`;
  }
  if (commands.length > 0 && given.length > 0) return `no command ${given[0]}`;
  const many = node.arguments.some(({ described: { repeatable } }) => repeatable);
  if (given.length > node.arguments.length && !many) return `too many words: ${given.join(' ')}`;
  // A command that is only named, or whose help is.
  if (given.length === 0) return null;
  const required = node.arguments.filter(({ described: each }) => each.required).length;
  return given.length < required ? 'too few words' : null;
}

const optionOf = (name: string, nodes: readonly CommandNode[]): OptionNode | undefined =>
  nodes.flatMap(({ options }) => options).find(({ spellings }) => spellings.includes(name));

function childOf({ path, commands }: CommandNode, word: string): CommandNode | undefined {
  return commands.find((child) => child.path === `${path} ${word}`.trim());
}
