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

const tokensKept = 20;

type Enrollment = Pick<Device, 'udid' | 'user' | 'os' | 'name' | 'osVersion'>;

type OtpDevice = Device & { readonly otp: DeviceOtp };

/** The phones of the tenant's users. A device is visible only to its user. */
export type Devices = ReturnType<typeof createDevices>;

export function createDevices(settings: Settings, now: () => Date) {
  const all = () => settings.state().devices;
  const others = (udid: string) => all().filter((device) => device.udid !== udid);
  const keep = (device: Device): void =>
    settings.keep({ devices: [...others(device.udid), device] });
  /** The latest interval with a spent code, by profile. */
  const spent = new Map<string, number>();
  const holderOf = (token: string): Device | undefined =>
    all().find(({ tokens }) => tokens.some(({ value }) => value === token));
  return {
    /** Enrolls a device, or enrolls it again with its tokens and one-time passwords. @throws {Refusal} another user's device */
    enroll(enrollment: Enrollment): void {
      const known = all().find(({ udid }) => udid === enrollment.udid);
      if (known !== undefined && known.user !== enrollment.user)
        throw badOperation('Another user enrolled the device.');
      // A token of another system reaches nothing.
      const tokens = known?.os === enrollment.os ? known.tokens : [];
      keep({ otp: null, ...known, ...enrollment, tokens });
    },
    /** @param user null: any owner @throws {Refusal} unknown device */
    require(user: string | null, udid: string): Device {
      const device = all().find(
        (known) => known.udid === udid && (user === null || known.user === user),
      );
      if (device === undefined) throw notEnrolled();
      return device;
    },
    /** The device with this profile for its one-time passwords. @throws {Refusal} unknown */
    requireProfile(user: string, oathProfileUuid: string): OtpDevice {
      const device = all().find((known) => known.otp?.oathProfileUuid === oathProfileUuid);
      if (device?.user !== user || device.otp === null) throw notEnrolled();
      return { ...device, otp: device.otp };
    },
    /** Gives the device this token, replacing any earlier one. @throws {Refusal} not a token; another device's token */
    registerToken(device: Device, { value, topic }: Pick<DeviceToken, 'value' | 'topic'>): void {
      const isApples = judgeDeviceToken(value) === true && value !== nobodysToken;
      if (device.os === 'ios' && !isApples) throw badArgument('The token is not a device token.');
      const holder = holderOf(value);
      if (holder !== undefined && holder.udid !== device.udid)
        throw badArgument('The token belongs to another device.');
      const current = currentToken(device);
      if (current?.value === value && (topic === null || current.topic === topic)) return;
      const earlier = device.tokens
        .filter((known) => known.value !== value)
        .slice(1 - tokensKept)
        .map((known) => ({ ...known, replacedAt: known.replacedAt ?? now().toISOString() }));
      keep({ ...device, tokens: [...earlier, { value, topic, replacedAt: null }] });
    },
    enrollOtp(device: Device, algorithm: OtpAlgorithm): DeviceOtp {
      const otp = createOtp(device.otp, algorithm);
      keep({ ...device, otp });
      return otp;
    },
    /** Accepts a valid code of the device once (RFC 6238 §5.2). @throws {Refusal} */
    spendCode({ otp }: OtpDevice, code: string): void {
      const interval = intervalOf(code, otp, now());
      if (interval === null)
        throw new Refusal(null, 'Authentication (login or challenge) has failed.');
      const words = `The one-time password was already used. Wait up to ${otp.interval} seconds for the next one.`;
      if (interval <= (spent.get(otp.oathProfileUuid) ?? -1)) throw new Refusal(null, words);
      spent.set(otp.oathProfileUuid, interval);
    },
    remove: ({ udid }: Device): void => settings.keep({ devices: others(udid) }),
    reachable: (user: string) =>
      all().flatMap((device) => {
        const token = currentToken(device);
        if (device.user !== user || token === null) return [];
        return [{ udid: device.udid, os: device.os, token: token.value }];
      }),
    owns: (user: string, token: string): boolean => holderOf(token)?.user === user,
    findToken(token: string): KnownToken | null {
      const known = tokenIn(holderOf(token), token) ?? null;
      const replacedAt = known?.replacedAt ?? null;
      return (
        known && {
          topic: known.topic,
          replacedAt: replacedAt === null ? null : new Date(replacedAt),
        }
      );
    },
    /** Remembers that the token belongs to the app with this topic. */
    noteTopic(token: string, topic: string): void {
      const device = holderOf(token);
      if (device === undefined || tokenIn(device, token)?.topic === topic) return;
      const tokens = device.tokens.map((known) =>
        known.value === token ? { ...known, topic } : known,
      );
      keep({ ...device, tokens });
    },
  };
}

function tokenIn(device: Device | undefined, token: string): DeviceToken | undefined {
  return device?.tokens.find(({ value }) => value === token);
}

const notEnrolled = (): Refusal => badArgument('The device is not enrolled.');
