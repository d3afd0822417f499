import type { Command } from 'commander';
import type { GlobalOptions } from '../../settings/settings.ts';

/** Options of the commands that work on a fleet. */
export interface FleetOptions extends GlobalOptions {
  readonly file?: string;
  readonly record?: string;
  readonly only?: readonly string[];
  readonly label?: readonly string[];
  readonly shard?: string;
}

/** The fleet file where none is named, in the working directory. */
export const defaultFleetFile = 'mfa-fleet.yaml';

/**
 * The options of `FleetOptions`: the file, its record, and which tenants of it.
 * @param record how the option of the record is spelled
 */
export function addFleetOptions(command: Command, record = '--record <file>'): Command {
  return command
    .option('--file <file>', `the fleet file, - is stdin; default: ${defaultFleetFile}`)
    .option(record, 'what was set last where; default: mfa-fleet.record.json beside the fleet file')
    .option('--only <name...>', 'these tenants alone')
    .option('--label <key=value...>', 'the tenants with all of these labels alone')
    .option(
      '--shard <i/n>',
      'one of n parts of the tenants, i from 0 on [MFA_CLI_SHARD, or JOB_COMPLETION_INDEX and MFA_CLI_SHARDS]',
    );
}
