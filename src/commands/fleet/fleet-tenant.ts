import { setMaxListeners } from 'node:events';
import type { Connection } from '../../auth/connection.ts';
import type { Profile } from '../../auth/profile.ts';
import { emptyProfile, formTakenBy, profileNamed } from '../../auth/profiles.ts';
import { openSession } from '../../auth/session.ts';
import { openLocatedP12 } from '../../certificate/open-p12.ts';
import { formsToTry } from '../../change/send-certificate.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { Context } from '../../context.ts';
import { CliError, hasCode, restated } from '../../errors/cli-error.ts';
import { formatHint, type Hint, nowhere } from '../../errors/hint.ts';
import { readSecret } from '../../files/read.ts';
import type { HttpSource } from '../../network/http.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { runForSecret } from '../../programs/run-program.ts';
import { isoDate } from '../../report/fields.ts';
import { requireToken } from '../../settings/credentials.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { applicationOf, networkOf } from '../../settings/resolve.ts';
import { variable } from '../../settings/values.ts';
import {
  createOptionalClient,
  createTenantClient,
  type TenantClient,
} from '../../tenant/client.ts';
import { Secret } from '../../text/secret.ts';
import { shellWord } from '../../text/shell.ts';
import {
  type FleetCertificate,
  type FleetTenant,
  fleetCommand,
  type P12Source,
  pathFromHere,
  type SecretPlace,
} from './file/fleet.ts';

interface OpenFleetTenant {
  readonly client: TenantClient;
  /** For optional requests: a 401 neither renews nor ends the session. */
  readonly optional: TenantClient;
  /** The forms in which to send a certificate's parameters, in order. */
  readonly forms: ReturnType<typeof formsToTry>;
}

export type FleetAccess = ReturnType<typeof openFleetAccess>;

/**
 * The access to the tenants of a fleet. Profiles are read and CAs are loaded once; tenants share nothing else.
 * @param signal ends everything; the context's signal comes earlier
 */
export function openFleetAccess(options: GlobalOptions, signal: AbortSignal, outer: Context) {
  const { timeout } = networkOf(options, {}, outer);
  setMaxListeners(0, signal);
  const context: Context = { ...outer, signal };
  const sources = new Map<string | null, Promise<HttpSource>>();
  const readStored = async () => {
    const store = await context.profiles();
    return { store, profiles: await store.read() };
  };
  let stored: ReturnType<typeof readStored> | null = null;

  function sourceFor(bundle: string | null): Promise<HttpSource> {
    const source = sources.get(bundle) ?? context.httpSource({ caFile: bundle, signal });
    sources.set(bundle, source);
    return source;
  }

  /**
   * Runs the work signed in to a tenant exactly as the fleet file says, ignoring credentials for single commands in the
   * environment. Closes its connections and drops its session afterwards.
   * @param aside runs the pauses between attempts
   * @throws {CliError} usage, not-signed-in, session-expired, sign-in-failed, those of reading a secret, and what Http throws
   */
  return async <T>(
    tenant: FleetTenant,
    aside: (wait: () => Promise<void>) => Promise<void>,
    work: (open: OpenFleetTenant) => Promise<T>,
  ): Promise<T> => {
    stored ??= readStored();
    const { store, profiles } = await stored;
    const { signIn } = tenant;
    const profile = 'profile' in signIn ? profileNamed(profiles, signIn.profile) : emptyProfile;
    const connection = await connectionTo(tenant, profile, context);
    const source = await sourceFor(networkOf(options, profile.settings, outer).caFile);
    const http = source.open(timeout, aside);
    try {
      const opening = { http, store, stored: profile.session, now: context.now, signal };
      const session = await openSession(connection, opening);
      return await work({
        client: createTenantClient(tenant.tenant, http, session),
        optional: createOptionalClient(tenant.tenant, http, session),
        forms: formsToTry(null, formTakenBy(profile, tenant.tenant)),
      });
    } catch (error) {
      throw aboutSignIn(error, tenant);
    } finally {
      http.close();
    }
  };
}

/** The address and the credentials of a tenant. @throws {CliError} those of reading a secret */
async function connectionTo(
  { name, tenant, signIn }: FleetTenant,
  { settings }: Profile,
  context: Context,
): Promise<Connection> {
  const connection = {
    profile: 'profile' in signIn ? signIn.profile : name,
    tenant,
    ...applicationOf((key) => settings[key]),
    clientSecret: null,
    accessToken: null,
  };
  if ('profile' in signIn) return connection;
  if ('token' in signIn) {
    const token = await resolveSecret(signIn.token, `the token of ${name}`, context);
    return { ...connection, accessToken: requireToken(token, `The token of ${name}`) };
  }
  const { clientId, appId, scope, platformToken } = signIn;
  return {
    ...connection,
    clientId,
    appId: appId ?? connection.appId,
    scope: scope ?? connection.scope,
    platformToken,
    clientSecret: await resolveSecret(signIn.clientSecret, `the client secret of ${name}`, context),
  };
}

