import { apnsErrors } from './apns.ts';
import type { ErrorArea, ErrorEntry, NoFacts } from './entry.ts';
import { fileErrors } from './file.ts';
import { inputErrors } from './input.ts';
import { sessionErrors } from './session.ts';
import { tenantErrors } from './tenant.ts';
import { usageErrors } from './usage.ts';

/** Every error code. */
export const entries = {
  ...usageErrors,
  ...fileErrors,
  ...inputErrors,
  ...sessionErrors,
  ...tenantErrors,
  ...apnsErrors,
} satisfies Readonly<Record<string, ErrorEntry>>;

export type Entries = typeof entries;

/**
 * The permanent error codes of the command line (`error.code` in the JSON document).
 * Every failure has one: exit 1 is `internal-error`, 130 and 143 are `interrupted`.
 */
export type ErrorCode = keyof Entries;

/** The facts of an error, as the entry of its code declares them. Never a secret. */
export type FactsOf<Code extends ErrorCode> = Code extends ErrorCode
  ? Parameters<Entries[Code]['hints']> extends readonly [infer Facts]
    ? Facts
    : NoFacts
  : never;

export type AreaOf<Code extends ErrorCode> = Entries[Code]['area'];

/** The codes of an area. */
export type CodeIn<Area extends ErrorArea> = {
  [Code in ErrorCode]: AreaOf<Code> extends Area ? Code : never;
}[ErrorCode];
