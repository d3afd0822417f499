import { askUser } from '../../auth/ask-user.ts';
import { requirePushFirst, signInByPush } from '../../auth/factors/sign-in-by-push.ts';
import { announceSignIn, personAtTerminal } from '../../certificate/sign-in-questions.ts';
import { type MissingAnswer, reportError } from '../../change/await-outcome.ts';
import { openOrSignIn } from '../../change/open-or-sign-in.ts';
import { type OpenTenant, requireTenant } from '../../change/open-tenant.ts';
import { answerGrace, type Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatFields } from '../../report/fields.ts';
import { flagOf } from '../../settings/define.ts';
import { requireUserName } from '../../settings/require-value.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import { parseSeconds } from '../../settings/values.ts';
import { claimsOf } from '../../tenant/oauth/claims.ts';
import type { Style } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import { type ProveOptions, proveOptions } from './options.ts';

/** The result of a sign-in by push. */
export interface Proof {
  readonly tenant: string;
  readonly user: string;
  /** The mechanism, by the vendor's name: `OTP`; null if the tenant offered no push. */
  readonly mechanism: string | null;
  readonly outcome: 'approved' | 'denied' | 'not-approved' | 'not-answered' | 'no-push';
  /** Whether the user says that the push appeared in the certificate's app; null if unknown or not asked. */
  readonly appConfirmed: boolean | null;
  /** From the push to its answer. */
  readonly seconds: number;
}

export interface OpenProof {
  readonly user: string;
  /** Without a terminal: fails if signing in takes more than a push. No phone rings. @throws {CliError} prompt-unavailable */
  rehearse(): Promise<void>;
  /** @param topic of the app that should show the push; null: unknown @throws {CliError} those of signInByPush */
  prove(topic: string | null): Promise<Proof>;
}

/** The user whose phone will ring. */
interface Called {
  readonly tenant: string;
  readonly user: string;
}

/** The time limit of a proof, in seconds. @throws {CliError} usage */
export function proveSeconds({ proveTimeout }: Pick<ProveOptions, 'proveTimeout'>): number {
  if (proveTimeout === undefined) return proveOptions.proveTimeout.default;
  return parseSeconds(proveTimeout, flagOf(proveOptions, 'proveTimeout'));
}

/** A proof by that user's phone. @param seconds its time limit @throws {CliError} usage */
export function openProof(
  { tenant, user }: Called,
  seconds: number,
  settings: Settings,
  context: Context,
): OpenProof {
  return {
    user,
    rehearse: () =>
      withPushContext(settings, seconds, context, (push) => requirePushFirst(tenant, user, push)),
    async prove(topic) {
      announceSignIn(tenant, user, context);
      const { words, ...seen } = await withPushContext(settings, seconds, context, (push) =>
        signInByPush(tenant, user, push),
      );
      if (words !== null && seen.outcome !== 'approved')
        context.terminal.note(`${tenant} says: ${words}`);
      const appConfirmed = seen.outcome === 'approved' ? await askApp(topic, context) : null;
      const { mechanism, outcome } = seen;
      return { tenant, user, mechanism, outcome, appConfirmed, seconds: seen.seconds };
    },
  };
}

/**
 * A proof by the signed-in user's phone. Without a terminal it first makes sure that a push
 * is all that signing in takes.
 * @throws {CliError} usage, prompt-unavailable, and as askUser
 */
export async function beginProof(
  open: OpenTenant,
  seconds: number,
  settings: Settings,
  context: Context,
): Promise<OpenProof> {
  const proof = openProof(await ownerOf(open), seconds, settings, context);
  if (!context.terminal.interactive) await proof.rehearse();
  return proof;
}

/**
 * Finds out whose phone will ring, and asks for consent if it is another user's.
 * @throws {CliError} usage, prompt-unavailable, interrupted; and those of openOrSignIn if no user is named or known
 */
export async function resolveUser(
  settings: Settings,
  user: string | undefined,
  context: Context,
): Promise<Called> {
  const given = user?.trim();
  if (given === '')
    throw new CliError('usage', 'The name of the user is empty', { facts: userFacts });
  requireUserName(given, userFacts.option);
  if (given === undefined) return resolveOwn(settings, context);
  if (isSameName(ownName(settings), given)) {
    const own = await resolveOwn(settings, context);
    if (isSameName(own.user, given)) return { ...own, user: given };
  }
  const tenant = requireTenant(settings, context);
  const agreed = await context.prompt.confirm({
    message: `${given}'s phone will ring. Are they expecting it?`,
    initial: false,
    unavailable: `${given} may not be the signed-in user: another user's phone rings only after a confirmation in a terminal`,
  });
  if (!agreed) throw new CliError('interrupted', 'No push was sent');
  return { tenant, user: given };
}