function aboutSignIn(error: unknown, { tenant, signIn }: FleetTenant): unknown {
  if (!hasCode(error, 'not-signed-in', 'session-expired', 'sign-in-failed', 'sign-in-denied'))
    return error;
  const fleet = 'profile' in signIn ? { profile: signIn.profile, tenant } : 'secret';
  return restated(error, { facts: { fleet } });
}

/**
 * The secret from the variable, the file or the program that a fleet file names.
 * @param what its name in messages: `the client secret of tenant "acme"`
 * @param mayBeEmpty for a password; an empty token or client secret means that its store did not fill it
 * @throws {CliError} usage (an unset variable, or an empty one), file-unreadable (a program that fails), those of reading a file,
 * interrupted; none contains what was read
 */
export async function resolveSecret(
  source: SecretPlace & { readonly written?: string },
  what: string,
  context: Context,
  { mayBeEmpty = false } = {},
): Promise<Secret> {
  let secret: Secret;
  if ('file' in source) {
    const { file, written = file } = source;
    secret = await readSecret(file, `The file of ${what}`, context, pathFromHere(file, written));
  } else if ('command' in source)
    secret = await runForSecret(source.command, `The command of ${what}`, context);
  else secret = new Secret(context.env[source.env] ?? unset(source.env, what), source.env);
  if (mayBeEmpty || secret.revealBytes().length > 0) return secret;
  const where = 'env' in source ? { variable: source.env } : {};
  throw new CliError('usage', `${secret.source} is empty: it must hold ${what}`, { facts: where });
}

function unset(name: string, what: string): never {
  throw new CliError('usage', `${name} is not set: it must hold ${what}`, {
    facts: { variable: name },
  });
}

export type JudgedCertificate = Readonly<ReturnType<typeof judgeCertificate>>;

export type JudgedCertificates = ReadonlyMap<string, JudgedCertificate | CliError>;

export interface JudgingFacts {
  /** The fleet file. */
  readonly file: string;
  readonly now: Date;
  readonly warnDays: number;
}

export function judgeCertificate(
  { topic, environment, p12 }: FleetCertificate,
  identity: PushIdentity,
  password: Secret | null,
  { file, ...facts }: JudgingFacts,
) {
  const { certificate } = identity;
  const renewal = formatHint(renewalOf(p12, file), nowhere);
  return {
    identity,
    /** The password that opened it, which its tenants need as well. */
    password,
    topic: topic ?? certificate?.bundleId ?? null,
    fingerprint: certificate?.fingerprint ?? null,
    notAfter: certificate === null ? null : isoDate(certificate.notAfter),
    /** Without findings that depend on the tenant. */
    findings: checkPushIdentity(identity, { ...facts, topic, environment, renewal }),
  };
}

/** How to renew a certificate that tenants of a fleet share. */
function renewalOf(p12: P12Source, file: string): Hint {
  const place = 'path' in p12 ? shellWord(pathFromHere(p12.path, p12.written)) : p12.env;
  return {
    text: 'Get a new push certificate for the same App ID, which `mfa-cli apns request` begins. Put its .p12 in the place of {place}, and run {command}.',
    values: { place },
    command: fleetCommand('apply', file),
  };
}

/** Opens and judges each certificate of the tenants once. Never asks for a password. @throws {CliError} interrupted */
export async function openFleetCertificates(
  tenants: readonly FleetTenant[],
  facts: JudgingFacts,
  context: Context,
): Promise<JudgedCertificates> {
  const opened = new Map<string, JudgedCertificate | CliError>();
  for (const { certificate } of tenants) {
    if (certificate === null || opened.has(certificate.name)) continue;
    const progress = context.terminal.progress(`Opening the certificate ${certificate.name}`);
    opened.set(
      certificate.name,
      await openOne(certificate, facts, context).finally(() => progress.stop()),
    );
  }
  return opened;
}

async function openOne(
  certificate: FleetCertificate,
  facts: JudgingFacts,
  context: Context,
): Promise<JudgedCertificate | CliError> {
  const { name, p12, password: source } = certificate;
  try {
    const location =
      'path' in p12
        ? { path: p12.path, shown: pathFromHere(p12.path, p12.written) }
        : {
            variable: p12.env,
            base64:
              variable(context.env, p12.env) ??
              unset(p12.env, `the certificate "${name}" in base64`),
          };
    const given =
      source === null
        ? null
        : await resolveSecret(source, `the password of certificate "${name}"`, context, {
            mayBeEmpty: true,
          });
    const { identity, password } = await openLocatedP12(location, given, context);
    return judgeCertificate(certificate, identity, password, facts);
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return error.code === 'pkcs12-password-required'
      ? restated(error, { facts: { isInFleet: true } })
      : error;
  }
}
