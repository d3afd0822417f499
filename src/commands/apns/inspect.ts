import { openP12 } from '../../certificate/open-p12.ts';
import { standingOf } from '../../change/judge-reach.ts';
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
  const { file, identity } = await openP12(givenP12(options, context.env), context);
  const now = context.now();
  const { environment = null } = options;
  const findings = checkPushIdentity(identity, {
    now,
    warnDays,
    environment,
    to: context.destination,
    isToSend: environment !== null,
  });
  return {
    file: file.name,
    ...reportIdentity(identity, findings, now),
  };
}

function format(report: InspectReport, style: Style, _options: InspectOptions, now: Date): string {
  return formatIdentity(report, verdict(report, style, now), style);
}

function verdict({ ok, certificate, findings }: InspectReport, style: Style, now: Date): string {
  const concerned = countConcerns(findings);
  if (!ok) return style.verdict('error', `This file cannot be set: ${concerned}.`);
  const isPractice = certificate?.issuer === `CN=${practiceAuthority}`;
  const isForSandbox = findings.some(({ code }) => code === 'sandbox-only');
  const only = isForSandbox ? ' for the sandbox only' : '';
  const at = isPractice ? ' for a tenant on this machine only' : '';
  const counted = concerned === '' ? '' : `, with ${concerned}`;
  const { reach } = standingOf({ now, findings, isLocal: isPractice });
  return style.verdict(
    reach === 'against' ? 'warning' : 'ok',
    `This file can be set${only}${at}${counted}.`,
  );
}

export const command: CommandModule<InspectOptions, InspectReport> = {
  work: inspect,
  format,
  exitCode: ({ findings }, options) =>
    stopsAt(findings, judgingOf({ ...options, force: undefined })) ? 4 : 0,
};
