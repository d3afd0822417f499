import type { defaultWarnDays } from '../checks/validity.ts';
import type { OptionDeclaration, OptionsOf, OptionTable } from './define.ts';
import { globalOptions } from './global-options.ts';
import { optionFor, type SettingOption } from './parser.ts';
import { type Setting, type SettingName, table } from './table.ts';

/** Where a command connects to. */
export const connectionOptions = {
  tenant: { type: 'text', group: 'Tenant', value: 'url', setting: 'tenant' },
  appId: { type: 'text', group: 'Tenant', value: 'id', setting: 'app-id' },
  clientId: { type: 'text', group: 'Tenant', value: 'id', setting: 'client-id' },
  scope: { type: 'text', group: 'Tenant', value: 'scopes', setting: 'scope' },
  platformToken: { type: 'flag', group: 'Tenant', setting: 'platform-token' },
} as const satisfies OptionTable;

export interface ConnectionOptions
  extends OptionsOf<typeof globalOptions & typeof connectionOptions> {}

/** Of a command that connects nowhere, or to the tenant of the profile. */
export const noConnection = {
  tenant: undefined,
  appId: undefined,
  clientId: undefined,
  scope: undefined,
  platformToken: undefined,
} satisfies Record<keyof typeof connectionOptions, undefined>;

/** How to sign in, and where to keep the session. */
export const signInOptions = {
  port: {
    type: 'text',
    group: 'Sign-in',
    value: 'n',
    kind: 'number',
    meaning: table.port.meaning,
    default: table.port.default,
    setting: 'port',
  },
  loginHint: { type: 'text', group: 'Sign-in', value: 'user', setting: 'user' },
  store: {
    type: 'choice',
    group: 'Sign-in',
    value: 'place',
    choices: ['file', 'keychain'],
    meaning: 'where to store the session',
    default: table.store.default,
    setting: 'store',
  },
} as const satisfies OptionTable;

export const clientAppKey = {
  type: 'text',
  group: 'Sending',
  value: 'key',
  kind: 'client-app-key',
  setting: 'client-app-key',
} as const satisfies OptionDeclaration;

/** The ledger in use, beside the machine's. */
export const record = {
  type: 'text',
  group: 'Ledger',
  value: 'file',
  kind: 'file',
  setting: 'record',
} as const satisfies OptionDeclaration;

export const shard = {
  type: 'text',
  value: 'i/n',
  meaning: 'shard i of n, counting from 0',
  setting: 'shard',
  variables: 'MFA_CLI_SHARD, or JOB_COMPLETION_INDEX and MFA_CLI_SHARDS',
} as const satisfies OptionDeclaration;

const passwordArg = {
  type: 'list',
  group: 'File',
  value: 'argument',
  meaning: 'argument for that program, repeatable',
} as const satisfies OptionDeclaration;

/** A .p12, and its password. */
export const p12Options = {
  p12: {
    type: 'text',
    group: 'File',
    value: 'file',
    kind: 'p12',
    meaning: 'the .p12 file (- for stdin)',
    setting: ['p12', 'p12-base64'],
  },
  passwordFile: {
    type: 'text',
    group: 'File',
    value: 'file',
    kind: 'file',
    meaning: "file with the .p12's password (- for stdin)",
    setting: 'p12-password',
  },
  passwordCommand: {
    type: 'program',
    group: 'File',
    value: 'program',
    argumentsIn: 'passwordArg',
    meaning: "program that prints the .p12's password",
  },
  passwordArg,
} as const satisfies OptionTable;

/** A .p12 as an argument or an option. */
export const p12FileOptions = {
  file: { type: 'optional-argument', kind: 'p12', meaning: 'the .p12 file (- for stdin)' },
  ...p12Options,
} as const satisfies OptionTable;

export interface P12Options extends OptionsOf<typeof p12FileOptions> {}

/** A program that prints the password of what a command makes. */
export const thatPasswordOptions = {
  passwordCommand: {
    type: 'program',
    group: 'File',
    value: 'program',
    argumentsIn: 'passwordArg',
    meaning: 'program that prints that password',
  },
  passwordArg,
} as const satisfies OptionTable;

export interface PasswordCommandOptions
  extends Pick<OptionsOf<typeof p12Options>, 'passwordCommand' | 'passwordArg'> {}

export const keyPasswordFile = {
  type: 'text',
  value: 'file',
  kind: 'file',
  meaning: "file with the key's password (- for stdin)",
  setting: 'key-password',
} as const satisfies OptionDeclaration;

