import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import { type Finding, hasErrors } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import {
  type CertificateReport,
  type ContainerReport,
  formatCertificate,
  formatContainer,
  reportCertificate,
  reportContainer,
} from '../../report/certificate.ts';
import { formatFindings } from '../../report/findings.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { openP12, type P12Options } from '../open-p12.ts';

export interface InspectReport {
  readonly file: string;
  readonly certificate: CertificateReport | null;
  readonly container: ContainerReport;
  readonly findings: readonly Finding[];
  readonly ok: boolean;
}

export async function inspect(options: P12Options, context: Context): Promise<InspectReport> {
  const { file, identity } = await openP12(options, context);
  const now = context.now();
  const findings = checkPushIdentity(identity, { now });
  return {
    file: file.name,
    certificate: identity.certificate === null ? null : reportCertificate(identity.certificate, now),
    container: reportContainer(identity.container),
    findings,
    ok: !hasErrors(findings),
  };
}

function format(report: InspectReport, style: Style): string {
  const { certificate, container, findings, ok } = report;
  const verdict = ok ? style.green('✓ This file can be set.') : style.red('✗ This file cannot be set.');
  return [
    ...(certificate === null ? [] : [formatCertificate(certificate, style)]),
    formatContainer(container, style),
    formatFindings(findings, style),
    `${verdict}\n`,
  ].join('\n');
}

export const command: CommandModule<P12Options, InspectReport> = {
  work: inspect,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
