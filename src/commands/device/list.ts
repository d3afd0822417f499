import { openTenant } from '../../change/open-tenant.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatMoment } from '../../report/fields.ts';
import { formatTable } from '../../report/table.ts';
import { readSettings } from '../../settings/resolve.ts';
import { type EnrolledDevice, isOwnedBy } from '../../tenant/enrolled-devices.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { inCsvRows, onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import type { ListOptions } from './options.ts';

interface ListReport {
  readonly tenant: string;
  /** The owner of the phones; null: every owner that the session may see. */
  readonly user: string | null;
  readonly phones: readonly EnrolledDevice[];
  /** Whether the list is complete. */
  readonly whole: boolean;
}

async function list(
  { all = false, ...options }: ListOptions,
  context: Context,
): Promise<ListReport> {
  if (options.format !== undefined && context.terminal.flags.json)
    throw new CliError('usage', '--json and --format cannot be used together', {
      facts: { command: ['mfa-cli', 'device', 'list'] },
    });
  const settings = await readSettings(options, context);
  const open = await openTenant(settings, context);
  const { tenant } = open;
  const { user } = open.session;
  if (!all && user === null)
    throw new CliError('usage', 'The tenant does not say who is signed in', {
      facts: { option: '--all' },
    });
  const { devices, whole } = await open.askDevices().catch(explained);
  const phones =
    all || user === null ? devices : devices.filter((device) => isOwnedBy(device, user));
  return { tenant, user: all ? null : user, phones, whole };
}

/**
 * Marks a missing right or scope, whose hint differs from that for a push certificate.
 */
function explained(error: unknown): never {
  if (!(error instanceof CliError) || error.code !== 'tenant-forbidden') throw error;
  throw new CliError('tenant-forbidden', error.message, {
    cause: error,
    facts: { lacks: 'devices' },
  });
}

function format(
  { tenant, user, phones, whole }: ListReport,
  style: Style,
  options: ListOptions,
  now: Date,
) {
  if (options.format === 'csv') return Buffer.from(formatCsv(phones));
  const whose = user === null ? '' : ` by ${onOneLine(user)}`;
  if (phones.length === 0) return `This session sees no phone enrolled at ${tenant}${whose}.\n`;
  const rows = phones.map(({ owner, name, model, platform, osVersion, lastSeen }) => [
    owner ?? '-',
    name ?? '-',
    [model ?? platform ?? '-', osVersion ?? ''].join(' ').trim(),
    lastSeen === null ? 'unknown' : formatMoment(new Date(lastSeen), now),
  ]);
  const narrowing = { least: ['Model'], long: ['Owner', 'Name', 'Model'] };
  const table = formatTable(['Owner', 'Name', 'Model', 'Last seen'], rows, style, narrowing);
  const part = whole ? '' : ' The tenant has more, but did not list them.';
  return `${table}\n${count(phones.length, 'phone')}.${part}\n`;
}

const columns = [
  'id',
  'owner',
  'name',
  'model',
  'platform',
  'osVersion',
  'state',
  'lastSeen',
] as const;

function formatCsv(phones: readonly EnrolledDevice[]): string {
  const rows = phones.map((phone) => columns.map((column) => phone[column]));
  return inCsvRows([columns, ...rows]);
}

export const command: CommandModule<ListOptions, ListReport, string | Uint8Array> = {
  work: list,
  format,
};
