import { type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import type { AccessTokens } from '../access-tokens.ts';
import { tenantId } from '../directory.ts';
import type { User } from '../user.ts';

/** The result of a sign-in without an application. */
export interface SessionToken {
  readonly user: User;
  /** A JWT, valid as a bearer. */
  readonly token: string;
  readonly refreshToken: string;
  /** Seconds for which the token is valid. */
  readonly lifetime: number;
}

export interface SessionTokens {
  issue(user: User): SessionToken;
  /** A new token for an issued one, and a refresh token to replace the used one; null: they are not a pair, or too old. */
  refresh(token: string, refreshToken: string): SessionToken | null;
  /** From then on no refresh token is valid. */
  forgetAll(): void;
}

interface SessionTokenOptions {
  readonly url: string;
  /** Seconds. */
  readonly lifetime: number;
  /** The paths of the APIs that a session may call. */
  readonly apis: readonly RegExp[];
  readonly signingKey: KeyObject;
  now(): Date;
}

const refreshMilliseconds = 24 * 60 * 60 * 1000;
/** Of more refresh tokens, the oldest end. */
const kept = 1000;

/** @param accessTokens where issued tokens are put */
export function createSessionTokens(
  { url, lifetime, apis, signingKey, now }: SessionTokenOptions,
  accessTokens: AccessTokens,
): SessionTokens {
  const refreshable = new Map<string, { token: string; user: User; expiresAt: number }>();
  const issue = (user: User): SessionToken => {
    const iat = Math.floor(now().getTime() / 1000);
    const claims = {
      iss: url,
      aud: tenantId,
      sub: user.uuid,
      unique_name: user.user,
      tenant_id: tenantId,
      iat,
      exp: iat + lifetime,
      jti: randomUUID(),
    };
    const token = signJwt(claims, signingKey);
    const refreshToken = randomBytes(32).toString('base64url');
    const expiresAt = now().getTime() + refreshMilliseconds;
    for (const [old, { expiresAt: end }] of refreshable) if (end <= now().getTime()) refreshable.delete(old);
    refreshable.set(refreshToken, { token, user, expiresAt });
    const [oldest = ''] = refreshable.keys();
    if (refreshable.size > kept) refreshable.delete(oldest);
    accessTokens.remember(token, { user: user.user, scopes: [], apis, grantId: null }, lifetime);
    return { user, token, refreshToken, lifetime };
  };
  return {
    issue,
    refresh(token, refreshToken) {
      const known = refreshable.get(refreshToken);
      if (known === undefined || known.token !== token || known.expiresAt <= now().getTime()) return null;
      refreshable.delete(refreshToken);
      return issue(known.user);
    },
    forgetAll: () => refreshable.clear(),
  };
}

function signJwt(claims: object, key: KeyObject): string {
  const content = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}
