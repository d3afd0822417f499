import * as v from 'valibot';
import { list, readAnswer, text } from './answer.ts';
import type { BareCall } from './bare-call.ts';
import type { TenantClient } from './client.ts';

/**
 * A setting of the tenant. Null: no value. Undefined: a value that is neither a topic nor
 * a key.
 */
export type SettingValue = string | null | undefined;

/** The setting that names the client app key that was set last. */
export const latestKeySetting = 'Mobile.IosCustomApp.ClientAppKey';

const topicSuffix = '_APNSTopic';

/** The setting that names the topic of a client app key. */
export function topicSetting(clientAppKey: string): string {
  return `${clientAppKey}${topicSuffix}`;
}

export function isTopicSetting(name: string): boolean {
  return name.endsWith(topicSuffix);
}

/** The length limit of a topic: a bundle ID has at most 155 characters. */
const longestTopic = 255;

const settingValue = v.pipe(v.nullish(v.unknown(), null), v.transform(readValue));

function readValue(value: unknown): SettingValue {
  if (value === null || value === '') return null;
  return typeof value === 'string' && value.length <= longestTopic ? value : undefined;
}

/** `POST /Core/GetTenantConfig`: one setting. @throws {CliError} as TenantClient.call */
export async function getTenantConfig(client: TenantClient, key: string): Promise<SettingValue> {
  const parameters = { key, dflt: '' };
  return v.parse(settingValue, await client.call('/Core/GetTenantConfig', parameters, 'query'));
}

/** A setting in the list of all. */
export interface Setting {
  readonly name: string;
  readonly value: SettingValue;
}

const advancedConfig = v.object({ Results: list });
const advancedRow = v.object({
  Row: v.fallback(v.object({ ID: text, Value: settingValue }), { ID: null, Value: null }),
});

/**
 * `POST /TenantConfig/GetAdvancedConfig`: the settings of push certificates, out of all.
 * @throws {CliError} as TenantClient.call
 */
export async function getAdvancedConfig(client: TenantClient): Promise<readonly Setting[]> {
  const result = await client.call('/TenantConfig/GetAdvancedConfig', {}, 'query');
  return readAnswer(advancedConfig, result).Results.flatMap((entry) => {
    const { ID: name, Value: value } = readAnswer(advancedRow, entry).Row;
    const isAsked = name !== null && (name === latestKeySetting || isTopicSetting(name));
    return isAsked ? [{ name, value }] : [];
  });
}

/** For `doctor`: one setting, asked for by name. */
export const tenantConfigCall: BareCall = {
  path: '/Core/GetTenantConfig',
  query: { key: latestKeySetting, dflt: '' },
};

/** For `doctor`: one setting, without its name. */
export const namelessConfigCall: BareCall = { path: '/Core/GetTenantConfig' };

/** For `doctor`: all settings. */
export const advancedConfigCall: BareCall = { path: '/TenantConfig/GetAdvancedConfig' };
