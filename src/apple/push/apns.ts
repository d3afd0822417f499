import type { KeyObject } from 'node:crypto';

/** What one is known by to APNs. */
export interface ApnsIdentity {
  readonly key: KeyObject;
  /** DER: the leaf, then its issuers in their order. */
  readonly certificates: readonly Uint8Array[];
}

/** One push to one device. */
export interface Push {
  /** Hexadecimal. */
  readonly deviceToken: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly payload: string;
  /** Whether it is sent again where APNs says that it is busy. Without an answer it is in any case. */
  readonly retry: boolean;
}

/** What APNs answered. */
export interface PushAnswer {
  /** HTTP; null where the reason came with the end of the connection (GOAWAY). */
  readonly status: number | null;
  /** `BadDeviceToken`; null with 200, and of what does not answer as APNs does. */
  readonly reason: string | null;
  readonly apnsId: string | null;
  /** With 410: since when the device token is not good, ISO 8601. */
  readonly timestamp: string | null;
}

/** APNs, to one push identity. */
export interface Apns {
  /**
   * Sends one push and gives the answer, refusals included.
   * @throws {CertificateRefused} where TLS already refuses the certificate
   * @throws {CliError} apns-unreachable, apns-timeout, apns-tls, apns-not-http2, usage, pkcs12-unsupported, file-not-found and
   * file-unreadable (the CA file), interrupted
   */
  send(push: Push): Promise<PushAnswer>;
  close(): void;
}
