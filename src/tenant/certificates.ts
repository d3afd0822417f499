import { Secret } from '../secret.ts';
import type { TenantClient } from './client.ts';

/** What the tenant is given for a client app key. */
export interface SetCertificate {
  readonly clientAppKey: string;
  /** The PFX as it stands in the file. */
  readonly pfx: Uint8Array;
  /** Null and empty are the same on the wire. */
  readonly password: Secret | null;
  readonly topic: string;
}

/** `POST /Mobile/SetApnsCertForClientApp`: the certificate for a client app key, in place of any before. */
export async function setCertificate(client: TenantClient, certificate: SetCertificate): Promise<void> {
  await client.call('/Mobile/SetApnsCertForClientApp', {
    ClientAppKey: certificate.clientAppKey,
    APNSCert: new Secret(encodeForTenant(certificate.pfx)),
    APNSPass: certificate.password ?? '',
    APNSTopic: certificate.topic,
  });
}

/** `POST /Mobile/DeleteApnsCertForClientApp`: takes the certificate of a client app key away. */
export async function deleteCertificate(client: TenantClient, clientAppKey: string): Promise<void> {
  await client.call('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: clientAppKey });
}

/** Plain base64 (RFC 4648 §4) without line breaks: what `APNSCert` holds. */
export function encodeForTenant(pfx: Uint8Array): string {
  return Buffer.from(pfx).toString('base64');
}
