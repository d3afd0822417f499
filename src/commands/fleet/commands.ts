import type { Command } from 'commander';
import {
  addAlertOptions,
  addExamples,
  addHookOptions,
  addJudgingOptions,
} from '../../settings/options.ts';
import { defaultFleetFile } from '../../settings/table.ts';
import type { Family } from '../command.ts';

export const fleet: Family = {
  word: 'fleet',
  summary: 'manage many tenants from one file',
  example: 'mfa-cli fleet plan',
  commands: [
    {
      word: 'init',
      summary: 'write a fleet file from the profiles and records of this machine',
      options(command) {
        command
          .option('--file <file>', `file to write, - is stdout; default: ${defaultFleetFile}`)
          .option('--force', 'replace an existing file');
        addExamples(
          command,
          'mfa-cli fleet init',
          'mfa-cli fleet init --file fleets/production.yaml',
        );
      },
      load: () => import('./init.ts'),
    },
    {
      word: 'plan',
      summary: 'show the changes that apply would make',
      options(command) {
        addFleetOptions(command)
          .option('--refresh', 'sign in to the tenants and ask for their current state')
          .option('--exit-code', 'exit 8 if there are changes');
        addJudgingOptions(command).option('--force', 'plan despite findings');
        addExamples(command, 'mfa-cli fleet plan', 'mfa-cli fleet plan --label ring=canary');
      },
      load: () => import('./plan.ts'),
    },
    {
      word: 'apply',
      summary: 'make each tenant match the fleet file',
      options(command) {
        addFleetOptions(command)
          .option('--concurrency <n>', 'number of tenants at a time; default: 8')
          .option('--all', 'also repeat sets and deletions that are already done')
          .option('--canary <name>', 'start with this tenant, and continue only if it succeeds')
          .option('--max-failures <n>', 'start no more tenants after this many failures')
          .option('--verify', 'check each certificate with APNs first')
          .option('--yes', 'do not ask')
          .option('--out <file>', 'write the report to this file as JSON, replacing it');
        addJudgingOptions(command).option('--force', 'send despite findings');
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
      summary: "show each tenant's certificate, with days left",
      options(command) {
        addFleetOptions(command, '--record <file...>')
          .option(
            '--warn-days <days>',
            'exit 4 if this many days or fewer are left; default: as in the fleet file, else 30',
          )
          .addOption(
            command
              .createOption(
                '--format <format>',
                'output format; default: the suffix of --out, else table',
              )
              .choices(['table', 'html', 'ics', 'csv', 'prometheus', 'github']),
          )
          .option('--out <file>', 'file to write, replacing it')
          .option('--refresh', 'sign in to the tenants and ask for their current state');
        addAlertOptions(command);
        addExamples(
          command,
          'mfa-cli fleet status',
          'mfa-cli fleet status --out fleet.html',
          'mfa-cli fleet status --format ics --out push-certificates.ics --warn-days 45',
          'mfa-cli fleet status --record record-*.json --out fleet.html',
        );
      },
      load: () => import('./status.ts'),
    },
    {
      word: 'merge',
      summary: 'merge the reports of all shards into one',
      options(command) {
        command.argument('<reports...>', 'JSON reports of fleet plan or apply, - is stdin');
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

function addFleetOptions(command: Command, record = '--record <file>'): Command {
  return command
    .option('--file <file>', `the fleet file, - is stdin; default: ${defaultFleetFile}`)
    .option(
      record,
      'record of the certificates set last; default: NAME.record.json beside NAME.yaml',
    )
    .option('--only <name...>', 'only these tenants')
    .option('--label <key=value...>', 'only tenants with all of these labels')
    .option('--trust', 'for this run, trust everything that the file runs and reads')
    .option(
      '--shard <i/n>',
      'part i of n of the tenants, starting at 0 [MFA_CLI_SHARD, or JOB_COMPLETION_INDEX and MFA_CLI_SHARDS]',
    );
}
