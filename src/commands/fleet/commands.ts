import type { Command } from 'commander';
import { addAlertOptions, addExamples, addHookOptions, addJudgingOptions } from '../../settings/options.ts';
import type { Family } from '../command.ts';

/** The fleet file where none is named, in the working directory. */
export const defaultFleetFile = 'mfa-fleet.yaml';

export const fleet: Family = {
  word: 'fleet',
  summary: 'many tenants, declared in one file',
  example: 'mfa-cli fleet plan',
  commands: [
    {
      word: 'init',
      summary: 'write a fleet file of what this machine knows',
      options(command) {
        command
          .option('--file <file>', `where to, - is stdout; default: ${defaultFleetFile}`)
          .option('--refresh', 'ask each tenant, as far as it tells, with which key it pushes')
          .option('--force', 'replace an existing file');
        addExamples(command, 'mfa-cli fleet init', 'mfa-cli fleet init --file fleets/production.yaml');
      },
      load: () => import('./init.ts'),
    },
    {
      word: 'plan',
      summary: 'show what apply would do',
      options(command) {
        addFleetOptions(command)
          .option('--refresh', 'sign in to the tenants and ask what they hold')
          .option('--exit-code', 'end with 8 where something would change');
        addJudgingOptions(command).option('--force', 'plan in spite of findings');
        addExamples(
          command,
          'mfa-cli fleet plan',
          'mfa-cli fleet plan --label ring=canary --fail-on warning',
        );
      },
      load: () => import('./plan.ts'),
    },
    {
      word: 'apply',
      summary: 'give each tenant what the fleet file declares',
      options(command) {
        addFleetOptions(command)
          .option('--concurrency <n>', 'tenants at once; default: 8')
          .option('--all', 'send also what is the same already, and delete what is absent')
          .option('--canary <name>', 'this tenant first, and the rest only if it went well')
          .option('--max-failures <n>', 'begin no further tenant after so many failures')
          .option('--verify', 'ask APNs about each certificate first')
          .option('--yes', 'do not ask')
          .option('--out <file>', 'write the report to this file, as JSON, over what is there');
        addJudgingOptions(command).option('--force', 'send in spite of findings');
        addHookOptions(command);
        addExamples(
          command,
          'mfa-cli fleet apply',
          'mfa-cli fleet apply --canary acme --max-failures 3 --verify --yes',
        );
      },
      load: () => import('./apply.ts'),
    },
    {
      word: 'status',
      summary: 'show how long what each tenant was given lasts',
      options(command) {
        addFleetOptions(command, '--record <file...>')
          .option(
            '--warn-days <days>',
            'exit 4 with this many days left or fewer; default: what the fleet file says, else 30',
          )
          .addOption(
            command
              .createOption(
                '--format <format>',
                'what to print; default: what the name in --out ends with, else table',
              )
              .choices(['table', 'html', 'ics', 'csv', 'prometheus', 'github']),
          )
          .option('--out <file>', 'write it there, over what was there')
          .option('--refresh', 'sign in to the tenants and ask what they hold');
        addAlertOptions(command);
        addExamples(
          command,
          'mfa-cli fleet status',
          'mfa-cli fleet status --out fleet.html',
          'mfa-cli fleet status --format ics --out push-certificates.ics --warn-days 45',
          'mfa-cli fleet status --label region=eu --format github',
          'mfa-cli fleet status --record record-*.json --out fleet.html',
          'mfa-cli fleet status --refresh --out fleet.html --json',
        );
      },
      load: () => import('./status.ts'),
    },
    {
      word: 'merge',
      summary: 'make one report of those of all shards',
      options(command) {
        command.argument('<reports...>', 'what fleet plan or apply printed with --json, - is stdin');
        addExamples(
          command,
          'mfa-cli fleet merge shard-*.json',
          'mfa-cli fleet merge --json shard-0.json shard-1.json > report.json',
        );
      },
      load: () => import('./merge.ts'),
    },
  ],
};

/**
 * The options of `FleetOptions`: the file, its record, and which tenants of it.
 * @param record how the option of the record is spelled
 */
function addFleetOptions(command: Command, record = '--record <file>'): Command {
  return command
    .option('--file <file>', `the fleet file, - is stdin; default: ${defaultFleetFile}`)
    .option(
      record,
      'what was set last where; default: mfa-fleet.record.json, or as the fleet file is named, beside it',
    )
    .option('--only <name...>', 'these tenants alone')
    .option('--label <key=value...>', 'the tenants with all of these labels alone')
    .option('--trust', 'trust whatever the file runs and reads, this once')
    .option(
      '--shard <i/n>',
      'one of n parts of the tenants, i from 0 on [MFA_CLI_SHARD, or JOB_COMPLETION_INDEX and MFA_CLI_SHARDS]',
    );
}
