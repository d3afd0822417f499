import type { Context } from '../../context.ts';
import { stopsAt, warnDaysOf } from '../../delivery/judging.ts';
import { openP12 } from '../../delivery/open-p12.ts';
import { CliError } from '../../errors/cli-error.ts';
import {
  type ApnsOptions,
  type ConnectionOptions,
  type P12Options,
  readSettings,
} from '../../settings/settings.ts';
import type { CommandModule } from '../command.ts';
import { type GivingOptions, giveCertificate } from './give-certificate.ts';
import { warnOfQuery } from './sent.ts';
import { formatSet, type SetReport } from './set-format.ts';
import type { Verifying } from './verify-first.ts';

export interface SetOptions extends ConnectionOptions, P12Options, ApnsOptions, GivingOptions {
  readonly clientAppKey?: string;
  readonly verify?: boolean;
}

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
