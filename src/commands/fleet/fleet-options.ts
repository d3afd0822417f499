import type { GlobalOptions } from '../../settings/settings.ts';

/** Options of the commands that work on a fleet. */
export interface FleetOptions extends GlobalOptions {
  readonly file?: string;
  readonly record?: string;
  readonly only?: readonly string[];
  readonly label?: readonly string[];
  readonly shard?: string;
}
