import type { Environment } from '../context.ts';
import type { TerminalFlags } from '../terminal/terminal.ts';
import { isOn } from '../text/phrasing.ts';

/**
 * The flags that decide how everything is said, even the parser's errors; so they are read before it runs.
 * `CI` counts as `--no-input`, unless it is empty, `0` or `false`.
 */
export function readFlags(argv: readonly string[], env: Environment): TerminalFlags {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  return {
    json: words.includes('--json'),
    quiet: words.includes('--quiet'),
    debug: words.includes('--debug') || isOn(env.MFA_CLI_DEBUG),
    noColor: words.includes('--no-color'),
    noInput: words.includes('--no-input') || isOn(env.CI),
  };
}
