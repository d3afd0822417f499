import { formatEntries } from '../../text/layout.ts';

const rules = [
  'Pass --json and --no-input: one JSON document on stdout, and no prompts.',
  'Check the exit code, then error.code. Texts for people may change.',
  'Exit code 0 means done, 8 that some tenants or steps failed. See mfa-cli help exit-codes.',
  'outcome-unknown: the change may have happened. Run apns status. Do not repeat a deletion.',
  'Dry-run first (apns set --dry-run, fleet plan) and let a person review it.',
  'Never add --yes, --force or --trust yourself, not even to get past an error: ask a person.',
  'Pass secrets in variables, files or stdin, never in arguments.',
  'List commands and options with mfa-cli help --json or help COMMAND --json.',
  'Each command there names its JSON schema, a file in schema/ of the package.',
  'Accept unknown keys and codes: new versions add some.',
] as const;

/** `mfa-cli help agents`: at most 15 lines. */
export function agentsPage(columns: number): string {
  return `Rules for programs that call mfa-cli.\n\n${formatEntries(
    rules.map((rule) => ['-', rule]),
    columns,
  )}`;
}
