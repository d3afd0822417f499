import type { Context } from '../../context.ts';
import { stopsAt, warnDaysOf } from '../../delivery/judging.ts';
import { lockFile } from '../../files/lock-file.ts';
import { removeTemporaries } from '../../files/temporary.ts';
import { addConnectionOptions, addExamples, addJudgingOptions } from '../../settings/options.ts';
import { readSettings } from '../../settings/settings.ts';
import type { CommandModule, Declaration } from '../command.ts';
import { makeOutputDirectory } from './make-request.ts';
import { formatRenew } from './renew/format.ts';
import { ifDaysLeftOf, type RenewOptions } from './renew/inputs.ts';
import type { RenewReport } from './renew/report.ts';
import { goOn, look, type Run, rehearse, reportLater } from './renew/run.ts';
import { stateFileIn } from './renew/state.ts';
import { requireNames } from './request-inputs.ts';
import { addSendAsOption, warnOfQuery } from './send-as.ts';

export const declaration: Declaration = {
  words: ['apns', 'renew'],
  summary: "the year's renewal, from key to tenant: one command to come back to",
  options(command) {
    command
      .option('--bundle-id <id>', 'bundle ID of the app')
      .option('--team-id <id>', 'team ID of the Apple developer account, 10 characters')
      .option('--dir <directory>', 'directory of the renewals, made where absent')
      .option(
        '--if-days-left <days>',
        'do nothing while more days are left; end with 4 where a person is needed',
      )
      .option('--cert <file>', "Apple's certificate; default: the newest in the directory that fits the key")
      .option('--email <address>', 'e-mail address in the request')
      .option('--key-password-file <file>', "file with the key's password, - is stdin [MFA_CLI_KEY_PASSWORD]")
      .option(
        '--new-password-file <file>',
        "file with the .p12's password, and with the key's where nothing else gives that [MFA_CLI_P12_PASSWORD]",
      )
      .option('--no-encrypt', 'leave the private key without a password')
      .addOption(
        command
          .createOption('--encryption <scheme>', 'of the .p12; default: modern')
          .choices(['modern', 'legacy']),
      )
      .option(
        '--client-app-key <key>',
        'key of the client app; default: as it was set last, else the bundle ID [MFA_CLI_CLIENT_APP_KEY]',
      )
      .addOption(
        command
          .createOption('--environment <name>', 'environment that must be served; default: production')
          .choices(['production', 'sandbox']),
      )
      .option('--no-verify', 'do not ask APNs')
      .option('--apns-host <host:port>', "another host than Apple's [MFA_CLI_APNS_HOST]")
      .option('--dry-run', 'say where it stands and what is next; write and send nothing')
      .option('--yes', 'do not ask');
    addJudgingOptions(command);
    addSendAsOption(command);
    addConnectionOptions(command);
    addExamples(
      command,
      'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push',
      'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --if-days-left 30',
    );
  },
};

const place = { message: 'Directory of the renewals:', given: 'dir', option: '--dir DIR' } as const;

export async function renew(options: RenewOptions, context: Context): Promise<RenewReport> {
  const run: Run = {
    options,
    ifDaysLeft: ifDaysLeftOf(options),
    now: context.now(),
    warnDays: warnDaysOf(options),
    names: await requireNames(options, place, context),
    settings: await readSettings(options, context),
  };
  const { directory } = run.names;
  warnOfQuery(options, 'the .p12 and its password', context);
  const before = look(run);
  if (!before.standing.isDue) return reportLater(before, run);
  if (options.dryRun === true) return rehearse(before, run, context);

  makeOutputDirectory(directory);
  const release = lockFile(stateFileIn(directory), {
    unlockable: `The directory ${directory} cannot be locked`,
    held: (holder, lock) => `Another mfa-cli${holder} renews in ${directory}. If none does, remove ${lock}`,
  });
  try {
    // Nobody else writes here, and a private key is not to lie about.
    removeTemporaries(directory, true);
    const situation = look(run);
    return situation.standing.isDue ? await goOn(situation, run, context) : reportLater(situation, run);
  } finally {
    release();
  }
}

export const command: CommandModule<RenewOptions, RenewReport> = {
  work: renew,
  format: formatRenew,
  exitCode: ({ verification, findings, needs }, options) => {
    if (verification?.accepted === false) return 6;
    if (stopsAt(findings, options)) return 4;
    return needs !== null && options.ifDaysLeft !== undefined ? 4 : 0;
  },
};
