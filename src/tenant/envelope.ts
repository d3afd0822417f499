import { CliError } from '../errors/cli-error.ts';
import type { HttpResponse } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import { wordsIn } from '../text/words.ts';

/**
 * The vendor's envelope around every API answer; failures come with HTTP 200 and
 * `success: false`.
 */
export interface Envelope {
  readonly success: boolean;
  readonly Result: unknown;
  readonly Message: string | null;
  readonly MessageID: string | null;
  readonly ErrorID: string | null;
}

/**
 * The envelope of an answer, with the request's secrets masked.
 * @throws {CliError} tenant-forbidden, rate-limited, tenant-refused, tenant-not-json,
 * tenant-unreachable
 */
export function readEnvelope(
  response: HttpResponse,
  tenant: string,
  secrets: readonly Secret[],
): Envelope {
  const { status } = response;
  if (status === 429)
    throw new CliError('rate-limited', `${tenant} received too many requests (HTTP 429)`);
  const document = parseJson(response.body);
  const envelope = toEnvelope(document, secrets);
  const forbidden = `${tenant} does not allow this request (HTTP ${status})`;
  if (status === 403 && isHtmlPage(response)) throw refusedPage(response, tenant);
  if (status === 403)
    throw new CliError(
      'tenant-forbidden',
      envelope === null ? forbidden : sentence(envelope, tenant, 'does not allow this request'),
    );
  if (envelope !== null && (status < 400 || !envelope.success)) return envelope;
  if (status >= 400 && document !== undefined) {
    const members = membersOf(document) ?? {};
    const { MessageID, Message } = members;
    if (isMissingRight({ MessageID, Message })) throw new CliError('tenant-forbidden', forbidden);
    const words = wordsOf(members, secrets);
    throw new CliError('tenant-refused', `${tenant} rejected the request${words} (HTTP ${status})`);
  }
  if (status >= 502 && status <= 504)
    throw new CliError('tenant-unreachable', `${tenant} is not available (HTTP ${status})`);
  throw notJson(response, tenant);
}

/** The error for a page, perhaps of a proxy, that refuses a request. */
function refusedPage(response: HttpResponse, tenant: string): CliError {
  const words = `${tenant}, or a proxy, rejected the request with ${describeAnswer(response)}`;
  return new CliError('tenant-refused', words, { facts: { answer: 'page' } });
}

/** The tenant's words in a document, as `tenantWords`. */
export function wordsOf(
  members: Readonly<Record<string, unknown>>,
  secrets: readonly Secret[],
): string {
  return tenantWords({
    Message: wordsIn(members.Message, secrets),
    MessageID: wordsIn(members.MessageID, secrets),
    ErrorID: wordsIn(members.ErrorID, secrets),
  });
}

/** The error for an answer that is not the API's, although it may be the tenant's. */
export function notJson(response: HttpResponse, tenant: string): CliError {
  const answer = describeAnswer(response);
  if (response.hostHasAnswered !== true)
    return new CliError('tenant-not-json', `${tenant} did not answer as a tenant does: ${answer}`);
  const words = `${tenant} is reachable, but its answer is not the API's: ${answer}`;
  return new CliError('tenant-not-json', words, { facts: { answered: 'before' } });
}

/**
 * The envelope's `Result`.
 * @throws {CliError} tenant-forbidden if a right is missing, else tenant-refused
 */
export function requireSuccess(envelope: Envelope, tenant: string): unknown {
  if (envelope.success) return envelope.Result;
  if (isMissingRight(envelope)) {
    // The envelope distinguishes a missing right, or scope, from a page that some proxy
    // put up.
    throw new CliError(
      'tenant-forbidden',
      sentence(envelope, tenant, 'does not allow this request'),
      {
        facts: { messageId: envelope.MessageID ?? '' },
      },
    );
  }
  throw new CliError('tenant-refused', sentence(envelope, tenant, 'rejected the request'));
}

function sentence(envelope: Envelope, tenant: string, what: string): string {
  return `${tenant} ${what}${tenantWords(envelope)}`;
}

/** The tenant's words and its IDs, to end a sentence; empty if there are none. */
function tenantWords({
  Message,
  MessageID,
  ErrorID,
}: Pick<Envelope, 'Message' | 'MessageID' | 'ErrorID'>): string {
  const ids = Object.entries({ MessageID, ErrorID }).flatMap(([name, id]) =>
    id === null ? [] : `${name} ${id}`,
  );
  const words = Message === null ? '' : `: ${Message.replace(/\.$/, '')}`;
  return `${words}${ids.length === 0 ? '' : ` (${ids.join(', ')})`}`;
}

