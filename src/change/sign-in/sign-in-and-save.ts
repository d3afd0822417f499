import { loopbackRedirectUri } from '../../auth/loopback-redirect.ts';
import type { SettingKey } from '../../auth/profile.ts';
import { placeOf, profileNamed, withLogin, withSetting } from '../../auth/profiles.ts';
import { memorySession } from '../../auth/session.ts';
import { signIn, signOut } from '../../auth/sign-in.ts';
import type { SignInTerms } from '../../auth/sign-in-terms.ts';
import type { KeptSession, StoredSession } from '../../auth/stored-schemas.ts';
import { clientCredentials } from '../../auth/token-request.ts';
import type { Context } from '../../context.ts';
import { CliError, unlessInterrupted } from '../../errors/cli-error.ts';
import type { Http } from '../../network/http.ts';
import { defaults } from '../../settings/defaults.ts';
import { warnOfSaved } from '../../settings/overrides.ts';
import { ownerRulesOf } from '../../settings/owner-rules.ts';
import { noTenant, orThrow, type Settings, tenantFacts } from '../../settings/settings.ts';
import { noBrowserWords } from '../../settings/values.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import { createTenantClient } from '../../tenant/client.ts';
import { whoAmI } from '../../tenant/security/session.ts';
import { Secret } from '../../text/secret.ts';
import { atHost } from '../host-answered-before.ts';
import { readConnection } from '../open-connection.ts';
import { checkTenantBeforeBrowser, resolveIdentityHost } from './check-tenant-before-browser.ts';

/** The wait for the tenant before the browser opens anyway, in milliseconds. */
const lookPatience = 4_000;

export interface SavedSignIn {
  /**
   * The given settings with the person's answers, and the tenant and session of the
   * sign-in.
   */
  readonly settings: Settings;
  readonly session: StoredSession;
  /** The file that stores the session, or `keychain`. */
  readonly keptIn: string;
}

/**
 * Signs in, as a service user with a client secret, otherwise as a person in the browser,
 * and saves settings and session in the profile. On first use it asks a person for the
 * tenant and its OAuth application. A missing or locked keychain ends it first.
 * @param opensBrowser false: the address is only printed
 * @throws {CliError} keychain-unavailable, usage, sign-in-failed, sign-in-timed-out,
 *   sign-in-denied, interrupted, and what network and store throw
 */
export async function signInAndSave(
  settings: Settings,
  { opensBrowser }: { readonly opensBrowser: boolean },
  context: Context,
): Promise<SavedSignIn> {
  if (orThrow(settings.sessionStore) === 'keychain') await settings.store.checkKeychain();
  const complete = await askWhatIsMissing(settings, context);
  const address = orThrow(complete.tenant);
  if (address === null) throw noTenant();
  const { network, lasting, store: profileStore } = complete;
  const tenant = await resolveIdentityHost(address, network, context);
  const connection = await readConnection(tenant, complete, context);
  sayReplacing(complete, tenant, context);
  const http = await context.http(network);
  const session = await atHost(tenant, context, () =>
    obtainSession(connection, complete, { http, opensBrowser }, context),
  );
  // The profile's setting `store` decides where the session goes.
  const saved = await profileStore.update((profiles) => {
    let updated = withLogin(profiles, connection, session);
    for (const [key, value] of lasting)
      updated = withSetting(updated, connection.profile, key, value);
    return updated;
  });
  sayWhereKept(complete, session, context);
  const profile = profileNamed(saved, connection.profile);
  warnOfSaved(profile.settings, connection.profile, context);
  if (connection.accessToken !== null)
    context.terminal.warn(
      'MFA_CLI_TOKEN takes the place of the session that was just saved: unset it',
    );
  // Hints of later errors no longer name them: they compare with the profile before.
  context.overrides.splice(0);
  const signedIn = { ...complete, profile: { ...complete.profile, session }, tenant };
  const keptIn = placeOf(profile.session, profileStore.path) ?? profileStore.path;
  return { settings: signedIn, session, keptIn };
}

/** A profile has one session: a sign-in to another tenant takes its place. */
function sayReplacing(
  { profileName, profile }: Settings,
  tenant: string,
  { terminal }: Context,
): void {
  const { session } = profile;
  if (session === null || session.tenant === tenant) return;
  terminal.note(
    `The profile "${profileName}" is signed in to ${session.tenant}; this sign-in replaces that ` +
      'session. To keep both, sign in with another --profile.',
  );
}

/** Without a mark: the sign-in has the one verdict. */
function sayWhereKept(before: Settings, now: StoredSession, { terminal }: Context): void {
  const { profileName: name, profile } = before;
  const { session: last } = profile;
  if (!Object.hasOwn(before.profiles.profiles, name))
    terminal.note(`Saved as the new profile "${name}"`);
  else if (last !== null && (last.tenant !== now.tenant || last.user !== now.user)) {
    const session = `the session of ${last.user ?? 'an unknown user'} at ${last.tenant}`;
    terminal.note(`Replaced ${session} in the profile "${name}"`);
  }
}

async function askWhatIsMissing(
  settings: Settings,
  { terminal, prompt }: Context,
): Promise<Settings> {
  if (!terminal.interactive || orThrow(settings.tenant) !== null) return settings;
  const asked = await withTenant(settings, { terminal, prompt });
  const unlessSet = (
    key: SettingKey,
    initial: string,
    message: string,
  ): Promise<string> | string =>
    settings.chosenKeys.has(key)
      ? initial
      : prompt.input({ ...noTenantGiven, message, initial, validate: isOneWord });
  const appId = await unlessSet('app-id', settings.appId, 'Application ID of the OAuth app:');
  const clientId = await unlessSet('client-id', settings.clientId, 'OAuth client ID:');
  terminal.note(
    `The OAuth app must allow the redirect URI ${loopbackRedirectUri(orThrow(settings.port))}`,
  );
  return { ...asked, appId, clientId };
}

