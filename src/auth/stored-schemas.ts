import * as v from 'valibot';
import { instant, members, positiveInteger, type ReadBy, textOrNull } from '../text/json.ts';

/** The part of a session that is not secret. */
const sessionFacts = {
  tenant: v.string(),
  appId: v.string(),
  clientId: v.string(),
  grant: v.picklist(['authorization-code', 'client-credentials']),
  /** Null: the tenant did not say. */
  expiresAt: v.nullish(instant, null),
  scope: textOrNull,
  user: textOrNull,
};
const facts = members(sessionFacts);
export type SessionFacts = ReadBy<typeof facts>;
/**
 * A session with its tokens. It belongs to one tenant, application and client, and is
 * sent to no other.
 */
export const storedSession = members({
  ...sessionFacts,
  accessToken: v.string(),
  refreshToken: textOrNull,
});
export type StoredSession = ReadBy<typeof storedSession>;

const keychainItem = members({
  /** From 0, one for each session of a configuration directory. */
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The item itself repeats it: another session may have taken its number. */
  tag: v.string(),
});
export type KeychainItem = ReadBy<typeof keychainItem>;
/** A session in the system's keychain; `ProfileStore.reveal` fetches it. */
export const keychainSession = members({
  ...sessionFacts,
  renewable: v.boolean(),
  keychain: keychainItem,
});
export type KeychainSession = ReadBy<typeof keychainSession>;
export type KeptSession = StoredSession | KeychainSession;

/** A virtual phone enrolled at one tenant and used at no other. */
export const storedDevice = members({
  tenant: v.string(),
  user: textOrNull,
  udid: v.string(),
  name: v.string(),
  osVersion: v.string(),
  /** Hex, or null before registration. */
  deviceToken: textOrNull,
  otp: members({
    /** As the tenant wrote it; secret. */
    key: v.string(),
    keyVersion: v.string(),
    /** Seconds. */
    interval: positiveInteger,
    /**
     * One of `otpAlgorithms`; another word if a newer version of this program enrolled
     * the phone.
     */
    algorithm: v.string(),
    digits: positiveInteger,
    oathProfileUuid: v.string(),
  }),
  /** The last push without an answer. */
  challenge: v.nullish(
    members({ answer: v.string(), message: textOrNull, receivedAt: instant }),
    null,
  ),
});
export type StoredDevice = ReadBy<typeof storedDevice>;
