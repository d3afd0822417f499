import type { ErrorCode } from '../errors/cli-error.ts';
import { noAnswerWords } from '../network/failure.ts';
import { outOfScope } from '../tenant/client.ts';

/**
 * The requests that are sent again without being asked for:
 *
 * - `set-alone`: a set request, up to three times, as a repetition changes nothing
 * - `both-after-pause`: either request, up to three times
 * - `both-renewed`: either request, once, which TenantClient does itself when it has
 *   renewed the session
 * - `both-in-other-form`: either request, once, with its parameters in the other form
 */
type SentAgain = 'never' | 'set-alone' | 'both-after-pause' | 'both-renewed' | 'both-in-other-form';

/** The meaning of a kind of answer to a set or delete request. */
export interface AnswerRule {
  /** The answer in a few words. */
  readonly description: string;
  /** The sentence that it bears out. */
  readonly claim: string;
  /** Null: no error. */
  readonly code: ErrorCode | null;
  readonly outcome: Outcome;
  readonly again: SentAgain;
}

/** The outcome of a set or delete request, as the ledger calls it. */
export type Outcome = 'done' | 'unknown' | 'not-done';

/** The words for an outcome in reports and later runs. */
interface OutcomeFacts {
  /** `sent` and `deleted` in reports. */
  readonly reported: boolean | null;
  /** The words of the next run. */
  readonly next: string;
}

export const outcomes: Readonly<Record<Outcome, OutcomeFacts>> = {
  done: {
    reported: true,
    next: 'It is on record. `apns status` lists the certificate, or no longer lists it after a deletion.',
  },
  unknown: {
    reported: null,
    next: '`apns status` shows it and exits with 4, and the next question names it. A later change of that key settles it, and so may the tenant.',
  },
  'not-done': { reported: false, next: 'Nothing. The earlier entry on record still counts.' },
};

const mayBeDone = 'it may have {done}{times}';
const tenantMay = 'the tenant may have {done}{times}';

/**
 * Each kind of arrival and its claim. In a claim `{answer}` describes the answer, and
 * `{words}` are the tenant's own with its IDs. Rows with one code have one outcome.
 *
 * Nothing judges an arrival as `unreachable`, `neighbor`, `tls`, `late` or
 * `unauthorized`: those come as errors of the network and of the session, of which only
 * code and outcome count here.
 */
