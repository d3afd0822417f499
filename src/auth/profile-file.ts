import * as v from 'valibot';
import { instant, members, parseJson, positiveInteger, textOrNull, texts } from '../text/json.ts';
import { type Profile, type Profiles, settingKeys } from './profile.ts';

const sessionFacts = {
  tenant: v.string(),
  appId: v.string(),
  clientId: v.string(),
  grant: v.picklist(['authorization-code', 'client-credentials']),
  expiresAt: v.nullish(instant, null),
  scope: textOrNull,
  user: textOrNull,
};

/** `StoredSession`. */
export const storedSession = members({
  ...sessionFacts,
  accessToken: v.string(),
  refreshToken: textOrNull,
});

const keychainSession = members({
  ...sessionFacts,
  renewable: v.boolean(),
  keychain: members({ number: v.pipe(v.number(), v.safeInteger(), v.minValue(0)), tag: v.string() }),
});

const certificate = members({
  tenant: v.string(),
  clientAppKey: v.string(),
  topic: v.string(),
  fingerprint: v.string(),
  notAfter: instant,
  setAt: instant,
});

const device = members({
  tenant: v.string(),
  user: textOrNull,
  udid: v.string(),
  name: v.string(),
  osVersion: v.string(),
  deviceToken: textOrNull,
  otp: members({
    key: v.string(),
    keyVersion: v.string(),
    interval: positiveInteger,
    algorithm: textOrNull,
    digits: v.nullish(positiveInteger, 6),
    oathProfileUuid: v.string(),
  }),
  challenge: v.nullish(members({ answer: v.string(), message: textOrNull, receivedAt: instant }), null),
});

const profile = members({
  settings: v.nullish(members(v.entriesFromList(settingKeys, v.exactOptional(v.string()))), {}),
  session: v.nullish(v.union([keychainSession, storedSession]), null),
  certificates: v.nullish(v.array(certificate), []),
  device: v.exactOptional(v.nullable(device)),
  sentAs: v.exactOptional(v.nullish(texts, {})),
});

const file = members({
  current: textOrNull,
  profiles: v.nullish(members({}), {}),
});

/**
 * Decodes the text of the profile file. What is absent is empty; members that this version does not know are kept, so
 * that an older program does not take from a newer one.
 * @throws {TypeError} not JSON, or the wrong shape around the profiles
 */
export function decodeProfiles(text: string): Profiles {
  const read = v.safeParse(file, parseJson(text));
  if (!read.success) throw new TypeError(v.summarize(read.issues));
  return { ...read.output, ...decodeEach(read.output.profiles) };
}

/** A profile that this version cannot read is put aside and does not hide the others. */
function decodeEach(found: Readonly<Record<string, unknown>>): Pick<Profiles, 'profiles' | 'foreign'> {
  const profiles: [string, Profile][] = [];
  const foreign: [string, unknown][] = [];
  for (const [name, value] of Object.entries(found)) {
    const read = v.safeParse(profile, value);
    if (read.success) profiles.push([name, read.output]);
    else foreign.push([name, value]);
  }
  return {
    profiles: Object.fromEntries(profiles),
    ...(foreign.length === 0 ? {} : { foreign: Object.fromEntries(foreign) }),
  };
}

/** What is written, including the profiles that could not be read, unchanged. */
export function encodeProfiles({ foreign, profiles, ...file }: Profiles): Readonly<Record<string, unknown>> {
  return { ...file, profiles: { ...profiles, ...foreign } };
}
