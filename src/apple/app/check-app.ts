import type { App } from './app.ts';
import { checkBackgroundModes, checkEntitlements } from './check-capabilities.ts';
import { checkCategory } from './check-category.ts';
import { checkCertificate, type PushCertificate } from './check-certificate.ts';
import { checkAnswer, checkChallenge, checkRegistration } from './check-challenge.ts';
import { checkConfiguration } from './check-configuration.ts';
import { checkAuthorization, checkDelegate } from './check-notifications.ts';
import { type AppFinding, type AppStep, stepOf, steps } from './finding.ts';

/** One step of the guide, and whether no finding of level error belongs to it. */
export interface CheckedStep {
  readonly step: AppStep;
  readonly title: string;
  readonly ok: boolean;
}

/** Everything that keeps pushes from the app, in the guide's order; without a certificate, nothing is compared with one. */
export function checkApp(app: App, certificate?: PushCertificate | null): readonly AppFinding[] {
  return [
    ...checkBackgroundModes(app),
    ...checkEntitlements(app),
    ...checkAuthorization(app),
    ...checkCategory(app),
    ...checkRegistration(app),
    ...checkDelegate(app),
    ...checkChallenge(app),
    ...checkAnswer(app),
    ...checkConfiguration(app),
    ...(certificate === undefined ? [] : checkCertificate(app, certificate)),
    ...app.unread,
  ];
}

/** The verdict on each step. */
export function checkedSteps(
  findings: readonly AppFinding[],
  withCertificate: boolean,
): readonly CheckedStep[] {
  return (Object.entries(steps) as [AppStep, string][])
    .filter(([step]) => step !== 'certificate' || withCertificate)
    .map(([step, title]) => ({
      step,
      title,
      ok: !findings.some(({ code, level }) => level === 'error' && stepOf[code] === step),
    }));
}
