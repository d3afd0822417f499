import { isDeepStrictEqual } from 'node:util';
import { type AppFinding, finding } from '../finding.ts';
import type { PropertyDictionary } from '../property-list.ts';
import type { BuiltApp } from './built-app.ts';
import type { CodeSignature } from './code-signature.ts';
import { textIn } from './profile.ts';
import { apsEnvironmentOf, entitlementsOf, placeIn } from './signed-for.ts';

/** Whether the program is signed for phones, and for this app. */
export function checkSignature(app: BuiltApp): readonly AppFinding[] {
  const { signature, bundleId, program } = app;
  const place = placeIn(app, program);
  if (app.isForSimulator) {
    const message = 'The program is built for the simulator.';
    const hint = 'Build for a device: `xcodebuild -destination generic/platform=iOS archive`.';
    return [finding('app-for-simulator', message, hint, place)];
  }
  const hint = 'Archive and export the app with a certificate and a provisioning profile.';
  if (signature === null)
    return [finding('app-unsigned', 'The program has no code signature.', hint, place)];
  const found: AppFinding[] = [];
  if (signature.isAdHoc) {
    const message = 'The program is signed ad hoc, without a certificate.';
    found.push(finding('app-unsigned', message, hint, place));
  }
  const signedAs = signedIdentifier(signature);
  if (bundleId !== null && signedAs !== null && signedAs !== bundleId) {
    const message = `The app is signed as ${signedAs}, but its bundle ID is ${bundleId}.`;
    const again = 'Sign the app again after its bundle ID is changed.';
    found.push(finding('app-identifier-mismatch', message, again, placeIn(app, 'Info.plist')));
  }
  return found;
}

/** The bundle ID that the app is signed for; null: for any, or not known. */
function signedIdentifier(signature: CodeSignature): string | null {
  const identifier = textIn(entitlementsOf(signature), 'application-identifier');
  // The team, or an older prefix, stands before the first dot.
  const signedAs = identifier?.replace(/^[^.]*\./, '') ?? signature.identifier;
  return signedAs.includes('*') ? null : signedAs;
}

/** Whether the app may register with APNs, by all that its signature says. */
export function checkPushEntitlement(app: BuiltApp): readonly AppFinding[] {
  const { signature, program } = app;
  if (signature === null || app.isForSimulator) return [];
  const place = placeIn(app, program);
  const found = [...checkDer(app, signature)];
  const environment = apsEnvironmentOf(app);
  if (environment === null) {
    const message = 'The entitlements in the code signature do not contain aps-environment.';
    const hint =
      'Signing & Capabilities > + Capability > Push Notifications; ' +
      'then sign with a profile that allows it.';
    found.push(finding('aps-environment-missing', message, hint, place));
  } else if (!['development', 'production'].includes(environment)) {
    const message = `aps-environment is "${environment}".`;
    const hint = 'Sign the app with development or production, as its profile has it.';
    found.push(finding('aps-environment-unknown', message, hint, place));
  }
  return found;
}

function checkDer(app: BuiltApp, signature: CodeSignature): readonly AppFinding[] {
  const { entitlements, derEntitlements } = signature;
  const place = placeIn(app, app.program);
  const hint = 'Sign the app again with current tools.';
  if (!app.isSignedAlike) {
    const message = 'The code signatures of the processors differ.';
    return [finding('app-entitlements-differ', message, hint, place)];
  }
  if (derEntitlements === null) return [];
  const differing = differingKeys(entitlements ?? new Map(), derEntitlements);
  if (differing.length === 0) return [];
  const message =
    'The entitlements in DER, which newer iOS reads, differ from those in XML: ' +
    `${differing.join(', ')}.`;
  return [finding('app-entitlements-differ', message, hint, place)];
}

/** Maximum keys that a sentence names. */
const namesLimit = 10;

function differingKeys(xml: PropertyDictionary, der: PropertyDictionary): readonly string[] {
  const keys = [...new Set([...xml.keys(), ...der.keys()])];
  const differing = keys.filter((key) => !isDeepStrictEqual(xml.get(key), der.get(key)));
  return differing.length > namesLimit ? [...differing.slice(0, namesLimit), '…'] : differing;
}
