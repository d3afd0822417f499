import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { addExamples } from '../options.ts';
import type { GlobalOptions } from '../settings.ts';

export interface ProfileListReport {
  /** The profile in force. */
  readonly current: string;
  readonly profiles: readonly {
    readonly name: string;
    readonly tenant: string | null;
    readonly user: string | null;
    readonly expiresAt: string | null;
  }[];
}

function register(command: Command): void {
  addExamples(command, 'mfa-cli profile list', 'mfa-cli profile list --json');
}

export async function list(options: GlobalOptions, context: Context): Promise<ProfileListReport> {
  const { readStored } = await import('../session.ts');
  const { profiles, sources } = await readStored(options, context);
  return {
    current: sources.profileName,
    profiles: Object.entries(profiles.profiles).map(([name, { settings, session }]) => ({
      name,
      tenant: settings.tenant ?? session?.tenant ?? null,
      user: session?.user ?? null,
      expiresAt: session?.expiresAt ?? null,
    })),
  };
}

async function format({ current, profiles }: ProfileListReport, style: Style): Promise<string> {
  if (profiles.length === 0) return 'There is no profile yet.\n';
  const { formatTable } = await import('../../report/fields.ts');
  const rows = profiles.map(({ name, tenant, user }) => [
    name === current ? style.green(`* ${name}`) : `  ${name}`,
    tenant ?? 'none',
    user ?? 'not signed in',
  ]);
  return formatTable(['  PROFILE', 'TENANT', 'USER'], rows, style);
}

export const command: CommandModule<GlobalOptions, ProfileListReport> = { register, work: list, format };
