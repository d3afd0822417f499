import type { Context } from '../../context.ts';
import { stopsAt, warnDaysOf } from '../../delivery/judging.ts';
import { removeTemporaries } from '../../files/directory.ts';
import { lockFile } from '../../files/lock-file.ts';
import { readSettings } from '../../settings/settings.ts';
import type { CommandModule } from '../command.ts';
import { makeOutputDirectory } from './make-request.ts';
import { formatRenew } from './renew/format.ts';
import { ifDaysLeftOf, type RenewOptions } from './renew/inputs.ts';
import type { RenewReport } from './renew/report.ts';
import { goOn, look, type Run, rehearse, reportLater } from './renew/run.ts';
import { stateFileIn } from './renew/state.ts';
import { requireNames } from './request-inputs.ts';
import { warnOfQuery } from './send-as.ts';

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
