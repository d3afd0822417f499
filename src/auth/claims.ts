import { membersOf, parseJson } from '../text/json.ts';
import { plainWords } from '../text/words.ts';

/** What a JWT says about its bearer. Nothing is verified: fine to show, never to decide by. */
interface Claims {
  readonly user: string | null;
  readonly expiresAt: Date | null;
}

/** The claims of an access token or ID token (RFC 7519 §4); all null if it is opaque. */
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

/** The address of whoever made the token (`iss`), or null. */
export function issuerOf(token: string): string | null {
  const { iss } = payloadOf(token);
  return typeof iss === 'string' && URL.canParse(iss) ? iss : null;
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = '', signature] = token.split('.');
  if (signature === undefined) return {};
  // Anything but an object has none of the members.
  return membersOf(parseJson(Buffer.from(payload, 'base64url'))) ?? {};
}
