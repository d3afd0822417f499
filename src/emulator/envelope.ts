import { randomBytes, randomUUID } from 'node:crypto';
import type { Assumptions } from './assumptions.ts';

/** A call that the tenant refuses, usually with HTTP 200. */
export class Refusal extends Error {
  /** A key of the vendor's or a .NET exception type; `MessageID` shows it. */
  readonly reason: string | null;
  readonly status: number;
  /** The envelope's `ErrorCode` and `Result`. */
  readonly code: string | null;
  readonly result: unknown;

  constructor(
    reason: string | null,
    message: string,
    status = 200,
    { code = null, result = null }: { code?: string | null; result?: unknown } = {},
  ) {
    super(message);
    this.name = 'Refusal';
    this.reason = reason;
    this.status = status;
    this.code = code;
    this.result = result;
  }
}

const helpdesk = 'You are not authorized to perform this operation. Please contact your IT helpdesk.';

export const missingRight = (): Refusal => new Refusal(unauthorizedAccess, helpdesk);

/** .NET's refusal of a parameter. */
export const badArgument = (words: string): Refusal => new Refusal('System.ArgumentException', words);

/** .NET's refusal of what the state of things does not allow. */
export const badOperation = (words: string): Refusal =>
  new Refusal('System.InvalidOperationException', words);

/** The answer to whoever scripts more than there is room for. @param what in the plural */
export function tooManyScripted(most: number, what: string): Refusal {
  return badOperation(`No more than ${most.toLocaleString('en')} ${what} can wait. Times 0 clears them.`);
}

/** A refusal in this tenant's words; the vendor's documentation leaves some of them open. */
export function asAssumed(refusal: Refusal, assumptions: Assumptions): Refusal {
  const { reason, message } = refusal;
  if (reason === 'RequiredParameter' && assumptions['missing-parameter'] === 'words')
    return new Refusal(null, message);
  if (reason === unauthorizedAccess && assumptions['missing-right'] === '403')
    return new Refusal(reason, message, 403);
  return refusal;
}

const unauthorizedAccess = 'System.UnauthorizedAccessException';

/** What the vendor wraps around every API answer: all keys are always present. */
const emptyEnvelope = {
  success: false,
  Result: null as unknown,
  Message: null as string | null,
  MessageID: null as string | null,
  Exception: null,
  ErrorID: null as string | null,
  ErrorCode: null as string | null,
  IsSoftError: false,
  InnerExceptions: null,
};

export function successEnvelope(result: unknown): typeof emptyEnvelope {
  return { ...emptyEnvelope, success: true, Result: result };
}

/** A failure with its own `ErrorID`, a GUID and 32 hex digits, which support asks for. */
export function failureEnvelope({ result, message, reason, code }: Refusal): typeof emptyEnvelope {
  return {
    ...emptyEnvelope,
    Result: result,
    Message: message,
    MessageID: reason === null ? null : `_I18N_${reason}`,
    ErrorID: `${randomUUID()}:${randomBytes(16).toString('hex')}`,
    ErrorCode: code,
  };
}

/** The answer to a call that names something missing. */
export function notFound(): Refusal {
  return new Refusal(null, 'The requested data or its dependent data was not found in the service.');
}

/** What was looked up. @throws {Refusal} nothing was found */
export function orNotFound<Found>(found: Found | null): Found {
  if (found === null) throw notFound();
  return found;
}

/** What looking up a name returns if nothing has that name. @throws {Refusal} */
export function absent(assumptions: Assumptions): null {
  if (assumptions['absent-name'] === 'refused') throw notFound();
  return null;
}

export type Row = Readonly<Record<string, unknown>>;

/** The tenant's answer with rows, each with its first column as the key. `fullCount`: of all, if `rows` is a page. */
export function queryResult(
  rows: readonly Row[],
  { fullCount = rows.length, type = null }: { fullCount?: number; type?: string | null } = {},
): object {
  return {
    IsAggregate: false,
    Count: rows.length,
    Columns: Object.keys(rows[0] ?? {}).map((Name) => ({ Name, Title: Name, IsHidden: false })),
    FullCount: fullCount,
    Results: rows.map((row) => ({
      Entities: [{ Type: type, Key: Object.values(row)[0] ?? null, IsForeignKey: false }],
      Row: row,
    })),
    ReturnID: '',
  };
}
