import { signInWithFactors } from '../../auth/factors/sign-in-with-factors.ts';
import { loopbackRedirectUri } from '../../auth/loopback-redirect.ts';
import { type MemorySession, memorySession } from '../../auth/session.ts';
import type { SignInTerms } from '../../auth/sign-in-terms.ts';
import { clientCredentials } from '../../auth/token-request.ts';
import { announceSignIn, personAtTerminal } from '../../certificate/sign-in-questions.ts';
import { readConnection, requireTenant } from '../../change/open-connection.ts';
import { resolveIdentityHost } from '../../change/sign-in/check-tenant-before-browser.ts';
import { withTenant } from '../../change/sign-in/sign-in-and-save.ts';
import type { Context } from '../../context.ts';
import { CliError, unlessInterrupted } from '../../errors/cli-error.ts';
import type { Http } from '../../network/http.ts';
import { defaults } from '../../settings/defaults.ts';
import { requireUserName } from '../../settings/given-texts.ts';
import { warnOfOverrides } from '../../settings/overrides.ts';
import { noOwnOptions, readAnySettings, sayRehearsal } from '../../settings/resolve.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import { variable } from '../../settings/values.ts';
import type { AdminClient } from '../../tenant/administration/admin-client.ts';
import { createTenantClient } from '../../tenant/client.ts';
import { builtInSession } from '../../tenant/oauth/built-in-application.ts';
import { claimsOf, issuerOf } from '../../tenant/oauth/claims.ts';
import { sessionHost } from '../../tenant/other-host.ts';
import { logout, whoAmI } from '../../tenant/security/session.ts';
import { Secret } from '../../text/secret.ts';
import { type BootstrapOptions, bootstrapOptions } from './options.ts';
import type { Wanted } from './steps.ts';

function validateOptions(options: BootstrapOptions): void {
  const { user, serviceUser, secretFile, role, remove } = options;
  if (remove === true && secretFile !== undefined)
    throw usage('--remove writes no secret file', '--remove without --secret-file');
  if (remove !== true && serviceUser !== undefined && secretFile === undefined)
    throw usage("The service user's password must be written to a file", '--secret-file FILE');
  if (secretFile !== undefined && serviceUser === undefined)
    throw usage('--secret-file needs a service user', '--service-user NAME');
  if (secretFile === '-')
    throw usage(
      "The service user's password cannot be written to standard output",
      '--secret-file FILE',
    );
  requireUserName(user, '--user NAME');
  requireUserName(serviceUser, '--service-user NAME');
  if (serviceUser !== undefined && !/^[^\s@]+@[^\s@]+$/.test(serviceUser))
    throw usage(
      `"${serviceUser}" is not a user name such as ci@example.com`,
      '--service-user NAME',
    );
  if (role !== undefined && !/^\P{Cc}{1,100}$/u.test(role.trim()))
    throw usage('A role name must have 1 to 100 characters', '--role NAME');
}

function requireId(id: string, option: string): string {
  if (/^[\w.-]{1,100}$/.test(id)) return id;
  throw usage(`"${id}" is not a valid ID: use letters, digits, dots, dashes and _`, option);
}

function requireScope(scope: string): string {
  if (/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(scope)) return scope;
  throw new CliError('usage', `"${scope}" is not a scope name`, {
    facts: { variable: 'MFA_CLI_SCOPE' },
  });
}

function usage(message: string, option: string): CliError {
  return new CliError('usage', message, { facts: { option } });
}

export interface OpenBootstrap extends Administration {
  readonly settings: Settings;
  readonly wanted: Wanted;
}

export async function openBootstrap(
  options: BootstrapOptions,
  context: Context,
): Promise<OpenBootstrap> {
  validateOptions(options);
  const own = { ...noOwnOptions, port: options.port };
  const connection = {
    ...options,
    scope: undefined,
    platformToken: undefined,
  };
  const given = await readAnySettings(connection, context, own);
  await sayRehearsal(given, context);
  warnOfOverrides(given, ['tenant'], context);
  const settings = await withTenant(given, context);
  const appId = requireId(settings.appId, '--app-id ID');
  const clientId = requireId(clientIdOf(options, settings), '--client-id ID');
  const scope = requireScope(settings.scope);
  const redirectUri = loopbackRedirectUri(orThrow(settings.port));
  const opened = await openAdministration(settings, options.user ?? null, context);
  const { tenant, user, isPerson } = opened;
  return {
    ...opened,
    settings: { ...settings, tenant, appId, clientId },
    wanted: {
      appId,
      clientId,
      redirectUri,
      scope,
      readBack: options.readBack === true,
      devices: options.devices === true,
      role: options.role?.trim() ?? bootstrapOptions.role.default,
      right: options.right ?? null,
      member: isPerson ? user : (options.user ?? null),
      serviceUser: options.serviceUser ?? null,
      secretFile: options.secretFile ?? null,
    },
  };
}

/**
 * The client that people sign in with. A client with a secret is the service user who
 * signs in here.
 */
function clientIdOf({ clientId }: BootstrapOptions, settings: Settings): string {
  return (
    clientId ?? (settings.credentials === 'client-secret' ? defaults.clientId : settings.clientId)
  );
}

interface Administration {
  /** The given address, or the identity host of the given portal. */
  readonly tenant: string;
  readonly client: AdminClient;
  readonly user: string | null;
  readonly isPerson: boolean;
  /** Ends the session of a person who signed in here; a given token stays valid. */
  end(): Promise<void>;
}

