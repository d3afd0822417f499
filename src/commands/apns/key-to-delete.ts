import { nounOf } from '../../change/answer-table.ts';
import {
  certificatesAt,
  keyUsesAt,
  lastSet,
  type TenantHistory,
  unansweredFor,
  withoutRepeats,
} from '../../change/history.ts';
import type { OpenTenant } from '../../change/open-connection.ts';
import { type KeyUse, oddityOf } from '../../checks/client-app-key-in-use.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { ReadBack } from '../../tenant/read-back.ts';

const keyFacts = { option: '--client-app-key KEY', variable: 'MFA_CLI_CLIENT_APP_KEY' };

/** The error without a key. */
export function noKeyGiven(): CliError {
  return new CliError('usage', 'No client app key was given', { facts: keyFacts });
}

/** The keys that a certificate was, or may have been, set for, and not deleted since. */
function keysSet(history: TenantHistory): readonly string[] {
  const unansweredSets = history.unanswered.filter(({ line }) => line.asked === 'set');
  const requests = [...certificatesAt(history), ...unansweredSets];
  return [...new Set(requests.map(({ line }) => line.clientAppKey))];
}

/**
 * Asks a person for one of the tenant's keys: those that this machine knows, and the one
 * that the tenant names as the latest.
 * @throws {CliError} usage if neither knows one; interrupted
 */
export async function askKnownKey(
  open: OpenTenant,
  history: TenantHistory,
  { prompt }: Context,
): Promise<string> {
  const known = keysSet(history);
  const { clientAppKey: latest } = await open.askLatest();
  const isUnlisted = latest !== null && !known.includes(latest);
  const choices = [
    ...known.map((key) => ({ name: key, value: key })),
    ...(isUnlisted
      ? [{ name: `${latest} (set last, according to the tenant)`, value: latest }]
      : []),
  ];
  if (choices.length === 0) throw noKeyGiven();
  return prompt.select({
    message: 'Which client app key?',
    choices,
    unavailable: 'The client app key is missing, and there is no terminal',
    facts: keyFacts,
  });
}

/**
 * Without a terminal, a key that this machine does not know needs `--force`, unless it
 * knows none of the tenant's keys.
 * @throws {CliError} usage, before any request to the tenant
 */
export function requireKnown(
  clientAppKey: string,
  tenant: string | null,
  history: TenantHistory,
): void {
  const asked = new Set(history.requests.map(({ line }) => line.clientAppKey));
  if (asked.size === 0 || asked.has(clientAppKey)) return;
  const message = `${withoutRecord(clientAppKey, tenant)}${insteadOf([...asked])}`;
  throw new CliError('usage', message, { facts: { fix: 'To delete it anyway, add --force.' } });
}

function withoutRecord(clientAppKey: string, tenant: string | null): string {
  return `This machine has no record of a certificate for ${clientAppKey} at ${tenant}`;
}

function insteadOf(known: readonly string[]): string {
  return `; its records name ${known.join(', ')}`;
}

/** A key to delete, as far as it is known. */
export interface KeyToDelete {
  readonly tenant: string;
  readonly clientAppKey: string;
  /** Whether this machine or the tenant knows it. */
  readonly isKnown: boolean;
  /** Whether another key is in use, so that no app loses its pushes. */
  readonly isIgnored: boolean;
  /**
   * Whether nothing is known to be there: neither the tenant nor this machine knows it.
   */
  readonly isUnknown: boolean;
  /** Its oddities, a sentence each. */
  readonly oddities: readonly string[];
}

/**
 * Asks the tenant about a key that is not on record as set.
 * @throws {CliError} interrupted
 */
export async function lookAtKey(
  clientAppKey: string,
  open: OpenTenant,
  history: TenantHistory,
): Promise<KeyToDelete> {
  const { tenant } = open;
  const isOnRecord = isSet(history, clientAppKey);
  const reported = isOnRecord ? null : await open.askHeld(clientAppKey);
  const uses = keyUsesAt(history, reported?.latest);
  const odd = oddityOf(clientAppKey);
  const isUnknown = reported?.outcome === 'told' && reported.topic === null;
  return {
    tenant,
    clientAppKey,
    isKnown: isOnRecord || isReported(clientAppKey, reported),
    isIgnored: uses.get(clientAppKey)?.inUse === false,
    isUnknown,
    oddities: [
      ...(odd === null ? [] : [`${odd}.`]),
      ...unansweredIn(history, clientAppKey),
      ...strangenessOf(clientAppKey, tenant, history, reported),
      ...(isUnknown
        ? [`${tenant} reports topics for other client app keys, but none for ${clientAppKey}.`]
        : []),
      ...effectOnOthers(clientAppKey, tenant, uses),
    ],
  };
}

/** Whether a key has a certificate, by the ledger alone. */
function isSet(history: TenantHistory, clientAppKey: string): boolean {
  const mayBeGone = unansweredFor(history, clientAppKey).some(
    ({ line }) => line.asked === 'delete',
  );
  return lastSet(history, clientAppKey) !== null && !mayBeGone;
}

/** Whether the tenant has told of a key. */
function isReported(clientAppKey: string, reported: ReadBack | null): boolean {
  if (reported === null) return false;
  const isHeld = reported.outcome === 'told' && reported.topic !== null;
  return isHeld || reported.latest.clientAppKey === clientAppKey;
}

function unansweredIn(history: TenantHistory, clientAppKey: string): readonly string[] {
  return withoutRepeats(unansweredFor(history, clientAppKey)).map(({ line, at }) => {
    const what = `the ${nounOf(line.asked)} of ${at.slice(0, 10)}`;
    return `The outcome of ${what} is unknown.`;
  });
}

/** The record's words about a key that this machine did not set. */
function strangenessOf(
  clientAppKey: string,
  tenant: string,
  history: TenantHistory,
  reported: ReadBack | null,
): readonly string[] {
  const known = keysSet(history);
  const unrecorded = withoutRecord(clientAppKey, tenant);
  if (isReported(clientAppKey, reported) && !known.includes(clientAppKey))
    return [`${unrecorded}; the tenant has one.`];
  if (known.length === 0) return [`This machine has no record of what was set at ${tenant}.`];
  return known.includes(clientAppKey) ? [] : [`${unrecorded}${insteadOf(known)}.`];
}

function effectOnOthers(
  clientAppKey: string,
  tenant: string,
  keys: ReadonlyMap<string, KeyUse>,
): readonly string[] {
  const others = [...keys].filter(([key, use]) => key !== clientAppKey && isThere(use));
  const inUse = others.filter(([, use]) => use.inUse === true);
  const names = (inUse.length > 0 ? inUse : others).map(([key]) => key).join(', ');
  if (names === '') return [];
  return [
    `Deleting a key may change which key ${tenant} pushes with: ` +
      `afterwards, set the one that you need again (${names}).`,
  ];
}

/** An ignored key still exists; a deleted one does not. */
function isThere({ inUse, ignoredSince }: KeyUse): boolean {
  return inUse !== false || ignoredSince !== null;
}
