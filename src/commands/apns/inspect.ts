import { openP12 } from '../../certificate/open-p12.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import { stopsAt } from '../../checks/finding.ts';
import { practiceAuthority } from '../../checks/issuer.ts';
import type { Context } from '../../context.ts';
import { countConcerns } from '../../report/findings.ts';
import { formatIdentity, type IdentityReport, reportIdentity } from '../../report/identity.ts';
import { givenP12, judgingOf } from '../../settings/certificate.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import type { InspectOptions } from './options.ts';

export interface InspectReport extends IdentityReport {
  readonly file: string;
}

export async function inspect(options: InspectOptions, context: Context): Promise<InspectReport> {
  const { warnDays } = judgingOf({ ...options, force: undefined });
  const { file, identity } = await openP12(givenP12(options, context.env, undefined), context);
  const now = context.now();
  const findings = checkPushIdentity(identity, { now, warnDays, to: context.destination });
  return {
    file: file.name,
    ...reportIdentity(identity, findings, now),
  };
}

function format(report: InspectReport, style: Style): string {
  const concerned = countConcerns(report.findings);
  const isPractice = report.certificate?.issuer === `CN=${practiceAuthority}`;
  const at = isPractice ? ' at a tenant on this machine only' : '';
  const verdict = report.ok
    ? style.verdict(
        'ok',
        `This file can be set${at}${concerned === '' ? '' : `, with ${concerned}`}.`,
      )
    : style.verdict('error', `This file cannot be set: ${concerned}.`);
  return formatIdentity(report, verdict, style);
}

export const command: CommandModule<InspectOptions, InspectReport> = {
  work: inspect,
  format,
  exitCode: ({ findings }, options) =>
    stopsAt(findings, judgingOf({ ...options, force: undefined })) ? 4 : 0,
};
