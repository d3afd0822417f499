import { randomBytes, randomUUID } from 'node:crypto';
import type { Assumptions } from './assumptions.ts';

interface RefusalTerms {
  readonly status?: number;
  readonly code?: string;
  readonly result?: unknown;
}

/** A call that the tenant refuses, usually with HTTP 200. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** A key of the vendor's, or a .NET exception type; part of `MessageID`. */
  readonly reason: string | null;
  /** An unusual HTTP status, `ErrorCode` or `Result` of the envelope. */
  readonly terms: RefusalTerms;

  constructor(reason: string | null, message: string, terms: RefusalTerms = {}) {
    super(message);
    this.reason = reason;
    this.terms = terms;
  }
}

function refusing(reason: string): (words: string) => Refusal {
  return (words) => new Refusal(reason, words);
}

const unauthorizedAccess = 'System.UnauthorizedAccessException';
const helpdesk =
  'You are not authorized to perform this operation. Please contact your IT helpdesk.';
const absentWords = 'The requested data or its dependent data was not found in the service.';

export const badArgument = refusing('System.ArgumentException');
/** The current state does not allow the operation. */
export const badOperation = refusing('System.InvalidOperationException');
export const badFormat = refusing('System.FormatException');
export const badJson = refusing('Newtonsoft.Json.JsonReaderException');
export const badCryptography = refusing('System.Security.Cryptography.CryptographicException');

export function missingRight(): Refusal {
  return new Refusal(unauthorizedAccess, helpdesk);
}

export function missing(parameter: string): Refusal {
  return new Refusal('RequiredParameter', `The required parameter ${parameter} is missing.`);
}

export function notFound(): Refusal {
  return new Refusal(null, absentWords);
}

/** A refusal in this tenant's words, some of which the vendor does not document. */
export function asAssumed(refusal: Refusal, assumptions: Assumptions): Refusal {
  const { reason, message } = refusal;
  if (reason === 'RequiredParameter' && assumptions['missing-parameter'] === 'words')
    return new Refusal(null, message);
  if (reason === unauthorizedAccess && assumptions['missing-right'] === '403')
    return new Refusal(reason, message, { status: 403 });
  return refusal;
}

/** The vendor wraps every API answer: all keys are always present. */
export interface Envelope {
  readonly success: boolean;
  readonly Result: unknown;
  readonly Message: string | null;
  readonly MessageID: string | null;
  readonly Exception: null;
  readonly ErrorID: string | null;
  readonly ErrorCode: string | null;
  readonly IsSoftError: boolean;
  readonly InnerExceptions: null;
}

const emptyEnvelope: Envelope = {
  success: false,
  Result: null,
  Message: null,
  MessageID: null,
  Exception: null,
  ErrorID: null,
  ErrorCode: null,
  IsSoftError: false,
  InnerExceptions: null,
};

export function successEnvelope(result: unknown): Envelope {
  return { ...emptyEnvelope, success: true, Result: result };
}

/** A failure with its own `ErrorID` for support: a GUID and 32 hex digits. */
export function failureEnvelope({ message, reason, terms }: Refusal): Envelope {
  return {
    ...emptyEnvelope,
    Result: terms.result ?? null,
    Message: message,
    MessageID: reason === null ? null : `_I18N_${reason}`,
    ErrorID: `${randomUUID()}:${randomBytes(16).toString('hex')}`,
    ErrorCode: terms.code ?? null,
  };
}

/** @throws {Refusal} nothing was found */
export function orNotFound<Found>(found: Found | null): Found {
  if (found === null) throw notFound();
  return found;
}

/** The result of looking up an unknown name. @throws {Refusal} */
export function absentName(assumptions: Assumptions): null {
  return assumptions['absent-name'] === 'refused' ? orNotFound(null) : null;
}

export type Row = Readonly<Record<string, unknown>>;

/** A query result, in which each row has its first column as the key. */
export function queryResult(rows: readonly Row[]): object {
  return {
    IsAggregate: false,
    Count: rows.length,
    Columns: Object.keys(rows[0] ?? {}).map((Name) => ({ Name, Title: Name, IsHidden: false })),
    FullCount: rows.length,
    Results: rows.map((row) => ({
      Entities: [{ Type: null, Key: Object.values(row)[0] ?? null, IsForeignKey: false }],
      Row: row,
    })),
    ReturnID: '',
  };
}
