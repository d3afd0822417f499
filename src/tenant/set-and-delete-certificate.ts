import type { Secret } from '../text/secret.ts';
import type { CallParameters } from './client.ts';

/** The certificate that the tenant receives for a client app key. */
export interface SetCertificate {
  readonly clientAppKey: string;
  /** Base64 of the PFX exactly as in the file, without line breaks (RFC 4648 §4). */
  readonly certificate: Secret;
  /** Null and empty are the same on the wire. */
  readonly password: Secret | null;
  readonly topic: string;
}

/** A call that changes the push certificate of a client app key. */
export interface MobileRequest {
  readonly asked: 'set' | 'delete';
  readonly path: string;
  readonly parameters: CallParameters;
}

/** The certificate for a client app key, replacing any earlier one. */
export function setRequest(certificate: SetCertificate): MobileRequest {
  return {
    asked: 'set',
    path: '/Mobile/SetApnsCertForClientApp',
    parameters: {
      ClientAppKey: certificate.clientAppKey,
      APNSCert: certificate.certificate,
      APNSPass: certificate.password ?? '',
      APNSTopic: certificate.topic,
    },
  };
}

/** Removes a client app key's certificate. */
export function deleteRequest(clientAppKey: string): MobileRequest {
  return {
    asked: 'delete',
    path: '/Mobile/DeleteApnsCertForClientApp',
    parameters: { ClientAppKey: clientAppKey },
  };
}
