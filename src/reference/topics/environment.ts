import type { ExitCode } from '../../errors/entry.ts';
import { variableSettings } from '../../settings/table.ts';
import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

/** What holds for all of them, a sentence or two each. */
export const precedence = [
  'An option beats the environment, which beats the profile, which beats the default.',
  'A variable that is set to nothing counts as unset, except MFA_CLI_P12_PASSWORD.',
  'No option takes a secret, since others can read a command line: secrets come from a variable, a file, stdin or a hidden prompt.',
] as const;

/** Name and meaning, with the option and the default. */
export const variableEntries: readonly Entry[] = variableSettings.map((setting) => [
  setting.variable,
  [
    setting.isSwitch ? `1: ${setting.meaning}` : setting.meaning,
    ...(setting.option === undefined ? [] : [`option: ${setting.option.split(' ')[0]}`]),
    ...(setting.default === undefined ? [] : [`default: ${setting.default}`]),
  ].join('; '),
]);

/** `mfa-cli help environment`. */
export function environmentPage(columns: number): string {
  const text = fitted(precedence.join('\n'), columns);
  return `Environment variables that mfa-cli reads.\n\n${text}\n\n${formatEntries(variableEntries, columns, '  ')}`;
}

/** Every exit code. One without an entry does not compile. */
const meanings: Readonly<Record<ExitCode, string>> = {
  0: 'done; also where there was nothing to do',
  1: 'a bug in mfa-cli',
  2: 'wrong usage, or an answer is needed and there is no terminal',
  3: 'an input file cannot be read or opened: missing, too large, not PKCS #12, corrupt, wrong password, unsupported algorithm',
  4: 'the checks found errors and nothing was sent; apns status: a certificate has expired or soon does, or the answer to a set or delete is missing',
  5: 'not signed in, sign-in failed or refused, or the session has expired and cannot be renewed',
  6: 'the tenant (or APNs) answered and refused',
  7: 'the tenant (or APNs) could not be reached, timed out, or did not speak the protocol; with outcome-unknown it may have done what was asked',
  8: 'done in part: of several tenants or steps some failed; the report says which and why',
  130: 'interrupted, by Ctrl-C or by the answer "no"; with outcome-unknown the tenant may have done what was asked',
  143: 'terminated, by SIGTERM',
};

export const exitCodeEntries: readonly Entry[] = Object.entries(meanings);

/** `mfa-cli help exit-codes`. */
export function exitCodesPage(columns: number): string {
  const about = fitted(
    'Exit codes are stable. With --json, the error.code of the document on stdout says more.',
    columns,
  );
  return `Exit codes of mfa-cli.\n\n${about}\n\n${formatEntries(exitCodeEntries, columns, '  ')}`;
}
