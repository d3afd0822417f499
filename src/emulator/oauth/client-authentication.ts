import type { IncomingMessage } from 'node:http';
import type { TenantParts } from './tenant-parts.ts';

/** The client that a request to the token or revocation endpoint claims to come from. */
export interface ClientCredentials {
  readonly id: string;
  /** Null: none was sent. */
  readonly secret: string | null;
}

/**
 * Client ID and secret from the `Authorization: Basic` header (RFC 6749 §2.3.1), else from the form; null: no client ID.
 * Whether those in the header are form-encoded, as the RFC says, is an assumption.
 */
export function readClientCredentials(
  request: IncomingMessage,
  form: URLSearchParams,
  encoding: TenantParts['assumptions']['basic-credentials'],
): ClientCredentials | null {
  const header = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (header === undefined) {
    const id = form.get('client_id');
    return id ? { id, secret: form.get('client_secret') } : null;
  }
  const [id = '', secret = ''] = Buffer.from(header, 'base64').toString('utf8').split(/:(.*)/s);
  if (id === '') return null;
  return encoding === 'raw' ? { id, secret } : { id: formDecoded(id), secret: formDecoded(secret) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
