import { globalOptions } from '../settings/global-options.ts';
import { entriesOf } from '../settings/parser.ts';
import type { Entry } from '../text/layout.ts';

/** The options of every command, those of the parser among them. */
export const globalEntries: readonly Entry[] = [
  ...entriesOf(globalOptions),
  ['-V, --version', 'print the version'],
  ['-h, --help', 'show help'],
];
