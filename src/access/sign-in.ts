import { resolve } from 'node:path';
import type { Attendant } from '../auth/authorization-wait.ts';
import type { Connection } from '../auth/connection.ts';
import { loopbackRedirectUri } from '../auth/loopback-redirect.ts';
import type { SettingKey, StoredSession } from '../auth/profile.ts';
import { withLogin, withSetting } from '../auth/profile-changes.ts';
import { signIn } from '../auth/sign-in.ts';
import { clientCredentials } from '../auth/token-request.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Http } from '../http/http.ts';
import type { ConnectionOptions } from '../inputs/settings.ts';
import { resolveConnection, resolveHttp, resolvePort, resolveTenant, setting } from '../inputs/settings.ts';
import { resolveTimeout } from '../inputs/timeout.ts';
import { parseTenantAddress } from '../tenant/address.ts';
import { resolveIdentityHost } from './identity-host.ts';
import { lookBeforeBrowser } from './sign-in-look.ts';
import type { Stored } from './tenant.ts';

export interface SignInOptions extends ConnectionOptions {
  readonly port?: string;
  /** commander's name for `--no-browser`: false when given. */
  readonly browser?: boolean;
}

/** How long a person may take in the browser, in seconds. */
const defaultTimeout = 300;

/** A sign-in that is saved in the profile. */
export interface SavedSignIn {
  readonly connection: Connection;
  readonly session: StoredSession;
}

/**
 * Signs in, with a client secret as a service user, otherwise as a person in the browser, and saves settings and session
 * in the profile. On first use a person is asked for the tenant and its OAuth application.
 * @throws {CliError} usage, sign-in-failed, sign-in-timed-out, sign-in-denied, interrupted, and what network and store throw
 */
export async function signInAndSave(
  options: SignInOptions,
  stored: Stored,
  context: Context,
): Promise<SavedSignIn> {
  const { store, sources } = stored;
  const complete = await askWhatIsMissing(options, stored, context);
  const given = resolveTenant(complete, sources);
  if (given === null) throw new CliError('usage', 'No tenant was given', { facts: tenantFacts });
  const tenant = await resolveIdentityHost(given, complete, sources, context);
  const resolved = await resolveConnection(complete, sources, tenant, context);
  const http = await context.http(resolveHttp(complete, sources));
  const { connection, session } = await obtainSession(resolved, http, complete, stored, context);
  await store.update((profiles) =>
    givenSettings(complete).reduce(
      (kept, [key, value]) => withSetting(kept, connection.profile, key, value),
      withLogin(profiles, connection, session),
    ),
  );
  return { connection, session };
}

const tenantFacts = { option: '--tenant URL', variable: 'MFA_CLI_TENANT' };

/** On a terminal and with no tenant known: the tenant, the application and the client, and which redirect URI to register. */
async function askWhatIsMissing(
  options: SignInOptions,
  { sources }: Stored,
  context: Context,
): Promise<SignInOptions> {
  const { terminal, prompt } = context;
  if (!terminal.interactive || resolveTenant(options, sources) !== null) return options;
  const question = { unavailable: 'No tenant was given', facts: tenantFacts };
  const tenant = await prompt.input({
    message: 'Tenant URL or host:',
    validate: isTenantAddress,
    ...question,
  });
  const appId =
    setting('app-id', options.appId, sources) ??
    (await prompt.input({ message: 'Application ID of the OAuth app:', initial: 'mfa-cli', ...question }));
  const clientId =
    setting('client-id', options.clientId, sources) ??
    (await prompt.input({ message: 'OAuth client ID:', initial: 'mfa-cli', ...question }));
  const port = resolvePort(options.port, sources);
  terminal.note(`The OAuth app must allow the redirect URI ${loopbackRedirectUri(port)}`);
  return { ...options, tenant, appId, clientId };
}

function isTenantAddress(text: string): true | string {
  try {
    parseTenantAddress(text);
    return true;
  } catch (error) {
    return error instanceof CliError ? error.message : 'This is not a tenant URL';
  }
}

/** Of the other options, what the next sign-in needs as well. */
function givenSettings({ port, caFile }: SignInOptions): readonly (readonly [SettingKey, string])[] {
  return [
    ...(port === undefined ? [] : [['port', port] as const]),
    ...(caFile === undefined ? [] : [['ca-file', resolve(caFile)] as const]),
  ];
}

/** The session, and the connection that it belongs to: a person may have chosen another tenant. */
async function obtainSession(
  connection: Connection,
  http: Http,
  options: SignInOptions,
  { sources }: Stored,
  context: Context,
): Promise<SavedSignIn> {
  const { now, signal, terminal } = context;
  const { clientSecret } = connection;
  if (clientSecret !== null)
    return { connection, session: await clientCredentials({ ...connection, clientSecret }, http, now) };
  const port = resolvePort(options.port, sources);
  const timeoutSeconds = resolveTimeout(options, context.env, defaultTimeout);
  const seen = await lookBeforeBrowser(connection, loopbackRedirectUri(port), options, sources, context);
  const session = await signIn(seen, {
    http,
    now,
    signal,
    port,
    timeoutSeconds,
    openBrowser: options.browser === false ? null : context.openBrowser,
    announce: (url, redirectUri) => {
      terminal.note(`Sign in with the browser at this address; it will come back to ${redirectUri}:`);
      terminal.show(url);
    },
    ...(terminal.interactive ? { attendant: attendantAt(context) } : {}),
  });
  return { connection: seen, session };
}

function attendantAt({ terminal, prompt }: Context): Attendant {
  return {
    pasted(problem, signal) {
      if (problem !== null) terminal.warn(problem);
      return prompt.input({
        message: 'If no browser can come back here, paste the address it ended on:',
        unavailable: 'The address of the browser cannot be asked for without a terminal',
        signal,
      });
    },
    stops(words, signal) {
      terminal.warn(`The browser came back with an error, the tenant's or a forged one: ${words}`);
      return prompt.confirm({
        message: 'Stop the sign-in?',
        initial: true,
        unavailable: 'Nobody can be asked whether to stop without a terminal',
        signal,
      });
    },
  };
}
