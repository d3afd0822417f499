import { setMaxListeners } from 'node:events';
import type { Profile } from '../../auth/profile.ts';
import { emptyProfile, profileNamed } from '../../auth/profiles.ts';
import { openSession } from '../../auth/session.ts';
import type { SignInTerms } from '../../auth/sign-in-terms.ts';
import type { OpenForChange } from '../../change/run/run-job.ts';
import type { Context } from '../../context.ts';
import { hasCode, restated } from '../../errors/cli-error.ts';
import type { HttpSource, OpenHttp, Pause } from '../../network/http.ts';
import { requireToken } from '../../settings/credentials.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { applicationOf, networkOf } from '../../settings/resolve.ts';
import type { Stored } from '../../settings/settings.ts';
import { createOptionalClient, createTenantClient } from '../../tenant/client.ts';
import { type EnrolledDevices, readEnrolledDevices } from '../../tenant/enrolled-devices.ts';
import { readBack } from '../../tenant/read-back.ts';
import type { FleetTenant } from './file/fleet.ts';
import { resolveSecret } from './resolve-secret.ts';

/** A tenant of a fleet that is open. */
export interface OpenFleetTenant extends OpenForChange {
  /**
   * Optional: it neither renews the session nor fails for lack of a right.
   * @throws {CliError}
   */
  askDevices(): Promise<EnrolledDevices>;
}

/**
 * The tenants of a fleet, each with its own session. They share nothing but what is read
 * once.
 */
export class TenantAccess {
  readonly #options: GlobalOptions;
  readonly #context: Context;
  readonly #sources = new Map<string | null, Promise<HttpSource>>();
  #stored: Promise<Stored> | null = null;

  /** @param endSignal ends what is under way, in place of the context's signal */
  constructor(options: GlobalOptions, endSignal: AbortSignal, context: Context) {
    this.#options = options;
    this.#context = { ...context, signal: endSignal };
    setMaxListeners(0, endSignal);
  }

  /**
   * Runs the work signed in to a tenant exactly as the fleet file says, ignoring
   * credentials for single commands in the environment. Closes its connections and drops
   * its session afterwards.
   * @param pause runs the pauses between attempts
   * @throws {CliError} usage, not-signed-in, session-expired, sign-in-failed, those of
   *   reading a secret, and what Http throws
   */
  async open<T>(
    tenant: FleetTenant,
    pause: Pause,
    work: (open: OpenFleetTenant) => Promise<T>,
  ): Promise<T> {
    this.#stored ??= readStored(this.#context);
    const { store, profiles } = await this.#stored;
    const { signIn } = tenant;
    const profile = 'profile' in signIn ? profileNamed(profiles, signIn.profile) : emptyProfile;
    const terms = await signInTermsOf(tenant, profile, this.#context);
    const http = await this.#openHttp(profile, pause);
    const { now, signal } = this.#context;
    try {
      const opening = { http, store, stored: profile.session, now, signal };
      const session = await openSession(terms, opening);
      const optional = createOptionalClient(tenant.url, http, session);
      return await work({
        client: createTenantClient(tenant.url, http, session),
        user: session.user,
        hostHasAnswered: session.isFromTenant === true,
        askHeld: (clientAppKey) => readBack(optional, clientAppKey),
        askDevices: () => readEnrolledDevices(optional),
      });
    } catch (error) {
      throw aboutSignIn(error, tenant);
    } finally {
      http.close();
    }
  }

  async #openHttp({ settings }: Profile, pause: Pause): Promise<OpenHttp> {
    const { timeout, caFile } = networkOf(this.#options, settings, this.#context);
    const { signal } = this.#context;
    const source = this.#sources.get(caFile) ?? this.#context.httpSource({ caFile, signal });
    this.#sources.set(caFile, source);
    return (await source).open(timeout, pause);
  }
}

async function readStored(context: Context): Promise<Stored> {
  const store = await context.profiles();
  return { store, profiles: await store.read() };
}

/**
 * The address and the credentials of a tenant.
 * @throws {CliError} those of reading a secret
 */
async function signInTermsOf(
  { name, url, signIn }: FleetTenant,
  { settings }: Profile,
  context: Context,
): Promise<SignInTerms> {
  const terms = {
    profile: 'profile' in signIn ? signIn.profile : name,
    tenant: url,
    ...applicationOf((key) => settings[key]),
    clientSecret: null,
    accessToken: null,
  };
  if ('profile' in signIn) return terms;
  if ('token' in signIn) {
    const token = await resolveSecret(signIn.token, `the token of ${name}`, context);
    return { ...terms, accessToken: requireToken(token, `The token of ${name}`) };
  }
  const { clientId, appId, scope, platformToken } = signIn;
  return {
    ...terms,
    clientId,
    appId: appId ?? terms.appId,
    scope: scope ?? terms.scope,
    platformToken,
    clientSecret: await resolveSecret(signIn.clientSecret, `the client secret of ${name}`, context),
  };
}

function aboutSignIn(error: unknown, { url, signIn }: FleetTenant): unknown {
  if (!hasCode(error, 'not-signed-in', 'session-expired', 'sign-in-failed', 'sign-in-denied'))
    return error;
  const fleet = 'profile' in signIn ? { profile: signIn.profile, tenant: url } : 'secret';
  return restated(error, { facts: { fleet } });
}
