import { claimsOf } from '../auth/claims.ts';
import type { Context } from '../context.ts';
import type { Style } from '../terminal/style.ts';
import type { CommandModule } from './command.ts';
import type { LoginOptions } from './login.options.ts';
import { readStored } from '../access/tenant.ts';
import { signInAndSave } from '../access/sign-in.ts';

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

export async function login(options: LoginOptions, context: Context): Promise<LoginReport> {
  const stored = await readStored(options, context);
  const { connection, session } = await signInAndSave(options, stored, context);
  return {
    profile: connection.profile,
    tenant: connection.tenant,
    user: session.user ?? claimsOf(session.accessToken).user,
    expiresAt: session.expiresAt,
    scope: session.scope,
    store: stored.store.path,
  };
}

function format({ profile, tenant, user, expiresAt }: LoginReport, style: Style): string {
  const who = user === null ? '' : ` as ${style.bold(user)}`;
  const until = expiresAt === null ? '' : ` The session lasts until ${expiresAt}.`;
  return `${style.green('✓')} Signed in to ${tenant}${who} with the profile "${profile}".${until}\n`;
}

export const command: CommandModule<LoginOptions, LoginReport> = { work: login, format };
