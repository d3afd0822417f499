import type { AppCertificate } from '../certificate.ts';
import {
  type Compared,
  checkCertificates,
  servedBy,
  topicHint,
  universalHint,
} from '../check-certificate.ts';
import { type AppFinding, atLevel, finding } from '../finding.ts';
import type { BuiltApp } from './built-app.ts';
import { apsEnvironmentOf, placeIn, teamOf } from './signed-for.ts';

/** Whether pushes with each certificate reach the app. */
export function checkMatch(app: BuiltApp, compared: Compared): readonly AppFinding[] {
  const place = placeIn(app, 'Info.plist');
  const hasCertificate = compared.certificates !== null && compared.certificates.length > 0;
  if (hasCertificate && app.bundleId === null) {
    const message = 'The Info.plist has no bundle ID.';
    return [finding('bundle-id-missing', message, 'Set PRODUCT_BUNDLE_IDENTIFIER.', place)];
  }
  return checkCertificates(compared, place, (certificate) => [
    ...checkTopic(app, certificate),
    ...checkTeam(app, certificate),
    ...checkEnvironment(app, certificate),
  ]);
}

function checkTopic(app: BuiltApp, { topics }: AppCertificate): readonly AppFinding[] {
  const { bundleId } = app;
  if (bundleId === null || topics.includes(bundleId)) return [];
  const message = `The bundle ID is ${bundleId}, but the certificate ${servedBy(topics)}.`;
  return [finding('app-topic-mismatch', message, topicHint, placeIn(app, 'Info.plist'))];
}

function checkTeam(app: BuiltApp, { team }: AppCertificate): readonly AppFinding[] {
  const signedBy = teamOf(app);
  if (signedBy === null || team === null || team === signedBy) return [];
  const message = `The app is signed by the team ${signedBy}, but the certificate is of the team ${team}.`;
  const hint = "Sign the app with the certificate's team, or get a certificate in that team.";
  return [finding('app-team-mismatch', message, hint, placeIn(app, app.program))];
}

function checkEnvironment(app: BuiltApp, certificate: AppCertificate): readonly AppFinding[] {
  const { environments, environment: asked } = certificate;
  const signed = apsEnvironmentOf(app);
  const needed = { development: 'sandbox', production: 'production' }[signed ?? ''];
  if (needed === undefined || environments.length === 0) return [];
  const place = placeIn(app, app.program);
  const code = 'app-environment-mismatch';
  if (!environments.includes(needed)) {
    const served = environments.join(' and ');
    const message = `The app is signed for ${signed}, but the certificate serves only ${served}.`;
    return [finding(code, message, universalHint, place)];
  }
  if (asked !== null && asked !== needed) {
    const message = `The app is signed for ${signed}, but the certificate was set for ${asked}.`;
    const hint = `Set it with --environment ${needed}, or sign the app for ${asked}.`;
    return [atLevel('warning', finding(code, message, hint, place))];
  }
  if (needed === 'production' || asked === 'sandbox') return [];
  if (!environments.includes('production')) return [];
  const message =
    'The app is signed for development: a tenant that pushes in production does not reach it.';
  const hint = 'For TestFlight, the App Store or MDM, export the app for distribution.';
  return [atLevel('warning', finding(code, message, hint, place))];
}
