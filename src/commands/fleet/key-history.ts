import {
  type History,
  keyUsesAt,
  lastDone,
  type PastRequest,
  type Settlement,
  type TenantHistory,
  tenantHistory,
  unansweredFor,
} from '../../change/history.ts';
import { settledByWord } from '../../change/refresh/settle-past-requests.ts';
import { type KeyUse, keyUse, type ReportedKey } from '../../checks/client-app-key-in-use.ts';
import type { ReadBack } from '../../tenant/read-back.ts';
import type { FleetTenant } from './file/fleet.ts';

/** A tenant, and its client app key; null: only its certificate has it. */
export interface KeyedTenant {
  readonly tenant: FleetTenant;
  readonly clientAppKey: string | null;
}

/** The tenants' own words, by the tenant's name in the fleet. */
export type Answers = ReadonlyMap<string, ReadBack>;

/**
 * The last request for a client app key that the tenant did, or may have done; null:
 * there is none.
 */
export function lastRequest(history: TenantHistory, clientAppKey: string): PastRequest | null {
  return unansweredFor(history, clientAppKey).at(-1) ?? lastDone(history, clientAppKey);
}

/** The requests without an answer that the tenants' words settle. */
export function settledByAnswers(
  history: History,
  keyed: readonly KeyedTenant[],
  answers: Answers,
): readonly Settlement[] {
  return keyed.flatMap(({ tenant, clientAppKey }) => {
    const answer = answers.get(tenant.name);
    const own = history.tenants.get(tenant.url);
    if (own === undefined || clientAppKey === null || answer?.outcome !== 'told') return [];
    return settledByWord(own, clientAppKey, answer);
  });
}

/** The keys of a tenant and their use, by the tenant's address. Each is found once. */
export class KeyUses {
  readonly #history: History;
  /** The key that each tenant reports as the latest. */
  readonly #reported = new Map<string, ReportedKey>();
  readonly #uses = new Map<string, ReadonlyMap<string, KeyUse>>();

  constructor(history: History, tenants: readonly FleetTenant[], answers: Answers) {
    this.#history = history;
    for (const { name, url } of tenants) {
      const reported = answers.get(name)?.latest;
      if (reported !== undefined && reported.outcome !== 'unknown')
        this.#reported.set(url, reported);
    }
  }

  at(url: string): ReadonlyMap<string, KeyUse> {
    const known = this.#uses.get(url);
    if (known !== undefined) return known;
    const uses = keyUsesAt(tenantHistory(this.#history, url), this.#reported.get(url));
    this.#uses.set(url, uses);
    return uses;
  }

  /** The use of one key. @param key null: unknown */
  of(url: string, key: string | null): KeyUse {
    return keyUse(this.at(url), key);
  }
}
