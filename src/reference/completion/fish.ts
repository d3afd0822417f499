import { type CommandNode, flatten, type OptionNode, type Value } from '../command-tree.ts';
import { nameOf, optionCases } from './cases.ts';

/** The completion of fish, from 3.1 on. */
export function fishCompletion(root: CommandNode): string {
  const nodes = flatten(root);
  const groups = nodes.filter(({ commands }) => commands.length > 0);
  return `# Completes mfa-cli in fish: mfa-cli completion fish | source

# Succeeds where the words so far lead to that command, with this many arguments after it if a number is given.
function __mfa_cli_at
    set -l at
    set -l count 0
    set -l skip 0
    set -l ended 0
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if test $ended = 1
            set count (math $count + 1)
        else if test "$word" = --
            set ended 1
        else if string match -q -- '-*' "$word"
            # Whether the next word is its value.
            switch "$at $word"
${fishCase(optionCases(root, 'kind').map(([pattern]) => pattern))}
                    set skip 1
            end
        else
            switch "$at:$word"
${fishCase(groups.flatMap(({ path, commands }) => commands.map((child) => `'${path}:${nameOf(child)}'`)))}
                    set at (string trim -- "$at $word")
                case '*'
                    set count (math $count + 1)
            end
        end
    end
    test "$at" = "$argv[1]"; and test (count $argv) = 1 -o "$count" = "$argv[2]"
end

# What this machine has stored under that name: profiles, client-app-keys.
function __mfa_cli_stored
    mfa-cli completion --$argv[1] 2>/dev/null
end

# Directories, and files that a .p12 may be.
function __mfa_cli_p12
    set -l word (string replace -r -- '^--[^=]*=' '' (commandline -ct))
    complete -C "'' $word" | string match -ri -- '^[^\\t]*(?:/|\\.p12|\\.pfx)(?=\\t|$)'
end

complete -c mfa-cli -e
complete -c mfa-cli -f
${nodes.flatMap(linesOf).join('\n')}
`;
}

function fishCase(patterns: readonly string[]): string {
  return `                case ${patterns.map((pattern) => pattern.replace(/^\*'/, "'*")).join(' ')}`;
}

function linesOf(node: CommandNode): readonly string[] {
  const { path, commands, options } = node;
  const at = path === '' ? '' : ` -n '__mfa_cli_at "${path}"'`;
  return [
    ...commands.map(
      (child) =>
        `complete -c mfa-cli -n '__mfa_cli_at "${path}" 0' -a ${nameOf(child)} -d ${quoted(child.summary)}`,
    ),
    ...options.map(
      (option) =>
        `complete -c mfa-cli${at}${spelled(option)}${valueFlags(option.value)} -d ${quoted(option.description)}`,
    ),
    ...node.arguments.flatMap(({ value }, index) => {
      const place = `complete -c mfa-cli -n '__mfa_cli_at "${path}" ${index}'`;
      if (value.kind === 'file') return [`${place} -F`];
      const words = wordsOf(value);
      return words === null ? [] : [`${place} -a ${words}`];
    }),
  ];
}

function spelled({ spellings }: OptionNode): string {
  return spellings
    .map((spelling) => (spelling.startsWith('--') ? ` -l ${spelling.slice(2)}` : ` -s ${spelling.slice(1)}`))
    .join('');
}

function valueFlags(value: Value): string {
  if (value.kind === 'none') return '';
  if (value.kind === 'file') return ' -r -F';
  const words = wordsOf(value);
  return words === null ? ' -x' : ` -x -a ${words}`;
}

function wordsOf(value: Value): string | null {
  if (value.kind === 'profile' || value.kind === 'client-app-key')
    return `'(__mfa_cli_stored ${value.kind}s)'`;
  if (value.kind === 'p12') return "'(__mfa_cli_p12)'";
  return value.kind === 'choice' ? quoted(value.choices.join(' ')) : null;
}

/** In single quotes, in which fish knows `\\'` and `\\\\` only. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
