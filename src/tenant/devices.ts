import { CliError } from '../errors.ts';
import type { HttpResponse } from '../http.ts';
import { onOneLine } from '../printable.ts';
import { Secret } from '../secret.ts';
import { refusalIn } from './answer.ts';
import type { TenantClient } from './client.ts';
import { describeAnswer, isHtmlPage, parseJson, readEnvelope, requireSuccess } from './envelope.ts';

/** What an iOS device says of itself. */
export interface IosDevice {
  readonly udid: string;
  readonly name: string;
  readonly osVersion: string;
}

/** What a device makes its one-time passwords of. */
export interface OtpProfile {
  /** As the tenant wrote it. */
  readonly key: Secret;
  readonly keyVersion: string;
  /** Seconds. */
  readonly interval: number;
  readonly oathProfileUuid: string;
}

/** What a person decided on a phone, and the proof that it was this phone. */
export interface Verdict extends Omit<OtpProfile, 'key'> {
  readonly code: Secret;
  readonly at: Date;
  readonly challenge: string;
  readonly accepted: boolean;
}

/** A push that the emulator hands over. */
export interface DeliveredPush {
  readonly topic: string;
  readonly payload: unknown;
}

/** `POST /Device/EnrollIosDevice`: a device of the signed-in user. @throws {CliError} as TenantClient.call */
export async function enrollIosDevice(client: TenantClient, device: IosDevice): Promise<void> {
  const { udid, name, osVersion } = device;
  const { Status, Message } = members(
    await client.call('/Device/EnrollIosDevice', { udid, name, osversion: osVersion }),
  );
  if (Status !== false) return;
  const words = typeof Message === 'string' && Message !== '' ? `: ${onOneLine(Message).slice(0, 500)}` : '';
  throw new CliError('tenant-refused', `${client.tenant} did not enroll the device${words}`);
}

/** `POST /IosAppRest/OtpEnroll`: a new key for the device's one-time passwords. @throws {CliError} as TenantClient.call, tenant-refused for none */
export async function enrollOtp(client: TenantClient, udid: string): Promise<OtpProfile> {
  const result = members(await client.call(`/IosAppRest/OtpEnroll?${new URLSearchParams({ udid })}`, {}));
  const { OTPKey, OTPKeyVersion, OTPCodeExpiryInterval, OathProfileUuid } = result;
  const interval = Number(OTPCodeExpiryInterval);
  if (typeof OTPKey !== 'string' || typeof OathProfileUuid !== 'string' || !isInterval(interval))
    throw new CliError(
      'tenant-refused',
      `${client.tenant} gave the device nothing to make one-time passwords of`,
    );
  return {
    key: new Secret(OTPKey),
    keyVersion: String(OTPKeyVersion ?? ''),
    interval,
    oathProfileUuid: OathProfileUuid,
  };
}

/**
 * `POST /IosAppRest/UpdateDevSettings`: where pushes for the device go. It answers `{"Status":true}` without an envelope,
 * as far as is known; an envelope would do as well. @throws {CliError} as TenantClient.call
 */
export async function registerDeviceToken(
  client: TenantClient,
  { udid, deviceToken }: { readonly udid: string; readonly deviceToken: string },
  secrets: readonly Secret[],
): Promise<void> {
  const { tenant } = client;
  const body = JSON.stringify({ DeviceID: udid, Token: deviceToken });
  const path = '/IosAppRest/UpdateDevSettings';
  const response = await client.send({ method: 'POST', path, body, retry: true });
  const refusal = refusalIn(response, tenant, secrets);
  if (refusal !== null) throw refusal;
  const answer = parseJson(response.body);
  if (typeof answer !== 'object' || answer === null)
    throw new CliError(
      'tenant-not-json',
      `${tenant} did not answer as a tenant does: ${describeAnswer(response)}`,
    );
  if (members(answer).Status === false)
    throw new CliError('tenant-refused', `${tenant} did not take the device token`);
}

/** `POST /IosAppRest/SubmitOtpCode`: the answer to a challenge, sent once. @throws {CliError} as TenantClient.call */
export async function submitVerdict(
  client: TenantClient,
  verdict: Verdict,
  secrets: readonly Secret[],
): Promise<void> {
  const query = new URLSearchParams({
    otpCode: verdict.code.reveal(),
    optKeyVersion: verdict.keyVersion,
    otpTimestamp: String(Math.floor(verdict.at.getTime() / 1000)),
    userAccepted: String(verdict.accepted),
    otpCodeExpiryInterval: String(verdict.interval),
    challengeAnswer: verdict.challenge,
    oathProfileUuid: verdict.oathProfileUuid,
  });
  const path = `/IosAppRest/SubmitOtpCode?${query}`;
  const response = await client.send({ method: 'POST', path, body: '{}', retry: false });
  requireSuccess(readEnvelope(response, client.tenant, [...secrets, verdict.code]), client.tenant);
}

/**
 * `POST /emulator/pushes`: the oldest push that waits for the token, or null where none came in so many seconds. On a
 * real phone iOS brings it, so that only the emulator has this address.
 * @throws {CliError} tenant-refused for a tenant without it, and as TenantClient.call
 */
export async function takePush(
  client: TenantClient,
  { deviceToken, wait }: { readonly deviceToken: string; readonly wait: number },
  secrets: readonly Secret[],
): Promise<DeliveredPush | null> {
  const body = JSON.stringify({ DeviceToken: deviceToken, Wait: wait });
  const response = await client
    .send({ method: 'POST', path: '/emulator/pushes', body, retry: true })
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

/** Whether codes can be made in such intervals, in seconds. */
function isInterval(seconds: number): boolean {
  return Number.isSafeInteger(seconds) && seconds > 0;
}

function isMissing(response: HttpResponse): boolean {
  return response.status === 404 || response.status === 405 || isHtmlPage(response);
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
