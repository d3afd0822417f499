import { parseJson } from '../http/json.ts';
import {
  type CertificateRecord,
  type Profile,
  type Profiles,
  type StoredDevice,
  type StoredSession,
  settingKeys,
} from './profile.ts';

/**
 * Decodes the text of the profile file. What is absent is empty; members that this version does not know are kept, so
 * that an older program does not take from a newer one.
 * @throws {TypeError} no JSON, or JSON of another shape around the profiles; its message names the member
 */
export function decodeProfiles(text: string): Profiles {
  const file = members(parseJson(text), 'the file');
  return {
    ...file,
    current: nullable(file.current, 'current'),
    ...decodeEach(members(file.profiles ?? {}, 'profiles')),
  };
}

/** A profile that this version cannot read is put aside, and hides no other. */
function decodeEach(found: Members): Pick<Profiles, 'profiles' | 'foreign'> {
  const profiles: [string, Profile][] = [];
  const foreign: [string, unknown][] = [];
  for (const [name, value] of Object.entries(found)) {
    try {
      profiles.push([name, decodeProfile(value)]);
    } catch {
      foreign.push([name, value]);
    }
  }
  return {
    profiles: Object.fromEntries(profiles),
    ...(foreign.length === 0 ? {} : { foreign: Object.fromEntries(foreign) }),
  };
}

/** What is written: the profiles that could not be read, too, as they were. */
export function encodeProfiles({ foreign, profiles, ...file }: Profiles): Readonly<Record<string, unknown>> {
  return { ...file, profiles: { ...profiles, ...foreign } };
}

function decodeProfile(value: unknown): Profile {
  const profile = members(value, 'profile');
  const settings = members(profile.settings ?? {}, 'settings');
  for (const key of settingKeys) if (settings[key] !== undefined) text(settings[key], key);
  const certificates = profile.certificates ?? [];
  if (!Array.isArray(certificates)) throw new TypeError('certificates is no list');
  return {
    ...profile,
    settings,
    session: profile.session == null ? null : decodeSession(members(profile.session, 'session')),
    certificates: certificates.map((record) => decodeCertificate(members(record, 'certificate'))),
    ...(profile.device == null ? {} : { device: decodeDevice(members(profile.device, 'device')) }),
    ...(profile.sentAs == null ? {} : { sentAs: decodeSentAs(members(profile.sentAs, 'sentAs')) }),
  };
}

function decodeSentAs(sentAs: Members): NonNullable<Profile['sentAs']> {
  return Object.fromEntries(Object.entries(sentAs).map(([tenant, form]) => [tenant, text(form, 'sentAs')]));
}

function decodeSession(session: Members): StoredSession {
  const { grant } = session;
  if (grant !== 'authorization-code' && grant !== 'client-credentials')
    throw new TypeError('grant is unknown');
  return {
    ...session,
    tenant: text(session.tenant, 'tenant'),
    appId: text(session.appId, 'appId'),
    clientId: text(session.clientId, 'clientId'),
    grant,
    accessToken: text(session.accessToken, 'accessToken'),
    refreshToken: nullable(session.refreshToken, 'refreshToken'),
    expiresAt: session.expiresAt == null ? null : instant(session.expiresAt, 'expiresAt'),
    scope: nullable(session.scope, 'scope'),
    user: nullable(session.user, 'user'),
  };
}

function decodeCertificate(record: Members): CertificateRecord {
  return {
    ...record,
    tenant: text(record.tenant, 'tenant'),
    clientAppKey: text(record.clientAppKey, 'clientAppKey'),
    topic: text(record.topic, 'topic'),
    fingerprint: text(record.fingerprint, 'fingerprint'),
    notAfter: instant(record.notAfter, 'notAfter'),
    setAt: instant(record.setAt, 'setAt'),
  };
}

function decodeDevice(device: Members): StoredDevice {
  const otp = members(device.otp, 'otp');
  const challenge = device.challenge == null ? null : members(device.challenge, 'challenge');
  return {
    ...device,
    tenant: text(device.tenant, 'tenant'),
    user: nullable(device.user, 'user'),
    udid: text(device.udid, 'udid'),
    name: text(device.name, 'name'),
    osVersion: text(device.osVersion, 'osVersion'),
    deviceToken: nullable(device.deviceToken, 'deviceToken'),
    otp: {
      ...otp,
      key: text(otp.key, 'key'),
      keyVersion: text(otp.keyVersion, 'keyVersion'),
      interval: positive(otp.interval, 'interval'),
      algorithm: nullable(otp.algorithm, 'algorithm'),
      digits: positive(otp.digits ?? 6, 'digits'),
      oathProfileUuid: text(otp.oathProfileUuid, 'oathProfileUuid'),
    },
    challenge:
      challenge === null
        ? null
        : {
            ...challenge,
            answer: text(challenge.answer, 'answer'),
            message: nullable(challenge.message, 'message'),
            receivedAt: instant(challenge.receivedAt, 'receivedAt'),
          },
  };
}

type Members = Readonly<Record<string, unknown>>;

function members(value: unknown, name: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${name} is no object`);
  return value as Members;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new TypeError(`${name} is no text`);
  return value;
}

function nullable(value: unknown, name: string): string | null {
  return value == null ? null : text(value, name);
}

function instant(value: unknown, name: string): string {
  if (Number.isNaN(Date.parse(text(value, name)))) throw new TypeError(`${name} is no date`);
  return value as string;
}

function positive(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    throw new TypeError(`${name} is no positive integer`);
  return value as number;
}
