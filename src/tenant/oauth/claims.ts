import { membersOf, parseJson } from '../../text/json.ts';
import { plainWords } from '../../text/words.ts';

/** The claims of a token about itself. */
export interface Claims {
  readonly user: string | null;
  readonly expiresAt: Date | null;
}

/**
 * The user and the expiry in an access token or ID token (RFC 7519 §4); null if it is
 * opaque. Not verified: fine to show, never to decide by.
 */
export function claimsOf(token: string): Claims {
  const payload = payloadOf(token);
  const user = [payload.unique_name, payload.preferred_username, payload.sub].find(
    (claim) => typeof claim === 'string' && claim !== '',
  );
  const expiresAt = typeof payload.exp === 'number' ? new Date(payload.exp * 1000) : null;
  return {
    user: typeof user === 'string' ? plainWords(user) : null,
    expiresAt: expiresAt !== null && Number.isNaN(expiresAt.getTime()) ? null : expiresAt,
  };
}

/** The issuer of the token (`iss`), or null. */
export function issuerOf(token: string): string | null {
  const { iss } = payloadOf(token);
  return typeof iss === 'string' && URL.canParse(iss) ? iss : null;
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = '', signature] = token.split('.');
  return (signature !== undefined && membersOf(parseJson(Buffer.from(payload, 'base64url')))) || {};
}
