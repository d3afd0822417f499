import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../../errors/cli-error.ts';
import type { Http } from '../../network/http.ts';
import { readEnvelope } from '../../tenant/envelope.ts';
import { Secret } from '../../text/secret.ts';
import { type FactorAnswer, type Mechanism, type Person, readFactorAnswer } from './mechanism.ts';

export interface FactorContext {
  readonly http: Http;
  /** For the requests that are made while a person is awaited. */
  readonly patientHttp: Http;
  readonly person: Person;
  readonly signal: AbortSignal;
  /** How long a person may take over one challenge, in milliseconds. */
  readonly patience: number;
}

/** The vendor's clients poll once a second. */
const pollInterval = 1_000;

/**
 * Has a person meet a challenge with the mechanism.
 * @returns what the tenant says then; never `pending`
 * @throws {CliError} sign-in-timed-out, interrupted, and what the requests throw
 */
export async function meetChallenge(
  session: FactorSession,
  mechanism: Mechanism,
  context: FactorContext,
): Promise<FactorAnswer> {
  const { person } = context;
  const advance = (step: Advance, http = context.http) =>
    advanceAuthentication(session, mechanism.id, step, http);
  if (mechanism.kind === 'text')
    return advance({ action: 'Answer', answer: await askAnswer(mechanism, person) });
  const started = await advance({ action: 'StartOOB' });
  if (started.kind === 'failed') return { ...started, isUnsent: true };
  if (started.kind !== 'pending') return started;
  if (started.number !== null) person.tell(`The number to choose on your phone: ${started.number}`);
  const poll = (http: Http) => advance({ action: 'Poll' }, http);
  if (mechanism.kind === 'poll') return pollAlone(poll, mechanism.chosen, context);
  return pollOrCode(poll, (answer) => advance({ action: 'Answer', answer }), mechanism, context);
}

/** Polls until the tenant says something else than "pending". @throws {CliError} sign-in-timed-out, interrupted */
export async function pollAlone(
  poll: (http: Http) => Promise<FactorAnswer>,
  words: string,
  context: FactorContext,
): Promise<FactorAnswer> {
  const waiting = context.person.awaits(words, context.patience);
  try {
    const late = AbortSignal.timeout(context.patience);
    // A tenant may keep the answer to a poll back for longer.
    const ended = once(late, 'abort').then(() => Promise.reject(timedOut()));
    return await Promise.race([pollUntil(poll, context, late), ended]);
  } finally {
    waiting.stop();
  }
}

/** Whichever comes first: what the poll tells, or a code that is typed. */
async function pollOrCode(
  poll: (http: Http) => Promise<FactorAnswer>,
  answer: (code: Secret) => Promise<FactorAnswer>,
  { chosen }: Mechanism,
  context: FactorContext,
): Promise<FactorAnswer> {
  const late = AbortSignal.timeout(context.patience);
  for (;;) {
    const round = new AbortController();
    const stop = AbortSignal.any([round.signal, late]);
    const polled = pollUntil(poll, context, stop);
    const typed = context.person.code(chosen, stop).catch((error: unknown) => {
      throw late.aborted ? timedOut() : error;
    });
    // Each is waited for in the end, so that two never share the keyboard or the session.
    const settled = Promise.allSettled([polled, typed]);
    try {
      await Promise.race([polled, typed]);
      round.abort();
      // The poll may also have been answered while the code was typed, and then nothing is left to answer.
      const told = await polled.catch(() => null);
      if (told !== null) return told;
      const code = await typed;
      if (code.reveal().trim() !== '') return await answer(code);
    } finally {
      round.abort();
      await settled;
    }
  }
}

async function pollUntil(
  poll: (http: Http) => Promise<FactorAnswer>,
  { patientHttp, signal }: FactorContext,
  stop: AbortSignal,
): Promise<FactorAnswer> {
  const ended = AbortSignal.any([signal, stop]);
  for (;;) {
    await sleep(pollInterval, undefined, { signal: ended }).catch(() => {
      throw signal.aborted ? signal.reason : timedOut();
    });
    const answer = await poll(patientHttp);
    if (answer.kind !== 'pending') return answer;
  }
}

async function askAnswer({ chosen, questions }: Mechanism, person: Person) {
  if (questions.length === 0) return person.answer(chosen);
  const answers: [string, Secret][] = [];
  for (const { id, text } of questions) answers.push([id, await person.answer(text)]);
  return Object.fromEntries(answers);
}

function timedOut(): CliError {
  return new CliError('sign-in-timed-out', 'Nobody answered the challenge in time', {
    facts: { awaited: 'factor' },
  });
}

/** The host of a sign-in. */
export interface FactorHost {
  readonly tenant: string;
  /** What was typed so far, which no words of the tenant may reveal. */
  readonly typed: Secret[];
}

/** A sign-in in progress at one host. */
export interface FactorSession extends FactorHost {
  readonly sessionId: string;
  readonly tenantId: string | null;
}

/** What is done with a mechanism. Several security questions are answered together, each by its ID. */
interface Advance {
  readonly action: 'StartOOB' | 'Poll' | 'Answer';
  readonly answer?: Secret | Readonly<Record<string, Secret>>;
}

/**
 * Begins a sign-in.
 * @throws {CliError} what Http throws, rate-limited, tenant-forbidden, tenant-refused, tenant-unreachable, tenant-not-json
 */
export function startAuthentication(at: FactorHost, user: string, http: Http): Promise<FactorAnswer> {
  return post(at, 'StartAuthentication', http, {
    User: user,
    Version: '1.0',
    PlatformTokenResponse: true,
    AssociatedEntityType: 'API',
    MfaRequestor: 'DeviceAgent',
  });
}

/** Goes on with one mechanism. @throws {CliError} as startAuthentication */
export function advanceAuthentication(
  session: FactorSession,
  mechanismId: string,
  { action, answer }: Advance,
  http: Http,
): Promise<FactorAnswer> {
  const parts = answer instanceof Secret ? { whole: answer } : (answer ?? {});
  session.typed.push(...Object.values(parts));
  const revealed = Object.fromEntries(Object.entries(parts).map(([id, secret]) => [id, secret.reveal()]));
  return post(session, 'AdvanceAuthentication', http, {
    ...namesOf(session),
    MechanismId: mechanismId,
    Action: action,
    ...(answer && { Answer: answer instanceof Secret ? revealed.whole : revealed }),
  });
}

/** Gives a sign-in up that is not gone on with; as far as public code shows, the tenant answers nothing of use. */
export function giveUpAuthentication(session: FactorSession, http: Http): Promise<FactorAnswer> {
  return post(session, 'CleanupAuthentication', http, namesOf(session));
}

/** Asks whether the person has signed in at the identity provider. @throws {CliError} as startAuthentication */
export function identityProviderStatus(session: FactorSession, http: Http): Promise<FactorAnswer> {
  return post(session, 'OobAuthStatus', http, namesOf(session));
}

function namesOf({ sessionId, tenantId }: FactorSession): Readonly<Record<string, string>> {
  return { ...(tenantId === null ? {} : { TenantId: tenantId }), SessionId: sessionId };
}

async function post({ tenant, typed }: FactorHost, call: string, http: Http, document: object) {
  const response = await http.send({
    method: 'POST',
    url: `${tenant}/Security/${call}`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-idap-native-client': 'true',
      // Says that we can wait for a browser.
      oobidpauth: 'true',
    },
    body: JSON.stringify(document),
    // A second answer could count as a second wrong one.
    retry: false,
  });
  return readFactorAnswer(readEnvelope(response, tenant, typed), response.headers, typed);
}
