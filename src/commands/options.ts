import type { OptionTable } from '../settings/define.ts';
import type { CommandOptions } from '../settings/global-options.ts';
import { connectionOptions, signInOptions } from '../settings/options.ts';

// The options of the commands of one word that have no directory.

export const loginOptions = {
  ...connectionOptions,
  port: signInOptions.port,
  loginHint: signInOptions.loginHint,
  browser: { type: 'negation', group: 'Sign-in', meaning: 'print the address and open no browser' },
  store: signInOptions.store,
} as const satisfies OptionTable;

export interface LoginOptions extends CommandOptions<typeof loginOptions> {}

export const logoutOptions = {
  all: { type: 'flag', meaning: 'sign out of all profiles' },
  mustRevoke: { type: 'flag', meaning: 'exit with 8 unless the tenant accepts the revocation' },
  yes: { type: 'flag', meaning: 'do not ask' },
} as const satisfies OptionTable;

export interface LogoutOptions extends CommandOptions<typeof logoutOptions> {}

export const whoamiOptions = {
  minTtl: {
    type: 'text',
    value: 'duration',
    meaning: 'exit with 5 if less than this is left, such as 90s, 20m or 1h',
  },
  ...connectionOptions,
} as const satisfies OptionTable;

export interface WhoamiOptions extends CommandOptions<typeof whoamiOptions> {}

export const apiOptions = {
  method: { type: 'argument', meaning: 'GET, HEAD, POST, PUT, PATCH or DELETE' },
  path: { type: 'argument', meaning: "path on the tenant, with any query: '/Security/WhoAmI'" },
  data: {
    type: 'text',
    value: 'json',
    meaning: 'JSON body, @FILE to read a file, or - for stdin; default for POST: {}',
  },
  ...connectionOptions,
} as const satisfies OptionTable;

export interface ApiOptions extends CommandOptions<typeof apiOptions> {}

export const completionOptions = {
  shell: {
    type: 'optional-argument',
    meaning: 'shell to print the script for',
    choices: ['bash', 'zsh', 'fish', 'pwsh', 'powershell'],
  },
  /** For the scripts. */
  words: { type: 'flag', meaning: 'complete the last of the words on stdin', isHidden: true },
} as const satisfies OptionTable;

export interface CompletionOptions extends CommandOptions<typeof completionOptions> {}
