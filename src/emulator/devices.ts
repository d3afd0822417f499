import { randomBytes, randomUUID } from 'node:crypto';
import { judgeDeviceToken, nobodysToken, plainDeviceToken } from '../apple/push/device-token.ts';
import { decodeBase32, encodeBase32, oneTimePassword } from '../one-time-password.ts';
import type { KnownToken } from './apns/judge-push.ts';
import { currentToken, type Device, type DeviceToken } from './device.ts';
import { Refusal } from './envelope.ts';
import type { Settings } from './settings.ts';

/** Seconds that a one-time password is good, and one before and after. */
export const codeInterval = 30;

/** How many tokens of a device are known, the replaced ones included. */
const tokensKept = 20;

type Enrollment = Pick<Device, 'udid' | 'user' | 'os' | 'name' | 'osVersion'>;

/** The phones of the tenant's users. A device is its user's alone: others are told that there is none. */
export interface Devices {
  /** Enrolls, or enrolls again: tokens and one-time passwords stay. @throws {Refusal} another user's device */
  enroll(enrollment: Enrollment): void;
  /** Gives the device this token in place of any before. @throws {Refusal} unknown device; no token; another user's token */
  registerToken(user: string, udid: string, token: string): void;
  /** Gives the device a new key for its one-time passwords. @throws {Refusal} unknown device */
  enrollOtp(user: string, udid: string): NonNullable<Device['otp']>;
  /** Takes a right code of the device that has this profile: none is good twice (RFC 6238 §5.2). @throws {Refusal} */
  spendCode(user: string, oathProfileUuid: string, code: string): void;
  /** Those that a push reaches. */
  reachable(user: string): readonly { readonly udid: string; readonly token: string }[];
  /** Whether the token is one of this user's devices. */
  owns(user: string, token: string): boolean;
  findToken(token: string): KnownToken | null;
  /** Notes that the token is that of the app with this topic. */
  noteTopic(token: string, topic: string): void;
}

export function createDevices(settings: Settings, now: () => Date): Devices {
  const all = settings.devices;
  /** The latest interval of which a code was spent, by profile. */
  const spent = new Map<string, number>();
  const requireDevice = (user: string, udid: string): Device => {
    const device = all().find((known) => known.udid === udid && known.user === user);
    if (device === undefined) throw new Refusal('System.ArgumentException', 'The device is not enrolled.');
    return device;
  };
  const holderOf = (token: string): Device | undefined =>
    all().find(({ tokens }) => tokens.some(({ value }) => value === token));
  return {
    enroll(enrollment) {
      const known = all().find(({ udid }) => udid === enrollment.udid);
      if (known !== undefined && known.user !== enrollment.user)
        throw new Refusal('System.InvalidOperationException', 'The device is enrolled by another user.');
      settings.keepDevices([{ tokens: [], otp: null, ...known, ...enrollment }]);
    },
    registerToken(user, udid, text) {
      const device = requireDevice(user, udid);
      const token = plainDeviceToken(text);
      if (judgeDeviceToken(token) !== true || token === nobodysToken)
        throw new Refusal('System.ArgumentException', 'The token is not a device token.');
      const holder = holderOf(token);
      if (holder !== undefined && holder.user !== user)
        throw new Refusal('System.ArgumentException', 'The token is that of another device.');
      if (currentToken(device)?.value === token) return;
      const replacedAt = now().toISOString();
      const own = without(device, token);
      settings.keepDevices([
        ...(holder === undefined || holder.udid === udid ? [] : [without(holder, token)]),
        {
          ...own,
          tokens: [
            ...own.tokens
              .slice(1 - tokensKept)
              .map((old) => ({ ...old, replacedAt: old.replacedAt ?? replacedAt })),
            { value: token, topic: null, replacedAt: null },
          ],
        },
      ]);
    },
    enrollOtp(user, udid) {
      const otp = { oathProfileUuid: randomUUID(), key: encodeBase32(randomBytes(20)) };
      const device = requireDevice(user, udid);
      settings.keepDevices([{ ...device, otp }]);
      spent.delete(device.otp?.oathProfileUuid ?? '');
      return otp;
    },
    spendCode(user, oathProfileUuid, code) {
      const device = all().find(
        (known) => known.user === user && known.otp?.oathProfileUuid === oathProfileUuid,
      );
      if (device === undefined) throw new Refusal('System.ArgumentException', 'The device is not enrolled.');
      const interval = intervalOf(code, device.otp?.key ?? '', now());
      if (interval === null) throw new Refusal(null, 'Authentication (login or challenge) has failed.');
      if (interval <= (spent.get(oathProfileUuid) ?? Number.NEGATIVE_INFINITY))
        throw new Refusal(
          null,
          `The one-time password has been used: the next one is made within ${codeInterval} seconds.`,
        );
      spent.set(oathProfileUuid, interval);
    },
    reachable: (user) =>
      all().flatMap((device) => {
        const token = currentToken(device);
        // A token of an Android device is Firebase's.
        if (device.user !== user || device.os !== 'ios' || token === null) return [];
        return [{ udid: device.udid, token: token.value }];
      }),
    owns: (user, token) => holderOf(token)?.user === user,
    findToken(token) {
      const known = tokenIn(holderOf(token), token);
      if (known === undefined) return null;
      const { topic, replacedAt } = known;
      return { topic, replacedAt: replacedAt === null ? null : new Date(replacedAt) };
    },
    noteTopic(token, topic) {
      const device = holderOf(token);
      if (device === undefined || tokenIn(device, token)?.topic === topic) return;
      const tokens = device.tokens.map((known) => (known.value === token ? { ...known, topic } : known));
      settings.keepDevices([{ ...device, tokens }]);
    },
  };
}

function tokenIn(device: Device | undefined, token: string): DeviceToken | undefined {
  return device?.tokens.find(({ value }) => value === token);
}

function without(device: Device, token: string): Device {
  return { ...device, tokens: device.tokens.filter(({ value }) => value !== token) };
}

/** Which interval's code it is: this one's, or that of the one before or after, as clocks differ (RFC 6238 §5.2); else null. */
function intervalOf(code: string, key: string, now: Date): number | null {
  const bytes = decodeBase32(key);
  if (bytes === null) return null;
  const current = Math.floor(now.getTime() / 1000 / codeInterval);
  const made = (interval: number): string =>
    oneTimePassword(bytes, codeInterval, new Date(interval * codeInterval * 1000));
  return [current, current - 1, current + 1].find((interval) => made(interval) === code) ?? null;
}
