import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import type { TenantClient } from './client.ts';
import {
  getAdvancedConfig,
  getTenantConfig,
  isTopicSetting,
  latestKeySetting,
  type SettingValue,
  topicSetting,
} from './settings.ts';

/**
 * The tenant's certificate for a client app key. `told` with a topic: it has a
 * certificate for it; with null: it reports topics for other keys but not this one.
 * `unknown`: it does not tell, and `why` is a sentence without a period.
 */
export type ReadBack = {
  /**
   * The client app key that was set last, which the tenant uses; null or absent: unknown.
   */
  readonly latestKey?: string | null;
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
  let latestKey: string | null = null;
  for (const door of [byTenantConfig, byAdvancedConfig]) {
    try {
      const said = await door(client, clientAppKey);
      latestKey ??= said.latestKey;
      if (said.topic !== undefined) return { outcome: 'told', topic: said.topic, latestKey };
    } catch (error) {
      if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
      reasons.push(error.message);
      if (outOfReach.includes(error.code)) break;
    }
  }
  const why = reasons[0] ?? `${client.tenant} does not report it`;
  return { outcome: 'unknown', why, latestKey };
}

/** @param expected the topic; null: none */
export function compareHeld(told: ReadBack, expected: string | null): Held {
  if (told.outcome === 'unknown') return { topic: null, outcome: 'unknown' };
  return { topic: told.topic, outcome: told.topic === expected ? 'same' : 'differs' };
}

/** The answer of one API; the topic is undefined if it does not tell. */
interface Said {
  readonly latestKey: string | null;
  readonly topic: SettingValue;
}

async function byTenantConfig(client: TenantClient, clientAppKey: string): Promise<Said> {
  const latestKey = (await getTenantConfig(client, latestKeySetting)) ?? null;
  const topic = await getTenantConfig(client, topicSetting(clientAppKey));
  if (topic !== null) return { latestKey, topic };
  // It answers without a value for an absent setting and for a secret one.
  if (latestKey === null || latestKey === clientAppKey) return { latestKey, topic: undefined };
  const other = await getTenantConfig(client, topicSetting(latestKey));
  return { latestKey, topic: typeof other === 'string' ? null : undefined };
}

async function byAdvancedConfig(client: TenantClient, clientAppKey: string): Promise<Said> {
  const settings = await getAdvancedConfig(client);
  const valueNamed = (name: string): SettingValue => {
    const named = settings.filter((setting) => setting.name === name);
    const values = new Set(named.map(({ value }) => value));
    return values.size === 1 ? [...values][0] : undefined;
  };
  const latestKey = valueNamed(latestKeySetting) ?? null;
  const own = topicSetting(clientAppKey);
  if (settings.some(({ name }) => name === own))
    return { latestKey, topic: valueNamed(own) ?? undefined };
  const tellsTopics = settings.some(
    ({ name, value }) => isTopicSetting(name) && typeof value === 'string',
  );
  return { latestKey, topic: tellsTopics ? null : undefined };
}
