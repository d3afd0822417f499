import { profileNamed } from '../../auth/profiles.ts';
import { daysLeft, validityOf } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { warnDaysOf } from '../../delivery/judging.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireProfile } from '../../settings/require-value.ts';
import { type GlobalOptions, readSettings } from '../../settings/settings.ts';
import type { CommandModule } from '../command.ts';
import type { askHeld } from './held.ts';
import {
  type CertificateStatus,
  formatStatus,
  type StatusFormat,
  type StatusReport,
} from './status-format.ts';

export interface StatusOptions extends GlobalOptions {
  readonly allProfiles?: boolean;
  readonly warnDays?: string;
  readonly refresh?: boolean;
  readonly format?: StatusFormat;
}

export async function status(options: StatusOptions, context: Context): Promise<StatusReport> {
  if (options.format !== undefined && context.terminal.flags.json)
    throw new CliError('usage', '--json and --format exclude each other', {
      facts: { command: 'mfa-cli apns status' },
    });
  const warnDays = warnDaysOf(options);
  const settings = await readSettings(options, context);
  const { profiles, profileName } = settings;
  if (options.profile !== undefined) requireProfile(profiles, options.profile);
  const now = context.now();
  const names = options.allProfiles === true ? Object.keys(profiles.profiles) : [profileName];
  const kept = names.flatMap((profile) =>
    profileNamed(profiles, profile).certificates.map((record) => ({ profile, ...record })),
  );
  const held = await (options.refresh === true ? refreshed(kept, settings, options, context) : []);
  const certificates = kept
    .map((record, index): CertificateStatus => {
      const notAfter = new Date(record.notAfter);
      const state = validityOf(notAfter, now, warnDays);
      const said = held[index];
      return {
        ...record,
        daysLeft: daysLeft(notAfter, now),
        state,
        ...(said === undefined ? {} : { held: said }),
      };
    })
    .sort((one, other) => one.daysLeft - other.daysLeft);
  return {
    source: 'machine',
    warnDays,
    certificates,
    ok: certificates.every(({ state }) => state === 'valid'),
  };
}

/** Loads what speaks with a tenant only where one is asked. */
async function refreshed(...asking: Parameters<typeof askHeld>): ReturnType<typeof askHeld> {
  const { askHeld: ask } = await import('./held.ts');
  return ask(...asking);
}

export const command: CommandModule<StatusOptions, StatusReport> = {
  work: status,
  format: formatStatus,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
