import { resolve } from 'node:path';
import { claimsOf } from '../auth/claims.ts';
import type { Connection } from '../auth/connection.ts';
import type { SettingKey, StoredSession } from '../auth/profile.ts';
import { withLogin, withSetting } from '../auth/profile-changes.ts';
import { signIn } from '../auth/sign-in.ts';
import { clientCredentials } from '../auth/token-request.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Http } from '../http.ts';
import type { Style } from '../terminal/style.ts';
import type { CommandModule } from './command.ts';
import type { LoginOptions } from './login.options.ts';
import { readStored } from './session.ts';
import {
  resolveConnection,
  resolveHttp,
  resolvePort,
  resolveTenant,
  resolveTimeout,
  type Sources,
} from './settings.ts';

export interface LoginReport {
  readonly profile: string;
  readonly tenant: string;
  /** Null where the tenant does not tell. */
  readonly user: string | null;
  /** ISO 8601, or null where the tenant does not tell. */
  readonly expiresAt: string | null;
  readonly scope: string | null;
  /** The file that the session is kept in. */
  readonly store: string;
}

/** How long a person may take in the browser, in seconds. */
const defaultTimeout = 300;

export async function login(options: LoginOptions, context: Context): Promise<LoginReport> {
  const { store, sources } = await readStored(options, context);
  const tenant = resolveTenant(options, sources);
  if (tenant === null) {
    throw new CliError('usage', 'No tenant was given', {
      facts: { option: '--tenant URL', variable: 'MFA_CLI_TENANT' },
    });
  }
  const connection = await resolveConnection(options, sources, tenant, context);
  const http = await context.http(resolveHttp(options, sources));
  const session = await obtainSession(connection, http, options, sources, context);
  await store.update((profiles) =>
    givenSettings(options).reduce(
      (kept, [key, value]) => withSetting(kept, connection.profile, key, value),
      withLogin(profiles, connection, session),
    ),
  );
  return {
    profile: connection.profile,
    tenant,
    user: session.user ?? claimsOf(session.accessToken).user,
    expiresAt: session.expiresAt,
    scope: session.scope,
    store: store.path,
  };
}

/** Of the other options, what the next sign-in needs as well. */
function givenSettings({ port, caFile }: LoginOptions): readonly (readonly [SettingKey, string])[] {
  return [
    ...(port === undefined ? [] : [['port', port] as const]),
    ...(caFile === undefined ? [] : [['ca-file', resolve(caFile)] as const]),
  ];
}

/** With a client secret as a service user, otherwise as a person in the browser. */
async function obtainSession(
  connection: Connection,
  http: Http,
  options: LoginOptions,
  sources: Sources,
  context: Context,
): Promise<StoredSession> {
  const { now, signal, terminal, prompt } = context;
  const { clientSecret } = connection;
  if (clientSecret !== null) {
    return clientCredentials({ ...connection, clientSecret }, http, now);
  }
  const ask = (problem: string | null, stop: AbortSignal): Promise<string> => {
    if (problem !== null) terminal.warn(problem);
    return prompt.input({
      message: 'If no browser can come back here, paste the address it ended on:',
      unavailable: 'The address of the browser cannot be asked for without a terminal',
      signal: stop,
    });
  };
  return signIn(connection, {
    http,
    now,
    signal,
    port: resolvePort(options.port, sources),
    timeoutSeconds: resolveTimeout(options, context.env, defaultTimeout),
    openBrowser: options.browser === false ? null : context.openBrowser,
    announce: (url, redirectUri) => {
      terminal.note(`Sign in with the browser at this address; it will come back to ${redirectUri}:`);
      terminal.show(url);
    },
    ...(terminal.interactive ? { pasted: ask } : {}),
  });
}

function format({ profile, tenant, user, expiresAt }: LoginReport, style: Style): string {
  const who = user === null ? '' : ` as ${style.bold(user)}`;
  const until = expiresAt === null ? '' : ` The session lasts until ${expiresAt}.`;
  return `${style.green('✓')} Signed in to ${tenant}${who} with the profile "${profile}".${until}\n`;
}

export const command: CommandModule<LoginOptions, LoginReport> = { work: login, format };
