import { approveId, categoryId, denyId } from '../check-category.ts';
import type { Compared } from '../check-certificate.ts';
import {
  type AppFinding,
  type AppStep,
  finding,
  inOrderOfBuild,
  neverCheckedInBuild,
} from '../finding.ts';
import { type JudgedSteps, judgeSteps } from '../judge-steps.ts';
import type { BuiltApp } from './built-app.ts';
import { checkMatch } from './check-match.ts';
import { checkProfile } from './check-profile.ts';
import { checkPushEntitlement, checkSignature } from './check-signature.ts';
import { placeIn } from './signed-for.ts';

/**
 * The texts that a program contains if it follows the guide, unless its compiler took
 * them apart.
 */
export const guideTexts = [categoryId, approveId, denyId, 'handlePushToken'] as const;

/** Runs every check of a built app. */
export function checkBuiltApp(app: BuiltApp, compared: Compared): JudgedSteps {
  const { certificates, now } = compared;
  const findings = [
    ...checkSignature(app),
    ...checkPushEntitlement(app),
    ...checkBackgroundMode(app),
    ...checkProfile(app, now),
    ...checkMatch(app, compared),
  ];
  const steps = inOrderOfBuild.filter(
    (step) => step !== 'certificate' || certificates?.length !== 0,
  );
  const missing = guideTexts.filter((text) => !app.found.has(text));
  const unfound = missing.map((text) => `${text}, which was not found in the program`);
  const neverChecked = [...unfound, ...neverCheckedInBuild];
  return judgeSteps({ steps, findings, unjudged: unjudgedIn(app), neverChecked });
}

/** Without a signature there is nothing to judge its parts by. */
function unjudgedIn({ signature, isForSimulator }: BuiltApp): ReadonlySet<AppStep> {
  const isJudged = signature !== null && !isForSimulator;
  return new Set(isJudged ? [] : ['push-entitlement', 'profile', 'certificate']);
}

function checkBackgroundMode(app: BuiltApp): readonly AppFinding[] {
  if (app.backgroundModes.includes('remote-notification')) return [];
  const message = 'UIBackgroundModes does not contain remote-notification.';
  const hint = 'Signing & Capabilities > Background Modes: tick Remote notifications.';
  return [finding('background-mode-missing', message, hint, placeIn(app, 'Info.plist'))];
}
