import type { ProfileStore, Profiles, StoredSession } from '../auth/profile.ts';
import { profileNamed, withoutSession } from '../auth/profile-changes.ts';
import { type Revocation, signOut } from '../auth/sign-out.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Style } from '../terminal/style.ts';
import type { CommandModule } from './command.ts';
import type { LogoutOptions } from './logout.options.ts';
import { readStored } from './session.ts';
import { resolveHttp } from './settings.ts';

export interface LogoutReport {
  /** Empty where nobody was signed in. */
  readonly sessions: readonly {
    readonly profile: string;
    readonly tenant: string;
    /** What the tenant answered, per token; the session is forgotten either way. */
    readonly revocations: readonly Revocation[];
  }[];
}

export async function logout(options: LogoutOptions, context: Context): Promise<LogoutReport> {
  if (options.all === true && options.profile !== undefined) {
    throw new CliError('usage', 'Either one profile is signed out or all of them');
  }
  const { store, profiles, sources } = await readStored(options, context);
  const names = options.all === true ? Object.keys(profiles.profiles) : [sources.profileName];
  const forgotten = await forget(names, store);
  if (forgotten.length === 0) return { sessions: [] };
  const http = await context.http(resolveHttp(options, sources));
  const revoke = async ({ profile, session }: Forgotten): Promise<LogoutReport['sessions'][number]> => ({
    profile,
    tenant: session.tenant,
    revocations: await signOut(session, http),
  });
  return { sessions: await Promise.all(forgotten.map(revoke)) };
}

interface Forgotten {
  readonly profile: string;
  readonly session: StoredSession;
}

/** Takes the sessions out of the store, under its lock, so that what is revoked is what another process left last. */
async function forget(names: readonly string[], store: ProfileStore): Promise<readonly Forgotten[]> {
  const sessionsIn = (profiles: Profiles): Forgotten[] =>
    names.flatMap((profile) => {
      const { session } = profileNamed(profiles, profile);
      return session === null ? [] : [{ profile, session }];
    });
  if (sessionsIn(await store.read()).length === 0) return [];
  let forgotten: readonly Forgotten[] = [];
  await store.update((profiles) => {
    forgotten = sessionsIn(profiles);
    return forgotten.reduce((left, { profile }) => withoutSession(left, profile), profiles);
  });
  return forgotten;
}

function format({ sessions }: LogoutReport, style: Style): string {
  if (sessions.length === 0) return 'Nobody was signed in.\n';
  return sessions
    .map(({ profile, tenant, revocations }) => {
      const answers = revocations.map(({ token, outcome, words }) => {
        const what = token.replace('-', ' ');
        return outcome === 'revoked'
          ? `  ${style.green('✓')} the tenant revoked the ${what}\n`
          : `  ${style.yellow('!')} the ${what} was not revoked: ${words ?? outcome}\n`;
      });
      return `Signed out of ${tenant} (profile "${profile}").\n${answers.join('')}`;
    })
    .join('');
}

export const command: CommandModule<LogoutOptions, LogoutReport> = { work: logout, format };
