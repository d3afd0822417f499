import type { PushIdentity } from '../pkcs12/model.ts';
import type { CheckFacts } from './check.ts';
import { type Finding, finding, found } from './finding.ts';
import { isoDay } from './validity.ts';

/** Checks that the certificate does not expire before the one that it replaces. */
export function checkReplacement(
  { certificate }: Pick<PushIdentity, 'certificate'>,
  { previous }: Pick<CheckFacts, 'previous'>,
): Finding[] {
  if (certificate === null || previous == null) return [];
  const { fingerprint, notAfter } = certificate;
  const later = isoDay(previous.notAfter);
  const own = isoDay(notAfter);
  // Compared by day: two certificates of one day count as equally old.
  if (previous.fingerprint === fingerprint || later <= own) return [];
  const message =
    `The certificate set last for this key is valid until ${later}, ` +
    `this one only until ${own}.`;
  return [finding('replaces-later-certificate', message)];
}

/**
 * Checks that the key keeps its topic.
 * @param before the topic that the key has; null: none, or unknown
 */
export function checkTopicChange(topic: string | null, before: string | null): Finding[] {
  if (topic === null || before === null || topic === before) return [];
  return [finding('topic-changes', `The topic of this key changes from ${before} to ${topic}.`)];
}

/** The facts of two certificates for one key that a change may lose. */
export interface LosableFacts {
  readonly environments: readonly string[] | null;
  readonly team: { readonly id: string | null; readonly name: string | null } | null;
}

/**
 * Checks that production and the team stay as they were.
 * @param before null: nothing is known
 */
export function checkLosses(now: LosableFacts, before: LosableFacts | null): readonly Finding[] {
  if (before === null) return [];
  const served = before.environments?.includes('production') === true;
  const serves = now.environments?.includes('production') !== false;
  const from = before.team?.id ?? null;
  const to = now.team?.id ?? null;
  const isOtherTeam = from !== null && to !== null && from !== to;
  const lost =
    'The certificate set last for this key works with production, and this one does not.';
  const moved = `The Apple team of this key changes from ${teamOf(before)} to ${teamOf(now)}.`;
  return found(
    served && !serves && finding('production-lost', lost),
    isOtherTeam && finding('team-changes', moved),
  );
}

function teamOf({ team }: LosableFacts): string {
  const { id = null, name = null } = team ?? {};
  return name === null ? `${id}` : `${name} (${id})`;
}
