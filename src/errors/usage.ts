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
  'internal-error': entry(1, [
    'This is a bug in mfa-cli: run it again with --debug and report what it prints.',
  ]),
  usage: entry(2, ({ option, variable, command, secret, group }: UsageFacts) => {
    const hints: string[] = [];
    if (secret === 'password') hints.push(passwordSources, 'On a terminal it is asked for.');
    if (secret === 'token')
      hints.push('Give the access token in MFA_CLI_TOKEN, or sign in with `mfa-cli login`.');
    if (secret === 'client-secret')
      hints.push(
        'Give the client secret in MFA_CLI_CLIENT_SECRET, or name its file in MFA_CLI_CLIENT_SECRET_FILE.',
      );
    if (option !== undefined)
      hints.push(variable === undefined ? `Give ${option}.` : `Give ${option}, or set ${variable}.`);
    else if (variable !== undefined) hints.push(`Set ${variable}.`);
    if (group !== undefined) hints.push(`The options of a command come after it: \`${group}\`.`);
    if (command !== undefined) hints.push(`See \`${command} --help\`.`);
    return hints;
  }),
  'prompt-unavailable': entry(2, ({ option, secret }: PromptFacts) => {
    const hints: string[] = [];
    if (secret === 'administrator')
      hints.push(
        'A service user needs none: set MFA_CLI_CLIENT_ID, and MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE.',
        'Or set MFA_CLI_TOKEN to the access token of an administrator.',
      );
    if (secret === 'password') hints.push(passwordSources);
    if (option !== undefined) hints.push(`Without a terminal, give ${option}.`);
    return hints;
  }),
  'file-exists': entry(2, ({ option }: { readonly option?: string }) => [
    option === undefined
      ? 'Choose another name, or let --force replace it.'
      : `Give another name with ${option}, or remove this file.`,
  ]),
  'fleet-untrusted': entry(2, ({ trust, remedy, asked }: UntrustedFacts) => [
    ...(asked ? ['At a terminal `mfa-cli fleet plan` shows it, and asks once.'] : []),
    ...(remedy === undefined ? [] : [`If all that it says is yours, run \`${remedy}\`.`]),
    `In a pipeline, once somebody has looked at it, set MFA_CLI_TRUST_FLEET=${trust}.`,
    '--trust trusts whatever it says, this once: not where others may change it, as in a pull request.',
  ]),
  'fleet-file-invalid': entry(2, ['`mfa-cli help fleet-file` shows what a fleet file holds.']),
  /** Ends with 143 where the signal is SIGTERM. */
  interrupted: entry<{ readonly signal?: 'SIGINT' | 'SIGTERM' }>(130, []),
};
