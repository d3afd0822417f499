import { askUser } from '../../auth/ask-user.ts';
import { type OpenTenant, requireTenant } from '../../change/open-connection.ts';
import { openOrSignIn } from '../../change/open-or-sign-in.ts';
import {
  type Called,
  type OpenProof,
  openProof,
  type Proof,
  requireExpected,
  verdictOf,
} from '../../change/prove-by-push.ts';
import { type MissingAnswer, reportError } from '../../change/run-and-await-outcome.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { flagOf } from '../../settings/define.ts';
import { requireUserName } from '../../settings/given-texts.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import { parseSeconds } from '../../settings/values.ts';
import { claimsOf } from '../../tenant/oauth/claims.ts';
import { type ProveOptions, proveOptions } from './options.ts';

/** The time limit of a proof, in seconds. @throws {CliError} usage */
export function proveSeconds({ proveTimeout }: Pick<ProveOptions, 'proveTimeout'>): number {
  if (proveTimeout === undefined) return proveOptions.proveTimeout.default;
  return parseSeconds(proveTimeout, flagOf(proveOptions, 'proveTimeout'));
}

/**
 * A proof by the signed-in user's phone. Without a terminal it first makes sure that a
 * push is all that signing in takes.
 * @throws {CliError} usage, prompt-unavailable, and as askUser
 */
export async function beginProof(
  open: OpenTenant,
  seconds: number,
  settings: Settings,
  context: Context,
): Promise<OpenProof> {
  const proof = openProof(await ownerOf(open), seconds, settings.network, context);
  if (!context.terminal.interactive) await proof.rehearse();
  return proof;
}

/**
 * Finds out whose phone will ring, and asks for consent if it is another user's.
 * @throws {CliError} usage, prompt-unavailable, interrupted; and those of openOrSignIn if
 *   no user is named or known
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
  await requireExpected(given, context);
  return { tenant, user: given, isOwn: false };
}

function isSameName(one: string | null, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/**
 * The signed-in user. Claims of a token or a client ID prove nothing until the tenant
 * accepts them.
 */
async function resolveOwn(settings: Settings, context: Context): Promise<Called> {
  const own = settings.credentials === null ? ownName(settings) : null;
  if (own !== null) return { tenant: requireTenant(settings, context), user: own, isOwn: true };
  return ownerOf(await openOrSignIn(settings, context));
}

/**
 * The signed-in user's name by the tenant: a token in the environment may claim any.
 * @throws {CliError} usage, and as askUser
 */
async function ownerOf({ tenant, client, session }: OpenTenant): Promise<Called> {
  if (session.source !== 'env' && session.user?.includes('@'))
    return { tenant, user: session.user, isOwn: true };
  const { user } = await askUser(client, session);
  if (user !== null) return { tenant, user, isOwn: true };
  throw new CliError('usage', `${tenant} does not say who is signed in`, { facts: userFacts });
}

const userFacts = { option: '--user NAME' };

/**
 * The claimed name of the signed-in user, without asking the tenant; null for an ID,
 * which cannot sign in.
 */
function ownName(settings: Settings): string | null {
  const { credentials, profile, clientId } = settings;
  const { session } = profile;
  const kept = session?.tenant === orThrow(settings.tenant) ? session?.user : null;
  const token = orThrow(settings.accessToken);
  const signedInUser = (): string | null | undefined =>
    token === null ? kept : claimsOf(token.reveal()).user;
  const name = credentials === 'client-secret' ? clientId : signedInUser();
  return name?.includes('@') ? name : null;
}

/**
 * The `proof` of a set's report, and an error if the proof failed. The certificate stays
 * set either way.
 */
export async function proveAfterSet(
  { prove }: OpenProof,
  topic: string | null,
  context: Context,
): Promise<{ readonly proof: Proof | null } & Partial<Pick<MissingAnswer, 'error'>>> {
  try {
    const proof = await prove(topic);
    if (proof.outcome === 'approved') return { proof };
    const why = verdictOf(proof);
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
