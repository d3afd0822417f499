import type { AuthorizationRequest } from './authorization-request.ts';
import type { OAuthError } from './errors.ts';

/** What an authorization request yields, by the words of its response type. */
export interface Issued {
  readonly code?: string;
  readonly id_token?: string;
  readonly access_token?: string;
  readonly token_type?: 'Bearer';
  /** Seconds. */
  readonly expires_in?: number;
  readonly scope?: string;
}

/**
 * Where the browser takes what was issued: in the query for a code alone, else in the fragment. A code comes with the
 * response type, in the order and spelling of the vendor's examples.
 * @param issuer null: the answer does not name it (RFC 9207)
 */
export function successLocation(
  { redirectUri, responseType, state }: Pick<AuthorizationRequest, 'redirectUri' | 'responseType' | 'state'>,
  issued: Issued,
  issuer: string | null,
): string {
  const members = {
    state,
    responseType: issued.code === undefined ? null : responseType.join(', '),
    ...issued,
    iss: issuer,
  };
  const isCodeAlone = Object.keys(issued).join() === 'code';
  return withParameters(redirectUri, isCodeAlone ? '?' : '#', members);
}

/** Where the browser takes an error, without the state. */
export function errorLocation(redirectUri: string, error: OAuthError, issuer: string | null): string {
  return withParameters(redirectUri, '?', { ...error, iss: issuer });
}

function withParameters(
  uri: string,
  mark: '?' | '#',
  members: Readonly<Record<string, string | number | null>>,
): string {
  const parameters = Object.entries(members).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${uri}${uri.includes(mark) ? '&' : mark}${parameters.join('&')}`;
}
