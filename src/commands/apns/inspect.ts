import type { Command } from 'commander';
import type { Finding } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import type { CertificateReport, ContainerReport } from '../../report/certificate.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import type { P12Options } from '../open-p12.ts';
import { addExamples, addP12Options } from '../options.ts';

export interface InspectReport {
  readonly file: string;
  readonly certificate: CertificateReport | null;
  readonly container: ContainerReport;
  readonly findings: readonly Finding[];
  readonly ok: boolean;
}

function register(command: Command): void {
  command.argument('[file]', 'the .p12 file, - is stdin');
  addP12Options(command);
  addExamples(
    command,
    'mfa-cli apns inspect cert.p12',
    'mfa-cli apns inspect cert.p12 --password-file password.txt --json',
  );
}

export async function inspect(options: P12Options, context: Context): Promise<InspectReport> {
  const { openP12 } = await import('../open-p12.ts');
  const { checkPushIdentity } = await import('../../checks/check-push-identity.ts');
  const { reportCertificate, reportContainer } = await import('../../report/certificate.ts');
  const { hasErrors } = await import('../../checks/finding.ts');
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

export async function format(report: InspectReport, style: Style): Promise<string> {
  const { formatCertificate, formatContainer } = await import('../../report/certificate.ts');
  const { formatFindings } = await import('../../report/findings.ts');
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
  register,
  work: inspect,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
