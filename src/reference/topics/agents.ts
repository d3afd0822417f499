import { formatEntries } from '../../text/layout.ts';

const rules = [
  'Pass --json and --no-input: one JSON document on stdout, and no prompts.',
  'Check the exit code, then error.code. Texts for people may change.',
  'Exit code 0 is done, 8 says that tenants or steps failed. All: mfa-cli help exit-codes.',
  'outcome-unknown: it may have been done. Run apns status; do not repeat a deletion.',
  'Dry-run first (apns set --dry-run, fleet plan) and let a person review it.',
  'Leave --yes, --force and --trust to a person, even to get past an error.',
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
