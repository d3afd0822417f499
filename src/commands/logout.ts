import type { Profiles } from '../auth/profile.ts';
import { profileNamed, withProfile } from '../auth/profiles.ts';
import { type Revocation, signOut } from '../auth/sign-in.ts';
import type { StoredSession } from '../auth/stored-schemas.ts';
import { readConnection } from '../change/open-connection.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { noConnection } from '../settings/options.ts';
import { requireOwnProfile } from '../settings/require-profile.ts';
import { readAnySettings } from '../settings/resolve.ts';
import { orThrow, type Settings, type Stored } from '../settings/settings.ts';
import type { Style } from '../terminal/style.ts';
import type { Secret } from '../text/secret.ts';
import type { CommandModule } from './command.ts';
import type { LogoutOptions } from './options.ts';

/**
 * Whether the tenant accepted each revocation; false: it refused one; null: an answer is
 * missing.
 */
type Revoked = boolean | null;

interface EndedSession {
  readonly profile: string;
  readonly tenant: string;
  readonly revoked: Revoked;
  /** The tenant's answers, one per token. The session is deleted in any case. */
  readonly revocations: readonly Revocation[];
}

export interface LogoutReport {
  /** Of all the sessions; null also if there was none. */
  readonly revoked: Revoked;
  /** Empty if no profile was signed in. */
  readonly sessions: readonly EndedSession[];
}

export async function logout(options: LogoutOptions, context: Context): Promise<LogoutReport> {
  if (options.all === true && options.profile !== undefined) {
    throw new CliError('usage', '--all and --profile cannot be used together');
  }
  const settings = await readAnySettings({ ...noConnection, ...options }, context);
  if (options.all !== true) requireOwnProfile(settings, false);
  const { profiles, profileName, network } = settings;
  const names = options.all === true ? Object.keys(profiles.profiles) : [profileName];
  if (options.all === true && options.yes !== true) await agree(settings, context);
  const clientSecret = await currentSecret(settings, context);
  const forgotten = await forget(names, settings);
  if (forgotten.length === 0) return { revoked: null, sessions: [] };
  const http = await context.http(network);
  const ending = forgotten.map(async ({ profile, tenant, session }): Promise<EndedSession> => {
    const secret = profile === profileName ? clientSecret : null;
    const revocations = session === null ? [] : await signOut(session, secret, http);
    const revoked = together(revocations.map(({ outcome }) => verdicts[outcome]));
    return { profile, tenant, revoked, revocations };
  });
  const sessions = await Promise.all(ending);
  return { revoked: together(sessions.map((session) => session.revoked)), sessions };
}

const verdicts: Readonly<Record<Revocation['outcome'], Revoked>> = {
  accepted: true,
  refused: false,
  unreachable: null,
};

/** A refusal counts more than a missing answer; without any answer nothing is known. */
function together(all: readonly Revoked[]): Revoked {
  if (all.includes(false)) return false;
  return all.length === 0 || all.includes(null) ? null : true;
}

/**
 * Asks before it ends every session.
 * @throws {CliError} prompt-unavailable, interrupted
 */
async function agree({ profiles }: Stored, { terminal, prompt }: Context): Promise<void> {
  const sessions = sessionsIn(profiles, Object.keys(profiles.profiles));
  if (terminal.interactive && sessions.length === 0) return;
  const agreed = await prompt.confirm({
    message: `Sign out of ${sessions.map(({ profile }) => `"${profile}"`).join(', ')}?`,
    unavailable: 'Signing out of all profiles must be confirmed in a terminal',
    facts: { option: '--yes' },
  });
  if (!agreed) throw new CliError('interrupted', 'No session was ended');
}

/**
 * The client secret, if it belongs to the session of the current profile. No other tenant
 * gets it.
 */
async function currentSecret(settings: Settings, context: Context): Promise<Secret | null> {
  const { session } = settings.profile;
  if (session?.grant !== 'client-credentials') return null;
  const tenant = orThrow(settings.tenant) ?? session.tenant;
  const { clientId, clientSecret } = await readConnection(tenant, settings, context);
  return tenant === session.tenant && clientId === session.clientId ? clientSecret : null;
}

interface Forgotten {
  readonly profile: string;
  readonly tenant: string;
  /** Null if the keychain no longer has it. */
  readonly session: StoredSession | null;
}

/**
 * Removes the sessions under the store's lock and returns the latest ones, which another
 * process may have renewed.
 */
async function forget(
  names: readonly string[],
  { store, profiles }: Stored,
): Promise<readonly Forgotten[]> {
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
    return sessions.reduce(
      (left, { profile }) => withProfile(left, profile, { session: null }),
      latest,
    );
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
  accepted: (token) => `The tenant accepted the revocation of the ${token}`,
  refused: (token) => `The tenant rejected the revocation of the ${token}`,
  unreachable: (token) => `The tenant did not answer the revocation of the ${token}`,
};

function format({ sessions }: LogoutReport, style: Style): string {
  if (sessions.length === 0) return 'Not signed in.\n';
  return sessions
    .map((session) => {
      const answers = session.revocations.map(({ token, outcome, words }) => {
        const sentence = sentences[outcome](token.replace('-', ' '));
        return outcome === 'accepted'
          ? `  ${sentence}\n`
          : `  ${style.mark('warning', `${sentence}: ${words ?? outcome}`)}\n`;
      });
      return `${headline(session, style)}\n${answers.join('')}`;
    })
    .join('');
}

function headline({ profile, tenant, revoked }: EndedSession, style: Style): string {
  const of = `(profile "${profile}")`;
  if (revoked === true) return style.mark('ok', `Signed out of ${tenant} ${of}`);
  const goesOn =
    revoked === false
      ? `${tenant} did not end the session`
      : `it is unknown whether ${tenant} ended the session`;
  return style.mark('warning', `Signed out on this machine ${of}, but ${goesOn}`);
}

export const command: CommandModule<LogoutOptions, LogoutReport> = {
  work: logout,
  format,
  exitCode: ({ sessions }, { mustRevoke }) =>
    mustRevoke === true && sessions.some(({ revoked }) => revoked !== true) ? 8 : 0,
};
