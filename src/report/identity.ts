import { type Finding, hasErrors } from '../checks/finding.ts';
import { daysLeft } from '../checks/validity.ts';
import type { Certificate, CertificateKind, Container, PushIdentity } from '../pkcs12/model.ts';
import type { Style } from '../terminal/style.ts';
import { count } from '../text/phrasing.ts';
import { formatDaysLeft, formatFields, formatFindings, inParts, isoDate } from './fields.ts';

/** Members of a certificate that no report tells as they are. */
type ToldOtherwise = 'der' | 'notBefore' | 'notAfter' | 'publicKey';
type Untold = 'issuerCommonName' | 'issuerOrganizationalUnit' | 'authorityKeyId';

/** A certificate as `--json` gives it; dates are ISO 8601. */
export interface CertificateReport extends Omit<Certificate, ToldOtherwise | Untold> {
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  readonly key: Certificate['publicKey'];
}

/** How the file was made, as `--json` gives it. */
type ContainerReport = Pick<Container, 'mac' | 'encryption' | 'keys' | 'certificates'>;

export function reportCertificate(certificate: Certificate, now: Date): CertificateReport {
  const { subject, commonName, kind, bundleId, teamId, topics, environments, issuer } = certificate;
  const { serialNumber, fingerprint, fingerprintSha1 } = certificate;
  return {
    ...{ subject, commonName, kind, bundleId, teamId, topics, environments, issuer, serialNumber },
    notBefore: isoDate(certificate.notBefore),
    notAfter: isoDate(certificate.notAfter),
    daysLeft: daysLeft(certificate.notAfter, now),
    ...{ fingerprint, fingerprintSha1, key: certificate.publicKey },
  };
}

function reportContainer({ mac, encryption, keys, certificates }: Container): ContainerReport {
  return { mac, encryption, keys, certificates };
}

const kinds: Readonly<Record<CertificateKind, string>> = {
  'apple-push-services': 'Apple push services (universal)',
  'development-push': 'development push',
  'production-push': 'production push',
  'voip-push': 'VoIP push',
  'mdm-push': 'MDM push',
  'pass-type': 'Wallet pass',
  'website-push': 'website push',
  distribution: 'distribution (code signing)',
  development: 'development (code signing)',
  other: 'unknown',
};

export function formatCertificate(certificate: CertificateReport, style: Style): string {
  const { key } = certificate;
  return formatFields(
    [
      ['Certificate', style.bold(certificate.commonName ?? certificate.subject)],
      ['Kind', kinds[certificate.kind]],
      ['Bundle ID', certificate.bundleId ?? 'none'],
      ['Team ID', certificate.teamId ?? 'none'],
      ['Topics', certificate.topics.length === 0 ? 'none' : certificate.topics.join(', ')],
      ['Environments', certificate.environments.length === 0 ? 'none' : certificate.environments.join(', ')],
      ['Valid', formatValidity(certificate, style)],
      ['Key', key.bits === null ? key.type : `${key.type} ${key.bits}`],
      ['Issuer', certificate.issuer],
      ['Serial number', certificate.serialNumber],
      ['SHA-256', certificate.fingerprint],
      ['SHA-1', certificate.fingerprintSha1],
    ],
    style,
  );
}

function formatContainer(container: ContainerReport, style: Style): string {
  const { mac, encryption } = container;
  return formatFields(
    [
      ['Integrity', mac === null ? 'none' : `${mac.algorithm}, ${mac.iterations} iterations`],
      ['Encryption', encryption.length === 0 ? 'none' : encryption.join(', ')],
      ['Holds', `${count(container.keys, 'private key')}, ${count(container.certificates, 'certificate')}`],
    ],
    style,
  );
}

function formatValidity({ notBefore, notAfter, daysLeft: days }: CertificateReport, style: Style): string {
  return `${notBefore.slice(0, 10)} to ${formatDaysLeft(notAfter, days, style)}`;
}

/** The contents and the findings of a .p12, as `--json` prints them. */
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
  const own = certificate === null ? '' : formatCertificate(certificate, style);
  return inParts(`${verdict}\n`, own, formatContainer(container, style), formatFindings(findings, style));
}