/** An APNs auth key in place of a .p12. */
export const tokenKeyOptions = {
  p8: {
    type: 'text',
    group: 'File',
    value: 'file',
    kind: 'file',
    meaning: 'APNs auth key instead of a .p12 (- for stdin)',
    setting: 'p8',
  },
  keyId: { type: 'text', group: 'File', value: 'id', setting: 'key-id' },
  teamId: { type: 'text', group: 'File', value: 'id', setting: 'team-id' },
} as const satisfies OptionTable;

export interface TokenKeyOptions extends OptionsOf<typeof tokenKeyOptions> {}

export const topic = {
  type: 'text',
  group: 'APNs',
  value: 'topic',
  meaning: 'APNs topic',
  default: "the certificate's bundle ID",
} as const satisfies OptionDeclaration;

const environment = {
  type: 'choice',
  group: 'APNs',
  value: 'name',
  choices: ['production', 'sandbox'],
  meaning: 'APNs environment',
  default: 'production, if the certificate serves it',
} as const satisfies OptionDeclaration;

const apnsHost = {
  type: 'text',
  group: 'APNs',
  value: 'host:port',
  setting: 'apns-host',
} as const satisfies OptionDeclaration;

/** The APNs that a command asks. */
export const apnsOptions = { environment, apnsHost } as const satisfies OptionTable;

export interface ApnsOptions
  extends OptionsOf<typeof apnsOptions & { readonly topic: typeof topic }> {}

/** The findings that stop a command; each command words its `--force` itself. */
export const judgingOptions = {
  failOn: {
    type: 'choice',
    group: 'Checks',
    value: 'level',
    choices: ['error', 'warning'],
    meaning: 'stop with exit code 4 at findings of this level or worse',
    default: 'error',
  },
  warnDays: {
    type: 'days',
    group: 'Checks',
    value: 'days',
    meaning: 'warn if this many days or fewer are left',
    default: 30 satisfies typeof defaultWarnDays,
  },
} as const satisfies OptionTable;

export interface JudgingOptions extends OptionsOf<typeof judgingOptions> {
  readonly force: boolean | undefined;
}

/** A program that is run at the end. */
export const hookOptions = {
  hook: {
    type: 'program',
    group: 'Hook',
    value: 'program',
    argumentsIn: 'hookArg',
    meaning: 'program to run at the end, with the JSON report on stdin',
  },
  hookArg: {
    type: 'list',
    group: 'Hook',
    value: 'argument',
    meaning: 'argument for the hook, repeatable',
  },
  hookTimeout: {
    type: 'seconds',
    group: 'Hook',
    value: 'seconds',
    meaning: 'time limit for the hook',
    default: 30,
  },
  hookMustSucceed: {
    type: 'flag',
    group: 'Hook',
    meaning: 'exit with 8 if the command succeeded and the hook failed',
  },
} as const satisfies OptionTable;

/** The hook of a command that reports when certificates expire. */
export const alertOptions = {
  ...hookOptions,
  notifyAt: {
    type: 'text',
    group: 'Hook',
    value: 'days',
    meaning:
      'run the hook once per certificate when this many days are left, such as 45,30,14,7,1,0',
  },
} as const satisfies OptionTable;

/** The content of an MFA push. */
export const pushOptions = {
  message: {
    type: 'text',
    group: 'Push',
    value: 'text',
    meaning: 'text of the alert',
    default: '"A sign-in is waiting: approve or deny it"',
  },
  title: { type: 'text', group: 'Push', value: 'text', meaning: 'title of the alert' },
  challenge: {
    type: 'text',
    group: 'Push',
    value: 'answer',
    meaning: 'ChallengeAnswer that the app returns',
    default: 'random',
  },
} as const satisfies OptionTable;

/**
 * The option of each setting that has one, with the words that the help of most commands
 * has.
 */
const all: OptionTable = {
  ...globalOptions,
  ...connectionOptions,
  ...signInOptions,
  ...p12Options,
  ...tokenKeyOptions,
  apnsHost,
  clientAppKey,
  record,
  shard,
  keyPasswordFile,
};

/** A setting that a variable holds, and its option. */
export interface VariableSetting extends Setting {
  readonly variable: string;
  readonly option: SettingOption | null;
}

/** In the order of `mfa-cli help environment`. */
export function variableSettings(): readonly VariableSetting[] {
  return Object.entries<Setting>(table).flatMap(([name, { variable, ...row }]) => {
    const option = optionFor(name as SettingName, all) ?? null;
    return variable === undefined ? [] : [{ ...row, variable, option }];
  });
}
