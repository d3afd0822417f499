import * as v from 'valibot';
import { membersOf } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import { wordsIn } from '../text/words.ts';
import { pageOfAll, queryPath, readRows } from './administration/admin-client.ts';
import type { TenantClient } from './client.ts';

/**
 * A phone or tablet that a user enrolled, with any app; null: the tenant does not tell.
 */
export interface EnrolledDevice {
  readonly id: string | null;
  readonly owner: string | null;
  readonly name: string | null;
  readonly model: string | null;
  readonly platform: 'ios' | 'android' | null;
  readonly osVersion: string | null;
  readonly state: string | null;
  /** ISO 8601. */
  readonly lastSeen: string | null;
}

export interface EnrolledDevices {
  readonly devices: readonly EnrolledDevice[];
  /** Whether the list is complete. */
  readonly whole: boolean;
  /** Whether a column has the last contact of a device. */
  readonly tellsSeen: boolean;
}

/** A row of any columns. */
const anyRow = v.record(v.string(), v.unknown());
type Row = Readonly<Record<string, unknown>>;

/**
 * `POST /RedRock/query`: the enrolled devices, in one query on the tenant's table. The
 * names of the columns for platform and last contact are not documented, so any similar
 * name counts.
 * @throws {CliError} as TenantClient.ask
 */
export async function readEnrolledDevices(client: TenantClient): Promise<EnrolledDevices> {
  const document = { Script: 'select * from Device', Args: pageOfAll };
  const result = await client.ask(queryPath, document, { once: true });
  const rows = readRows(anyRow, result).map(lowerCased);
  const full = Number(membersOf(result)?.FullCount ?? rows.length);
  return {
    devices: rows.filter(isEnrolled).map((row) => readDevice(row, client.secrets())),
    whole: full <= rows.length,
    tellsSeen: rows.some((row) => seenColumn(row) !== undefined),
  };
}

/** The number of enrolled iPhones, and of those with a contact in the last 30 days. */
export interface PhoneCount {
  readonly enrolled: number;
  /** Null: no such column. */
  readonly seenIn30Days: number | null;
}

const thirtyDays = 30 * 86_400_000;

/** Null if unknown: rows are missing, or some have an unknown platform. */
export function countPhones(
  { devices, whole, tellsSeen }: EnrolledDevices,
  now: Date,
): PhoneCount | null {
  if (!whole || devices.some(({ platform }) => platform === null)) return null;
  const phones = devices.filter(
    ({ platform, model }) => platform === 'ios' && !/ipad/i.test(model ?? ''),
  );
  const isSeen = ({ lastSeen }: EnrolledDevice): boolean =>
    lastSeen !== null && Date.parse(lastSeen) >= now.getTime() - thirtyDays;
  return { enrolled: phones.length, seenIn30Days: tellsSeen ? phones.filter(isSeen).length : null };
}

/** Whether a device belongs to this user, by the tenant's names of its owner. */
export function isOwnedBy({ owner }: EnrolledDevice, user: string): boolean {
  return owner?.toLowerCase() === user.toLowerCase();
}

function lowerCased(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** A row may remain after its device is gone. */
function isEnrolled({ state }: Row): boolean {
  return !/unenroll|not.?enroll|deleted|wiped/i.test(String(state ?? ''));
}

function readDevice(row: Row, secrets: readonly Secret[]): EnrolledDevice {
  const words = (...names: readonly string[]): string | null =>
    names.reduce<string | null>((found, name) => found ?? wordsIn(row[name], secrets), null);
  return {
    id: words('deviceid', 'id', '_rowkey'),
    owner: words('owner', 'ownername', 'username'),
    name: words('name', 'displayname', 'simplename'),
    model: words('displaymodelname', 'modelname', 'model'),
    platform: platformOf(row),
    osVersion: words('osversion', 'displayosversion', 'version'),
    state: words('state'),
    lastSeen: momentOf(row[seenColumn(row) ?? '']),
  };
}

const ofPlatform = /platform|^os|ostype|devicetype|model|simplename/;

/** From any column with a system or a model; the vendor's one-letter code also counts. */
function platformOf(row: Row): EnrolledDevice['platform'] {
  const described = Object.entries(row)
    .filter(([name, value]) => ofPlatform.test(name) && typeof value === 'string')
    .map(([, value]) => String(value));
  if (described.some((text) => /^I$|\b(ios|iphone|ipad|ipados|ipod)/i.test(text))) return 'ios';
  return described.some((text) => /^A$|\bandroid\b/i.test(text)) ? 'android' : null;
}

function seenColumn(row: Row): string | undefined {
  return Object.keys(row).find((name) =>
    /^last_?(seen|notif|contact|check_?in|sync|report|online)/.test(name),
  );
}

/**
 * `2026-11-01T…`, `11/1/2026 …`: without this pattern `Date` parses any text with a
 * number, such as "never 1".
 */
const dated = /^\d{1,4}[-/.]\d{1,2}[-/.]\d/;

/** A moment in ISO 8601 or the like, or as .NET writes it, `/Date(1700000000000)/`. */
function momentOf(value: unknown): string | null {
  const text = String(value ?? '').trim();
  const milliseconds = /^\/Date\((-?\d{1,15})/.exec(text)?.[1];
  if (milliseconds === undefined && !dated.test(text)) return null;
  const date = new Date(milliseconds === undefined ? text : Number(milliseconds));
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? null : date.toISOString();
}
