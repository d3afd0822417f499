import { type Finding, hasErrors } from '../checks/finding.ts';
import type { PushIdentity } from '../pkcs12/model.ts';
import type { Style } from '../terminal/style.ts';
import {
  type CertificateReport,
  type ContainerReport,
  formatCertificate,
  formatContainer,
  reportCertificate,
  reportContainer,
} from './certificate.ts';
import { formatFindings } from './findings.ts';

/** What a .p12 holds and what is wrong with it, as `--json` gives it. */
export interface IdentityReport {
  readonly certificate: CertificateReport | null;
  readonly container: ContainerReport;
  readonly findings: readonly Finding[];
  /** False exactly when a finding has level `error`. */
  readonly ok: boolean;
}

export function reportIdentity(
  { certificate, container }: PushIdentity,
  findings: readonly Finding[],
  now: Date,
): IdentityReport {
  return {
    certificate: certificate === null ? null : reportCertificate(certificate, now),
    container: reportContainer(container),
    findings,
    ok: !hasErrors(findings),
  };
}

/** The report for a person, the verdict first. */
export function formatIdentity(
  { certificate, container, findings }: IdentityReport,
  verdict: string,
  style: Style,
): string {
  return [
    `${verdict}\n`,
    ...(certificate === null ? [] : [formatCertificate(certificate, style)]),
    formatContainer(container, style),
    formatFindings(findings, style),
  ]
    .filter((part) => part !== '')
    .join('\n');
}