export const answers = {
  unreachable: {
    description: 'Nothing was written: no connection',
    claim: '{tenant} could not be reached',
    code: 'tenant-unreachable',
    outcome: 'not-done',
    again: 'both-after-pause',
  },
  neighbor: {
    description: 'Nothing was written: another user of this machine listens there',
    claim: 'Another user of this machine listens at {tenant}',
    code: 'listener-not-yours',
    outcome: 'not-done',
    again: 'never',
  },
  tls: {
    description: 'Nothing was written: the TLS handshake failed',
    claim: 'The TLS connection to {tenant} failed',
    code: 'tenant-tls',
    outcome: 'not-done',
    again: 'never',
  },
  late: {
    description: 'Nothing was written: the time was up',
    claim: '{tenant} did not answer in time',
    code: 'tenant-timeout',
    outcome: 'not-done',
    again: 'never',
  },
  nothing: {
    description: 'Nothing came',
    claim: `${noAnswerWords.nothing}: ${mayBeDone}`,
    code: 'outcome-unknown',
    outcome: 'unknown',
    again: 'set-alone',
  },
  cut: {
    description: 'A part of an answer',
    claim: `${noAnswerWords.cut}: ${tenantMay}`,
    code: 'outcome-unknown',
    outcome: 'unknown',
    again: 'never',
  },
  'not-http': {
    description: 'Bytes that are not HTTP',
    claim: `${noAnswerWords['not-http']}: ${tenantMay}`,
    code: 'outcome-unknown',
    outcome: 'unknown',
    again: 'never',
  },
  'too-long': {
    description: 'An answer of more than 8 MiB',
    claim: `${noAnswerWords['too-long']}: ${tenantMay}`,
    code: 'outcome-unknown',
    outcome: 'unknown',
    again: 'never',
  },
  foreign: {
    description: '2xx: a page, other JSON, or nothing in it',
    claim: `The tenant or a proxy answered with {answer}: ${tenantMay}`,
    code: 'outcome-unknown',
    outcome: 'unknown',
    again: 'never',
  },
  gateway: {
    description: '502 to 504 without an envelope',
    claim: `The tenant or a proxy answered with {answer}: ${tenantMay}`,
    code: 'outcome-unknown',
    outcome: 'unknown',
    again: 'set-alone',
  },
  'server-error': {
    description: 'Another 5xx without an envelope',
    claim: `The tenant or a proxy answered with {answer}: ${tenantMay}`,
    code: 'outcome-unknown',
    outcome: 'unknown',
    again: 'never',
  },
  fault: {
    description: '5xx with an envelope whose words are not known',
    claim: `The tenant answered with HTTP {status}{words}; ${mayBeDone}`,
    code: 'outcome-unknown',
    outcome: 'unknown',
    again: 'never',
  },
  redirect: {
    description: '3xx',
    claim: '{tenant} answered with a redirect to {to}',
    code: 'tenant-redirected',
    outcome: 'not-done',
    again: 'never',
  },
  unauthorized: {
    description: '401, and the session cannot be renewed',
    claim: '{tenant} does not accept the access token',
    code: 'session-expired',
    outcome: 'not-done',
    again: 'never',
  },
  'out-of-scope': {
    description: '401 again, with a session that was just renewed or that another call accepts',
    claim: `{tenant} ${outOfScope}`,
    code: 'tenant-forbidden',
    outcome: 'not-done',
    again: 'both-renewed',
  },
  limited: {
    description: '429',
    claim: '{tenant} received too many requests (HTTP 429)',
    code: 'rate-limited',
    outcome: 'not-done',
    again: 'both-after-pause',
  },
  forbidden: {
    description: '403 with an envelope, or any status with a rejection for a missing right',
    claim: '{tenant} does not allow this request{words}',
    code: 'tenant-forbidden',
    outcome: 'not-done',
    again: 'never',
  },
  'missing-parameter': {
    description: 'Any status with a rejection for a missing parameter (`_I18N_RequiredParameter`)',
    claim: '{tenant} rejected the request{words}',
    code: 'tenant-refused',
    outcome: 'not-done',
    again: 'both-in-other-form',
  },
  'refused-file': {
    description: "Any status with a rejection of the file in .NET's words",
    claim: '{tenant} rejected the request{words}',
    code: 'tenant-refused',
    outcome: 'not-done',
    again: 'never',
  },
  refused: {
    description: '2xx with `success: false`, or 4xx with an envelope',
    claim: '{tenant} rejected the request{words}',
    code: 'tenant-refused',
    outcome: 'not-done',
    again: 'never',
  },
  'refused-page': {
    description: '4xx with a page or nothing in it, perhaps of a proxy',
    claim: '{tenant}, or a proxy, rejected the request with {answer}',
    code: 'tenant-refused',
    outcome: 'not-done',
    again: 'never',
  },
  'refused-json': {
    description: '4xx with other JSON',
    claim: '{tenant} rejected the request{words} (HTTP {status})',
    code: 'tenant-refused',
    outcome: 'not-done',
    again: 'never',
  },
  done: {
    description: '2xx with `success: true`',
    claim: 'The tenant did it',
    code: null,
    outcome: 'done',
    again: 'never',
  },
} as const satisfies Readonly<Record<string, AnswerRule>>;

export type AnswerKind = keyof typeof answers;

/** The words for each request. */
export const requests = {
  set: { done: 'set the certificate', noun: 'set request' },
  delete: { done: 'deleted the certificate', noun: 'deletion' },
} as const;

const outcomeByCode: ReadonlyMap<ErrorCode | null, Outcome> = new Map(
  Object.values(answers).map(({ code, outcome }) => [code, outcome]),
);

/** The outcome of a request that failed with this error after it had begun. */
export function outcomeOf(code: ErrorCode): Outcome {
  return outcomeByCode.get(code) ?? 'not-done';
}

/** The request as a noun. */
export function nounOf(asked: string): string {
  return requests[asked === 'set' ? 'set' : 'delete'].noun;
}
