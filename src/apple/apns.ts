import type { KeyObject } from 'node:crypto';

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
