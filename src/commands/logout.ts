import type { Profiles } from '../auth/profile.ts';
import { profileNamed, withProfile } from '../auth/profiles.ts';
import { type Revocation, signOut } from '../auth/sign-in.ts';
import type { StoredSession } from '../auth/stored-schemas.ts';
import type { Context } from '../context.ts';
import { connectionTo } from '../delivery/connection.ts';
import { CliError } from '../errors/cli-error.ts';
import { type GlobalOptions, readSettings, type Settings, type Stored } from '../settings/settings.ts';
import type { Style } from '../terminal/style.ts';
import type { Secret } from '../text/secret.ts';
import type { CommandModule } from './command.ts';

export interface LogoutOptions extends GlobalOptions {
  readonly all?: boolean;
}

export interface LogoutReport {
  /** Empty if no session was stored. */
  readonly sessions: readonly {
    readonly profile: string;
    readonly tenant: string;
    /** The tenant's answer for each token; the session is forgotten either way. */
    readonly revocations: readonly Revocation[];
  }[];
}

export async function logout(options: LogoutOptions, context: Context): Promise<LogoutReport> {
  if (options.all === true && options.profile !== undefined) {
    throw new CliError('usage', '--all and --profile exclude each other');
  }
  const settings = await readSettings(options, context);
  const { profiles, profileName, network } = settings;
  const names = options.all === true ? Object.keys(profiles.profiles) : [profileName];
  const clientSecret = await secretInForce(settings);
  const forgotten = await forget(names, settings);
  if (forgotten.length === 0) return { sessions: [] };
  const http = await context.http(network);
  const sessions = forgotten.map(async ({ profile, tenant, session }) => {
    const secret = profile === profileName ? clientSecret : null;
    return { profile, tenant, revocations: session === null ? [] : await signOut(session, secret, http) };
  });
  return { sessions: await Promise.all(sessions) };
}

/** The client secret, if it belongs to the current profile's session; no other tenant gets it. */
async function secretInForce(settings: Settings): Promise<Secret | null> {
  const { session } = settings.profile;
  if (session?.grant !== 'client-credentials') return null;
  const tenant = settings.tenant() ?? session.tenant;
  const { clientId, clientSecret } = await connectionTo(tenant, settings);
  return tenant === session.tenant && clientId === session.clientId ? clientSecret : null;
}

interface Forgotten {
  readonly profile: string;
  readonly tenant: string;
  /** Null: the keychain no longer has it, so there is nothing to revoke. */
  readonly session: StoredSession | null;
}

/** Removes the sessions from the store under its lock, and returns the latest ones for revocation. */
async function forget(names: readonly string[], { store, profiles }: Stored): Promise<readonly Forgotten[]> {
  if (sessionsIn(profiles, names).length === 0) return [];
  let forgotten: readonly Forgotten[] = [];
  await store.update(async (latest) => {
    const sessions = sessionsIn(latest, names);
    const revealed = sessions.map(async ({ profile, session }) => ({
      profile,
      tenant: session.tenant,
      session: await store.reveal(session),
    }));
    forgotten = await Promise.all(revealed);
    return sessions.reduce((left, { profile }) => withProfile(left, profile, { session: null }), latest);
  });
  return forgotten;
}

function sessionsIn(profiles: Profiles, names: readonly string[]) {
  return names.flatMap((profile) => {
    const { session } = profileNamed(profiles, profile);
    return session === null ? [] : [{ profile, session }];
  });
}

const sentences: Readonly<Record<Revocation['outcome'], (token: string) => string>> = {
  accepted: (token) => `the tenant accepted the revocation of the ${token}`,
  refused: (token) => `the tenant refused the revocation of the ${token}`,
  unreachable: (token) => `the tenant did not answer the revocation of the ${token}`,
};

function format({ sessions }: LogoutReport, style: Style): string {
  if (sessions.length === 0) return 'You were not signed in.\n';
  return sessions
    .map(({ profile, tenant, revocations }) => {
      const answers = revocations.map(({ token, outcome, words }) => {
        const sentence = sentences[outcome](token.replace('-', ' '));
        return outcome === 'accepted'
          ? `  ${style.green('✓')} ${sentence}\n`
          : `  ${style.yellow('!')} ${sentence}: ${words ?? outcome}\n`;
      });
      return `Signed out of ${tenant} (profile "${profile}").\n${answers.join('')}`;
    })
    .join('');
}

export const command: CommandModule<LogoutOptions, LogoutReport> = { work: logout, format };
