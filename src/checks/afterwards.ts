import type { Finding, FindingCode } from './finding.ts';

/**
 * The advice that replaces one to continue, once a tenant has what the findings warned
 * of.
 */
const afterwards: Readonly<Partial<Record<FindingCode, string>>> = {
  'silences-other-app':
    'Users with the other app get no more pushes. ' +
    'Set the certificate of the other key again to go back.',
  // The second sentence of its usual hint says the rest.
  'topic-changes': 'Set the earlier certificate again to go back.',
  'production-lost':
    'Apps from the App Store, TestFlight or MDM get no more pushes. ' +
    'Set the earlier certificate again to go back.',
  'team-changes': 'If the app has not moved to that team, set the earlier certificate again.',
};

/**
 * The findings of something that was done: their hints no longer say when to continue.
 */
export function findingsAfterwards(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((one) => {
    const advice = afterwards[one.code];
    if (advice === undefined) return one;
    // The first sentence says when to continue; others may follow it.
    const [, ...others] = one.hint.split(/(?<=\.) /);
    return { ...one, hint: [advice, ...others].join(' ') };
  });
}
