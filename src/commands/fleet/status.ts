import { extname } from 'node:path';
import { type KeyUse, keyUse } from '../../checks/key-in-use.ts';
import { daysLeft, validityOf } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { writeSharedFile } from '../../files/write.ts';
import { warnDaysOf } from '../../settings/settings.ts';
import { compareHeld, type Held, type ReadBack } from '../../tenant/certificates.ts';
import { createStyle, type Style } from '../../terminal/style.ts';
import { harmless, onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import type { Fleet, FleetTenant } from './file/fleet.ts';
import { noteSettled } from './format.ts';
import { type KeyUses, keyUsesOf, settleByWord } from './in-use.ts';
import type { FleetOptions } from './open-fleet.ts';
import { isStdout, openFleet, requireNoInput } from './open-fleet.ts';
import type { KeyedTenant } from './pool.ts';
import { type FleetRecord, placeKey, type RecordEntry, readOwnRecords } from './record.ts';
import type { FleetCertificateFacts, FleetState, FleetStatusReport, FleetStatusTenant } from './report.ts';
import { verdict } from './report.ts';
import { type FleetFormat, formatFleetStatus, formatOf, knownEndings } from './status/formats.ts';
import { requireTrust } from './trust.ts';

export interface FleetStatusOptions extends Omit<FleetOptions, 'record'> {
  readonly record?: readonly string[];
  readonly warnDays?: string;
  readonly format?: FleetFormat;
  readonly out?: string;
  readonly refresh?: boolean;
}

async function status(options: FleetStatusOptions, context: Context): Promise<FleetStatusReport> {
  const { out } = options;
  requireOneResult(options, context.terminal.flags.json);
  const { record: given, ...others } = options;
  const opened = await openFleet(others, context);
  const { fleet, declared, recordPath } = opened;
  if (options.refresh === true) await requireTrust(opened.trust);
  const paths = given ?? [recordPath];
  if (out !== undefined) requireNoInput(out, declared, paths);
  requireKnownEnding(options);
  const warnDays = warnDaysOf(options, fleet.warnDays);
  const record = await readOwnRecords(paths, opened, context);
  // What speaks with a tenant is loaded only where one is asked.
  const asking = options.refresh === true ? await import('./pool.ts') : null;
  const keyed = withKeys(fleet.tenants, record);
  const answers = await asking?.askTenants(keyed, options, context);
  const { record: settled, settled: news } = settleByWord(record, keyed, answers ?? new Map());
  noteSettled(news, context);
  const facts = { recordPath: paths.join(', '), now: context.now(), warnDays, answers };
  const report = fleetStatus(fleet, settled, facts);
  // The table says it itself.
  const isTable = isStdout(out) && formatIn(options) === 'table' && !context.terminal.flags.json;
  if (!isTable) asking?.warnOfDifferences(report, context);
  if (isStdout(out)) return report;
  const style = await createStyle(false, Number.POSITIVE_INFINITY, false);
  const text = formatFleetStatus(harmless(report), formatIn(options), style, context.now());
  await writeSharedFile(out, text, context.signal);
  return report;
}

/** @throws {CliError} usage, where the name in --out ends as no format does */
function requireKnownEnding({ format, out }: FleetStatusOptions): void {
  if (isStdout(out) || format !== undefined || formatOf(out) !== undefined) return;
  const ending = extname(out);
  if (ending !== '')
    throw new CliError('usage', `No format is written to ${ending}: --out takes ${knownEndings}`, {
      facts: { option: '--format FORMAT for another ending' },
    });
}

/** @throws {CliError} usage, where two documents would go to stdout, or a document goes where --json was meant to */
function requireOneResult({ format, out }: FleetStatusOptions, json: boolean): void {
  if (!json) return;
  const facts = { command: 'mfa-cli fleet status' };
  if (isStdout(out)) {
    if (format === undefined && out === undefined) return;
    throw new CliError('usage', '--json and --format exclude each other without --out FILE', { facts });
  }
  if (format === undefined && formatOf(out) === undefined)
    throw new CliError('usage', '--json goes to standard output, and what goes to --out has no --format', {
      facts,
    });
}

function formatIn({ format, out }: FleetStatusOptions): FleetFormat {
  return format ?? (out === undefined ? undefined : formatOf(out)) ?? 'table';
}

function format(report: FleetStatusReport, style: Style, options: FleetStatusOptions, now: Date) {
  const { out } = options;
  if (!isStdout(out)) return `Wrote ${onOneLine(out)}: ${verdict(report)}.\n`;
  const wanted = formatIn(options);
  const text = formatFleetStatus(report, wanted, style, now);
  return wanted === 'table' ? text : Buffer.from(text);
}

/**
 * How long what each tenant was given lasts, and whether it is what the file declares: from the file, the record and
 * what the tenants answered, by their names. No certificate is opened: that takes secrets, which a job that only watches has not.
 */
export function fleetStatus(
  fleet: Fleet,
  record: FleetRecord,
  {
    recordPath,
    now,
    warnDays,
    answers = new Map(),
  }: {
    readonly recordPath: string;
    readonly now: Date;
    readonly warnDays: number;
    readonly answers?: ReadonlyMap<string, ReadBack> | undefined;
  },
): FleetStatusReport {
  const find = entryFinder(record);
  const usesOf = keyUsesOf(record, fleet.tenants, answers);
  const othersOf = otherKeys(fleet, record, usesOf);
  const tenants = fleet.tenants.map((tenant) => {
    const entry = find(tenant);
    const use = keyUse(usesOf(tenant.tenant), keyOf(tenant, entry));
    const status = tenantStatus(tenant, entry, use, answers.get(tenant.name), now, warnDays);
    return { ...status, otherKeys: othersOf(tenant) };
  });
  return {
    file: fleet.file,
    record: recordPath,
    warnDays,
    tenants,
    ok: tenants.every(({ state }) => state === 'valid'),
  };
}

/** The keys of a tenant that no name declares and that were not deleted; beside the name that has its certificate, else the first. */
function otherKeys(
  { tenants }: Fleet,
  record: FleetRecord,
  usesOf: KeyUses,
): (tenant: FleetTenant) => FleetStatusTenant['otherKeys'] {
  const find = entryFinder(record);
  const declared = new Set(
    tenants.map((tenant) => placeKey({ ...tenant, clientAppKey: keyOf(tenant, find(tenant)) ?? '' })),
  );
  const gone = new Set(record.entries.filter(({ state }) => state === 'deleted').map(placeKey));
  const owners = new Map(tenants.map(({ tenant, name }) => [tenant, name] as const).reverse());
  for (const { tenant, name, certificate } of tenants) if (certificate !== null) owners.set(tenant, name);
  return ({ tenant, name }) => {
    if (owners.get(tenant) !== name) return [];
    return [...usesOf(tenant)].flatMap(([clientAppKey, use]) => {
      const place = placeKey({ tenant, clientAppKey });
      const isShown = !declared.has(place) && (use.inUse !== false || !gone.has(place));
      return isShown ? [{ clientAppKey, ...use }] : [];
    });
  };
}

/** Each with the key under which it has its certificate, as far as file and record say it. */
export function withKeys(tenants: readonly FleetTenant[], record: FleetRecord): readonly KeyedTenant[] {
  const find = entryFinder(record);
  return tenants.map((tenant) => ({ tenant, clientAppKey: keyOf(tenant, find(tenant)) }));
}

function keyOf(tenant: FleetTenant, entry: RecordEntry | undefined): string | null {
  return declaredKey(tenant) ?? entry?.clientAppKey ?? null;
}

function declaredKey({ clientAppKey, certificate }: FleetTenant): string | null {
  return clientAppKey ?? certificate?.topic ?? null;
}

/** By tenant and key; where the file does not say the key, the last entry of that tenant under that name. */
function entryFinder({ entries }: FleetRecord): (tenant: FleetTenant) => RecordEntry | undefined {
  const byKey = new Map(entries.map((entry) => [placeKey(entry), entry]));
  const byName = new Map<string, RecordEntry>();
  for (const entry of entries) {
    const before = byName.get(nameKey(entry.tenant, entry.name));
    if (before === undefined || Date.parse(before.setAt) <= Date.parse(entry.setAt))
      byName.set(nameKey(entry.tenant, entry.name), entry);
  }
  return (tenant) => {
    const key = declaredKey(tenant);
    return key === null
      ? byName.get(nameKey(tenant.tenant, tenant.name))
      : byKey.get(placeKey({ tenant: tenant.tenant, clientAppKey: key }));
  };
}

/** An origin has no space. */
function nameKey(origin: string, name: string): string {
  return `${origin} ${name}`;
}

function tenantStatus(
  tenant: FleetTenant,
  entry: RecordEntry | undefined,
  use: KeyUse,
  answer: ReadBack | undefined,
  now: Date,
  warnDays: number,
): Omit<FleetStatusTenant, 'otherKeys'> {
  const { name, certificate } = tenant;
  const expected =
    certificate === null
      ? null
      : { certificate: certificate.name, topic: certificate.topic, fingerprint: null, notAfter: null };
  const recorded = entry?.state === 'set' ? factsOf(entry) : null;
  const held = answer === undefined ? null : heldOf(answer, expected, recorded);
  const end = recorded?.notAfter == null ? null : new Date(recorded.notAfter);
  return {
    name,
    tenant: tenant.tenant,
    clientAppKey: keyOf(tenant, entry),
    state:
      disagreement({ expected, recorded, held, inUse: use.inUse }, entry?.state === 'sending') ??
      (end === null ? 'unknown' : validityOf(end, now, warnDays)),
    expected,
    recorded,
    held,
    daysLeft: end === null ? null : daysLeft(end, now),
    ...use,
  };
}

function factsOf({ topic, fingerprint, notAfter }: RecordEntry): FleetCertificateFacts {
  return { topic, fingerprint, notAfter };
}

/** Against what the file declares; where it does not say the topic, against what was set last. */
function heldOf(
  answer: ReadBack,
  expected: FleetCertificateFacts | null,
  recorded: FleetCertificateFacts | null,
): Held {
  if (expected === null) return compareHeld(answer, null);
  const wanted = expected.topic ?? recorded?.topic ?? null;
  if (wanted !== null || answer.outcome === 'unknown') return compareHeld(answer, wanted);
  // Nobody says which topic it is to be; none is not what the file declares.
  return { topic: answer.topic, outcome: answer.topic === null ? 'differs' : 'unknown' };
}

/**
 * The state where it does not depend on a date; null: what was set last is there, and it lasts as long as it lasts.
 * @param sending a request went out, and its answer is unknown
 */
function disagreement(
  { expected, recorded, held, inUse }: Pick<FleetStatusTenant, 'expected' | 'recorded' | 'held' | 'inUse'>,
  sending: boolean,
): FleetState | null {
  const isNew = recorded === null && !sending;
  if (held?.outcome === 'differs') return isNew && held.topic === null ? 'never-set' : 'differs';
  if (expected === null) {
    if (held?.outcome === 'same' || isNew) return 'valid';
    return sending ? 'unknown' : 'differs';
  }
  if (sending) return 'unknown';
  // Somebody else set it: whether it is the right one, and until when it lasts, nobody tells.
  if (recorded === null) return held === null || held.topic === null ? 'never-set' : 'unknown';
  if (expected.topic !== null && recorded.topic !== expected.topic) return 'differs';
  if (inUse === true) return null;
  return inUse === false ? 'differs' : 'unknown';
}

export const command: CommandModule<FleetStatusOptions, FleetStatusReport> = {
  work: status,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
  atEnd: {
    did: () => null,
    isUnknown: ({ tenants }) => tenants.every(({ state }) => state === 'valid' || state === 'unknown'),
    dues: ({ tenants }) =>
      tenants.flatMap(({ name, recorded, daysLeft: left }) =>
        recorded?.fingerprint == null || left === null
          ? []
          : [{ fingerprint: recorded.fingerprint, daysLeft: left, tenant: name }],
      ),
  },
};
