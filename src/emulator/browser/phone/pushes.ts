import type { Call } from './device-calls.ts';
import {
  CallFailure,
  type DeliveredPush,
  enrollIosDevice,
  enrollOtp,
  type Iphone,
  type OtpProfile,
  oneTimePassword,
  randomHex,
  randomUuid,
  submitOtpCode,
  takePush,
  updateDevSettings,
} from './device-calls.ts';
import { type Enrollment, type Memory, type Notification, readPush, type Wish } from './memory.ts';

/** How a phone waits for pushes. */
export interface Listening {
  readonly call: Call;
  readonly deviceToken: string;
  /** Does work that may hold a connection for long, or may not. */
  inPlace<Result>(work: (mayWait: boolean) => Promise<Result>): Promise<Result>;
  /** Ends after that time, sooner once the phone is seen, and at once if `signal` is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  received(push: DeliveredPush): void;
  /** Whether the tenant answers. */
  reached(answers: boolean): void;
}

/** Seconds of one request: proxies end those that are silent for longer. */
const longestWait = 25;

/** Milliseconds. */
const [interval, firstPause, longestPause] = [3000, 500, 5000];

/** Waits for pushes until it is aborted, over any loss of the tenant. @throws {CallFailure} signed-out, refused */
export async function listen(
  { call, deviceToken, inPlace, pause, received, reached }: Listening,
  signal: AbortSignal,
): Promise<void> {
  for (let losses = 0; !signal.aborted; ) {
    const isBack = losses === 0;
    try {
      const { push, wait } = await inPlace(async (mayWait) => {
        const wait = mayWait && isBack ? longestWait : 0;
        const patience = AbortSignal.any([signal, AbortSignal.timeout((wait + 10) * 1000)]);
        return { push: await takePush(call, { deviceToken, wait }, patience), wait };
      });
      if (signal.aborted) return;
      losses = 0;
      reached(true);
      if (push !== null) received(push);
      else if (wait === 0 && isBack) await pause(interval, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof CallFailure) || error.kind !== 'unreachable') throw error;
      reached(false);
      await pause(Math.min(firstPause * 2 ** losses, longestPause), signal);
      losses += 1;
    }
  }
}

/** Answers a challenge with a one-time password. @param at milliseconds since 1970 @throws {CallFailure} */
export async function answerChallenge(
  call: Call,
  otp: OtpProfile,
  {
    challenge,
    accepted,
    at,
  }: { readonly challenge: string; readonly accepted: boolean; readonly at: number },
): Promise<void> {
  const code = oneTimePassword(otp, at);
  if (code !== null) return submitOtpCode(call, otp, { code, at, challenge, accepted });
  const left = otp.interval - (Math.floor(at / 1000) % otp.interval);
  throw new CallFailure(
    'refused',
    `MD5, which the tenant chose for one-time passwords, gives none for the next ${left} s.`,
  );
}

/** What has come to a phone, and what was done. */
export interface History {
  /** Adds to what happened. */
  tell(text: string): void;
  /** Puts a push on the lock screen, above the others. */
  add(push: DeliveredPush): void;
  find(id: number): Notification | null;
  change(id: number, changes: Partial<Pick<Notification, 'state' | 'refusal'>>): void;
  clear(id: number): void;
  /** What was being sent as the page went: nobody knows what became of it. */
  reopen(): void;
}

const [notificationsKept, happeningsKept] = [5, 20];

/** @param now milliseconds since 1970 */
export function createHistory(memory: Memory, now: () => number): History {
  const all = (): readonly Notification[] => memory.now.notifications;
  const keep = (notifications: readonly Notification[]): void => {
    memory.keep({ notifications: notifications.slice(0, notificationsKept) });
  };
  return {
    tell(text) {
      memory.keep({ happenings: [...memory.now.happenings, { at: now(), text }].slice(-happeningsKept) });
    },
    add(push) {
      const id = Math.max(0, ...all().map((one) => one.id)) + 1;
      keep([{ ...readPush(push), id, at: now(), state: 'waiting', refusal: null }, ...all()]);
    },
    find: (id) => all().find((one) => one.id === id) ?? null,
    change: (id, changes) => keep(all().map((one) => (one.id === id ? { ...one, ...changes } : one))),
    clear: (id) => keep(all().filter((one) => one.id !== id)),
    reopen: () => keep(all().map((one) => (one.state === 'sending' ? { ...one, state: 'waiting' } : one))),
  };
}

const osVersion = '26.1';

/** A phone that no tenant knows yet. */
export function newEnrollment(user: string): Enrollment {
  return { user, udid: randomUuid(), deviceToken: randomHex(32), otp: null };
}

/** The three calls that the vendor's app makes once somebody has signed in. @throws {CallFailure} */
export async function enrollPhone(
  call: Call,
  enrollment: Enrollment,
  { name, bundleId }: Wish,
): Promise<Enrollment> {
  const { udid, deviceToken } = enrollment;
  const iphone: Iphone = { udid, name, osVersion };
  await enrollIosDevice(call, iphone);
  const otp = await enrollOtp(call, udid);
  await updateDevSettings(call, iphone, { deviceToken, bundleId });
  return { ...enrollment, otp };
}
