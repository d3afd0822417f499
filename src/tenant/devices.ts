import { CliError } from '../errors/cli-error.ts';
import type { HttpResponse } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import { type OtpParameters, otpAlgorithms } from '../text/one-time-password.ts';
import { Secret } from '../text/secret.ts';
import { wordsIn } from '../text/words.ts';
import type { TenantClient } from './client.ts';
import { describeAnswer, isHtmlPage, readEnvelope, refusalIn, requireSuccess } from './envelope.ts';

/** How an iOS device describes itself. */
export interface IosDevice {
  readonly udid: string;
  readonly name: string;
  readonly osVersion: string;
}

/** Where pushes for an app on a device are sent. */
export interface PushAddress {
  /** Hexadecimal. */
  readonly deviceToken: string;
  /** The app's. */
  readonly bundleId: string;
}

/** What a person decided on a phone, with proof that it was this phone. */
export interface Verdict extends Pick<OtpProfile, 'keyVersion' | 'interval' | 'oathProfileUuid'> {
  readonly code: Secret;
  readonly at: Date;
  readonly challenge: string;
  readonly accepted: boolean;
}

/** A push that the emulator delivers. */
export interface DeliveredPush {
  readonly topic: string;
  readonly payload: unknown;
}

/** What the vendor's iOS library sends with and without a body; the language is always this one. */
const headers = { 'content-type': 'application/json', 'accept-language': 'en-IN' };

/**
 * `POST /Device/EnrollIosDevice`: a device of the signed-in user. The result is a welcome and a certificate, both unused
 * by the library; an Android device's result says whether it was enrolled. @throws {CliError} as TenantClient.call
 */
export async function enrollIosDevice(
  client: TenantClient,
  { udid, name, osVersion }: IosDevice,
  secrets: readonly Secret[],
): Promise<void> {
  const body = JSON.stringify({ OSVersion: osVersion, Name: name, Udid: udid });
  const path = '/Device/EnrollIosDevice';
  const change = { done: 'enrolled the device', idempotent: true };
  const response = await client.send({ method: 'POST', path, headers, body, retry: true, change });
  const { Status, Message } = members(
    requireSuccess(readEnvelope(response, client.tenant, secrets), client.tenant),
  );
  if (Status !== false) return;
  const words = wordsIn(Message, secrets);
  throw new CliError(
    'tenant-refused',
    `${client.tenant} did not enroll the device${words === null ? '' : `: ${words}`}`,
  );
}

/** `POST /IosAppRest/OtpEnroll`: a new key for the device's one-time passwords. @throws {CliError} as TenantClient.call, and tenant-refused for an unusable answer */
export async function enrollOtp(
  client: TenantClient,
  udid: string,
  secrets: readonly Secret[],
): Promise<OtpProfile> {
  const path = `/IosAppRest/OtpEnroll?udid=${encodeURIComponent(udid)}`;
  const change = { done: 'given the device another key for its one-time passwords', idempotent: true };
  const response = await client.send({ method: 'POST', path, headers, retry: true, change });
  const result = requireSuccess(readEnvelope(response, client.tenant, secrets), client.tenant);
  return readOtpProfile(members(result), client.tenant);
}

/**
 * `POST /IosAppRest//UpdateDevSettings`: where pushes for the device go. The vendor's library doubles the slash. As far as
 * we know it answers `{"Status":true}` without an envelope; an envelope would do as well. @throws {CliError} as TenantClient.call
 */
export async function registerDeviceToken(
  client: TenantClient,
  { udid, name, osVersion }: IosDevice,
  { deviceToken, bundleId }: PushAddress,
  secrets: readonly Secret[],
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
  const change = { done: 'taken the device token', idempotent: true };
  const response = await client.send({ method: 'POST', path, headers, body, retry: true, change });
  const refusal = refusalIn(response, tenant, secrets);
  if (refusal !== null) throw refusal;
  const answer = parseJson(response.body);
  if (typeof answer !== 'object' || answer === null)
    throw new CliError(
      'tenant-not-json',
      `${tenant} did not answer like a tenant: ${describeAnswer(response)}`,
    );
  if (members(answer).Status === false)
    throw new CliError('tenant-refused', `${tenant} did not accept the device token`);
}

