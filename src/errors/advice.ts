import { shellWord } from '../text/shell.ts';
import { apnsErrors } from './apns.ts';
import type { CliError, ErrorCode, ErrorFacts } from './cli-error.ts';
import { type ErrorEntry, type ExitCode, signalCodes } from './entry.ts';
import { inputErrors } from './input.ts';
import { sessionErrors } from './session.ts';
import { tenantErrors } from './tenant.ts';
import { usageErrors } from './usage.ts';

/** Every error code with its exit code and its hints. */
const entries: Readonly<Record<ErrorCode, ErrorEntry<ErrorFacts>>> = {
  ...usageErrors,
  ...inputErrors,
  ...sessionErrors,
  ...tenantErrors,
  ...apnsErrors,
};

export function exitCodeOf({ code, facts }: CliError): ExitCode {
  if (facts.signal !== undefined) return signalCodes[facts.signal];
  return entries[code].exitCode;
}

/** Options that decide where a command goes. */
export type Destination = Readonly<
  Partial<Record<'tenant' | 'profile' | 'appId' | 'clientId', string | undefined>>
>;

/** Commands in hints that go there. */
const destined = /`mfa-cli (?:login|whoami|api|bootstrap|device \w+|apns prove)\b[^`]*/g;

/** The hints of an error, one sentence each. @param given the user's options, which a command in a hint repeats */
export function hintsFor({ code, facts }: CliError, given: Destination = {}): readonly string[] {
  const { tenant, profile, appId, clientId } = given;
  const options = Object.entries({
    tenant,
    profile,
    'app-id': appId,
    'client-id': clientId,
  }).flatMap(([name, value]) => (value === undefined ? [] : ` --${name} ${shellWord(value)}`));
  const completed = (line: string): string => {
    if (/--(tenant|profile|help) ?/.test(line)) return line;
    // A mistyped ID must not be created.
    return (
      line +
      options
        .filter((each) => !line.includes('bootstrap') || !/--(app|client)-id/.test(each))
        .join('')
    );
  };
  return entries[code].hints(facts).map((hint) => hint.replace(destined, completed));
}

/** The `--json` document of an error outside a report. Keys are a promise. */
export interface ErrorDocument {
  readonly error: {
    readonly code: ErrorCode;
    /** A sentence without a period, for people. */
    readonly message: string;
    /** How to fix it, one sentence each. */
    readonly hints: readonly string[];
    readonly exitCode: ExitCode;
  };
}

export function errorDocument(error: CliError, given?: Destination): ErrorDocument {
  const { code, message } = error;
  return { error: { code, message, hints: hintsFor(error, given), exitCode: exitCodeOf(error) } };
}
