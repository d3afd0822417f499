import { type EndingSignal, entry, passwordSources } from './entry.ts';

interface UsageFacts {
  readonly option?: string;
  readonly variable?: string;
  /** The command to get help on: `mfa-cli apns set`. */
  readonly command?: string;
  /** The secret that was given as an option. */
  readonly secret?: string;
  readonly fix?: string;
  /** Several missing options. */
  readonly options?: readonly { readonly option: string; readonly variable?: string }[];
  /** Names of `lackable`, separated by spaces. */
  readonly lacks?: string;
}

interface PromptFacts {
  readonly option?: string;
  readonly variable?: string;
  /** The secret asked for: the password of the .p12, or an administrator's. */
  readonly secret?: 'password' | 'administrator';
}

interface UntrustedFacts {
  /** The command that locks others out: `chmod go-w mfa-fleet.yaml`. */
  readonly remedy?: string;
  /** The command that asks in a terminal, where an answer would be enough. */
  readonly review?: string;
  /** Whether the user was asked, and said no. */
  readonly declined?: true;
}

/** Errors of the command line (exit code 2), a bug (1) and an interrupt (130). */
export const usageErrors = {
  'internal-error': entry(1, () => [
    'This is a bug in mfa-cli. Run the command again with --debug, and report the output.',
  ]),
  usage: entry(
    2,
    ({ option, variable, command, secret = '', lacks = '', options = [], fix }: UsageFacts) => [
      secretHints[secret],
      fix,
      lacks.split(' ').flatMap((name) => (name in lackable ? [lackable[name as Lackable]] : [])),
      options.flatMap((each) => given(each.option, each.variable) ?? []),
      given(option, variable),
      command && `See \`${command} --help\`.`,
    ],
  ),
  'prompt-unavailable': entry(2, ({ option, secret }: PromptFacts) => [
    secret === 'administrator' && [
      'To sign in as a service user, set MFA_CLI_CLIENT_ID, and MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE.',
      "Or set MFA_CLI_TOKEN to an administrator's access token.",
    ],
    secret === 'password' && passwordSources,
    option && `Without a terminal, give ${option}.`,
    option === undefined && secret === undefined && 'Run the command in a terminal.',
  ]),
  'file-exists': entry(2, ({ option }: { readonly option?: string }) => [
    option === undefined
      ? 'Choose another name, or replace it with --force.'
      : `Choose another name with ${option}, or remove the file.`,
  ]),
  'fleet-untrusted': entry(2, ({ remedy, review }: UntrustedFacts) => [
    review && `Run \`${review}\` in a terminal to review it and trust it.`,
    remedy && `If you wrote the whole file, run \`${remedy}\`.`,
    'In a pipeline, review the file, and set MFA_CLI_TRUST_FLEET to the value of `trust` in `mfa-cli fleet plan --json`.',
    '--trust trusts any content for this run. Do not use it if others can change the file, as in a pull request.',
  ]),
  'fleet-file-invalid': entry(2, () => ['See `mfa-cli help fleet-file` for the format.']),
  /** Exit code of the signal, if it was one. */
  interrupted: entry<{ readonly signal?: EndingSignal }>(130),
};

/** Settings that a pipeline may lack, and how to provide each. */
const lackable = {
  tenant: 'Tenant: give --tenant URL, or set MFA_CLI_TENANT.',
  credentials:
    'Credentials: give --client-id ID or set MFA_CLI_CLIENT_ID, and set MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE. Or set MFA_CLI_TOKEN.',
  p12: 'The .p12: name the file (--p12 FILE), or set MFA_CLI_P12 or MFA_CLI_P12_BASE64.',
  key: 'The client app key: give --client-app-key KEY, or set MFA_CLI_CLIENT_APP_KEY.',
  yes: 'The confirmation: give --yes.',
  password:
    'The password of the .p12, if it has one: give --password-file FILE, or set MFA_CLI_P12_PASSWORD.',
};
export type Lackable = keyof typeof lackable;

/** Where a secret belongs, by the option that was given. */
const secretHints: Readonly<Record<string, readonly string[]>> = {
  password: [passwordSources, 'In a terminal, mfa-cli prompts for it.'],
  token: ['Provide the access token in MFA_CLI_TOKEN, or sign in with `mfa-cli login`.'],
  'client-secret': [
    'Provide the client secret in MFA_CLI_CLIENT_SECRET, or its file in MFA_CLI_CLIENT_SECRET_FILE.',
  ],
};

function given(option: string | undefined, variable: string | undefined): string | undefined {
  if (option === undefined) return variable && `Set ${variable}.`;
  return variable === undefined ? `Give ${option}.` : `Give ${option}, or set ${variable}.`;
}
