import { CliError } from '../../errors/cli-error.ts';
import type { SignInCause } from '../../errors/session.ts';
import { judgeOtherHost } from '../../tenant/other-host.ts';
import {
  advanceAuthentication,
  type FactorHost,
  type FactorSession,
  oobAuthStatus,
  startAuthentication,
} from '../../tenant/security/authentication.ts';
import type { FactorAnswer, Mechanism, SignedIn } from '../../tenant/security/factor-answer.ts';
import { count } from '../../text/phrasing.ts';
import type { Secret } from '../../text/secret.ts';
import { type FactorContext, meetChallenge, pollAlone } from './meet-challenge.ts';

export interface FactorSignIn extends SignedIn {
  /** The origin of the host that signed the person in. */
  readonly tenant: string;
}

/**
 * The most attempts: a failure ends the sign-in at the tenant, and the next one starts
 * over.
 */
const tries = 3;
/** The most redirects to another host. */
const maxHosts = 3;
/** The most challenges; tenants ask for fewer. */
const maxSteps = 20;

/**
 * Meets one challenge of a sign-in. Returns the tenant's answer, or that the sign-in was
 * canceled.
 */
export interface Meeting {
  challenge(asked: AskedChallenge, context: FactorContext): Promise<FactorAnswer | Ended>;
  identityProvider(
    at: FactorHost,
    asked: Federated,
    context: FactorContext,
  ): Promise<FactorAnswer | Ended>;
}

/** Cancels the sign-in, for a reason that the caller reports. */
export const ended = { kind: 'ended' } as const;
type Ended = typeof ended;

/** One challenge, and the mechanisms that meet it. */
interface AskedChallenge {
  readonly session: FactorSession;
  readonly offered: readonly Mechanism[];
  readonly place: { readonly challenge: number; readonly of: number };
  /** Those of the challenges that follow, as far as the tenant has told them. */
  readonly later: readonly Mechanism[];
}

/**
 * Has the person choose a mechanism and meet the challenge with it.
 * @throws {CliError} as signInWithFactors
 */
export async function meetAsChosen(
  { session, offered, place }: AskedChallenge,
  context: FactorContext,
): Promise<FactorAnswer> {
  return meetChallenge(session, await choose(offered, place, context), context);
}

/**
 * Signs a person in without an application, with the factors that the tenant asks for.
 * Stores nothing.
 * @throws {CliError} sign-in-failed, sign-in-timed-out, interrupted, and what the
 *   requests throw
 */
export async function signInWithFactors(
  tenant: string,
  user: string,
  context: FactorContext,
): Promise<FactorSignIn> {
  const meeting = { challenge: meetAsChosen, identityProvider: atIdentityProvider };
  const signedIn = await signIn(tenant, user, meeting, context);
  if (signedIn === null) throw new Error('a sign-in that nobody ended');
  return signedIn;
}

/** Like signInWithFactors, with a custom way to meet challenges; null: canceled. */
export async function signIn(
  tenant: string,
  user: string,
  meeting: Meeting,
  context: FactorContext,
): Promise<FactorSignIn | null> {
  const typed: Secret[] = [];
  let host = tenant;
  let name = user;
  for (let attempt = 1; ; attempt++) {
    const started = await start(host, name, typed, context);
    host = started.host;
    const outcome = await proceed({ tenant: host, typed }, started.answer, meeting, context);
    if (outcome.kind === 'ended') return null;
    if (outcome.kind === 'signed-in')
      return { ...outcome, tenant: host, secrets: [...outcome.secrets, ...typed] };
    const words = outcome.words ?? 'no reason given';
    if (attempt === tries)
      throw failed(`${host} did not sign ${name} in: ${words.replace(/\.$/, '')}`, 'factor');
    const left = tries - attempt;
    context.person.tell(`Not signed in: ${words}`, 'error');
    context.person.tell(`Starting over. ${count(left, 'attempt')} left.`);
    name = (await context.person.nameAgain?.(name)) ?? name;
  }
}