/** The time to complete one challenge, in seconds. */
const defaultPatience = 300;

/** The total time for all the calls of an administration, in seconds. */
const defaultTimeout = 120;

/**
 * Signs an administrator in without an application: with `MFA_CLI_TOKEN`, as a service
 * user, or as a person in a terminal. Nothing is stored.
 * @param user a person's name; null: prompt for it
 * @throws {CliError} usage, prompt-unavailable, sign-in-failed, sign-in-timed-out,
 *   session-expired, interrupted, and what the network throws
 */
async function openAdministration(
  settings: Settings,
  user: string | null,
  context: Context,
): Promise<Administration> {
  const tenant = await resolveIdentityHost(
    requireTenant(settings, context),
    settings.network,
    context,
  );
  const connection = await readConnection(tenant, settings, context);
  const timeout = (context.timeout ?? defaultTimeout) * 1000;
  const http = await context.http({ ...settings.network, timeout });
  const request = { connection, user, http, network: settings.network };
  const session = await openSession(request, context);
  const client = createTenantClient(session.tenant, http, session);
  return {
    tenant,
    client,
    user: (await whoAmI(client)) ?? session.user,
    isPerson: session.isPerson,
    async end() {
      // The token is forgotten, even if the tenant does not end the session.
      if (session.isOwn) await logout(client, false).catch(unlessInterrupted(() => null));
    },
  };
}

interface SessionRequest {
  readonly connection: SignInTerms;
  /** A person's name; null: none was given. */
  readonly user: string | null;
  readonly http: Http;
  readonly network: Settings['network'];
}

async function openSession(request: SessionRequest, context: Context): Promise<MemorySession> {
  const { connection, user, http } = request;
  const { tenant, accessToken, clientSecret } = connection;
  if (accessToken !== null) {
    const named = claimsOf(accessToken.reveal()).user;
    // A token does not say whose it is; `--user` says that it is a person's.
    const isPerson = user !== null;
    return memorySession({ tenant, user: named, isPerson, isOwn: false }, accessToken, [
      accessToken,
    ]);
  }
  if (clientSecret !== null) {
    // The option names the client of the new application.
    const clientId = variable(context.env, 'MFA_CLI_CLIENT_ID');
    if (clientId === undefined)
      throw new CliError('usage', 'A client secret needs the name of its service user', {
        facts: { variable: 'MFA_CLI_CLIENT_ID' },
      });
    return serviceSession({ ...connection, clientId, clientSecret }, http, context);
  }
  return personSession(user ?? (await askUser(context)), request, context);
}

function askUser({ prompt }: Pick<Context, 'prompt'>, initial?: string): Promise<string> {
  return prompt.input({
    ...(initial !== undefined && { initial }),
    message: 'User name of an administrator (such as ada@example.com):',
    validate: (answer) => answer.trim() !== '' || 'Enter a user name',
    unavailable: 'Signing in needs a terminal',
    facts: { secret: 'administrator' },
  });
}

async function personSession(
  given: string,
  { connection, http, network }: SessionRequest,
  context: Context,
): Promise<MemorySession> {
  const { tenant } = connection;
  if (!context.terminal.interactive)
    throw new CliError('prompt-unavailable', `${given} cannot sign in without a terminal`, {
      facts: { secret: 'administrator' },
    });
  const patience = (context.timeout ?? defaultPatience) * 1000;
  let name = given.trim();
  const nameAgain = async (before: string): Promise<string> => {
    name = (await askUser(context, before)).trim();
    return name;
  };
  announceSignIn(tenant, name, context);
  const signedIn = await signInWithFactors(tenant, name, {
    http,
    patientHttp: await context.http({ ...network, timeout: patience, silent: true }),
    person: { ...personAtTerminal(context), nameAgain },
    signal: context.signal,
    patience,
  });
  const user = signedIn.user ?? claimsOf(signedIn.token.reveal()).user ?? name;
  context.terminal.note(`Signed in as ${user}`, 'ok');
  return memorySession(
    {
      tenant: sessionHost(signedIn.tenant, issuerOf(signedIn.token.reveal())),
      user,
      isPerson: true,
      isOwn: true,
    },
    signedIn.token,
    signedIn.secrets,
  );
}

/** A session with a platform token, or one through the vendor's built-in application. */
async function serviceSession(
  connection: SignInTerms & { readonly clientSecret: Secret },
  http: Http,
  { now }: Context,
): Promise<MemorySession> {
  const { tenant, clientId, clientSecret } = connection;
  const session = (token: Secret) =>
    memorySession({ tenant, user: clientId, isPerson: false, isOwn: false }, token, [
      token,
      clientSecret,
    ]);
  try {
    const { accessToken } = await clientCredentials(
      { ...connection, platformToken: true },
      http,
      now,
    );
    return session(new Secret(accessToken));
  } catch (error) {
    const isRefused =
      error instanceof CliError && ['sign-in-failed', 'tenant-not-json'].includes(error.code);
    if (!isRefused) throw error;
    try {
      return session(await builtInSession(connection, http));
    } catch (second) {
      // Both endpoints refuse a wrong secret in the same words; the refusal says more
      // than a missing answer.
      if (!(second instanceof CliError) || second.code === 'interrupted') throw second;
      throw second.code === 'sign-in-failed' ? second : error;
    }
  }
}