function isOneWord(text: string): true | string {
  return !/\s/.test(text.trim()) || 'Type it without spaces';
}

const noTenantGiven = { unavailable: 'No tenant was given', facts: tenantFacts };

/**
 * The settings with a tenant. Asks a person if they have none.
 * @throws {CliError} usage, interrupted
 */
export async function withTenant(
  settings: Settings,
  { terminal, prompt }: Pick<Context, 'terminal' | 'prompt'>,
): Promise<Settings> {
  if (orThrow(settings.tenant) !== null) return settings;
  if (!terminal.interactive) throw noTenant();
  terminal.note(
    "The admin portal shows the tenant's host under Settings > Customization > Tenant URLs. " +
      'It looks like abc1234.id.cyberark.cloud.',
  );
  const message = 'Tenant URL or host:';
  const tenant = await prompt.input({ ...noTenantGiven, message, validate: isTenantAddress });
  return { ...settings, tenant: parseTenantAddress(tenant) };
}

function isTenantAddress(text: string): true | string {
  if (text.trim() === '') return 'Type the host of the tenant, such as abc1234.id.cyberark.cloud';
  try {
    parseTenantAddress(text);
    return true;
  } catch (error) {
    return error instanceof CliError ? error.message : 'This is not a tenant URL';
  }
}

interface SessionTerms {
  readonly http: Http;
  readonly opensBrowser: boolean;
}

async function obtainSession(
  connection: SignInTerms,
  settings: Settings,
  { http, opensBrowser }: SessionTerms,
  context: Context,
): Promise<StoredSession> {
  const { now, signal, terminal } = context;
  const { clientSecret } = connection;
  if (clientSecret !== null) return clientCredentials({ ...connection, clientSecret }, http, now);
  const port = orThrow(settings.port);
  const timeoutSeconds = context.timeout ?? defaults.signInSeconds;
  const expected = expectedUser(connection, settings.profile.session);
  const { network } = settings;
  const lookHttp = await context.http({
    ...network,
    timeout: Math.min(network.timeout, lookPatience),
  });
  await checkTenantBeforeBrowser(connection, loopbackRedirectUri(port), lookHttp, context);
  // A person must not sign in for a session that cannot be stored.
  await settings.store.update((profiles) => profiles);
  return signIn(connection, {
    http,
    now,
    signal,
    port,
    timeoutSeconds,
    owners: ownerRulesOf(context.env),
    openBrowser: opensBrowser ? context.openBrowser : null,
    noBrowserWords: noBrowserWords(context.env),
    announce: (url, redirectUri) => {
      terminal.note(
        opensBrowser
          ? 'Opening your browser. If it does not open, visit:'
          : `Visit this address in a browser that reaches ${redirectUri}:`,
      );
      terminal.show(url);
    },
    warn: terminal.warn,
    ...(terminal.interactive ? { pasted: pastedAt(context) } : {}),
    accept: (session) => requireExpected(session, expected, http, context),
  });
}

function pastedAt({ prompt }: Context) {
  return (signal: AbortSignal): Promise<string> =>
    prompt.input({
      message: 'Or paste the address that the browser ends on:',
      unavailable: 'Pasting the address of the browser needs a terminal',
      signal,
    });
}

/** The expected user, by option or variable, else the last one; null: any user. */
function expectedUser(
  { tenant, loginHint = null }: SignInTerms,
  session: KeptSession | null,
): string | null {
  if (loginHint !== null) return loginHint;
  return session?.tenant === tenant && session.grant === 'authorization-code' ? session.user : null;
}

/**
 * Returns the session if it belongs to the expected user, if its user is unknown, or if
 * the person accepts another user.
 * @throws {CliError} sign-in-other-user, interrupted; both after the tenant was asked to
 *   revoke the session
 */
async function requireExpected(
  session: StoredSession,
  expected: string | null,
  http: Http,
  { terminal, prompt }: Context,
): Promise<StoredSession> {
  if (expected === null || isSameUser(session.user, expected)) return session;
  const reported = await userOf(session, http);
  // A subject may be a number: neither the expected name nor another one.
  const isComparable = session.user?.includes('@') === expected.includes('@');
  const user = reported ?? (isComparable ? session.user : null);
  if (user === null || isSameUser(user, expected))
    return { ...session, user: reported ?? session.user };
  const words = `${session.tenant} signed in ${user}, not ${expected}`;
  const revokeAndThrow = async (error: unknown): Promise<never> => {
    await signOut(session, null, http);
    throw error;
  };
  if (terminal.interactive) {
    terminal.warn(words);
    const question = { message: 'Keep this session?', initial: false, unavailable: words };
    if (await prompt.confirm(question).catch(revokeAndThrow)) return { ...session, user };
  }
  return revokeAndThrow(new CliError('sign-in-other-user', words, { facts: { user } }));
}

function isSameUser(user: string | null, expected: string): boolean {
  return user?.toLowerCase() === expected.toLowerCase();
}

/**
 * The user of the session by the tenant's answer; null if the tenant does not tell.
 * @throws {CliError} interrupted
 */
function userOf({ tenant, user, accessToken }: StoredSession, http: Http): Promise<string | null> {
  const token = new Secret(accessToken);
  const bearer = memorySession({ tenant, user, isPerson: true, isOwn: true }, token, [token]);
  return whoAmI(createTenantClient(tenant, http, bearer)).catch(unlessInterrupted(() => null));
}
