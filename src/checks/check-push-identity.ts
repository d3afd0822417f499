import type { PushIdentity } from '../pkcs12/model.ts';
import { checkContainer } from './container.ts';
import { checkContents } from './contents.ts';
import type { Check, CheckFacts } from './facts.ts';
import type { Finding, FindingLevel } from './finding.ts';
import { checkIssuer } from './issuer.ts';
import { checkKey } from './key.ts';
import { checkPurpose } from './purpose.ts';
import { checkReplacement } from './replacement.ts';
import { checkValidity } from './validity.ts';

const checks: readonly Check[] = [
  checkContents,
  checkPurpose,
  checkValidity,
  checkReplacement,
  checkKey,
  checkIssuer,
  checkContainer,
];
const levels: readonly FindingLevel[] = ['error', 'warning', 'info'];

/** Every finding about a push identity: errors, then warnings, then infos, each level in the order of the themes. */
export function checkPushIdentity(identity: PushIdentity, facts: CheckFacts): Finding[] {
  const findings = checks.flatMap((check) => check(identity, facts));
  return levels.flatMap((level) => findings.filter((finding) => finding.level === level));
}
