import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import { membersOf } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import type { CallChange, CallParameters, SentAs, TenantClient } from './client.ts';

/** What the tenant receives for a client app key. */
export interface SetCertificate {
  readonly clientAppKey: string;
  /** Base64 of the PFX exactly as in the file, without line breaks (RFC 4648 §4). */
  readonly certificate: Secret;
  /** Null and empty are the same on the wire. */
  readonly password: Secret | null;
  readonly topic: string;
}

/**
 * `POST /Mobile/SetApnsCertForClientApp`: the certificate for a client app key, replacing any earlier one.
 * @param forms as for deleteCertificate
 */
export function setCertificate(
  client: TenantClient,
  certificate: SetCertificate,
  forms?: readonly SentAs[],
): Promise<SentAs> {
  const parameters = {
    ClientAppKey: certificate.clientAppKey,
    APNSCert: certificate.certificate,
    APNSPass: certificate.password ?? '',
    APNSTopic: certificate.topic,
  };
  const change = { done: 'set the certificate', idempotent: true };
  return callInTurn(client, '/Mobile/SetApnsCertForClientApp', parameters, change, forms);
}

/**
 * `POST /Mobile/DeleteApnsCertForClientApp`: removes a client app key's certificate.
 * @param forms how to send the parameters, in turn: the next one only if the tenant says that a parameter is missing.
 *   The vendor documents their names but not their form, so the default is JSON and then a form
 * @returns the one that the tenant took
 * @throws {CliError} as TenantClient.call; of several refusals the one about what was sent, else the first,
 *   with the fact `tried`
 */
export function deleteCertificate(
  client: TenantClient,
  clientAppKey: string,
  forms?: readonly SentAs[],
): Promise<SentAs> {
  const path = '/Mobile/DeleteApnsCertForClientApp';
  const change = { done: 'deleted the certificate', idempotent: false };
  return callInTurn(client, path, { ClientAppKey: clientAppKey }, change, forms);
}

async function callInTurn(
  client: TenantClient,
  path: string,
  parameters: CallParameters,
  change: CallChange,
  forms: readonly SentAs[] = ['json', 'form'],
): Promise<SentAs> {
  let first: CliError | null = null;
  for (const form of forms) {
    try {
      await client.call(path, parameters, form, change);
      return form;
    } catch (error) {
      const fault = error instanceof CliError ? error.facts.parameters : undefined;
      // Unreadable JSON is no reason to try a form; once two were tried, the first refusal says more than this one.
      const isOnlyUnread = first === null && form === 'json' && fault === 'unreadable';
      if (!(error instanceof CliError) || fault === undefined || isOnlyUnread) throw error;
      first ??= error;
    }
  }
  if (first === null) throw new Error('no form to send the parameters in');
  throw new CliError(first.code, first.message, { facts: { ...first.facts, tried: forms.join(' ') } });
}

/**
 * What a tenant says that it holds for a client app key. `told` with a topic: it holds that one; with null: it tells the
 * topics of other keys, and none for this. `unknown`: it does not say, and `why` is a sentence without a period.
 */
export type ReadBack = {
  /** The client app key that was set last, with which the tenant pushes; null or absent where it does not say. */
  readonly latestKey?: string | null;
} & (
  | { readonly outcome: 'told'; readonly topic: string | null }
  | { readonly outcome: 'unknown'; readonly why: string }
);

/** What is held, beside what is expected: the reports of several commands have it. */
export interface Held {
  /** Null where it holds none, and where it does not say. */
  readonly topic: string | null;
  readonly outcome: 'same' | 'differs' | 'unknown';
}

const newestKey = 'Mobile.IosCustomApp.ClientAppKey';
const topicSuffix = '_APNSTopic';
/** No topic is longer: a bundle ID has at most 155 characters. */
const longestTopic = 255;

/** After these, another call to the same tenant is a wait for nothing. */
const outOfReach: readonly ErrorCode[] = [
  'tenant-unreachable',
  'tenant-timeout',
  'tenant-tls',
  'rate-limited',
];

/**
 * Asks what a tenant holds for a client app key, at the first of two doors that says anything, neither of which the vendor
 * documents. It never asks for a certificate or its password, and a tenant that says nothing is no failure.
 * @param clientAppKey null: only which was set last
 * @throws {CliError} interrupted
 */
export async function readBack(client: TenantClient, clientAppKey: string | null): Promise<ReadBack> {
  const reasons: string[] = [];
  let latestKey: string | null = null;
  for (const door of [settingsOneByOne, allSettings]) {
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
  const why = reasons[0] ?? `${client.tenant} does not tell what it holds`;
  return { outcome: 'unknown', why, latestKey };
}

/** @param expected the topic; null: it should hold none */
export function compareHeld(told: ReadBack, expected: string | null): Held {
  if (told.outcome === 'unknown') return { topic: null, outcome: 'unknown' };
  return { topic: told.topic, outcome: told.topic === expected ? 'same' : 'differs' };
}

/** What one door says; the topic is undefined where it does not say. */
interface Said {
  readonly latestKey: string | null;
  readonly topic: string | null | undefined;
}

/** `POST /Core/GetTenantConfig` */
async function settingsOneByOne(client: TenantClient, clientAppKey: string | null): Promise<Said> {
  const ask = async (key: string): Promise<string | null | undefined> =>
    textOf(await client.call('/Core/GetTenantConfig', { key, dflt: '' }, 'query'));
  const newest = await ask(newestKey);
  const latestKey = newest ?? null;
  if (clientAppKey === null) return { latestKey, topic: latestKey === null ? undefined : null };
  const topic = await ask(`${clientAppKey}${topicSuffix}`);
  if (topic !== null) return { latestKey, topic };
  // No value is what it answers for a setting that is absent, and for one that it keeps to itself.
  if (latestKey === null || latestKey === clientAppKey) return { latestKey, topic: undefined };
  const isTold = typeof (await ask(`${latestKey}${topicSuffix}`)) === 'string';
  return { latestKey, topic: isTold ? null : undefined };
}

/** `POST /TenantConfig/GetAdvancedConfig` */
async function allSettings(client: TenantClient, clientAppKey: string | null): Promise<Said> {
  const result = membersOf(await client.call('/TenantConfig/GetAdvancedConfig', {}, 'query'));
  const rows = (Array.isArray(result?.Results) ? result.Results : []).flatMap((entry) => {
    const { ID, Value } = membersOf(membersOf(entry)?.Row) ?? {};
    const isAsked = typeof ID === 'string' && (ID === newestKey || ID.endsWith(topicSuffix));
    return isAsked ? [{ ID, value: textOf(Value) }] : [];
  });
  const settingOf = (name: string): string | null | undefined => {
    const values = new Set(rows.filter(({ ID }) => ID === name).map(({ value }) => value));
    return values.size === 1 ? [...values][0] : undefined;
  };
  const latestKey = settingOf(newestKey) ?? null;
  const own = `${clientAppKey}${topicSuffix}`;
  if (rows.some(({ ID }) => ID === own)) return { latestKey, topic: settingOf(own) ?? undefined };
  const tellsTopics = rows.some(({ ID, value }) => ID.endsWith(topicSuffix) && typeof value === 'string');
  return { latestKey, topic: tellsTopics ? null : undefined };
}

/** Null: no value. Undefined: something that is no topic and no key. */
function textOf(value: unknown): string | null | undefined {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'string' && value.length <= longestTopic ? value : undefined;
}