function isSameName(one: string | null, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** The signed-in user. Claims of a token or a client ID prove nothing until the tenant accepts them. */
async function resolveOwn(settings: Settings, context: Context): Promise<Called> {
  const own = settings.credentials === null ? ownName(settings) : null;
  if (own !== null) return { tenant: requireTenant(settings, context), user: own };
  return ownerOf(await openOrSignIn(settings, context));
}

/** The signed-in user's name by the tenant: a token in the environment may claim any. @throws {CliError} usage, and as askUser */
async function ownerOf({ tenant, client, session }: OpenTenant): Promise<Called> {
  if (session.source !== 'env' && session.user?.includes('@'))
    return { tenant, user: session.user };
  const { user } = await askUser(client, session);
  if (user !== null) return { tenant, user };
  throw new CliError('usage', `${tenant} does not say who is signed in`, { facts: userFacts });
}

const userFacts = { option: '--user NAME' };

/** The claimed name of the signed-in user, without asking the tenant; null for an ID, which cannot sign in. */
function ownName(settings: Settings): string | null {
  const { credentials, profile, clientId } = settings;
  const { session } = profile;
  const kept = session?.tenant === orThrow(settings.tenant) ? session?.user : null;
  const token = orThrow(settings.accessToken);
  const name =
    credentials === 'client-secret'
      ? clientId
      : token === null
        ? kept
        : claimsOf(token.reveal()).user;
  return name?.includes('@') ? name : null;
}

async function withPushContext<Result>(
  { network }: Settings,
  seconds: number,
  context: Context,
  work: (push: Parameters<typeof signInByPush>[2]) => Promise<Result>,
): Promise<Result> {
  const { signal, terminal } = context;
  const patience = seconds * 1000;
  const source = await context.httpSource({
    caFile: network.caFile,
    signal: new AbortController().signal,
  });
  const parted = Math.min(answerGrace, network.timeout);
  const parting = () => source.open(signal.aborted ? parted : network.timeout);
  return work({
    http: await context.http(network),
    patientHttp: await context.http({ ...network, timeout: patience, silent: true }),
    parting: {
      async send(request) {
        const http = parting();
        return http.send(request).finally(() => http.close());
      },
    },
    person: personAtTerminal(context),
    isAtTerminal: terminal.interactive,
    signal,
    patience,
  });
}

/** Asks the user which app showed the push: no call reports it. @throws {CliError} interrupted */
async function askApp(
  topic: string | null,
  { terminal, prompt }: Context,
): Promise<boolean | null> {
  if (!terminal.interactive) return null;
  const app = await prompt.select({
    message: 'In which app did the push appear?',
    choices: [
      { value: 'unknown', name: 'I do not know' },
      { value: 'own', name: topic === null ? "Your company's own app" : onOneLine(topic) },
      { value: 'other', name: "Another app, such as the vendor's" },
    ],
    unavailable: 'The app must be confirmed in a terminal',
  });
  return app === 'unknown' ? null : app === 'own';
}

const verdicts: Readonly<Record<Proof['outcome'], (proof: Proof) => string>> = {
  approved: ({ user }) => `A push sign-in for ${user} was approved`,
  denied: ({ user }) => `The push sign-in for ${user} was denied`,
  'not-approved': ({ user }) => `The push sign-in for ${user} was not approved`,
  'not-answered': ({ user, seconds }) =>
    `The push sign-in for ${user} was not answered within ${seconds} s`,
  'no-push': ({ user }) => `The tenant sent ${user} no push`,
};

const doubts: Readonly<Record<Proof['outcome'], string | null>> = {
  approved: null,
  denied: null,
  'not-approved':
    'The tenant does not say whether the user denied it or it failed for another reason.',
  'not-answered':
    'The push may not have arrived. Ask the user whether the phone rang; `mfa-cli apns verify` checks the certificate with APNs.',
  'no-push':
    "Possible causes: the user has no enrolled phone, the sign-in policy asks for something else, or the company's identity provider signs this user in.",
};

export function formatProof(proof: Proof, style: Style): string {
  const { tenant, user, mechanism, outcome, appConfirmed, seconds } = proof;
  const isApproved = outcome === 'approved';
  const head = style.verdict(
    isApproved ? 'ok' : 'error',
    verdicts[outcome]({ ...proof, user: onOneLine(user) }),
  );
  const apps = {
    true: "the certificate's app, according to you",
    false: 'another app, according to you: this proves nothing about the certificate',
    null: 'unknown: the tenant does not report which app showed the push',
  };
  const fields = formatFields(
    [
      ['Tenant', tenant],
      ['Mechanism', mechanism === null ? null : `push (${onOneLine(mechanism)})`],
      ['Answered', isApproved ? `after ${seconds} s` : null],
      ['Appeared in', isApproved ? apps[`${appConfirmed}`] : null],
    ],
    style,
  );
  const doubt = doubts[outcome];
  return `${head}\n\n${fields}${doubt === null ? '' : `\n${doubt}\n`}`;
}

/** The `proof` of a set's report, and an error if the proof failed. The certificate stays set either way. */
export async function proveAfterSet(
  { user, prove }: OpenProof,
  topic: string | null,
  context: Context,
): Promise<{ readonly proof: Proof | null } & Partial<Pick<MissingAnswer, 'error'>>> {
  try {
    const proof = await prove(topic);
    if (proof.outcome === 'approved') return { proof };
    const why = verdicts[proof.outcome]({ ...proof, user });
    return { proof, error: await reportError(failed(why), context) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const failure = error.code === 'interrupted' ? error : failed(error.message);
    return { proof: null, error: await reportError(failure, context) };
  }
}

function failed(why: string): CliError {
  return new CliError('proof-failed', `The certificate is set, but the proof failed: ${why}`);
}
