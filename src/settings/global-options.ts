import type { OptionsOf, OptionTable } from './define.ts';

/** The options of every command. Light: they are read before the parser is loaded. */
export const globalOptions = {
  profile: { type: 'text', value: 'name', kind: 'profile', setting: 'profile' },
  json: { type: 'flag', setting: 'json' },
  compact: { type: 'flag', setting: 'compact' },
  quiet: { type: 'flag', setting: 'quiet' },
  input: { type: 'negation', meaning: 'never prompt', setting: 'no-input' },
  color: { type: 'negation', setting: 'no-color' },
  debug: { type: 'flag', setting: 'debug' },
  timeout: {
    type: 'text',
    value: 'seconds',
    kind: 'number',
    meaning: 'time limit for the network',
    setting: 'timeout',
  },
  caFile: {
    type: 'text',
    value: 'pem',
    kind: 'file',
    meaning: 'also trust these CAs',
    setting: 'ca-file',
  },
} as const satisfies OptionTable;

export interface GlobalOptions extends OptionsOf<typeof globalOptions> {}

/** The options of a command: its own, and those of every command. */
export type CommandOptions<Own> = OptionsOf<Own> & GlobalOptions;
