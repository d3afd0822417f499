import type { KeyObject } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import type { ApnsEnvironment } from '../pkcs12/model.ts';

/** How a client identifies itself to APNs. */
export interface ApnsIdentity {
  readonly key: KeyObject;
  /** DER: the leaf, then its issuers in order. */
  readonly certificates: readonly Uint8Array[];
}

/** One push to one device. */
export interface Push {
  /** Hexadecimal. */
  readonly deviceToken: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly payload: string;
  /** Whether to send it again if APNs says that it is busy. Without an answer it is sent again in any case. */
  readonly retry: boolean;
}

/** What APNs answered. */
export interface PushAnswer {
  /** HTTP; null if the reason came when the connection ended (GOAWAY). */
  readonly status: number | null;
  /** `BadDeviceToken`; null with 200, and from anything that does not answer like APNs. */
  readonly reason: string | null;
  readonly apnsId: string | null;
  /** With 410: since when the device token has been invalid, ISO 8601. */
  readonly timestamp: string | null;
}

/** APNs, to one push identity. */
export interface Apns {
  /**
   * Sends one push and returns the answer, refusals included.
   * @throws {CertificateRefused} if TLS already refuses the certificate
   * @throws {CliError} apns-unreachable, apns-timeout, apns-tls, apns-not-http2, usage, pkcs12-unsupported, file-not-found and
   * file-unreadable (the CA file), interrupted
   */
  send(push: Push): Promise<PushAnswer>;
  close(): void;
}

/** @see https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns */
const hosts: Readonly<Record<ApnsEnvironment, string>> = {
  production: 'api.push.apple.com',
  sandbox: 'api.sandbox.push.apple.com',
};

/** The origin of APNs for an environment, or of its stand-in. @throws {CliError} usage */
export function apnsOrigin(environment: ApnsEnvironment, instead: string | undefined): URL {
  const text = instead ?? hosts[environment];
  if (/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?$/i.test(text) && URL.canParse(`https://${text}`))
    return new URL(`https://${text}`);
  // Anything before an @ may be a password.
  const shown = text.includes('@') ? 'What was given' : `"${text}"`;
  throw new CliError('usage', `${shown} is not an APNs host: those look like api.push.apple.com:2197`, {
    facts: { option: '--apns-host HOST:PORT', variable: 'MFA_CLI_APNS_HOST' },
  });
}

/** A device token that no device has: APNs is expected to report it only once everything else is right. */
export const nobodysToken = '0'.repeat(64);

/** As apps print it: `<80f3…>` with spaces is NSData's description. Returns lower-case hexadecimal only. */
export function plainDeviceToken(text: string): string {
  return text.replace(/[\s<>]/g, '').toLowerCase();
}

/** True for a device token, 32 to 100 bytes in hexadecimal; else what is wrong. */
export function judgeDeviceToken(text: string): true | string {
  return (
    /^(?:[0-9a-f]{2}){32,100}$/.test(plainDeviceToken(text)) ||
    'This is not a device token: those have 64 or more hexadecimal digits, an even number of them'
  );
}
