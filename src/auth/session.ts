import { CliError, type FactsOf, hasCode } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import type { Bearer } from '../tenant/client.ts';
import { claimsOf } from '../tenant/oauth/claims.ts';
import { Secret } from '../text/secret.ts';
import type { ProfileStore, Profiles } from './profile.ts';
import { isFor, isRenewable, placeOf, profileNamed, withProfile } from './profiles.ts';
import type { SignInTerms } from './sign-in-terms.ts';
import type { KeptSession, SessionFacts, StoredSession } from './stored-schemas.ts';
import { clientCredentials, refreshSession } from './token-request.ts';

/** The right to call one tenant. `renew` updates its members. */
export interface Session extends Pick<Bearer, 'isFromTenant'> {
  readonly tenant: string;
  readonly user: string | null;
  readonly source: 'env' | 'profile' | 'client-credentials';
  /** The file that stores it, or `keychain`; null: not stored. */
  readonly keptIn: string | null;
  readonly expiresAt: Date | null;
  /** Whether `renew` is possible. */
  readonly renewable: boolean;
  readonly scope: string | null;
  accessToken(): Secret;
  /**
   * Every secret of the session, past ones included: its tokens and the credentials
   * behind them.
   */
  secrets(): readonly Secret[];
  /**
   * Gets an access token other than `rejected` (default: the current one), possibly one
   * that another process got.
   * @throws {CliError} session-expired, not-signed-in (signed out meanwhile),
   *   sign-in-failed, sign-in-denied, and what Http and ProfileStore throw
   */
  renew(rejected?: Secret): Promise<void>;
}

interface SessionContext {
  readonly http: Http;
  readonly store: ProfileStore;
  readonly stored: KeptSession | null;
  now(): Date;
  readonly signal: AbortSignal;
}

/** A session that expires within this many milliseconds is renewed before use. */
const skew = 60_000;

/**
 * Opens the session of a sign-in: the access token from the environment, else client
 * credentials, else the stored session for this tenant, application and client. Renews an
 * expired one.
 * @throws {CliError} not-signed-in, session-expired, and what `renew` throws
 */
export async function openSession(terms: SignInTerms, context: SessionContext): Promise<Session> {
  if (terms.accessToken !== null) return givenSession(terms, terms.accessToken);
  if (terms.clientSecret !== null)
    return serviceSession({ ...terms, clientSecret: terms.clientSecret }, context);
  return profileSession(terms, context);
}

function givenSession({ tenant }: SignInTerms, token: Secret): Session {
  const words = `${tenant} does not accept the access token from the environment`;
  return {
    tenant,
    ...claimsOf(token.reveal()),
    source: 'env',
    keptIn: null,
    renewable: false,
    scope: null,
    ...bearerOf(token, [token], words, { session: 'env' }),
  };
}

/**
 * A session that cannot be renewed is over, or the tenant did not accept it although it
 * is not.
 */
function endedWords(session: StoredSession, now: Date): string {
  const { tenant } = session;
  return lasts(session, now, 0)
    ? `${tenant} does not accept the access token of a session that cannot be renewed: ` +
        'it was revoked, or its scope does not allow this request'
    : `The session for ${tenant} ended and cannot be renewed`;
}

/** A bearer whose token cannot be renewed. */
function bearerOf(
  token: Secret,
  secrets: readonly Secret[],
  words: string,
  facts: FactsOf<'session-expired'>,
): Bearer {
  return {
    accessToken: () => token,
    secrets: () => secrets,
    async renew() {
      throw new CliError('session-expired', words, { facts, rejected: token });
    },
  };
}

async function serviceSession(
  terms: SignInTerms & { readonly clientSecret: Secret },
  { http, store, stored, now }: SessionContext,
): Promise<Session> {
  const isReusable = (session: SessionFacts) =>
    session.grant === 'client-credentials' &&
    isFor(session, terms) &&
    (terms.platformToken || session.scope === terms.scope) &&
    lasts(session, now(), skew);
  // With a client secret, a keychain without an answer does not matter.
  const withoutKeychain = (error: unknown): null => {
    if (hasCode(error, 'keychain-unavailable')) return null;
    throw error;
  };
  const found =
    stored !== null && isReusable(stored)
      ? await store.reveal(stored).catch(withoutKeychain)
      : null;
  const obtain = async () => ({
    session: await clientCredentials(terms, http, now),
    keptIn: null,
  });
  const first =
    found !== null && isReusable(found)
      ? { session: found, keptIn: placeOf(stored, store.path) }
      : await obtain();
  return sessionOver(first, 'client-credentials', [terms.clientSecret], obtain);
}

