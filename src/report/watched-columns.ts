import type { Ownership } from './ownership.ts';

/** The facts that a table of one tenant's certificates and that of a fleet share. */
interface Watched extends Ownership {
  /** Null: unknown. */
  readonly inUse: boolean | null;
  readonly inUseFrom: string | null;
  readonly ignoredSince: string | null;
  readonly reach: string;
  readonly against: readonly { readonly code: string }[];
}

/** The last columns of a CSV, in their order. Their names are a promise. */
export const watchedColumns: Readonly<Record<string, (one: Watched) => string | null>> = {
  in_use: ({ inUse }) => (inUse === null ? null : String(inUse)),
  in_use_from: ({ inUseFrom }) => inUseFrom,
  ignored_since: ({ ignoredSince }) => ignoredSince,
  reach: ({ reach }) => reach,
  against: ({ against }) => against.map(({ code }) => code).join(' ') || null,
  owner: ({ owner }) => owner,
  ticket: ({ ticket }) => ticket,
  team_id: ({ team }) => team?.id ?? null,
  team_name: ({ team }) => team?.name ?? null,
};
