import type { Command } from 'commander';
import type { CertificateRecord, Profile } from '../../auth/profile.ts';
import type { Context } from '../../context.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { addExamples } from '../options.ts';
import type { GlobalOptions } from '../settings.ts';

interface ProfileShowOptions extends GlobalOptions {
  readonly name?: string;
}

export interface ProfileShowReport {
  readonly name: string;
  readonly settings: Profile['settings'];
  /** Without its tokens. */
  readonly session: {
    readonly tenant: string;
    readonly user: string | null;
    readonly expiresAt: string | null;
    readonly renewable: boolean;
  } | null;
  readonly certificates: readonly CertificateRecord[];
}

function register(command: Command): void {
  command.argument('[name]', 'profile; default: the one in force');
  addExamples(command, 'mfa-cli profile show', 'mfa-cli profile show example');
}

export async function show(options: ProfileShowOptions, context: Context): Promise<ProfileShowReport> {
  const { readStored } = await import('../session.ts');
  const { requireProfile } = await import('./require-profile.ts');
  const { profiles, sources } = await readStored(options, context);
  const name = options.name ?? sources.profileName;
  const { settings, session, certificates } = requireProfile(profiles, name);
  return {
    name,
    settings,
    session:
      session === null
        ? null
        : {
            tenant: session.tenant,
            user: session.user,
            expiresAt: session.expiresAt,
            renewable: session.refreshToken !== null,
          },
    certificates,
  };
}

async function format(
  { name, settings, session, certificates }: ProfileShowReport,
  style: Style,
): Promise<string> {
  const { formatFields } = await import('../../report/fields.ts');
  return formatFields(
    [
      ['profile', style.bold(name)],
      ...Object.entries(settings).map(([key, value]) => [key, value] as const),
      [
        'signed in',
        session === null ? 'no' : `${session.user ?? 'yes'}, until ${session.expiresAt ?? 'unknown'}`,
      ],
      ...certificates.map(
        (record) => ['certificate', `${record.clientAppKey}, until ${record.notAfter.slice(0, 10)}`] as const,
      ),
    ],
    style,
  );
}

export const command: CommandModule<ProfileShowOptions, ProfileShowReport> = { register, work: show, format };