async function profileSession(terms: SignInTerms, context: SessionContext): Promise<Session> {
  const { store, now, signal } = context;
  const revealed = await requireOwnSession(context.stored, terms, store);
  const keptIn = placeOf(context.stored, store.path);

  const latestIn = (profiles: Profiles): Promise<StoredSession> => {
    const kept = profileNamed(profiles, terms.profile).session;
    return requireOwnSession(kept, terms, store);
  };

  /**
   * Runs under the store's lock, so that only one of many processes asks the tenant.
   * Saves before use.
   */
  const obtainAfter = async (rejectedToken: string): Promise<StoredSession> => {
    const renewIn = async (profiles: Profiles): Promise<Profiles> => {
      const latest = await latestIn(profiles);
      if (latest.accessToken !== rejectedToken && lasts(latest, now(), 0)) return profiles;
      if (signal.aborted)
        throw new CliError('interrupted', 'Interrupted before the session was renewed');
      const { refreshToken } = latest;
      if (refreshToken === null) throw new CliError('session-expired', endedWords(latest, now()));
      const session = await refreshSession({ ...latest, refreshToken }, context);
      return withProfile(profiles, terms.profile, { session });
    };
    try {
      // The tenant may have used up the old refresh token: the new one exists only here.
      return await latestIn(await store.update(renewIn, { irreplaceable: true }));
    } catch (error) {
      // Another process may take over the lock of a stalled one. Then both ask, the
      // tenant refuses one of them, and the file has the other's session.
      const latest = await latestIn(await store.read());
      if (latest.accessToken === rejectedToken || !lasts(latest, now(), 0)) throw error;
      return latest;
    }
  };

  const isUsable = lasts(revealed, now(), revealed.refreshToken === null ? 0 : skew);
  const session = isUsable ? revealed : await obtainAfter(revealed.accessToken);
  return sessionOver({ session, keptIn }, 'profile', [], async (rejectedToken) => ({
    session: await obtainAfter(rejectedToken),
    keptIn,
  }));
}

/** A session, and the file that stores it, `keychain`, or null. */
interface PlacedSession {
  readonly session: StoredSession;
  readonly keptIn: string | null;
}

/**
 * @param secrets the credentials behind it, besides its own refresh token
 * @param obtainAfter gets a session in place of the one whose token was rejected
 */
function sessionOver(
  first: PlacedSession,
  source: Session['source'],
  secrets: readonly Secret[],
  obtainAfter: (rejectedToken: string) => Promise<PlacedSession>,
): Session {
  let current = first;
  const had = [...tokensOf(first.session), ...secrets];
  return {
    source,
    isFromTenant: true,
    tenant: first.session.tenant,
    get user() {
      return current.session.user;
    },
    get keptIn() {
      return current.keptIn;
    },
    get expiresAt() {
      const { expiresAt } = current.session;
      return expiresAt === null ? null : new Date(expiresAt);
    },
    get renewable() {
      return source === 'client-credentials' || isRenewable(current.session);
    },
    get scope() {
      return current.session.scope;
    },
    accessToken: () => new Secret(current.session.accessToken),
    secrets: () => had,
    async renew(rejected) {
      const { accessToken } = current.session;
      if (rejected !== undefined && rejected.reveal() !== accessToken) return;
      current = await obtainAfter(accessToken);
      had.push(...tokensOf(current.session));
    },
  };
}

function tokensOf({ accessToken, refreshToken }: StoredSession): readonly Secret[] {
  return [accessToken, ...(refreshToken === null ? [] : [refreshToken])].map(
    (token) => new Secret(token),
  );
}

/**
 * The session, if it belongs to these terms, with its tokens from the keychain. It is
 * never sent to another tenant, application or client, whatever the file says about an
 * item there.
 * @throws {CliError} not-signed-in
 */
async function requireOwnSession(
  kept: KeptSession | null,
  terms: SignInTerms,
  store: ProfileStore,
): Promise<StoredSession> {
  if (kept === null || !isFor(kept, terms)) throw notSignedIn(kept, terms);
  const session = await store.reveal(kept);
  if (session === null)
    throw new CliError('not-signed-in', `The keychain no longer has a session for ${terms.tenant}`);
  return session;
}

function notSignedIn(session: SessionFacts | null, terms: SignInTerms): CliError {
  const place = ({ tenant, appId, clientId }: SessionFacts | SignInTerms) =>
    session?.tenant === terms.tenant
      ? `${tenant} (application ${appId}, client ${clientId})`
      : tenant;
  const other = session && `; the profile "${terms.profile}" holds a session for ${place(session)}`;
  return new CliError('not-signed-in', `Not signed in to ${place(terms)}${other ?? ''}`);
}

function lasts({ expiresAt }: SessionFacts, now: Date, margin: number): boolean {
  return expiresAt === null || Date.parse(expiresAt) > now.getTime() + margin;
}

/** A session that is not stored and ends with the command. */
export interface MemorySession extends Bearer {
  readonly tenant: string;
  readonly user: string | null;
  /** Whether a person, not a program, signed in. */
  readonly isPerson: boolean;
  /** Whether a person obtained it for this command alone. */
  readonly isOwn: boolean;
}

/** @param secrets masked in every answer, the token included */
export function memorySession(
  whose: Pick<MemorySession, 'tenant' | 'user' | 'isPerson' | 'isOwn'>,
  token: Secret,
  secrets: readonly Secret[],
): MemorySession {
  const words = `${whose.tenant} does not accept the session: it has ended, or does not allow this request`;
  const bearer = bearerOf(token, secrets, words, { session: 'administrator' });
  return { ...whose, ...bearer, isFromTenant: whose.isOwn };
}
