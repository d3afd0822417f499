import type { Command } from 'commander';
import type { P12Options } from '../../inputs/open-p12.ts';
import { addConnectionOptions, addExamples, addP12Options } from '../../inputs/options.ts';
import { addSendAsOption, type SendAsOptions } from './send-as.options.ts';
import type { TargetOptions } from './set-plan.ts';

export interface SetOptions extends P12Options, TargetOptions, SendAsOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly verify?: boolean;
  readonly apnsHost?: string;
}

export function register(command: Command): void {
  addP12Options(command)
    .option('--topic <topic>', "APNs topic; default: the certificate's bundle ID")
    .option('--client-app-key <key>', 'key of the client app; default: the topic [MFA_CLI_CLIENT_APP_KEY]')
    .addOption(
      command
        .createOption('--environment <name>', 'environment that must be served')
        .choices(['production', 'sandbox']),
    )
    .option('--dry-run', 'do all but the request; needs no session')
    .option('--force', 'send in spite of findings')
    .option('--yes', 'replace another certificate without asking')
    .option('--verify', 'ask APNs first, and send nothing that it refuses')
    .option('--apns-host <host:port>', "with --verify: another host than Apple's [MFA_CLI_APNS_HOST]");
  addSendAsOption(command);
  addConnectionOptions(command);
  addExamples(
    command,
    'mfa-cli apns set --p12 cert.p12',
    'mfa-cli apns set --p12 cert.p12 --password-file password.txt --environment production --dry-run',
  );
}
