import type { Environment } from '../context.ts';
import type { TerminalFlags } from '../terminal/terminal.ts';
import { isOn } from '../text/phrasing.ts';

/** The words after the program's name, examined once. */
export interface CommandLine {
  /** What the parser takes: `help apns set` as `apns set --help`. */
  readonly words: readonly string[];
  /** Nothing but the version is asked for, which needs no parser. */
  readonly isVersion: boolean;
  /** What `help` is asked about, which may be a topic; null without `help`. */
  readonly helpOn: readonly string[] | null;
  /** The option that somebody gave a secret in, without its dashes: others can read a command line. */
  readonly secretOption: string | null;
  readonly flags: TerminalFlags;
}

/**
 * Examines argv before the parser does. The flags decide in which form the parser's own errors are said, and an error ends
 * its work before it has met the flags behind the word that is wrong; so they are looked for here, whatever they are the
 * value of. Which words are values the parser alone knows, and it refuses a value that is spelled like a flag.
 * `CI` counts as `--no-input`, unless it is empty, `0` or `false`.
 */
export function readCommandLine(argv: readonly string[], env: Environment): CommandLine {
  const [first, ...others] = argv;
  const end = argv.indexOf('--');
  const given = end === -1 ? argv : argv.slice(0, end);
  return {
    words: first === 'help' ? [...others, '--help'] : argv,
    isVersion: argv.length === 1 && (first === '--version' || first === '-V'),
    helpOn: first === 'help' ? leadingWords(others) : null,
    secretOption: given.flatMap((word) => secretOption.exec(word)?.[1] ?? []).at(0) ?? null,
    flags: {
      json: given.includes('--json'),
      compact: given.includes('--compact'),
      quiet: given.includes('--quiet'),
      debug: given.includes('--debug') || isOn(env.MFA_CLI_DEBUG),
      noColor: given.includes('--no-color'),
      noInput: given.includes('--no-input') || isOn(env.CI),
    },
  };
}

const secretOption = /^--(password|token|client-secret)(?:=|$)/;

/** The words before the first option. */
function leadingWords(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word.startsWith('-'));
  return end === -1 ? words : words.slice(0, end);
}
