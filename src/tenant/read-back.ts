import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import type { TenantClient } from './client.ts';
import {
  getAdvancedConfig,
  getTenantConfig,
  isTopicSetting,
  latestKeySetting,
  type Setting,
  type SettingValue,
  topicSetting,
} from './tenant-config.ts';

/**
 * The client app key that the tenant says was set last, which it pushes with, and its
 * topic. `none`: it has no such key. `unknown`: it does not say.
 */
export type LatestKey =
  | { readonly outcome: 'told'; readonly clientAppKey: string; readonly topic: string | null }
  | { readonly outcome: 'none' | 'unknown'; readonly clientAppKey: null; readonly topic: null };

const noKey = { outcome: 'none', clientAppKey: null, topic: null } as const;
export const unknownKey = { outcome: 'unknown', clientAppKey: null, topic: null } as const;

/**
 * The tenant's certificate for a client app key. `told` with a topic: it has a
 * certificate for it; with null: it reports topics for other keys but not this one.
 * `unknown`: it does not tell, and `why` is a sentence without a period.
 */
export type ReadBack = {
  readonly latest: LatestKey;
} & (
  | { readonly outcome: 'told'; readonly topic: string | null }
  | { readonly outcome: 'unknown'; readonly why: string }
);

/** The actual topic compared with the expected one, as several reports show it. */
export interface Held {
  /** Null: none, or unknown. */
  readonly topic: string | null;
  readonly outcome: 'same' | 'differs' | 'unknown';
}

/** After these errors another call to the same tenant is pointless. */
const outOfReach: readonly ErrorCode[] = [
  'tenant-unreachable',
  'tenant-timeout',
  'tenant-tls',
  'rate-limited',
];

/**
 * Asks a tenant for its certificate for a client app key, through two undocumented APIs
 * in turn. It never asks for the certificate itself or its password. A tenant that does
 * not tell is not an error.
 * @throws {CliError} interrupted
 */
export async function readBack(client: TenantClient, clientAppKey: string): Promise<ReadBack> {
  const reasons: string[] = [];
  let latest: LatestKey = unknownKey;
  for (const settingsApi of [byTenantConfig, byAdvancedConfig]) {
    try {
      const reported = await settingsApi(client, clientAppKey);
      if (latest.outcome === 'unknown') latest = reported.latest;
      if (reported.topic !== undefined) return { outcome: 'told', topic: reported.topic, latest };
    } catch (error) {
      if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
      reasons.push(reasonOf(error));
      if (outOfReach.includes(error.code)) break;
    }
  }
  const why = reasons[0] ?? `${client.tenant} does not report it`;
  return { outcome: 'unknown', why, latest };
}

/** An ended session is the usual cause; a scope that is too small can be widened. */
function reasonOf({ code, message }: CliError): string {
  return code === 'session-expired'
    ? `${message}. The session may have ended. To renew it, run \`mfa-cli login\`. ` +
        'If it is still valid, its scope may lack this call, ' +
        'which `mfa-cli bootstrap --read-back` adds'
    : message;
}

/**
 * Asks a tenant for the key that was set last, and its topic. A tenant that does not tell
 * is not an error.
 * @throws {CliError} interrupted
 */
export async function readLatestKey(client: TenantClient): Promise<LatestKey> {
  for (const settingsApi of [latestByTenantConfig, latestByAdvancedConfig]) {
    try {
      const latest = await settingsApi(client);
      if (latest.outcome !== 'unknown') return latest;
    } catch (error) {
      if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
      if (outOfReach.includes(error.code)) break;
    }
  }
  return unknownKey;
}

/** @param expected the topic; null: none */
export function compareHeld(answer: ReadBack, expected: string | null): Held {
  if (answer.outcome === 'unknown') return { topic: null, outcome: 'unknown' };
  return { topic: answer.topic, outcome: answer.topic === expected ? 'same' : 'differs' };
}

/** The answer of one API; the topic is undefined if the tenant does not report it. */
interface ReportedSettings {
  readonly latest: LatestKey;
  readonly topic: SettingValue;
}

async function byTenantConfig(
  client: TenantClient,
  clientAppKey: string,
): Promise<ReportedSettings> {
  const latestKey = (await getTenantConfig(client, latestKeySetting)) ?? null;
  const topic = await getTenantConfig(client, topicSetting(clientAppKey));
  // It answers without a value for an absent setting and for a secret one.
  if (latestKey === null) {
    const showsSettings = typeof topic === 'string';
    return { latest: showsSettings ? noKey : unknownKey, topic: topic ?? undefined };
  }
  if (latestKey === clientAppKey) {
    const latest = { outcome: 'told', clientAppKey, topic: topic ?? null } as const;
    return { latest, topic: topic ?? undefined };
  }
  const other = (await getTenantConfig(client, topicSetting(latestKey))) ?? null;
  const latest = { outcome: 'told', clientAppKey: latestKey, topic: other } as const;
  return { latest, topic: topic === null && other === null ? undefined : topic };
}

async function latestByTenantConfig(client: TenantClient): Promise<LatestKey> {
  const clientAppKey = (await getTenantConfig(client, latestKeySetting)) ?? null;
  if (clientAppKey === null) return unknownKey;
  const topic = (await getTenantConfig(client, topicSetting(clientAppKey))) ?? null;
  return { outcome: 'told', clientAppKey, topic };
}

async function byAdvancedConfig(
  client: TenantClient,
  clientAppKey: string,
): Promise<ReportedSettings> {
  const settings = await getAdvancedConfig(client);
  const latest = latestIn(settings);
  const own = topicSetting(clientAppKey);
  if (settings.some(({ name }) => name === own))
    return { latest, topic: valueNamed(settings, own) ?? undefined };
  return { latest, topic: reportsTopics(settings) ? null : undefined };
}

async function latestByAdvancedConfig(client: TenantClient): Promise<LatestKey> {
  return latestIn(await getAdvancedConfig(client));
}

/** Undefined: there is no such setting, or there are two values. */
function valueNamed(settings: readonly Setting[], name: string): SettingValue {
  const named = settings.filter((setting) => setting.name === name);
  const values = new Set(named.map(({ value }) => value));
  return values.size === 1 ? [...values][0] : undefined;
}

/** Whether the list has topics, so that a key that it lacks has none. */
function reportsTopics(settings: readonly Setting[]): boolean {
  return settings.some(({ name, value }) => isTopicSetting(name) && typeof value === 'string');
}

function latestIn(settings: readonly Setting[]): LatestKey {
  const clientAppKey = valueNamed(settings, latestKeySetting);
  if (typeof clientAppKey === 'string') {
    const topic = valueNamed(settings, topicSetting(clientAppKey)) ?? null;
    return { outcome: 'told', clientAppKey, topic };
  }
  return clientAppKey === null || reportsTopics(settings) ? noKey : unknownKey;
}
