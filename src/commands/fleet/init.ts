import type { Context } from '../../context.ts';
import { writePrivateFile } from '../../files/write.ts';
import { type GlobalOptions, readSettings } from '../../settings/settings.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { defaultFleetFile } from './commands.ts';
import { knownTenants, newFleet } from './file/new-fleet.ts';

export interface FleetInitOptions extends GlobalOptions {
  readonly file?: string;
  readonly force?: boolean;
}

export interface FleetInitReport {
  /** As given; `-` is stdout. */
  readonly file: string;
  /** The file itself, where it goes to stdout. */
  readonly content: string | null;
  /** Their names in the file. */
  readonly tenants: readonly string[];
  readonly certificates: readonly string[];
  /** Profiles of tenants at which nothing was set; they stand in the file as comments. */
  readonly withoutCertificate: readonly string[];
}

export async function init(options: FleetInitOptions, context: Context): Promise<FleetInitReport> {
  const { file = defaultFleetFile, force = false } = options;
  const { profiles } = await readSettings(options, context);
  const { text, ...named } = newFleet(knownTenants(profiles));
  if (file !== '-') await writePrivateFile(file, text, force, context.signal);
  return { file, content: file === '-' ? text : null, ...named };
}

function format(report: FleetInitReport, style: Style): string | Uint8Array {
  const { file, content, tenants, certificates, withoutCertificate } = report;
  if (content !== null) return Buffer.from(content);
  const holds = `${count(tenants.length, 'tenant')}, ${count(certificates.length, 'certificate')}`;
  const lines = [`${style.green('✓')} Wrote ${onOneLine(file)}: ${holds}`];
  if (withoutCertificate.length > 0)
    lines.push(`  In comments, since nothing was set there: ${withoutCertificate.map(onOneLine).join(', ')}`);
  const next =
    tenants.length === 0
      ? 'Declare certificates and tenants in it: `mfa-cli help fleet-file` shows how'
      : 'Name the place of each .p12 in it, then: mfa-cli fleet plan';
  return [...lines, `  ${next}`, ''].join('\n');
}

export const command: CommandModule<FleetInitOptions, FleetInitReport> = { work: init, format };
