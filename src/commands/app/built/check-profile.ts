import { type AppFinding, atLevel, finding } from '../finding.ts';
import type { BuiltApp } from './built-app.ts';
import { type Profile, textIn } from './profile.ts';
import { apsEnvironmentOf, entitlementsOf, placeIn, teamOf } from './signed-for.ts';

const file = 'embedded.mobileprovision';

/** Whether the profile allows what the app is signed for, and is valid. */
export function checkProfile(app: BuiltApp, now: Date): readonly AppFinding[] {
  const { profile } = app;
  if (app.isForSimulator) return [];
  const place = placeIn(app, file);
  if (profile === null) {
    const message = 'The app contains no provisioning profile, so none is checked.';
    const hint = 'Check the app as Xcode exported it; the App Store removes the profile.';
    return [atLevel('info', finding('app-profile-missing', message, hint, place))];
  }
  const again = 'Sign the app again with the profile of this app and team.';
  const found = mismatches(app, profile).map((message) =>
    finding('app-profile-mismatch', message, again, place),
  );
  if (profile.expires > now) return found;
  const day = profile.expires.toISOString().slice(0, 10);
  const message = `The provisioning profile expired on ${day}.`;
  const hint = 'Renew the profile, and sign the app again.';
  return [...found, finding('app-profile-expired', message, hint, place)];
}

/** The faults of the profile, as sentences. */
function mismatches(app: BuiltApp, { entitlements, teams }: Profile): readonly string[] {
  const { signature } = app;
  if (signature === null) return [];
  const found: string[] = [];
  const signed = apsEnvironmentOf(app);
  const allowed = textIn(entitlements, 'aps-environment');
  if (signed !== null && allowed === null)
    found.push('The provisioning profile does not allow pushes: it has no aps-environment.');
  else if (signed !== null && signed !== allowed)
    found.push(`The app is signed for ${signed}, but its provisioning profile for ${allowed}.`);
  const identifier = textIn(entitlementsOf(signature), 'application-identifier');
  const pattern = textIn(entitlements, 'application-identifier');
  if (identifier !== null && pattern !== null && !fits(identifier, pattern))
    found.push(`The app is ${identifier}, but its provisioning profile is for ${pattern}.`);
  const team = teamOf(app);
  if (team !== null && teams.length > 0 && !teams.includes(team))
    found.push(
      `The app is signed by the team ${team}, but its provisioning profile is of ${teams.join(', ')}.`,
    );
  return found;
}

/** A pattern may end in an asterisk, for any rest. */
function fits(identifier: string, pattern: string): boolean {
  return pattern.endsWith('*')
    ? identifier.startsWith(pattern.slice(0, -1))
    : identifier === pattern;
}
