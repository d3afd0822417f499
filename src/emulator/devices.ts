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
import type { TenantState } from './tenant-state.ts';

const maxTokens = 20;

type Enrollment = Pick<Device, 'udid' | 'user' | 'os' | 'name' | 'osVersion'>;

export interface OtpDevice extends Device {
  readonly otp: DeviceOtp;
}

/** A device that has a token for pushes. */
export interface ReachableDevice {
  readonly udid: string;
  readonly os: Device['os'];
  readonly token: string;
}

/** The phones of the tenant's users. A device is visible only to its user. */
export class Devices {
  readonly #state: TenantState;
  readonly #now: () => Date;
  /** The latest interval whose code was used, by profile. */
  readonly #usedIntervals = new Map<string, number>();

  constructor(state: TenantState, now: () => Date) {
    this.#state = state;
    this.#now = now;
  }

  /**
   * Enrolls a device. One that is known keeps its tokens and one-time passwords.
   * @throws {Refusal} another user's device
   */
  enroll(enrollment: Enrollment): void {
    const known = this.#all().find(({ udid }) => udid === enrollment.udid);
    if (known !== undefined && known.user !== enrollment.user)
      throw badOperation('Another user enrolled the device.');
    // A token of another system reaches nothing.
    const tokens = known?.os === enrollment.os ? known.tokens : [];
    this.#keep({ otp: null, ...known, ...enrollment, tokens });
  }

  /** @param user null: any owner @throws {Refusal} unknown device */
  require(user: string | null, udid: string): Device {
    const device = this.#all().find(
      (known) => known.udid === udid && (user === null || known.user === user),
    );
    if (device === undefined) throw notEnrolled();
    return device;
  }

  /**
   * The device with this profile for its one-time passwords.
   * @throws {Refusal} unknown
   */
  requireProfile(user: string, oathProfileUuid: string): OtpDevice {
    const device = this.#all().find((known) => known.otp?.oathProfileUuid === oathProfileUuid);
    if (device?.user !== user || device.otp === null) throw notEnrolled();
    return { ...device, otp: device.otp };
  }

  /**
   * Gives the device this token, which replaces any earlier one.
   * @throws {Refusal} not a token; another device's token
   */
  registerToken(device: Device, { value, topic }: Pick<DeviceToken, 'value' | 'topic'>): void {
    const isFromApple = judgeDeviceToken(value) === true && value !== nobodysToken;
    if (device.os === 'ios' && !isFromApple) throw badArgument('The token is not a device token.');
    const holder = this.#holderOf(value);
    if (holder !== undefined && holder.udid !== device.udid)
      throw badArgument('The token belongs to another device.');
    const current = currentToken(device);
    if (current?.value === value && (topic === null || current.topic === topic)) return;
    const replacedAt = this.#now().toISOString();
    const earlier = device.tokens
      .filter((known) => known.value !== value)
      .slice(1 - maxTokens)
      .map((known) => ({ ...known, replacedAt: known.replacedAt ?? replacedAt }));
    this.#keep({ ...device, tokens: [...earlier, { value, topic, replacedAt: null }] });
  }

  enrollOtp(device: Device, algorithm: OtpAlgorithm): DeviceOtp {
    const otp = createOtp(device.otp, algorithm);
    this.#keep({ ...device, otp });
    return otp;
  }

  /** Accepts a valid code of the device once (RFC 6238 §5.2). @throws {Refusal} */
  useCode({ otp }: OtpDevice, code: string): void {
    const interval = intervalOf(code, otp, this.#now());
    if (interval === null)
      throw new Refusal(null, 'Authentication (login or challenge) has failed.');
    const latest = this.#usedIntervals.get(otp.oathProfileUuid) ?? -1;
    if (interval <= latest) throw usedCode(otp);
    this.#usedIntervals.set(otp.oathProfileUuid, interval);
  }

  remove({ udid }: Device): void {
    this.#state.keep({ devices: this.#others(udid) });
  }

  reachable(user: string): readonly ReachableDevice[] {
    return this.#all().flatMap((device) => {
      const token = currentToken(device);
      if (device.user !== user || token === null) return [];
      return [{ udid: device.udid, os: device.os, token: token.value }];
    });
  }

  owns(user: string, token: string): boolean {
    return this.#holderOf(token)?.user === user;
  }

  findToken(token: string): KnownToken | null {
    const known = tokenIn(this.#holderOf(token), token);
    if (known === undefined) return null;
    const { topic, replacedAt } = known;
    return { topic, replacedAt: replacedAt === null ? null : new Date(replacedAt) };
  }

  /** Remembers that the token belongs to the app with this topic. */
  noteTopic(token: string, topic: string): void {
    const device = this.#holderOf(token);
    if (device === undefined || tokenIn(device, token)?.topic === topic) return;
    const tokens = device.tokens.map((known) =>
      known.value === token ? { ...known, topic } : known,
    );
    this.#keep({ ...device, tokens });
  }

  #all(): readonly Device[] {
    return this.#state.parts().devices;
  }

  #others(udid: string): readonly Device[] {
    return this.#all().filter((device) => device.udid !== udid);
  }

  #keep(device: Device): void {
    this.#state.keep({ devices: [...this.#others(device.udid), device] });
  }

  #holderOf(token: string): Device | undefined {
    return this.#all().find(({ tokens }) => tokens.some(({ value }) => value === token));
  }
}

function tokenIn(device: Device | undefined, token: string): DeviceToken | undefined {
  return device?.tokens.find(({ value }) => value === token);
}

function notEnrolled(): Refusal {
  return badArgument('The device is not enrolled.');
}

function usedCode({ interval }: DeviceOtp): Refusal {
  const next = `Wait up to ${interval} seconds for the next one.`;
  return new Refusal(null, `The one-time password was already used. ${next}`);
}
