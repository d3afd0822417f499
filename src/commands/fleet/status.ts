import { type KeyUse, keyUse } from '../../checks/key-in-use.ts';
import { daysLeft, defaultWarnDays, validityOf } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { writeSharedFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import { compareHeld, type Held, type ReadBack } from '../../tenant/read-back.ts';
import { createStyle, type Style } from '../../terminal/style.ts';
import { harmless } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import type { Fleet, FleetTenant } from './file/fleet.ts';
import { keyUsesOf, settleByWord } from './in-use.ts';
import { isStdout, openFleet, requireNoInput } from './open-fleet.ts';
import type { FleetStatusOptions } from './options.ts';
import type { KeyedTenant } from './pool.ts';
import { type FleetRecord, placeKey, type RecordEntry, readOwnRecords } from './record.ts';
import type {
  FleetCertificateFacts,
  FleetState,
  FleetStatusReport,
  FleetStatusTenant,
} from './report.ts';
import { verdict } from './report.ts';
import { type FleetFormat, formatOf, formats } from './status/formats.ts';
import { requireTrust } from './trust.ts';

async function status(options: FleetStatusOptions, context: Context): Promise<FleetStatusReport> {
  const { record: given, out, refresh = false } = options;
  const opened = await openFleet({ ...options, record: undefined }, context);
  const { fleet, declared, recordPath } = opened;
  const paths = given ?? [recordPath];
  if (!isStdout(out)) requireNoInput(out, declared, paths);
  const { json } = context.terminal.flags;
  requireOneResult(options, json);
  const format = formatIn(options);
  if (refresh) await requireTrust(opened.trust);
  const warnDays = options.warnDays ?? fleet.warnDays ?? defaultWarnDays;
  const record = await readOwnRecords(paths, opened, context);
  // Load the tenant client only if a tenant is asked.
  const asking = refresh ? await import('./pool.ts') : null;
  const keyed = withKeys(fleet.tenants, record);
  const answers = await asking?.askTenants(keyed, options, context);
  const settled = settleByWord(record, keyed, answers ?? new Map());
  const facts = { recordPath: paths.join(', '), now: context.now(), warnDays, answers };
  const report = fleetStatus(fleet, settled, facts);
  // The table shows the differences itself.
  if (!isStdout(out) || format !== 'table' || json) asking?.warnOfDifferences(report, context);
  if (isStdout(out)) return report;
  const style = await createStyle(false, Number.POSITIVE_INFINITY, false);
  const text = formats[format].write(harmless(report), style, context.now());
  await writeSharedFile(out, text, context.signal);
  return report;
}

function formatIn({ format, out = '' }: FleetStatusOptions): FleetFormat {
  return format ?? formatOf(out);
}

/** @throws {CliError} usage: two documents for stdout */
function requireOneResult({ format, out }: FleetStatusOptions, json: boolean): void {
  if (json && isStdout(out) && (format ?? out) !== undefined)
    throw new CliError('usage', '--json and --format cannot be used together without --out FILE', {
      facts: { command: ['mfa-cli', 'fleet', 'status'] },
    });
}

function format(report: FleetStatusReport, style: Style, options: FleetStatusOptions, now: Date) {
  const { out } = options;
  const name = formatIn(options);
  if (!isStdout(out))
    return `${style.mark('ok', wrote(out, formats[name].title))}\n${verdict(report)}.\n`;
  const text = formats[name].write(report, style, now);
  return name === 'table' ? text : Buffer.from(text);
}

interface StatusFacts {
  readonly recordPath: string;
  readonly now: Date;
  readonly warnDays: number;
  /** Of the tenants that were asked, by name. */
  readonly answers?: ReadonlyMap<string, ReadBack> | undefined;
}

/**
 * How long each tenant's certificate lasts, and whether it is the declared one: from the file, the record and the tenants'
 * reports. Opens no certificate: that takes secrets, which a monitoring job does not have.
 */
export function fleetStatus(
  fleet: Fleet,
  record: FleetRecord,
  facts: StatusFacts,
): FleetStatusReport {
  const { recordPath, warnDays, answers = new Map() } = facts;
  const find = entryFinder(record);
  const usesOf = keyUsesOf(record, fleet.tenants, answers);
  const tenants = fleet.tenants.map((tenant) => {
    const entry = find(tenant);
    const use = keyUse(usesOf(tenant.tenant), keyOf(tenant, entry));
    return tenantStatus(tenant, entry, use, answers.get(tenant.name), facts);
  });
  const ok = tenants.every(({ state }) => state === 'valid');
  return { file: fleet.file, record: recordPath, warnDays, tenants, ok };
}

/** Each tenant with the client app key of its certificate, if the file or the record has it. */
function withKeys(tenants: readonly FleetTenant[], record: FleetRecord): readonly KeyedTenant[] {
  const find = entryFinder(record);
  return tenants.map((tenant) => ({ tenant, clientAppKey: keyOf(tenant, find(tenant)) }));
}

function keyOf(tenant: FleetTenant, entry: RecordEntry | undefined): string | null {
  return declaredKey(tenant) ?? entry?.clientAppKey ?? null;
}

function declaredKey({ clientAppKey, certificate }: FleetTenant): string | null {
  return clientAppKey ?? certificate?.topic ?? null;
}

/** By tenant and key; if the file has no key, the last entry with that tenant and name. */
function entryFinder({ entries }: FleetRecord): (tenant: FleetTenant) => RecordEntry | undefined {
  const byKey = new Map(entries.map((entry) => [placeKey(entry), entry]));
  // An origin has no space.
  const nameKey = ({ tenant, name }: { tenant: string; name: string }): string =>
    `${tenant} ${name}`;
  const byName = new Map(
    entries
      .toSorted((one, other) => Date.parse(one.setAt) - Date.parse(other.setAt))
      .map((entry) => [nameKey(entry), entry]),
  );
  return (tenant) => {
    const key = declaredKey(tenant);
    return key === null
      ? byName.get(nameKey(tenant))
      : byKey.get(placeKey({ ...tenant, clientAppKey: key }));
  };
}

function tenantStatus(
  tenant: FleetTenant,
  entry: RecordEntry | undefined,
  use: KeyUse,
  answer: ReadBack | undefined,
  { now, warnDays }: StatusFacts,
): FleetStatusTenant {
  const { name, certificate } = tenant;
  const expected =
    certificate === null
      ? null
      : {
          certificate: certificate.name,
          topic: certificate.topic,
          fingerprint: null,
          notAfter: null,
        };
  const { topic = null, fingerprint = null, notAfter = null } = entry ?? {};
  const recorded = entry?.state === 'set' ? { topic, fingerprint, notAfter } : null;
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

/** Compared with the file or, if it has no topic, with the topic set last. */
function heldOf(
  answer: ReadBack,
  expected: FleetCertificateFacts | null,
  recorded: FleetCertificateFacts | null,
): Held {
  if (expected === null) return compareHeld(answer, null);
  const wanted = expected.topic ?? recorded?.topic ?? null;
  if (wanted !== null || answer.outcome === 'unknown') return compareHeld(answer, wanted);
  // The expected topic is unknown; no topic at all differs from the file.
  return { topic: answer.topic, outcome: answer.topic === null ? 'differs' : 'unknown' };
}

/**
 * The state if it does not depend on a date; null: the certificate set last is in place.
 * @param sending the last request got no answer
 */
function disagreement(
  {
    expected,
    recorded,
    held,
    inUse,
  }: Pick<FleetStatusTenant, 'expected' | 'recorded' | 'held' | 'inUse'>,
  sending: boolean,
): FleetState | null {
  const isNew = recorded === null && !sending;
  if (held?.outcome === 'differs') return isNew && held.topic === null ? 'never-set' : 'differs';
  if (expected === null) {
    if (held?.outcome === 'same' || isNew) return 'valid';
    return sending ? 'unknown' : 'differs';
  }
  if (sending) return 'unknown';
  // Another machine set it: the certificate and its expiry date are unknown.
  if (recorded === null) return held === null || held.topic === null ? 'never-set' : 'unknown';
  if (expected.topic !== null && recorded.topic !== expected.topic) return 'differs';
  if (inUse === true) return null;
  return inUse === false ? 'differs' : 'unknown';
}

export const command: CommandModule<FleetStatusOptions, FleetStatusReport, string | Uint8Array> = {
  work: status,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
  atEnd: {
    did: () => null,
    isUnknown: ({ tenants }) =>
      tenants.every(({ state }) => state === 'valid' || state === 'unknown'),
    dues: ({ tenants }) =>
      tenants.flatMap(({ name, tenant, clientAppKey, recorded, daysLeft: left }) => {
        const fingerprint = recorded?.fingerprint ?? null;
        if (fingerprint === null || left === null || clientAppKey === null) return [];
        const place = { tenant, clientAppKey };
        return [{ fingerprint, daysLeft: left, tenant: name, place }];
      }),
  },
};
