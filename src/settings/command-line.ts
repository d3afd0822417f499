import type { Environment } from '../context.ts';
import type { TerminalFlags } from '../terminal/terminal.ts';
import { isOn } from '../text/switch.ts';
import { flagOf } from './define.ts';
import { globalOptions } from './global-options.ts';

/** The words after the program's name, examined before parsing. */
export interface CommandLine {
  /** The parser's input: `help apns set` becomes `apns set --help`. */
  readonly words: readonly string[];
  /** Whether the line only asks for the version, which needs no parser. */
  readonly isVersion: boolean;
  /** The words after `help`, perhaps a topic; null without `help`. */
  readonly helpOn: readonly string[] | null;
  /**
   * An option that was given a secret, without its dashes: others can read a command
   * line.
   */
  readonly secretOption: string | null;
  readonly flags: TerminalFlags;
}

/**
 * Reads the flags before the parser: they decide how its own errors are printed, and it
 * stops at the first wrong word. A flag counts anywhere in argv, since the parser rejects
 * a value that is spelled like a flag. `CI` counts as `--no-input`, unless it is empty,
 * `0` or `false`.
 */
export function readCommandLine(argv: readonly string[], env: Environment): CommandLine {
  const [first, ...others] = argv;
  const end = argv.indexOf('--');
  const beforeEnd = end === -1 ? argv : argv.slice(0, end);
  /** Of `color` and `input`, which are negations, the flag is `--no-…`. */
  const hasFlagOf = (key: keyof typeof globalOptions): boolean =>
    beforeEnd.includes(flagOf(globalOptions, key));
  return {
    words: first === 'help' ? [...others, '--help'] : argv,
    isVersion: argv.length === 1 && (first === '--version' || first === '-V'),
    helpOn: first === 'help' ? leadingWords(others) : null,
    secretOption: beforeEnd.flatMap(secretIn).at(0) ?? null,
    flags: {
      json: hasFlagOf('json'),
      compact: hasFlagOf('compact'),
      quiet: hasFlagOf('quiet'),
      debug: hasFlagOf('debug') || isOn(env.MFA_CLI_DEBUG),
      noColor: hasFlagOf('color'),
      noInput: hasFlagOf('input') || isOn(env.CI),
    },
  };
}

/** Secrets that other programs accept as an option, and this one never does. */
const secrets = ['password', 'token', 'client-secret'];

function secretIn(word: string): readonly string[] {
  const [flag] = word.split('=', 1);
  return secrets.filter((name) => flag === `--${name}`);
}

function leadingWords(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word.startsWith('-'));
  return end === -1 ? words : words.slice(0, end);
}
