import { dirname, resolve } from 'node:path';
import { readMemory } from '../../change/read-memory.ts';
import type { Context } from '../../context.ts';
import { writePrivateFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import { defaultFleetFile } from '../../settings/defaults.ts';
import { table } from '../../settings/table.ts';
import { variable } from '../../settings/values.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import { shellLine } from '../../text/shell.ts';
import type { CommandModule } from '../command.ts';
import { beginRecord } from './begin-record.ts';
import { fleetCommand } from './file/fleet.ts';
import { readFleet } from './file/read-fleet.ts';
import { knownTenants } from './known-tenants.ts';
import { type NewNames, newFleet } from './new-fleet.ts';
import type { FleetInitOptions } from './options.ts';
import { recordBeside } from './record-place.ts';
import { requireNoLink, trustWritten } from './trust.ts';

interface FleetInitReport extends NewNames {
  /** As given; `-` is stdout. */
  readonly file: string;
  /** The file's text if it goes to stdout. */
  readonly content: string | null;
  /** The record that was begun; null: none, as nothing is known, or nothing names it. */
  readonly record: string | null;
}

async function init(options: FleetInitOptions, context: Context): Promise<FleetInitReport> {
  const { file = defaultFleetFile, force = false } = options;
  const store = await context.profiles();
  const memory = await readMemory({ tenants: null }, context);
  const known = knownTenants(await store.read(), memory.history);
  const { text, ...named } = newFleet(known);
  if (file !== '-') {
    requireNoLink(file, dirname(file));
    await writePrivateFile(file, text, force, context.signal);
    await trustWritten(readFleet(text, { file, directory: dirname(resolve(file)) }), context);
  }
  const path = recordIn(options, context);
  const record = path === null ? null : await beginRecord(path, known, memory, context);
  return { file, content: file === '-' ? text : null, record, ...named };
}

/** The record to begin; null: the file goes to stdout, and nothing names one. */
function recordIn(
  { file = defaultFleetFile, record }: FleetInitOptions,
  { env }: Context,
): string | null {
  const given = record ?? variable(env, table.record.variable);
  if (given !== undefined) return given;
  return file === '-' ? null : recordBeside(file);
}

function format(report: FleetInitReport, style: Style): string | Uint8Array {
  const { file, content, record, tenants, certificates, withoutCertificate } = report;
  if (content !== null) return Buffer.from(content);
  const holds = `${count(tenants.length, 'tenant')}, ${count(certificates.length, 'certificate')}`;
  const lines = [style.mark('ok', wrote(file, `fleet file: ${holds}`))];
  if (record !== null) lines.push(style.mark('ok', wrote(record, 'record: what was set there')));
  if (withoutCertificate.length > 0)
    lines.push(
      `  In comments, since nothing was set there: ${withoutCertificate.map(onOneLine).join(', ')}`,
    );
  const plan = shellLine(fleetCommand('plan', file));
  const next =
    tenants.length === 0
      ? 'Declare certificates and tenants in it: `mfa-cli help fleet-file` shows how'
      : 'Enter the path of each .p12 in it, set the variables of the passwords, ' +
        `and run: ${plan}`;
  return [...lines, `  ${next}`, ''].join('\n');
}

export const command: CommandModule<FleetInitOptions, FleetInitReport, string | Uint8Array> = {
  work: init,
  format,
};