/** The envelope in a document, with secrets masked; null: it is none. */
export function toEnvelope(document: unknown, secrets: readonly Secret[]): Envelope | null {
  const members = membersOf(document);
  const success = successIn(members ?? {});
  if (members === null || typeof success !== 'boolean') return null;
  return {
    success,
    Result: members.Result,
    Message: wordsIn(members.Message, secrets),
    MessageID: wordsIn(members.MessageID, secrets),
    ErrorID: wordsIn(members.ErrorID, secrets),
  };
}

/** Whether an answer is an HTML page, by its type or its beginning. */
export function isHtmlPage({ headers, body }: HttpResponse): boolean {
  const start = body.trimStart().slice(0, 200).toLowerCase();
  return (
    start.startsWith('<!doctype html') ||
    start.startsWith('<html') ||
    /text\/html/.test(headers['content-type'] ?? '')
  );
}

/** A description of an answer that is not a tenant's. */
export function describeAnswer(response: HttpResponse): string {
  const { status, body } = response;
  if (isHtmlPage(response)) return `an HTML page (HTTP ${status})`;
  if (body.trim() === '') return `an empty answer (HTTP ${status})`;
  return parseJson(body) === undefined
    ? `no JSON (HTTP ${status})`
    : `JSON without "success" (HTTP ${status})`;
}

/**
 * Judges the answer to a change, for `plainJudge`. A proxy's answer (502 to 504
 * without an envelope) tells nothing, nor does one that may be cut off: without a length
 * only the end of the connection ends it (RFC 9112 §6.3).
 */
export function judgeAnswer(answer: HttpResponse): 'done' | 'refused' | 'missing' {
  const { status, headers, body } = answer;
  const document = parseJson(body);
  const success = successIn(membersOf(document) ?? {});
  if (typeof success === 'boolean') return success && status < 300 ? 'done' : 'refused';
  if (status >= 502 && status <= 504) return 'missing';
  if (document !== undefined) return status < 300 ? 'done' : 'refused';
  const isFramed = 'content-length' in headers || 'transfer-encoding' in headers;
  return status < 300 && !isFramed && !isHtmlPage(answer) ? 'missing' : 'refused';
}

/** A nonempty text, or null. */
export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * Whether the vendor's envelope reports success, in any spelling of the member;
 * undefined: not an envelope.
 */
export function successIn(answer: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(answer).find(([name]) => name.toLowerCase() === 'success')?.[1];
}

/**
 * The sentence in the vendor's guide on both calls: "You need to have APNSCertificate
 * management rights to use this API."
 */
const lackingWords = /\byou need to have\b.{0,200}\brights?\b/i;
const longestSentence = 500;

/**
 * Whether a refusal reports a missing right or scope, by its ID or by the guide's own
 * sentence.
 */
export function isMissingRight({
  MessageID,
  Message,
}: Record<'MessageID' | 'Message', unknown>): boolean {
  if (typeof MessageID === 'string' && /UnauthorizedAccess/i.test(MessageID)) return true;
  return typeof Message === 'string' && lackingWords.test(Message.slice(0, longestSentence));
}

/**
 * The error of an answer that is not a success, or null: a status other than 2xx,
 * `success: false`, or an HTML page. JSON without an envelope and other text are
 * successes. The error's code is tenant-refused, tenant-forbidden, rate-limited, or
 * tenant-not-json for a page with 2xx.
 */
export function refusalIn(
  response: HttpResponse,
  tenant: string,
  secrets: readonly Secret[],
): CliError | null {
  try {
    requireSuccess(readEnvelope(response, tenant, secrets), tenant);
    return null;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (['tenant-refused', 'tenant-forbidden', 'rate-limited'].includes(error.code)) return error;
    if (response.status > 299) return new CliError('tenant-refused', error.message);
    return isHtmlPage(response) ? error : null;
  }
}

/**
 * Whether a refusal calls one of these parameters missing: by the vendor's key
 * `_I18N_RequiredParameter` or, since not every API may use it, in words.
 */
export function lacksParameter({ body }: HttpResponse, names: readonly string[]): boolean {
  const named = new RegExp(`(?<!\\w)(${names.join('|')})(?!\\w)`, 'i');
  return statements(parseJson(body)).some(
    (text) => missingKey.test(text) || (named.test(text) && missingWords.test(text)),
  );
}

const missingKey = /^MessageID: .*(RequiredParameter|ArgumentNull)/i;
const missingWords =
  /\b(missing|null|empty|mandatory|(is|are|was|field|parameter|value) required|required (parameter|field|argument|value)|must be (given|provided|specified|supplied)|not (given|provided|specified|supplied))\b/i;

/**
 * All texts in a document, each with its name: `Message: The APNSCert field is required.`
 */
function statements(value: unknown, name = ''): readonly string[] {
  if (typeof value === 'string') return [`${name}: ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    statements(member, Array.isArray(value) ? name : key),
  );
}
