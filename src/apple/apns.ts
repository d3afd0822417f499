import { type KeyObject, randomBytes } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import type { ApnsEnvironment } from '../pkcs12/model.ts';

export interface ApnsIdentity {
  readonly key: KeyObject;
  /** DER: the leaf, then others in any order; only its issuers are sent. */
  readonly certificates: readonly Uint8Array[];
}

/**
 * The key (.p8) that signs provider tokens for a developer account, in place of a
 * certificate.
 */
export interface TokenKey {
  readonly tokenKey: KeyObject;
  readonly keyId: string;
  readonly teamId: string;
}

export interface Push {
  readonly deviceToken: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
  /**
   * Whether to retry if APNs is busy. A push without an answer is retried in any case.
   */
  readonly retry: boolean;
}

export interface PushAnswer {
  /** The HTTP status; null if GOAWAY brought the reason. */
  readonly status: number | null;
  /** Such as `BadDeviceToken`; null with 200, and from servers other than APNs. */
  readonly reason: string | null;
  readonly apnsId: string | null;
  /** With 410: the time when the device token became invalid, ISO 8601. */
  readonly timestamp: string | null;
}

export interface Apns {
  /**
   * Sends one push and returns the answer, refusals included.
   * @throws {CertificateRefused} if TLS refuses the certificate
   * @throws {CliError} apns-unreachable, apns-timeout, apns-tls, apns-not-http2, usage,
   * pkcs12-unsupported, file-not-found
   *   and file-unreadable (the CA file), interrupted
   */
  send(push: Push): Promise<PushAnswer>;
  /** Connects, and sends nothing. @throws {CliError} as send */
  connect(): Promise<void>;
  close(): void;
}

/**
 * @see https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 */
const hosts: Readonly<Record<ApnsEnvironment, string>> = {
  production: 'api.push.apple.com',
  sandbox: 'api.sandbox.push.apple.com',
};

/**
 * The origin of APNs for an environment, or of its substitute.
 * @throws {CliError} usage
 */
export function apnsOrigin(environment: ApnsEnvironment, instead: string | null): URL {
  const text = instead ?? hosts[environment];
  if (/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?$/i.test(text) && URL.canParse(`https://${text}`))
    return new URL(`https://${text}`);
  // Anything before an @ may be a password.
  const shown = text.includes('@') ? 'The given value' : `"${text}"`;
  throw new CliError('usage', `${shown} is not an APNs host such as api.push.apple.com:2197`, {
    facts: { option: '--apns-host HOST:PORT', variable: 'MFA_CLI_APNS_HOST' },
  });
}

/** Whether a host is Apple's, and no stand-in. */
export function isAppleHost(hostname: string): boolean {
  return Object.values(hosts).includes(hostname);
}

/**
 * A device token that no device has. APNs is expected to report it only after all other
 * checks pass.
 */
export const nobodysToken = '0'.repeat(64);

/**
 * Accepts a token as apps print it, such as NSData's `<80f3… …>`. Returns lower-case
 * hexadecimal only.
 */
export function plainDeviceToken(text: string): string {
  return text.replace(/[\s<>]/g, '').toLowerCase();
}

/** True for a device token: 32 to 100 bytes in hexadecimal; else the error. */
export function judgeDeviceToken(text: string): true | string {
  return (
    /^(?:[0-9a-f]{2}){32,100}$/.test(plainDeviceToken(text)) ||
    'This is not a device token: it must have an even number of hexadecimal digits, at least 64'
  );
}

/** The content of an MFA push; null leaves a key out. */
export interface MfaPush {
  readonly message: string;
  readonly title: string | null;
  /** The app returns it with its answer. */
  readonly challenge: string;
}

/** APNs' limit on the payload of an alert (not VoIP), in bytes of UTF-8. */
const payloadLimit = 4096;

export const defaultMessage = 'A sign-in is waiting: approve or deny it';

/**
 * The app shows the actions of this category as Approve and Deny. The vendor's SDK uses
 * this name.
 */
export const category = 'MfaNotificationCategoryId';

/**
 * The MFA push as the tenant sends it: the app reads `payload.Options.Message` and
 * `ChallengeAnswer`.
 */
export function mfaPayload({ message, title, challenge }: MfaPush): Record<string, unknown> {
  return {
    aps: { alert: title === null ? message : { title, body: message }, category, sound: 'default' },
    payload: {
      Options: {
        Message: message,
        ChallengeAnswer: challenge,
        ...(title === null ? {} : { Title: title }),
      },
    },
  };
}

/**
 * A payload for `xcrun simctl push`, or for dropping a file onto Xcode's simulator.
 * @see
 * https://developer.apple.com/documentation/xcode-release-notes/xcode-11_4-release-notes
 */
export function simulatorPayload(bundleId: string, push: MfaPush): Record<string, unknown> {
  return { 'Simulator Target Bundle': bundleId, ...mfaPayload(push) };
}

/**
 * The bytes to send: compact JSON as UTF-8.
 * @throws {CliError} usage, above APNs' limit
 */
export function encodePayload(payload: Record<string, unknown>): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(payload), 'utf8');
  if (bytes.length <= payloadLimit) return bytes;
  throw new CliError(
    'usage',
    `The payload has ${bytes.length} bytes, but APNs accepts only ${payloadLimit}: ` +
      'the message, the title or the challenge is too long',
  );
}

/** An unguessable challenge in base64url. */
export function randomChallenge(): string {
  return randomBytes(24).toString('base64url');
}

/** The push for the given options, with defaults. */
export function mfaPushOf({
  message = defaultMessage,
  title,
  challenge,
}: Readonly<Record<keyof MfaPush, string | undefined>>): MfaPush {
  return { message, title: title ?? null, challenge: challenge ?? randomChallenge() };
}
