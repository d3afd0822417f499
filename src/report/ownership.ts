import { onOneLine } from '../text/printable.ts';

/** Whose a certificate is, as a ledger or a fleet file knows it. Null: unknown. */
export interface Ownership {
  /** In free text. */
  readonly owner: string | null;
  /** In free text. */
  readonly ticket: string | null;
  /** The Apple team in the certificate. */
  readonly team: OwningTeam | null;
}

interface OwningTeam {
  readonly id: string | null;
  readonly name: string | null;
}

/** The ownership in a line of a ledger, or in a report, and nothing else of it. */
export function ownershipOf({ owner, ticket, team }: Ownership): Ownership {
  return { owner, ticket, team };
}

/**
 * `Owner: identity team; ticket: CHG-7; Apple team Example Ltd (ABCDE12345)`, without a
 * period; null if nothing is known.
 */
export function wordsForOwner({ owner, ticket, team }: Ownership): string | null {
  const parts = [
    owner === null ? null : `owner: ${onOneLine(owner)}`,
    ticket === null ? null : `ticket: ${onOneLine(ticket)}`,
    team === null ? null : wordsForTeam(team),
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return parts.join('; ').replace(/^./, (letter) => letter.toUpperCase());
}

function wordsForTeam({ id, name }: OwningTeam): string | null {
  if (name === null) return id === null ? null : `Apple team ${onOneLine(id)}`;
  return `Apple team ${onOneLine(name)}${id === null ? '' : ` (${onOneLine(id)})`}`;
}
