import { entry, passwordSources } from './entry.ts';

interface UsageFacts {
  /** `--p12 FILE`: what was left out, or given wrong. */
  readonly option?: string;
  /** `MFA_CLI_P12`: the variable that can say it as well. */
  readonly variable?: string;
  /** `mfa-cli apns set`: whose help says more. */
  readonly command?: string;
  /** What was given as an option, which takes no secret. */
  readonly secret?: string;
  /** `mfa-cli apns <command> [options]`: an option that stood before its command. */
  readonly group?: string;
  /** Names of `lackable`, separated by blanks: all that was left out. */
  readonly lacks?: string;
}

/** What a question knows that nobody could be asked. */
interface PromptFacts {
  readonly option?: string;
  readonly variable?: string;
  /** Whose secret was asked for: that of the .p12, or of an administrator. */
  readonly secret?: 'password' | 'administrator';
}

interface UntrustedFacts {
  /** `sha256:` and the hash of what the fleet file runs and reads. */
  readonly trust?: string;
  /** What keeps others from it: `chmod go-w mfa-fleet.yaml`. */
  readonly remedy?: string;
  /** Whether a terminal is all that is missing. */
  readonly asked?: boolean;
}

/** The errors of the command line, which end with 2; a bug, and an interrupt. */
export const usageErrors = {
  'internal-error': entry(1, () => [
    'This is a bug in mfa-cli: run it again with --debug and report what it prints.',
  ]),
  usage: entry(2, ({ option, variable, command, secret = '', group, lacks = '' }: UsageFacts) => [
    secretHints[secret],
    lacks.split(' ').flatMap((name) => (name in lackable ? [lackable[name as Lackable]] : [])),
    given(option, variable),
    group && `The options of a command come after it: \`${group}\`.`,
    command && `See \`${command} --help\`.`,
  ]),
  'prompt-unavailable': entry(2, ({ option, secret }: PromptFacts) => [
    secret === 'administrator' && [
      'A service user needs none: set MFA_CLI_CLIENT_ID, and MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE.',
      'Or set MFA_CLI_TOKEN to the access token of an administrator.',
    ],
    secret === 'password' && passwordSources,
    option && `Without a terminal, give ${option}.`,
  ]),
  'file-exists': entry(2, ({ option }: { readonly option?: string }) => [
    option === undefined
      ? 'Choose another name, or let --force replace it.'
      : `Give another name with ${option}, or remove this file.`,
  ]),
  'fleet-untrusted': entry(2, ({ trust, remedy, asked }: UntrustedFacts) => [
    asked && 'At a terminal `mfa-cli fleet plan` shows it, and asks once.',
    remedy && `If all that it says is yours, run \`${remedy}\`.`,
    `In a pipeline, once somebody has looked at it, set MFA_CLI_TRUST_FLEET=${trust}.`,
    '--trust trusts whatever it says, this once: not where others may change it, as in a pull request.',
  ]),
  'fleet-file-invalid': entry(2, () => ['`mfa-cli help fleet-file` shows what a fleet file holds.']),
  /** Ends with 143 where the signal is SIGTERM. */
  interrupted: entry<{ readonly signal?: 'SIGINT' | 'SIGTERM' }>(130),
};

/** What a pipeline may lack, and where it can come from. */
const lackable = {
  tenant: 'Tenant: give --tenant URL, or set MFA_CLI_TENANT.',
  credentials:
    'Credentials: give --client-id ID, or set MFA_CLI_CLIENT_ID; and set MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE. Or set MFA_CLI_TOKEN.',
  p12: 'The .p12: give --p12 FILE, or set MFA_CLI_P12 or MFA_CLI_P12_BASE64.',
  password: 'Its password, if it has one: give --password-file FILE, or set MFA_CLI_P12_PASSWORD.',
};
export type Lackable = keyof typeof lackable;

/** Where a secret belongs that was given as an option. */
const secretHints: Readonly<Record<string, readonly string[]>> = {
  password: [passwordSources, 'On a terminal it is asked for.'],
  token: ['Give the access token in MFA_CLI_TOKEN, or sign in with `mfa-cli login`.'],
  'client-secret': [
    'Give the client secret in MFA_CLI_CLIENT_SECRET, or name its file in MFA_CLI_CLIENT_SECRET_FILE.',
  ],
};

function given(option: string | undefined, variable: string | undefined): string | undefined {
  if (option === undefined) return variable && `Set ${variable}.`;
  return variable === undefined ? `Give ${option}.` : `Give ${option}, or set ${variable}.`;
}
