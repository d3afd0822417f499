import { provenOrRehearsed, rehearsalCaveat } from '../../../change/reach-words.ts';
import { count } from '../../../text/phrasing.ts';
import { grouped } from '../grouped.ts';
import type { FleetStatusReport, FleetStatusTenant } from '../report.ts';

/** The sources of the report, and what pushes have proven: a sentence each. */
export function originOf({ tenants }: FleetStatusReport): readonly string[] {
  const asked = tenants.filter(({ held }) => held !== null);
  const told = asked.filter(({ held }) => held?.outcome !== 'unknown').length;
  const source =
    asked.length === 0
      ? 'From the record; the tenants were not asked.'
      : `${told} of ${count(asked.length, 'tenant')} reported a topic; the dates are from the record.`;
  return [...provenIn(tenants), ...unprovenIn(tenants), source];
}

/** Rehearsals apart. */
function provenIn(tenants: readonly FleetStatusTenant[]): readonly string[] {
  const proven = tenants.filter(({ provenAt }) => provenAt !== null);
  return [...grouped(proven, ({ tenant }) => provenOrRehearsed(tenant))].map(([verb, same]) => {
    const dated = same.map(({ name, provenAt }) => `${name} (${provenAt?.slice(0, 10)})`);
    const caveat = rehearsalCaveat(same[0]?.tenant ?? '');
    return `${verb} for ${first(dated)}: a push was approved, and its app confirmed.${caveat}`;
  });
}

/** Those that nothing speaks against, and those of which nothing is known. */
function unprovenIn(tenants: readonly FleetStatusTenant[]): readonly string[] {
  const unproven = tenants.filter(
    ({ reach, recorded, inUse }) => reach === 'not-known' && recorded !== null && inUse !== false,
  );
  const unrecorded = tenants.filter(
    ({ state, deletedAt }) => state === 'never-set' && deletedAt === null,
  );
  const sentences: string[] = [];
  if (unproven.length > 0)
    sentences.push(
      `Not proven for ${firstNames(unproven)}: no approved push in its app is on record.`,
    );
  if (unrecorded.length > 0)
    sentences.push(
      `Nothing is known of pushes for ${firstNames(unrecorded)}: no certificate is on record.`,
    );
  return sentences;
}

/** The most names in a sentence. */
const shownNames = 5;

/** The first names, and how many more there are. */
export function firstNames(tenants: readonly FleetStatusTenant[]): string {
  return first(tenants.map(({ name }) => name));
}

function first(names: readonly string[]): string {
  const more = names.length - shownNames;
  return more > 0 ? `${names.slice(0, shownNames).join(', ')} and ${more} more` : names.join(', ');
}
