import type { Certificate, PushIdentity } from '../pkcs12/model.ts';
import { checkContainer } from './container.ts';
import { checkContents } from './contents.ts';
import type { CertificateCheck, Check, CheckFacts } from './facts.ts';
import type { Finding, FindingLevel } from './finding.ts';
import { checkIssuer } from './issuer.ts';
import { checkKey } from './key.ts';
import { checkPurpose } from './purpose.ts';
import { checkReplacement } from './replacement.ts';
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

/** Every finding about a push identity: errors, then warnings, then infos, each level in the order of the themes. */
export function checkPushIdentity(identity: PushIdentity, facts: CheckFacts): Finding[] {
  return byLevel(checks.flatMap((check) => check(identity, facts)));
}

/** Those about a certificate that is not packed yet. */
export function checkCertificate(certificate: Certificate, facts: CheckFacts): Finding[] {
  return byLevel(certificateChecks.flatMap((check) => check({ certificate, chain: [] }, facts)));
}

function byLevel(findings: readonly Finding[]): Finding[] {
  return levels.flatMap((level) => findings.filter((finding) => finding.level === level));
}
