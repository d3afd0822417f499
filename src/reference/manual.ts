import type { Entry } from '../text/layout.ts';
import { type Behavior, type CommandNode, flatten, type OptionNode } from './command-tree.ts';
import { exitCodeEntries, precedence, variableEntries } from './topics/environment.ts';

const files: readonly Entry[] = [
  [
    '~/.config/mfa-cli/config.json',
    "Profiles and sessions; the ledger of the certificates that were set is in ledger.jsonl next to it. The file is in the platform's configuration directory or in MFA_CLI_CONFIG_DIR. Its mode is 0600, the directory's 0700. mfa-cli replaces the whole file under a lock.",
  ],
];

/** The page `mfa-cli(1)`, for man: roff with the macros of man(7). */
export function formatManual(root: CommandNode, version: string): string {
  const leaves = flatten(root).filter(({ commands, path }) => commands.length === 0 && path !== '');
  return [
    `.TH MFA\\-CLI 1 "" ${quoted(`mfa-cli ${version}`)} "User Commands"`,
    // No hyphenation and no justified lines: names and options stay whole.
    '.nh',
    '.ad l',
    '.SH NAME',
    `mfa\\-cli \\- ${escaped(lowered(root.description).replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B mfa\\-cli',
    '.I command',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    escaped(root.description),
    'The result goes to stdout, everything else to stderr.',
    'Without a terminal, or with CI set, mfa-cli never prompts.',
    '.SH COMMANDS',
    ...leaves.flatMap(commandSection),
    '.SH OPTIONS',
    'Every command accepts these options.',
    ...root.options.flatMap(optionParagraph),
    '.SH ENVIRONMENT',
    ...precedence.map(escaped),
    ...variableEntries.flatMap(entryParagraph),
    '.SH EXIT STATUS',
    ...exitCodeEntries.flatMap(entryParagraph),
    '.SH FILES',
    ...files.flatMap(entryParagraph),
    '.SH EXAMPLES',
    ...root.examples.flatMap(exampleParagraph),
    '',
  ].join('\n');
}

function commandSection(node: CommandNode): readonly string[] {
  const synopsis = node.arguments.map(({ placeholder }) => placeholder).join(' ');
  const own = node.options.filter(({ spellings }) => !spellings.includes('--help'));
  const usage = [`mfa-cli ${node.path}`];
  if (synopsis !== '') usage.push(synopsis);
  if (own.length > 0) usage.push('[options]');
  return [
    `.SS ${quoted(usage.join(' '))}`,
    escaped([node.description, ...effectsOf(node.behavior)].join(' ')),
    ...node.arguments.flatMap(({ placeholder, description }) => [
      '.TP',
      `.I ${quoted(placeholder.slice(1, -1))}`,
      escaped(description),
    ]),
    ...own.flatMap(optionParagraph),
    ...(node.examples.length === 0 ? [] : ['.PP', 'Examples:']),
    ...node.examples.flatMap(exampleParagraph),
  ];
}

/** A sentence for each effect of a command. */
function effectsOf(behavior: Behavior | null): readonly string[] {
  return effects.flatMap(([effect, sentence]) => (behavior?.[effect] === true ? [sentence] : []));
}

const effects: readonly (readonly [keyof Behavior, string])[] = [
  ['sends', 'It may change the tenant or send a push to a phone.'],
  ['destroys', 'It may delete data for good.'],
  ['needsSession', 'It needs a session.'],
  ['asks', 'In a terminal, it may ask.'],
  ['keepsStdout', 'It may print data for a file.'],
];

function optionParagraph({
  spellings,
  placeholder,
  description,
  described,
}: OptionNode): readonly string[] {
  const { value } = described;
  const choices = value?.choices ? ` (${value.choices.join(', ')})` : '';
  const spelled = spellings.map((spelling) => `\\fB${escaped(spelling)}\\fR`).join(', ');
  const named = placeholder === '' ? '' : ` \\fI${escaped(placeholder.slice(1, -1))}\\fR`;
  return ['.TP', `${spelled}${named}`, escaped(`${description}${choices}`)];
}

function entryParagraph([term, meaning]: Entry): readonly string[] {
  return ['.TP', `.B ${quoted(term)}`, escaped(meaning)];
}

function exampleParagraph(line: string): readonly string[] {
  return ['.PP', '.RS 4', '.nf', escaped(line), '.fi', '.RE'];
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '\\(dq')}"`;
}

/**
 * Text that roff prints unchanged: ASCII quotes, hyphens and tildes can be pasted into a
 * shell.
 */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replace(/^\./, '\\&.');
}
