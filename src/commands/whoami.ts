import { askUser } from '../auth/ask-user.ts';
import type { Session } from '../auth/session.ts';
import { openTenant } from '../change/open-tenant.ts';
import type { Context } from '../context.ts';
import { CliError, hasCode } from '../errors/cli-error.ts';
import { formatFields, formatMoment, sessionFields } from '../report/fields.ts';
import { missingSecret } from '../settings/credentials.ts';
import { readSettings } from '../settings/resolve.ts';
import { parseDuration } from '../settings/values.ts';
import type { Style } from '../terminal/style.ts';
import type { CommandModule } from './command.ts';
import type { WhoamiOptions } from './options.ts';

export interface WhoamiReport {
  readonly profile: string;
  readonly tenant: string;
  readonly user: string | null;
  readonly source: Session['source'];
  /** The path of the session's file, or `keychain`; null if the session is not stored. */
  readonly store: string | null;
  /** ISO 8601, or null if unknown. */
  readonly expiresAt: string | null;
  readonly renewable: boolean;
}

export async function whoami(options: WhoamiOptions, context: Context): Promise<WhoamiReport> {
  const minTtl = options.minTtl === undefined ? 0 : parseDuration(options.minTtl);
  const settings = await readSettings(options, context);
  const open = await openTenant(settings, context).catch((error: unknown) => {
    const hasNothing = hasCode(error, 'usage') && error.facts.lacks !== undefined;
    if (!hasNothing || missingSecret(context.env) !== null) throw error;
    throw new CliError('not-signed-in', `The profile "${settings.profileName}" is not signed in`);
  });
  const { tenant, session } = open;
  const { user, isConfirmed } = await askUser(open.client, open.session);
  if (!isConfirmed)
    context.terminal.note(`${tenant} does not report the user. The name comes from the token.`);
  requireTtl(session, minTtl, options.minTtl ?? '0s', context.now());
  return {
    profile: settings.profileName,
    tenant,
    user,
    source: session.source,
    store: session.keptIn,
    expiresAt: session.expiresAt?.toISOString() ?? null,
    renewable: session.renewable,
  };
}

function requireTtl(
  { expiresAt, tenant, source }: Session,
  minTtl: number,
  words: string,
  now: Date,
): void {
  const facts = source === 'profile' ? {} : { session: source };
  if (expiresAt === null) {
    if (minTtl === 0) return;
    throw new CliError('session-expired', `The session for ${tenant} has an unknown expiry`, {
      facts,
    });
  }
  const left = expiresAt.getTime() - now.getTime();
  if (left >= minTtl) return;
  const moment = formatMoment(expiresAt, now);
  const ends =
    left <= 0 ? `expired on ${moment}` : `expires on ${moment}, sooner than --min-ttl ${words}`;
  throw new CliError('session-expired', `The session for ${tenant} ${ends}`, { facts });
}

function format(report: WhoamiReport, style: Style, _options: WhoamiOptions, now: Date): string {
  const { profile, tenant, user, source, store, expiresAt, renewable } = report;
  return formatFields(
    [
      ['User', style.bold(user ?? 'unknown')],
      ['Tenant', tenant],
      ['Profile', profile],
      ['Source', source],
      ...sessionFields({ store, expiresAt, renewable }, now),
    ],
    style,
  );
}

export const command: CommandModule<WhoamiOptions, WhoamiReport> = { work: whoami, format };
