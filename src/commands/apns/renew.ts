import { namedLedger, readMemory } from '../../change/read-memory.ts';
import { stopsAt } from '../../checks/finding.ts';
import { defaultWarnDays } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { lockFile } from '../../files/lock-file.ts';
import { judgingOf } from '../../settings/certificate.ts';
import { warnOfOverrides } from '../../settings/overrides.ts';
import { noOwnOptions, readSettings } from '../../settings/resolve.ts';
import { orThrow } from '../../settings/settings.ts';
import type { CommandModule } from '../command.ts';
import { makeOutputDirectory, requireNames } from './p12/make-request.ts';
import { carryOn } from './renew/carry-on.ts';
import { formatRenew } from './renew/format-renewal.ts';
import type { RenewOptions } from './renew/options.ts';
import { type Renewal, readRenewal } from './renew/renewal.ts';
import { type RenewReport, reportLater, reportOutcome } from './renew/report-renewal.ts';
import { sameCommand, stepLater } from './renew/same-command.ts';
import { stageOf, stateFileIn } from './renew/state.ts';
import { requireIssuerOptions } from './renew/steps.ts';
import { warnOfQuery } from './warn-of-query.ts';

export async function renew(options: RenewOptions, context: Context): Promise<RenewReport> {
  requireIssuerOptions(options);
  const own = { ...noOwnOptions, clientAppKey: options.clientAppKey };
  const settings = await readSettings(options, context, own);
  warnOfOverrides(settings, ['tenant', 'client-app-key'], context);
  const place = { given: options.dir, message: 'Directory of the renewals:', option: '--dir DIR' };
  const names = await requireNames(options, place, context);
  const { directory } = names;
  const tenant = orThrow(settings.tenant);
  const ledgerPlace = namedLedger(options.record, context.env);
  const also = ledgerPlace === null ? [] : [ledgerPlace];
  const read = async () => ({
    memory: await readMemory({ tenants: tenant === null ? null : [tenant], also }, context),
    ledgerPlace,
  });
  const given = { options, settings, names };
  const before = readRenewal(given, await read(), context);
  warnOfQuery(options.sendAs ?? null, 'the .p12 and its password', context);
  if (!before.standing.isDue) return reportLater(before);

  makeOutputDirectory(directory);
  const release = lockFile(stateFileIn(directory), {
    unlockable: `The directory ${directory} cannot be locked`,
    held: (holder) => `Another mfa-cli${holder} is renewing in ${directory}`,
  });
  try {
    const renewal = readRenewal(given, await read(), context);
    return renewal.standing.isDue ? await goOn(renewal) : reportLater(renewal);
  } finally {
    release();
  }
}

async function goOn(renewal: Renewal): Promise<RenewReport> {
  try {
    const report = reportOutcome(renewal, await carryOn(renewal));
    if (report.current === null || report.stage !== 'set') return report;
    const bound = renewal.ifDaysLeft ?? defaultWarnDays;
    return { ...report, next: [stepLater(renewal, report.current.notAfter, bound)] };
  } catch (error) {
    const latest = renewal.latest();
    if (error instanceof CliError && latest !== null)
      renewal.context.terminal.note(
        `The renewal is at stage "${stageOf(latest)}". ${sameCommand(renewal)} resumes it.`,
      );
    throw error;
  }
}

export const command: CommandModule<RenewOptions, RenewReport> = {
  work: renew,
  format: formatRenew,
  exitCode({ verification, findings, needs, error, set, due, reach }, options) {
    if (error !== undefined) return error.exitCode;
    if (verification?.accepted === false) return 6;
    if (stopsAt(findings, judgingOf({ ...options, force: undefined }))) return 4;
    if (set !== null && reach === 'against') return 8;
    if (!due && reach === 'against') return 4;
    const isWatched = options.ifDaysLeft !== undefined || options.issuer !== undefined;
    return needs !== null && isWatched ? 4 : 0;
  },
  atEnd: {
    did: (report) => (report.set === null ? null : 'renewed'),
    isUnknown: ({ sent }) => sent === null,
  },
};
