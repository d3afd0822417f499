import { readStored, type Stored } from '../access/tenant.ts';
import type { ProfileStore, Profiles, StoredSession } from '../auth/profile.ts';
import { profileNamed, withoutSession } from '../auth/profile-changes.ts';
import { type Revocation, signOut } from '../auth/sign-out.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { addExamples } from '../inputs/options.ts';
import { type GlobalOptions, resolveConnection, resolveHttp, resolveTenant } from '../inputs/settings.ts';
import type { Secret } from '../secret.ts';
import type { Style } from '../terminal/style.ts';
import type { CommandModule, Declaration } from './command.ts';

export interface LogoutOptions extends GlobalOptions {
  readonly all?: boolean;
}

export const declaration: Declaration = {
  words: ['logout'],
  summary: 'revoke the session and forget it',
  options(command) {
    command.option('--all', 'all profiles');
    addExamples(command, 'mfa-cli logout', 'mfa-cli logout --all');
  },
};

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
  const stored = await readStored(options, context);
  const { store, profiles, sources } = stored;
  const names = options.all === true ? Object.keys(profiles.profiles) : [sources.profileName];
  const clientSecret = await secretInForce(options, stored, context);
  const forgotten = await forget(names, store);
  if (forgotten.length === 0) return { sessions: [] };
  const http = await context.http(resolveHttp(options, sources));
  const revoke = async ({ profile, session }: Forgotten): Promise<LogoutReport['sessions'][number]> => ({
    profile,
    tenant: session.tenant,
    revocations: await signOut(session, profile === sources.profileName ? clientSecret : null, http),
  });
  return { sessions: await Promise.all(forgotten.map(revoke)) };
}

/** The client secret, where it is that of the session of the profile in force; it is shown to no other tenant. */
async function secretInForce(
  options: LogoutOptions,
  { sources }: Stored,
  context: Context,
): Promise<Secret | null> {
  const { session } = sources.profile;
  if (session?.grant !== 'client-credentials') return null;
  const tenant = resolveTenant(options, sources) ?? session.tenant;
  const { clientId, clientSecret } = await resolveConnection(options, sources, tenant, context);
  return tenant === session.tenant && clientId === session.clientId ? clientSecret : null;
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

const sentences: Readonly<Record<Revocation['outcome'], (token: string) => string>> = {
  accepted: (token) => `the tenant accepted the revocation of the ${token}`,
  refused: (token) => `the tenant refused the revocation of the ${token}`,
  unreachable: (token) => `the tenant gave no answer to the revocation of the ${token}`,
};

function format({ sessions }: LogoutReport, style: Style): string {
  if (sessions.length === 0) return 'Nobody was signed in.\n';
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
