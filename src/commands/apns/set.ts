import type { Context } from '../../context.ts';
import { stopsAt, warnDaysOf } from '../../delivery/judging.ts';
import { openP12 } from '../../delivery/open-p12.ts';
import { CliError } from '../../errors/cli-error.ts';
import {
  addConnectionOptions,
  addExamples,
  addJudgingOptions,
  addP12Options,
} from '../../settings/options.ts';
import type { ApnsOptions, P12Options } from '../../settings/settings.ts';
import { type ConnectionOptions, readSettings } from '../../settings/settings.ts';
import type { CommandModule, Declaration } from '../command.ts';
import { type GivingOptions, giveCertificate } from './give-certificate.ts';
import { addSendAsOption, warnOfQuery } from './send-as.ts';
import { formatSet, type SetReport } from './set-format.ts';
import type { Verifying } from './verify-first.ts';

export interface SetOptions extends ConnectionOptions, P12Options, ApnsOptions, GivingOptions {
  readonly clientAppKey?: string;
  readonly verify?: boolean;
}

export const declaration: Declaration = {
  words: ['apns', 'set'],
  summary: 'check a .p12 and give it to the tenant',
  options(command) {
    command.argument('[file]', 'the .p12 file, - is stdin');
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
      .option('--yes', 'do not ask')
      .option('--verify', 'ask APNs first, and send nothing that it refuses; on a terminal the default')
      .option('--no-verify', 'do not ask APNs')
      .option('--refresh', 'ask the tenant afterwards, as far as it tells, which topic it holds')
      .option('--apns-host <host:port>', "another host than Apple's [MFA_CLI_APNS_HOST]");
    addJudgingOptions(command);
    addSendAsOption(command);
    addConnectionOptions(command);
    addExamples(
      command,
      'mfa-cli apns set cert.p12',
      'mfa-cli apns set --p12 cert.p12 --password-file password.txt --environment production --dry-run',
    );
  },
};

export async function set(options: SetOptions, context: Context): Promise<SetReport> {
  const { interactive } = context.terminal;
  const verify: Verifying = options.verify ?? (interactive ? 'if-reachable' : false);
  if (options.apnsHost !== undefined && verify === false)
    throw new CliError('usage', 'An APNs host was given, but APNs is not asked', {
      facts: { option: '--verify' },
    });
  warnOfQuery(options, 'the .p12 and its password', context);
  const facts = { now: context.now(), warnDays: warnDaysOf(options) };
  const settings = await readSettings(options, context);
  const opened = await openP12(settings.p12, context);
  return giveCertificate(opened, { settings, options, facts, verify }, context);
}

export const command: CommandModule<SetOptions, SetReport> = {
  work: set,
  format: formatSet,
  exitCode: ({ findings, sent, verification }, options) => {
    if (verification?.accepted === false) return 6;
    return !sent && stopsAt(findings, options) ? 4 : 0;
  },
};
