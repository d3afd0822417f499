import * as v from 'valibot';
import { CliError } from '../errors/cli-error.ts';
import { membersOf, parseJson } from '../text/json.ts';
import { type OtpParameters, otpAlgorithms } from '../text/one-time-password.ts';
import { Secret } from '../text/secret.ts';
import { wordsIn } from '../text/words.ts';
import { readAnswer, text } from './answer.ts';
import type { TenantClient } from './client.ts';
import { isHtmlPage, notJson, readEnvelope, refusalIn, requireSuccess } from './envelope.ts';
import { plainJudge } from './plain-change.ts';

/** The description of an iOS device. */
export interface IosDevice {
  readonly udid: string;
  readonly name: string;
  readonly osVersion: string;
}

/** The destination of pushes for an app on a device. */
export interface PushAddress {
  /** Hexadecimal. */
  readonly deviceToken: string;
  /** The app's bundle ID. */
  readonly bundleId: string;
}

/** A person's decision on a phone, with proof that it was this phone. */
export interface Verdict
  extends Pick<OtpProfile, 'key' | 'keyVersion' | 'interval' | 'oathProfileUuid'> {
  readonly code: Secret;
  readonly at: Date;
  readonly challenge: string;
  readonly accepted: boolean;
}

/**
 * The headers of the vendor's iOS library, with and without a body; the language is
 * fixed.
 */
const headers = { 'content-type': 'application/json', 'accept-language': 'en-IN' };

/** Whether a call succeeded, without or within an envelope. */
const statusMembers = v.object({ Status: v.optional(v.unknown()), Message: text });

/**
 * `POST /Device/EnrollIosDevice`: enrolls a device of the signed-in user. The library
 * ignores the welcome and certificate in the result; an Android device's result tells
 * whether it was enrolled.
 * @throws {CliError} as TenantClient.ask
 */
export async function enrollIosDevice(client: TenantClient, device: IosDevice): Promise<void> {
  const document = { OSVersion: device.osVersion, Name: device.name, Udid: device.udid };
  const options = { headers, mayHave: 'enrolled the device' };
  const result = await client.ask('/Device/EnrollIosDevice', document, options);
  const { Status, Message } = readAnswer(statusMembers, result);
  if (Status !== false) return;
  const words = wordsIn(Message, client.secrets());
  const why = words === null ? '' : `: ${words}`;
  throw new CliError('tenant-refused', `${client.tenant} did not enroll the device${why}`);
}

/**
 * `POST /IosAppRest/OtpEnroll`: a new key for the device's one-time passwords.
 * @throws {CliError} as TenantClient.ask, and tenant-refused for an unusable answer
 */
export async function enrollOtp(client: TenantClient, udid: string): Promise<OtpProfile> {
  const path = `/IosAppRest/OtpEnroll?udid=${encodeURIComponent(udid)}`;
  const options = { headers, mayHave: 'given the device another key for its one-time passwords' };
  return readOtpProfile(await client.ask(path, undefined, options), client.tenant);
}

/**
 * `POST /IosAppRest//UpdateDevSettings`: sets the destination of pushes. The vendor's
 * library doubles the slash. The known answer is `{"Status":true}` without an envelope;
 * an envelope is also accepted.
 * @throws {CliError} as TenantClient.ask
 */
export async function registerDeviceToken(
  client: TenantClient,
  { udid, name, osVersion }: IosDevice,
  { deviceToken, bundleId }: PushAddress,
): Promise<void> {
  const { tenant } = client;
  const body = JSON.stringify({
    OSVersion: osVersion,
    Name: name,
    DeviceID: udid,
    ClientPushToken: Buffer.from(deviceToken, 'hex').toString('base64'),
    pkgname: bundleId,
  });
  const path = '/IosAppRest//UpdateDevSettings';
  const changeJudge = plainJudge({ mayHave: 'taken the device token', idempotent: true });
  const response = await client.send({
    method: 'POST',
    path,
    headers,
    body,
    retry: true,
    changeJudge,
  });
  const refusal = refusalIn(response, tenant, client.secrets());
  if (refusal !== null) throw refusal;
  const answer = parseJson(response.body);
  if (typeof answer !== 'object' || answer === null) throw notJson(response, tenant);
  if (readAnswer(statusMembers, answer).Status === false)
    throw new CliError('tenant-refused', `${tenant} did not accept the device token`);
}

