import type { Place } from '../finding.ts';
import type { PropertyDictionary } from '../property-list.ts';
import type { BuiltApp } from './built-app.ts';
import type { CodeSignature } from './code-signature.ts';
import { textIn } from './profile.ts';

/** The entitlements that are judged: those in XML, else those in DER. */
export function entitlementsOf({
  entitlements,
  derEntitlements,
}: CodeSignature): PropertyDictionary {
  return entitlements ?? derEntitlements ?? new Map();
}

export function apsEnvironmentOf({ signature }: BuiltApp): string | null {
  return signature === null ? null : textIn(entitlementsOf(signature), 'aps-environment');
}

/** The team that signed the app, by the code signature, else by its entitlements. */
export function teamOf({ signature }: BuiltApp): string | null {
  if (signature === null) return null;
  const entitled = textIn(entitlementsOf(signature), 'com.apple.developer.team-identifier');
  return signature.team ?? entitled;
}

/** A file right in the folder of the app. */
export function placeIn({ place }: BuiltApp, name: string): Place {
  return { file: `${place}${name}`, line: null };
}
