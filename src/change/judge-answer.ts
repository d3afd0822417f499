import { CliError, type ErrorCode, type FactsOf } from '../errors/cli-error.ts';
import { triesWords, unknownFacts } from '../network/failure.ts';
import {
  type Arrived,
  type ChangeJudge,
  type HttpResponse,
  redirectShown,
  type UnknownChange,
} from '../network/http.ts';
import {
  describeAnswer,
  type Envelope,
  isHtmlPage,
  isMissingRight,
  toEnvelope,
  wordsOf,
} from '../tenant/envelope.ts';
import type { MobileRequest } from '../tenant/set-and-delete-certificate.ts';
import { membersOf, parseJson } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import { plainWords } from '../text/words.ts';
import { type AnswerKind, type AnswerRule, answers, requests } from './answer-table.ts';

/** A request whose answer is judged. */
export interface Asking extends Pick<MobileRequest, 'asked' | 'path'> {
  readonly tenant: string;
  /** Whether the host has answered as a tenant before. */
  readonly hostHasAnswered: boolean;
  /** Masked in the tenant's words. */
  readonly secrets: readonly Secret[];
}

/** The kind of what arrived. */
export function kindOf(arrived: Arrived): AnswerKind {
  if (typeof arrived === 'string') return arrived;
  const { status } = arrived;
  if (status >= 300 && status <= 399) return 'redirect';
  // The client has renewed the session.
  if (status === 401) return 'out-of-scope';
  if (status === 429) return 'limited';
  const envelope = toEnvelope(parseJson(arrived.body), []);
  return envelope === null ? foreignKind(arrived) : envelopeKind(status, envelope);
}

function envelopeKind(status: number, envelope: Envelope): AnswerKind {
  if (envelope.success && status <= 299) return 'done';
  if (!envelope.success) {
    if (isMissingRight(envelope)) return 'forbidden';
    if (isMissingParameter(envelope)) return 'missing-parameter';
    if (isRefusedFile(envelope)) return 'refused-file';
  }
  if (status >= 500) return 'fault';
  return status === 403 && !envelope.success ? 'forbidden' : 'refused';
}

function foreignKind(answer: HttpResponse): AnswerKind {
  const { status } = answer;
  if (status <= 299) return isCutOff(answer) ? 'cut' : 'foreign';
  if (status >= 502 && status <= 504) return 'gateway';
  if (status >= 500) return 'server-error';
  const members = membersOf(parseJson(answer.body));
  if (members === null) return 'refused-page';
  const { MessageID, Message } = members;
  return isMissingRight({ MessageID, Message }) ? 'forbidden' : 'refused-json';
}

/**
 * Whether a text ended with its connection: without a length nothing says that it is
 * whole (RFC 9112 §6.3).
 */
function isCutOff(answer: HttpResponse): boolean {
  const { headers, body } = answer;
  const isFramed = 'content-length' in headers || 'transfer-encoding' in headers;
  const isText = body.trim() !== '' && !isHtmlPage(answer);
  return !isFramed && isText && parseJson(body) === undefined;
}

/** Whether the vendor's ID says that a parameter is missing. */
function isMissingParameter({ MessageID }: Envelope): boolean {
  return MessageID !== null && /RequiredParameter/i.test(MessageID);
}

/** Whether these are .NET's words for a .p12 that it cannot open. */
function isRefusedFile({ Message, MessageID }: Envelope): boolean {
  const words =
    /network password|password is not correct|CryptographicException|Pkcs12|PKCS ?#?12/i;
  return words.test(MessageID ?? '') || words.test(Message ?? '');
}

/** Whether an answer concerns the form of the parameters, and not their values. */
export function isAboutForm(answer: HttpResponse): boolean {
  if (answer.status === 415) return true;
  const { MessageID } = membersOf(parseJson(answer.body)) ?? {};
  const isUnread = typeof MessageID === 'string' && /Json/i.test(MessageID);
  return isUnread || kindOf(answer) === 'refused-page';
}

/** The error of an answer that does not confirm the request. */
export function errorOf(arrived: HttpResponse, asking: Asking): CliError {
  const { code } = ruleFor(arrived);
  if (code === 'outcome-unknown')
    return unknownError({ arrived, tries: 1, last: null, cause: null }, asking);
  if (code === null) throw new Error('an answer without an error');
  const facts = factsOf(arrived, asking);
  return new CliError<ErrorCode>(code, claimOf(arrived, asking, 1), {
    facts: facts as FactsOf<ErrorCode>,
  });
}

function factsOf(arrived: HttpResponse, { tenant, path }: Asking) {
  const kind = kindOf(arrived);
  if (kind === 'redirect') return { place: redirectShown(arrived, `${tenant}${path}`).place };
  if (kind === 'out-of-scope') return { lacks: 'scope' as const };
  if (kind === 'refused-page') return { answer: 'page' as const };
  return kind === 'forbidden' ? rightOf(arrived) : {};
}

/** The vendor's ID of a missing right tells it from a page that a proxy put up. */
function rightOf(arrived: HttpResponse) {
  const members = membersOf(parseJson(arrived.body));
  if (members === null) return {};
  const messageId = typeof members.MessageID === 'string' ? members.MessageID : '';
  return isMissingRight({ MessageID: messageId, Message: members.Message }) ? { messageId } : {};
}

/** The judge of what arrives for a set or delete request. */
export function judgeOf(asking: Asking): ChangeJudge {
  return {
    judge(arrived) {
      const { outcome, again } = ruleFor(arrived);
      const isSentAgain =
        again === 'both-after-pause' || (again === 'set-alone' && asking.asked === 'set');
      return { outcome, isSentAgain };
    },
    unknown: (change) => unknownError(change, asking),
  };
}

function unknownError(change: UnknownChange, asking: Asking): CliError {
  const { arrived, last, cause, tries } = change;
  const isForeign = typeof arrived !== 'string' && kindOf(arrived) !== 'fault';
  return new CliError('outcome-unknown', claimOf(arrived, asking, tries), {
    facts: {
      ...unknownFacts(change),
      ...(last !== null && lastWords(last, asking)),
      ...(isForeign && !asking.hostHasAnswered && { host: 'unproven' as const }),
      idempotent: asking.asked === 'set',
    },
    ...(cause !== null && { cause }),
  });
}

/** An answer to a later try says nothing of the first. */
function lastWords(last: Arrived, asking: Asking): { readonly reason?: string } {
  if (typeof last === 'string' || ruleFor(last).outcome === 'unknown') return {};
  return { reason: `Of the last try: ${claimOf(last, asking, 1)}` };
}

function ruleFor(arrived: Arrived): AnswerRule {
  return answers[kindOf(arrived)];
}

/** The sentence that what arrived bears out. */
function claimOf(arrived: Arrived, asking: Asking, tries: number): string {
  const { tenant, asked } = asking;
  const values: Readonly<Record<string, string>> = {
    tenant,
    done: requests[asked].done,
    times: triesWords(tries),
    ...(typeof arrived === 'string' ? {} : valuesOf(arrived, asking)),
  };
  return ruleFor(arrived).claim.replace(/\{(\w+)\}/g, (_place, name: string) => {
    return values[name] ?? '';
  });
}

function valuesOf(
  answer: HttpResponse,
  { tenant, path, secrets }: Asking,
): Readonly<Record<string, string>> {
  const { shown } = redirectShown(answer, `${tenant}${path}`);
  return {
    status: String(answer.status),
    answer: describeAnswer(answer),
    words: wordsOf(membersOf(parseJson(answer.body)) ?? {}, secrets),
    to: plainWords(shown, secrets),
  };
}
