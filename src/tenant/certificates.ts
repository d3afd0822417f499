import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import { membersOf } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import type { CallChange, CallParameters, SentAs, TenantClient } from './client.ts';

/** The certificate that the tenant receives for a client app key. */
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
 * @param forms the forms of the parameters, in turn: the next one only if the tenant reports a missing parameter. The vendor
 *   documents their names but not their form, so the default is JSON, then a form
 * @returns the form that the tenant accepted
 * @throws {CliError} as TenantClient.call; of several refusals the one about the values, else the first, with the fact `tried`
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
      // Unreadable JSON alone does not justify a form; after two attempts, the first refusal tells more.
      const isOnlyUnread = first === null && form === 'json' && fault === 'unreadable';
      if (!(error instanceof CliError) || fault === undefined || isOnlyUnread) throw error;
      first ??= error;
    }
  }
  if (first === null) throw new Error('no form to send the parameters in');
  throw new CliError(first.code, first.message, {
    facts: { ...first.facts, tried: forms.join(' ') },
  });
}

/**
 * The tenant's certificate for a client app key. `told` with a topic: it has a certificate for it; with null: it reports
 * topics for other keys but not this one. `unknown`: it does not tell, and `why` is a sentence without a period.
 */
export type ReadBack = {
  /** The client app key that was set last, which the tenant uses; null or absent: unknown. */
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

const newestKey = 'Mobile.IosCustomApp.ClientAppKey';
const topicSuffix = '_APNSTopic';
/** The length limit of a topic: a bundle ID has at most 155 characters. */
const longestTopic = 255;

/** After these errors another call to the same tenant is pointless. */
const outOfReach: readonly ErrorCode[] = [
  'tenant-unreachable',
  'tenant-timeout',
  'tenant-tls',
  'rate-limited',
];

/**
 * Asks a tenant for its certificate for a client app key, through two undocumented APIs in turn. It never asks for the
 * certificate itself or its password. A tenant that does not tell is not an error.
 * @throws {CliError} interrupted
 */
export async function readBack(client: TenantClient, clientAppKey: string): Promise<ReadBack> {
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
  readonly topic: string | null | undefined;
}

/** `POST /Core/GetTenantConfig` */
async function settingsOneByOne(client: TenantClient, clientAppKey: string): Promise<Said> {
  const ask = async (key: string): Promise<string | null | undefined> =>
    textOf(await client.call('/Core/GetTenantConfig', { key, dflt: '' }, 'query'));
  const newest = await ask(newestKey);
  const latestKey = newest ?? null;
  const topic = await ask(`${clientAppKey}${topicSuffix}`);
  if (topic !== null) return { latestKey, topic };
  // It answers without a value for an absent setting and for a secret one.
  if (latestKey === null || latestKey === clientAppKey) return { latestKey, topic: undefined };
  const isTold = typeof (await ask(`${latestKey}${topicSuffix}`)) === 'string';
  return { latestKey, topic: isTold ? null : undefined };
}

/** `POST /TenantConfig/GetAdvancedConfig` */
async function allSettings(client: TenantClient, clientAppKey: string): Promise<Said> {
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
  const tellsTopics = rows.some(
    ({ ID, value }) => ID.endsWith(topicSuffix) && typeof value === 'string',
  );
  return { latestKey, topic: tellsTopics ? null : undefined };
}

/** Null: no value. Undefined: neither a topic nor a key. */
function textOf(value: unknown): string | null | undefined {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'string' && value.length <= longestTopic ? value : undefined;
}
