import type { Context } from '../../../context.ts';
import { type RenewState, type Round, writeState } from './state.ts';

/** Notes each step of a renewal in its directory as it is done. */
export interface Journal {
  readonly directory: string;
  readonly names: {
    readonly bundleId: string;
    readonly teamId: string;
    /** What renewals are called so far. */
    readonly taken: readonly string[];
  };
  /** @throws {CliError} file-unwritable, interrupted */
  keep(round: Round): Promise<Round>;
  /** What was kept last, or null. */
  latest(): Round | null;
}

/** @param open the renewal under way, or null */
export function openJournal(
  directory: string,
  state: RenewState,
  open: Round | null,
  context: Context,
): Journal {
  const { bundleId, teamId, rounds } = state;
  let latest = open;
  return {
    directory,
    names: { bundleId, teamId, taken: rounds.map(({ name }) => name) },
    async keep(round) {
      const others = rounds.filter(({ name }) => name !== round.name);
      await writeState(directory, { ...state, rounds: [...others, round] }, context);
      latest = round;
      return round;
    },
    latest: () => latest,
  };
}
