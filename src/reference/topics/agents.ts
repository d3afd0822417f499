import { formatEntries } from '../../text/layout.ts';

const rules = [
  'Pass --json and --no-input: one document on stdout, and nothing is asked.',
  'Judge by the exit code, then by error.code: words for people change.',
  'Exit code 0 is done, 8 done in part; mfa-cli help exit-codes has them all.',
  'After outcome-unknown it may be done: run apns status, and repeat no delete.',
  'Dry run first: apns set --dry-run, fleet plan; act on what a person has seen.',
  '--yes, --force and --trust are for a person to decide: add none to get past an error.',
  'Put no secret into arguments: variables, files and stdin take them.',
  'mfa-cli help --json has every command and option, help COMMAND --json a part.',
  'Each command there names its schema, a file in schema/ of the package.',
  'Take unknown keys and codes as they come: new ones are added.',
] as const;

/** `mfa-cli help agents`: at most fifteen lines of a terminal. */
export function agentsPage(columns: number): string {
  return `How a program calls mfa-cli.\n\n${formatEntries(
    rules.map((rule) => ['-', rule]),
    columns,
  )}`;
}
