import type { ExitCode } from '../../errors/entry.ts';
import { variableSettings } from '../../settings/options.ts';
import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

/** Rules for all settings. */
export const precedence = [
  'Options override environment variables, which override the profile, which overrides the defaults.',
  'An empty variable counts as unset, except MFA_CLI_P12_PASSWORD.',
  'No option accepts a secret: other users can read a command line. Provide secrets in a variable, a file, stdin or a hidden prompt.',
] as const;

/** Each variable with its meaning, option and default. */
export const variableEntries: readonly Entry[] = variableSettings().map((setting) => [
  setting.variable,
  [
    setting.isSwitch ? `1: ${setting.meaning}` : setting.meaning,
    ...(setting.option === null ? [] : [`option: ${setting.option.flag}`]),
    ...(setting.default === undefined ? [] : [`default: ${setting.default}`]),
  ].join('; '),
]);

/** `mfa-cli help environment`. */
export function environmentPage(columns: number): string {
  const text = fitted(precedence.join('\n'), columns);
  return `Environment variables that mfa-cli reads.\n\n${text}\n\n${formatEntries(variableEntries, columns, '  ')}`;
}

/** Every exit code. A missing entry does not compile. */
const meanings: Readonly<Record<ExitCode, string>> = {
  0: 'done, or nothing to do',
  1: 'a bug in mfa-cli',
  2: 'wrong usage, or a prompt was needed without a terminal',
  3: 'an input file cannot be read or opened: missing, too large, not PKCS #12, corrupt, wrong password, unsupported algorithm',
  4: 'the checks found errors and nothing was sent; a certificate has expired or expires soon, or a request to set or delete was never answered (apns status, fleet status); a tenant has no valid certificate or is blocked (fleet status, plan and apply); a saved plan no longer holds (fleet apply --plan); a person must act (apns renew --if-days-left or --issuer)',
  5: 'not signed in, sign-in failed or was denied, or the session has expired and cannot be renewed',
  6: 'the tenant (or APNs) rejected the request',
  7: 'the tenant (or APNs) was unreachable, timed out, or did not speak the protocol; with outcome-unknown the request may have succeeded',
  8: 'the certificate was set, but pushes will or may not reach phones, or the proof failed (apns set and renew); tenants or steps failed (fleet, bootstrap), and the report gives the reasons; changes are pending (fleet plan --exit-code); the tenant did not accept the revocation (logout --must-revoke); only the hook failed (--hook-must-succeed)',
  129: 'terminated by SIGHUP: the terminal was closed',
  130:
    'canceled with Ctrl-C, or by answering no where a change or a push must be confirmed; ' +
    'with outcome-unknown the request may have succeeded',
  143: 'terminated by SIGTERM',
};

export const exitCodeEntries: readonly Entry[] = Object.entries(meanings);

/** `mfa-cli help exit-codes`. */
export function exitCodesPage(columns: number): string {
  const about = fitted(
    'Exit codes are stable. With --json, error.code in the document on stdout gives the exact reason.',
    columns,
  );
  return `Exit codes of mfa-cli.\n\n${about}\n\n${formatEntries(exitCodeEntries, columns, '  ')}`;
}
