import { signedContent } from '../../../pkcs12/signed-data.ts';
import { isDictionary, type PropertyDictionary, parsePropertyList } from '../property-list.ts';
import { Unreadable } from './app-folder.ts';

/** The provisioning profile in an app. */
export interface Profile {
  readonly name: string | null;
  /** The Apple teams that it is for. */
  readonly teams: readonly string[];
  readonly entitlements: PropertyDictionary;
  readonly expires: Date;
}

/** @throws {Unreadable} */
export function readProfile(bytes: Uint8Array): Profile {
  const content = signedContent(bytes);
  const list = content === null ? null : parsePropertyList(content);
  if (!isDictionary(list)) throw new Unreadable('has a damaged provisioning profile');
  const entitlements = list.get('Entitlements');
  if (!isDictionary(entitlements))
    throw new Unreadable('has a provisioning profile without entitlements');
  const expires = list.get('ExpirationDate');
  if (!(expires instanceof Date) || Number.isNaN(expires.getTime()))
    throw new Unreadable('has a provisioning profile without an expiry');
  return {
    name: textIn(list, 'Name'),
    teams: textsIn(list, 'TeamIdentifier'),
    entitlements,
    expires,
  };
}

/** A string of a dictionary, or null. */
export function textIn(list: PropertyDictionary, key: string): string | null {
  const value = list.get(key);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The strings in a list of a dictionary. */
export function textsIn(list: PropertyDictionary, key: string): readonly string[] {
  const value = list.get(key);
  const all = Array.isArray(value) ? value : [];
  return all.filter((each) => typeof each === 'string');
}
