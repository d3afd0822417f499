import * as v from 'valibot';
import { instant, members, positiveInteger, type ReadBy, textOrNull } from '../text/json.ts';

/** Of a session, the part that is no secret. */
const sessionFacts = {
  tenant: v.string(),
  appId: v.string(),
  clientId: v.string(),
  grant: v.picklist(['authorization-code', 'client-credentials']),
  /** Null if the tenant did not say. */
  expiresAt: v.nullish(instant, null),
  scope: textOrNull,
  user: textOrNull,
};
const facts = members(sessionFacts);
export type SessionFacts = ReadBy<typeof facts>;
/** A session with its tokens. It belongs to one tenant, application and client, and is sent to no other. */
export const storedSession = members({ ...sessionFacts, accessToken: v.string(), refreshToken: textOrNull });
export type StoredSession = ReadBy<typeof storedSession>;

const keychainItem = members({
  /** From 0 on, one for each session of a configuration directory. */
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The item itself also says it: another session may have taken its number. */
  tag: v.string(),
});
export type KeychainItem = ReadBy<typeof keychainItem>;
/** A session that the system's keychain has; `ProfileStore.reveal` fetches it. */
export const keychainSession = members({ ...sessionFacts, renewable: v.boolean(), keychain: keychainItem });
export type KeychainSession = ReadBy<typeof keychainSession>;
export type KeptSession = StoredSession | KeychainSession;

/** What this tool set for a client app key, as remembered on this machine. No secret. */
export const certificateRecord = members({
  tenant: v.string(),
  clientAppKey: v.string(),
  topic: v.string(),
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  fingerprint: v.string(),
  notAfter: instant,
  setAt: instant,
});
export type CertificateRecord = ReadBy<typeof certificateRecord>;

/**
 * A change of a certificate that this machine asked for, while or where its answer is missing; and a delete that was done, as
 * long as it makes unknown which key a tenant pushes with. No secret.
 */
export const certificateRequest = members({
  tenant: v.string(),
  clientAppKey: v.string(),
  asked: v.picklist(['set', 'delete']),
  /** `sending` is written before the request leaves: found later, the program ended before it knew more. */
  outcome: v.picklist(['sending', 'unknown', 'done']),
  /** Of what was sent; of a delete, of what was recorded for the key before. */
  topic: textOrNull,
  fingerprint: textOrNull,
  notAfter: v.nullish(instant, null),
  at: instant,
});
export type CertificateRequest = ReadBy<typeof certificateRequest>;

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
    /** As the tenant wrote it; a secret. */
    key: v.string(),
    keyVersion: v.string(),
    /** Seconds. */
    interval: positiveInteger,
    /** One of `otpAlgorithms`; null, or another word, if another version of this program enrolled the phone. */
    algorithm: textOrNull,
    digits: v.nullish(positiveInteger, 6),
    oathProfileUuid: v.string(),
  }),
  /** The last push that arrived and has not been answered. */
  challenge: v.nullish(members({ answer: v.string(), message: textOrNull, receivedAt: instant }), null),
});
export type StoredDevice = ReadBy<typeof storedDevice>;
