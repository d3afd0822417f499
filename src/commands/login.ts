import { signInAndSave } from '../change/sign-in/sign-in-and-save.ts';
import type { Context } from '../context.ts';
import { formatMoment } from '../report/fields.ts';
import { requireUserName } from '../settings/given-texts.ts';
import { noOwnOptions, readAnySettings, sayRehearsal } from '../settings/resolve.ts';
import { claimsOf } from '../tenant/oauth/claims.ts';
import type { Style } from '../terminal/style.ts';
import type { CommandModule } from './command.ts';
import type { LoginOptions } from './options.ts';

export interface LoginReport {
  readonly profile: string;
  readonly tenant: string;
  /** Null if the tenant does not report it. */
  readonly user: string | null;
  /** ISO 8601, or null if the tenant does not report it. */
  readonly expiresAt: string | null;
  readonly scope: string | null;
  /** The path of the session's file, or `keychain`. */
  readonly store: string;
}

export async function login(options: LoginOptions, context: Context): Promise<LoginReport> {
  requireUserName(options.loginHint, '--login-hint USER');
  const own = {
    ...noOwnOptions,
    port: options.port,
    loginHint: options.loginHint,
    store: options.store,
  };
  const settings = await readAnySettings(options, context, own);
  await sayRehearsal(settings, context);
  const { session, keptIn: store } = await signInAndSave(
    settings,
    { opensBrowser: options.browser },
    context,
  );
  return {
    profile: settings.profileName,
    tenant: session.tenant,
    user: session.user ?? claimsOf(session.accessToken).user,
    expiresAt: session.expiresAt,
    scope: session.scope,
    store,
  };
}

function format(
  { profile, tenant, user, expiresAt }: LoginReport,
  style: Style,
  _options: LoginOptions,
  now: Date,
): string {
  const who = user === null ? '' : ` as ${style.bold(user)}`;
  const until =
    expiresAt === null ? '' : ` The session expires on ${formatMoment(new Date(expiresAt), now)}.`;
  const words = `Signed in to ${tenant}${who} with the profile "${profile}".${until}`;
  return `${style.mark('ok', words)}\n`;
}

export const command: CommandModule<LoginOptions, LoginReport> = { work: login, format };
