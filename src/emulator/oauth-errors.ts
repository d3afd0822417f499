import type { errors } from 'oidc-provider';

/** The body of an OAuth error (RFC 6749 §5.2). */
interface OAuthError {
  readonly error: string;
  readonly error_description: string;
}

export const unknownApp: OAuthError = { error: 'invalid_request', error_description: 'unknown app' };
export const unknownScope: OAuthError = {
  error: 'invalid_scope',
  error_description: 'unknown scope requested',
};
const unknownClient: OAuthError = {
  error: 'access_denied',
  error_description: 'invalid client creds or client not allowed',
};
const unknownCode: OAuthError = {
  error: 'invalid_grant',
  error_description: 'supplied code does not match known request',
};
const wrongChallenge: OAuthError = { error: 'invalid_grant', error_description: 'challenge mismatch' };
const modeNotAllowed = 'auth mode not allowed';

/** An error of the server library's token endpoint in the vendor's words, where they are known; else in its own. */
export function toVendorError(error: errors.OIDCProviderError, grantType: unknown): OAuthError {
  switch (error.error) {
    case 'invalid_client':
      return unknownClient;
    case 'invalid_scope':
      return unknownScope;
    case 'unsupported_grant_type':
      return { error: 'unsupported_grant_type', error_description: modeNotAllowed };
    case 'invalid_request':
      if (!/grant type is not allowed/.test(error.error_description ?? '')) break;
      return { error: 'unauthorized_client', error_description: modeNotAllowed };
    case 'invalid_grant':
      if (grantType !== 'authorization_code') break;
      return /code_verifier/.test(error.error_detail ?? '') ? wrongChallenge : unknownCode;
  }
  return { error: error.error, error_description: error.error_description ?? 'the request is invalid' };
}