/** `POST /IosAppRest//SubmitOtpCode`: the answer to a challenge, sent once. @throws {CliError} as TenantClient.call */
export async function submitVerdict(
  client: TenantClient,
  verdict: Verdict,
  secrets: readonly Secret[],
): Promise<void> {
  const body = JSON.stringify({
    otpCode: verdict.code.reveal(),
    // The library's own misspelling.
    optKeyVersion: verdict.keyVersion,
    otpCodeExpiryInterval: String(verdict.interval),
    userAccepted: verdict.accepted ? 'True' : 'False',
    oathProfileUuid: verdict.oathProfileUuid,
    otpTimestamp: verdict.at.getTime(),
    challengeAnswer: verdict.challenge,
  });
  const path = '/IosAppRest//SubmitOtpCode';
  const change = { done: 'taken the answer', idempotent: false };
  const response = await client.send({ method: 'POST', path, headers, body, retry: false, change });
  requireSuccess(readEnvelope(response, client.tenant, [...secrets, verdict.code]), client.tenant);
}

/**
 * `POST /emulator/pushes`: the oldest push waiting for the token, or null if none came within the given seconds. iOS
 * delivers it to a real phone, so only the emulator has this address.
 * @throws {CliError} tenant-refused for a tenant without it, and as TenantClient.call
 */
export async function takePush(
  client: TenantClient,
  { deviceToken, wait }: { readonly deviceToken: string; readonly wait: number },
  secrets: readonly Secret[],
): Promise<DeliveredPush | null> {
  const body = JSON.stringify({ DeviceToken: deviceToken, Wait: wait });
  const response = await client
    .send({ method: 'POST', path: '/emulator/pushes', body, retry: false })
    .catch((error: unknown) => {
      if (error instanceof CliError && error.code === 'tenant-redirected') return null;
      throw error;
    });
  if (response === null || isMissing(response))
    throw new CliError(
      'tenant-refused',
      `${client.tenant} delivers no push to a virtual phone: only the emulator does`,
    );
  const result = requireSuccess(readEnvelope(response, client.tenant, secrets), client.tenant);
  if (result === null) return null;
  const { topic, payload } = members(result);
  return { topic: String(topic), payload };
}

function isMissing(response: HttpResponse): boolean {
  return response.status === 404 || response.status === 405 || isHtmlPage(response);
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return membersOf(value) ?? {};
}

/** What a device needs for its one-time passwords. */
export interface OtpProfile extends OtpParameters {
  /** The vendor's `SecretKey`: its UTF-8 bytes are the key. */
  readonly key: Secret;
  readonly keyVersion: number;
  readonly oathProfileUuid: string;
}

/** Plausible values: RFC 4226 §5.3 requires 6 digits or more, and the vendor's Android library stops at 8. */
const digits = [6, 8] as const;
const longestInterval = 3600;

/** Reads the `Result` of `OtpEnroll`; these are the six members that the iOS library uses. @throws {CliError} tenant-refused */
function readOtpProfile(result: Readonly<Record<string, unknown>>, tenant: string): OtpProfile {
  const text = (name: string): string => {
    const value = result[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new CliError('tenant-refused', `${tenant} gave the phone no ${name} for its one-time passwords`);
  };
  const integer = (name: string, least: number, most: number): number => {
    const value = result[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new CliError(
      'tenant-refused',
      `${tenant} gave the phone no usable ${name} for its one-time passwords: ${shown(value)}`,
    );
  };
  return {
    key: new Secret(text('SecretKey')),
    keyVersion: integer('SecretVersion', 0, Number.MAX_SAFE_INTEGER),
    oathProfileUuid: text('OathProfileUuid'),
    algorithm: otpAlgorithms[integer('HmacAlgorithm', 0, otpAlgorithms.length - 1)] ?? 'sha1',
    digits: integer('Digits', ...digits),
    interval: integer('Period', 1, longestInterval),
  };
}

/** Only numbers are shown: a text may be anything, even the key. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  return typeof value === 'number' ? String(value) : `a ${typeof value} instead of a number`;
}
