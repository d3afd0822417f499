import { type Finding, hasErrors } from '../checks/finding.ts';
import { daysLeft } from '../checks/validity.ts';
import type { Certificate, CertificateKind, Container, PushIdentity } from '../pkcs12/model.ts';
import type { Style } from '../terminal/style.ts';
import { count } from '../text/phrasing.ts';
import { type Field, formatDaysLeft, formatFields, inParts, isoDate } from './fields.ts';
import { formatFindings } from './findings.ts';

/** Members of a certificate that no report tells as they are, or at all. */
type Unreported =
  | ('der' | 'notBefore' | 'notAfter' | 'publicKey' | 'organization')
  | ('issuerCommonName' | 'issuerOrganizationalUnit' | 'authorityKeyId');

/** A certificate as `--json` gives it; dates are ISO 8601. */
export interface CertificateReport extends Omit<Certificate, Unreported> {
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  readonly key: Certificate['publicKey'];
}

/** How the file was made, as `--json` gives it. */
type ContainerReport = Pick<Container, 'mac' | 'encryption' | 'keys' | 'certificates'>;

export function reportCertificate(certificate: Certificate, now: Date): CertificateReport {
  return {
    subject: certificate.subject,
    commonName: certificate.commonName,
    kind: certificate.kind,
    bundleId: certificate.bundleId,
    teamId: certificate.teamId,
    topics: certificate.topics,
    environments: certificate.environments,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
    notBefore: isoDate(certificate.notBefore),
    notAfter: isoDate(certificate.notAfter),
    daysLeft: daysLeft(certificate.notAfter, now),
    fingerprint: certificate.fingerprint,
    fingerprintSha1: certificate.fingerprintSha1,
    key: certificate.publicKey,
  };
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

/** The certificate in one piece, and then the file. */
function fieldsOf(
  certificate: CertificateReport | null,
  { mac, encryption, keys, certificates }: ContainerReport,
  style: Style,
): readonly Field[] {
  return [
    ...(certificate === null ? [] : certificateFields(certificate, style)),
    ['Integrity', mac === null ? 'none' : `${mac.algorithm}, ${mac.iterations} iterations`],
    ['Encryption', encryption.join(', ') || 'none'],
    ['Holds', `${count(keys, 'private key')}, ${count(certificates, 'certificate')}`],
  ];
}

/** The facts that decide, and then the others. */
function certificateFields(certificate: CertificateReport, style: Style): readonly Field[] {
  const { key, topics, environments, notBefore, notAfter, daysLeft: days } = certificate;
  return [
    ['Certificate', style.bold(certificate.commonName ?? certificate.subject)],
    ['Topics', topics.join(', ') || 'none'],
    ['Environments', environments.join(', ') || 'none'],
    ['Valid until', formatDaysLeft(notAfter, days, style)],
    ['Kind', kinds[certificate.kind]],
    ['Bundle ID', certificate.bundleId ?? 'none'],
    ['Team ID', certificate.teamId ?? 'none'],
    ['Valid from', notBefore.slice(0, 10)],
    ['Key', key.bits === null ? key.type : `${key.type} ${key.bits}`],
    ['Issuer', certificate.issuer],
    ['Serial number', certificate.serialNumber],
    ['SHA-256', certificate.fingerprint],
    ['SHA-1', certificate.fingerprintSha1],
  ];
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
  const { mac, encryption, keys, certificates } = container;
  return {
    certificate: certificate === null ? null : reportCertificate(certificate, now),
    container: { mac, encryption, keys, certificates },
    findings,
    ok: !hasErrors(findings),
  };
}

/** The report for a person: the verdict, the certificate, and the findings. */
export function formatIdentity(
  { certificate, container, findings }: IdentityReport,
  verdict: string,
  style: Style,
): string {
  const facts = formatFields(fieldsOf(certificate, container, style), style);
  return inParts(`${verdict}\n`, facts, formatFindings(findings, style));
}
