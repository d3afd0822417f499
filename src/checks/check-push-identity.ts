import type { Certificate, PushIdentity } from '../pkcs12/model.ts';
import type { CertificateCheck, Check, CheckFacts } from './check.ts';
import type { Finding, FindingLevel } from './finding.ts';
import { checkIssuer } from './issuer.ts';
import { checkContainer, checkContents, checkKey } from './p12-container.ts';
import { checkPurpose } from './purpose.ts';
import { checkReplacement } from './replaced-certificate.ts';
import { checkValidity } from './validity.ts';

const certificateChecks: readonly CertificateCheck[] = [
  checkPurpose,
  checkValidity,
  checkReplacement,
  checkKey,
  checkIssuer,
];
const checks: readonly Check[] = [checkContents, ...certificateChecks, checkContainer];
const levels: readonly FindingLevel[] = ['error', 'warning', 'info'];

/** Every finding about a push identity: errors, then warnings, then infos. */
export function checkPushIdentity(identity: PushIdentity, facts: CheckFacts): Finding[] {
  return byLevel(checks.flatMap((check) => check(identity, facts)));
}

/** Every finding about a certificate that is not yet in a .p12. */
export function checkCertificate(certificate: Certificate, facts: CheckFacts): Finding[] {
  return byLevel(certificateChecks.flatMap((check) => check({ certificate, chain: [] }, facts)));
}

/** Sorts by level and keeps the order within each level. */
export function byLevel(findings: readonly Finding[]): Finding[] {
  return levels.flatMap((level) => findings.filter((finding) => finding.level === level));
}