/**
 * `POST /IosAppRest//SubmitOtpCode`: the answer to a challenge, sent once.
 * @throws {CliError} as TenantClient.ask
 */
export async function submitVerdict(client: TenantClient, verdict: Verdict): Promise<void> {
  const document = {
    otpCode: verdict.code.reveal(),
    // Misspelled by the library.
    optKeyVersion: verdict.keyVersion,
    otpCodeExpiryInterval: String(verdict.interval),
    userAccepted: verdict.accepted ? 'True' : 'False',
    oathProfileUuid: verdict.oathProfileUuid,
    otpTimestamp: verdict.at.getTime(),
    challengeAnswer: verdict.challenge,
  };
  const secrets = [verdict.code, verdict.key];
  const options = { headers, mayHave: 'taken the answer', once: true, secrets };
  await client.ask('/IosAppRest//SubmitOtpCode', document, options);
}

/** A push as a phone gets it. */
export interface DeliveredPush {
  readonly topic: string;
  /** Unchanged. */
  readonly payload: unknown;
}

/** The push that is awaited. */
export interface AwaitedPush {
  readonly deviceToken: string;
  /** Seconds. */
  readonly wait: number;
}

const pushMembers = v.object({
  topic: v.fallback(v.string(), ''),
  payload: v.optional(v.unknown()),
});

/**
 * `POST /emulator/pushes`: the oldest push for the token, or null if none arrives within
 * the given seconds. Only the emulator has this address, since iOS delivers to real
 * phones.
 * @throws {CliError} tenant-refused for a tenant without it, and as TenantClient.ask
 */
export async function takePush(
  client: TenantClient,
  { deviceToken, wait }: AwaitedPush,
): Promise<DeliveredPush | null> {
  const { tenant } = client;
  const body = JSON.stringify({ DeviceToken: deviceToken, Wait: wait });
  const response = await client
    .send({ method: 'POST', path: '/emulator/pushes', body, retry: false })
    .catch((error: unknown) => {
      if (error instanceof CliError && error.code === 'tenant-redirected') return null;
      throw error;
    });
  if (response === null || [404, 405].includes(response.status) || isHtmlPage(response))
    throw new CliError(
      'tenant-refused',
      `${tenant} delivers no push to a virtual phone: only the emulator does`,
    );
  const result = requireSuccess(readEnvelope(response, tenant, client.secrets()), tenant);
  if (result === null) return null;
  const { topic, payload } = readAnswer(pushMembers, result);
  return { topic, payload };
}

/** The parameters of a device's one-time passwords. */
export interface OtpProfile extends OtpParameters {
  /** The vendor's `SecretKey`: its UTF-8 bytes are the key. */
  readonly key: Secret;
  readonly keyVersion: number;
  readonly oathProfileUuid: string;
}

const nonEmpty = v.pipe(v.string(), v.nonEmpty());
const between = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** The six members of the `Result` of `OtpEnroll` that the iOS library uses. */
const otpResult = v.object({
  SecretKey: nonEmpty,
  SecretVersion: between(0, Number.MAX_SAFE_INTEGER),
  OathProfileUuid: nonEmpty,
  HmacAlgorithm: between(0, otpAlgorithms.length - 1),
  // RFC 4226 §5.3 requires 6 or more, and the vendor's Android library stops at 8.
  Digits: between(6, 8),
  Period: between(1, 3600),
});

/** @throws {CliError} tenant-refused */
function readOtpProfile(result: unknown, tenant: string): OtpProfile {
  const read = v.safeParse(otpResult, membersOf(result) ?? {});
  if (!read.success) {
    const name = v.getDotPath(read.issues[0]);
    const words = `${tenant} gave the phone no usable ${name} for its one-time passwords`;
    throw new CliError('tenant-refused', words);
  }
  const { SecretKey, SecretVersion, OathProfileUuid, HmacAlgorithm, Digits, Period } = read.output;
  return {
    key: new Secret(SecretKey),
    keyVersion: SecretVersion,
    oathProfileUuid: OathProfileUuid,
    algorithm: otpAlgorithms[HmacAlgorithm] ?? 'sha1',
    digits: Digits,
    interval: Period,
  };
}
