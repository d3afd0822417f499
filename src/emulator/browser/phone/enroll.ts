import { enrollIosDevice, enrollOtp, type Iphone, updateDevSettings } from './device-calls.ts';
import type { Enrollment, Wish } from './memory.ts';
import { randomHex, randomUuid } from './random.ts';
import type { Call } from './session.ts';

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
