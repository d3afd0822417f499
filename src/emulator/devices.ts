import { judgeDeviceToken, nobodysToken } from '../apple/apns.ts';
import type { OtpAlgorithm } from '../text/one-time-password.ts';
import type { KnownToken } from './apns/judge-push.ts';
import {
  createOtp,
  currentToken,
  type Device,
  type DeviceOtp,
  type DeviceToken,
  intervalOf,
} from './device.ts';
import { badArgument, badOperation, Refusal } from './envelope.ts';
import type { Settings } from './settings.ts';

/** Maximum tokens of a device, including replaced ones. */
const tokensKept = 20;

type Enrollment = Pick<Device, 'udid' | 'user' | 'name' | 'osVersion'>;

/** A device with known one-time passwords. */
type OtpDevice = Device & { readonly otp: DeviceOtp };

/** The phones of the tenant's users. A device is visible only to its user. */
export type Devices = ReturnType<typeof createDevices>;

export function createDevices(settings: Settings, now: () => Date) {
  const all = () => settings.state().devices;
  /** Saves these, replacing those with the same `udid`s: all of them or none. */
  const keep = (...devices: readonly Device[]): void => {
    const udids = devices.map(({ udid }) => udid);
    settings.keep({ devices: [...all().filter(({ udid }) => !udids.includes(udid)), ...devices] });
  };
  const codes = createSpentCodes(now);
  const holderOf = (token: string): Device | undefined =>
    all().find(({ tokens }) => tokens.some(({ value }) => value === token));
  return {
    /** Enrolls a device, or enrolls it again with its tokens and one-time passwords. @throws {Refusal} another user's device */
    enroll(enrollment: Enrollment): void {
      const known = all().find(({ udid }) => udid === enrollment.udid);
      if (known !== undefined && known.user !== enrollment.user)
        throw badOperation('Another user enrolled the device.');
      keep({ otp: null, tokens: [], ...known, ...enrollment });
    },
    /** @param user null: any owner @throws {Refusal} unknown device */
    require(user: string | null, udid: string): Device {
      const device = all().find((known) => known.udid === udid && (user === null || known.user === user));
      if (device === undefined) throw notEnrolled();
      return device;
    },
    /** The device with this profile for its one-time passwords. @throws {Refusal} unknown */
    requireProfile(user: string, oathProfileUuid: string): OtpDevice {
      const device = all().find((known) => known.otp?.oathProfileUuid === oathProfileUuid);
      if (device?.user !== user || device.otp === null) throw notEnrolled();
      return { ...device, otp: device.otp };
    },
    /** Gives the device this token, replacing any earlier one. @throws {Refusal} not a token; another user's token */
    registerToken(device: Device, { value, topic }: Pick<DeviceToken, 'value' | 'topic'>): void {
      if (judgeDeviceToken(value) !== true || value === nobodysToken)
        throw badArgument('The token is not a device token.');
      const holder = holderOf(value);
      if (holder !== undefined && holder.user !== device.user)
        throw badArgument('The token belongs to another device.');
      const current = currentToken(device);
      if (current?.value === value && (topic === null || current.topic === topic)) return;
      keep(
        ...(holder === undefined || holder.udid === device.udid ? [] : [without(holder, value)]),
        withToken(device, { value, topic, replacedAt: null }, now().toISOString()),
      );
    },
    /** Gives the device a new key for its one-time passwords. */
    enrollOtp(device: Device, algorithm: OtpAlgorithm): DeviceOtp {
      const otp = createOtp(device.otp, algorithm);
      keep({ ...device, otp });
      codes.forget(device.otp);
      return otp;
    },
    spendCode: codes.spend,
    remove({ udid, otp }: Device): void {
      settings.keep({ devices: all().filter((device) => device.udid !== udid) });
      codes.forget(otp);
    },
    /** The devices that can receive a push. */
    reachable: (user: string) =>
      all().flatMap((device) => {
        const token = currentToken(device);
        if (device.user !== user || token === null) return [];
        return [{ udid: device.udid, token: token.value }];
      }),
    /** Whether the token belongs to one of this user's devices. */
    owns: (user: string, token: string): boolean => holderOf(token)?.user === user,
    findToken(token: string): KnownToken | null {
      const known = tokenIn(holderOf(token), token) ?? null;
      const replacedAt = known?.replacedAt ?? null;
      return known && { topic: known.topic, replacedAt: replacedAt === null ? null : new Date(replacedAt) };
    },
    /** Remembers that the token belongs to the app with this topic. */
    noteTopic(token: string, topic: string): void {
      const device = holderOf(token);
      if (device === undefined || tokenIn(device, token)?.topic === topic) return;
      const tokens = device.tokens.map((known) => (known.value === token ? { ...known, topic } : known));
      keep({ ...device, tokens });
    },
  };
}

function createSpentCodes(now: () => Date) {
  /** The latest interval with a spent code, by profile. */
  const spent = new Map<string, number>();
  return {
    /** Accepts a valid code of the device once (RFC 6238 §5.2). @throws {Refusal} */
    spend({ otp }: OtpDevice, code: string): void {
      const interval = intervalOf(code, otp, now());
      if (interval === null) throw new Refusal(null, 'Authentication (login or challenge) has failed.');
      const words = `The one-time password was already used. Wait up to ${otp.interval} seconds for the next one.`;
      if (interval <= (spent.get(otp.oathProfileUuid) ?? -1)) throw new Refusal(null, words);
      spent.set(otp.oathProfileUuid, interval);
    },
    forget: (otp: DeviceOtp | null): void => void spent.delete(otp?.oathProfileUuid ?? ''),
  };
}

function tokenIn(device: Device | undefined, token: string): DeviceToken | undefined {
  return device?.tokens.find(({ value }) => value === token);
}

/** The device with a new token instead of the earlier one. */
function withToken(device: Device, token: DeviceToken, at: string): Device {
  const others = without(device, token.value).tokens.slice(1 - tokensKept);
  return {
    ...device,
    tokens: [...others.map((old) => ({ ...old, replacedAt: old.replacedAt ?? at })), token],
  };
}

function without(device: Device, token: string): Device {
  return { ...device, tokens: device.tokens.filter(({ value }) => value !== token) };
}

const notEnrolled = (): Refusal => badArgument('The device is not enrolled.');