/** The first answer of the host that accepts the sign-in. */
async function start(
  tenant: string,
  user: string,
  typed: Secret[],
  { http, person }: FactorContext,
) {
  let host = tenant;
  for (let hosts = 1; ; hosts++) {
    const answer = await startAuthentication({ tenant: host, typed }, user, http);
    if (answer.kind !== 'elsewhere') return { host, answer };
    const other = judgeOtherHost(host, answer.host);
    const refused =
      other.kind === 'refused' ||
      hosts === maxHosts ||
      (other.kind === 'ask' && !(await person.trusts(new URL(other.origin).host, host)));
    const shown = /^[\w.:-]{1,253}$/.test(answer.host) ? answer.host : 'another host';
    if (refused) throw failed(`${host} sends the sign-in to ${shown}; it was not followed`);
    host = other.origin;
  }
}

function failed(message: string, cause?: SignInCause): CliError {
  return new CliError('sign-in-failed', message, { facts: { ...(cause && { cause }) } });
}

type Federated = Extract<FactorAnswer, { kind: 'federated' }>;

/** Meets the challenges in order, package after package. */
async function proceed(
  at: FactorHost,
  first: FactorAnswer,
  meeting: Meeting,
  context: FactorContext,
) {
  const { tenant } = at;
  let session: FactorSession = { ...at, sessionId: '', tenantId: null };
  let challenges: readonly (readonly Mechanism[])[] = [];
  let place = 0;
  let answer: FactorAnswer | Ended = first;
  for (let steps = 0; steps < maxSteps; steps++) {
    if (answer.kind === 'signed-in' || answer.kind === 'failed' || answer.kind === 'ended')
      return answer;
    if (answer.kind === 'federated') {
      answer = await meeting.identityProvider(at, answer, context);
      continue;
    }
    if (answer.kind === 'challenges') {
      const sessionId = answer.sessionId ?? session.sessionId;
      session = { ...at, sessionId, tenantId: answer.tenantId ?? session.tenantId };
      challenges = answer.challenges;
      place = 0;
    } else if (answer.kind === 'next-challenge') place++;
    else break;
    const offered = challenges[place];
    if (offered === undefined || session.sessionId === '') break;
    const which = { challenge: place + 1, of: challenges.length };
    const later = challenges.slice(place + 1).flat();
    answer = await meeting.challenge({ session, offered, place: which, later }, context);
  }
  const what = answer.kind === 'unknown' && answer.summary !== null ? `: ${answer.summary}` : '';
  throw failed(`${tenant} sent an unexpected answer to the sign-in${what}`);
}

/** The names of several mechanisms, in the tenant's words. */
export function namesOf(mechanisms: readonly Mechanism[]): string {
  return mechanisms.map(({ select }) => select).join(' or ') || 'a factor that it does not name';
}

async function choose(
  offered: readonly Mechanism[],
  place: { challenge: number; of: number },
  { person }: FactorContext,
): Promise<Mechanism> {
  const usable = offered.filter(({ fits }) => fits);
  const [only] = usable;
  if (only === undefined)
    throw failed(
      `The tenant asks for ${namesOf(offered)}, which a terminal does not support`,
      'mechanism',
    );
  return usable.length === 1 ? only : person.choose(usable, place);
}

/**
 * The person signs in at the company's identity provider. The tenant reports the end, or
 * the person types a PIN here.
 */
async function atIdentityProvider(
  at: FactorHost,
  { address, sessionId, wantsPin }: Federated,
  context: FactorContext,
): Promise<FactorAnswer> {
  const { person, http } = context;
  const { tenant } = at;
  const page = safePage(address, tenant);
  if (sessionId === null || page === null)
    throw failed(
      `${tenant} sends this user to an identity provider, but offers no way to wait for the browser`,
      'mechanism',
    );
  const session = { ...at, sessionId, tenantId: null };
  await person.openPage(page);
  if (!wantsPin)
    return pollAlone(
      (patient) => oobAuthStatus(session, patient),
      'Waiting for the browser',
      context,
    );
  const answer = await person.answer('PIN shown in the browser');
  return advanceAuthentication(session, 'OOBAUTHPIN', { action: 'Answer', answer }, http);
}

/**
 * An address where a person may sign in: over https, or over http if the tenant itself
 * uses http on this machine.
 */
function safePage(address: string, tenant: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && tenant.startsWith('http:'))
    ? href
    : null;
}
