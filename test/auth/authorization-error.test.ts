import { expect, test } from 'vitest';
import { signInRefusal } from '../../src/auth/tenant-answer.ts';
import { connectionTo } from './examples.ts';

test.each<[string, string | null, string, string | undefined]>([
  ['invalid_request', 'unknown app 123', 'sign-in-failed', 'application'],
  ['invalid_request', 'Unknown application', 'sign-in-failed', 'application'],
  ['invalid_client', 'invalid client creds', 'sign-in-failed', 'client'],
  ['invalid_client', null, 'sign-in-failed', 'client'],
  ['access_denied', 'invalid client creds or client not allowed', 'sign-in-denied', 'client'],
  ['invalid_scope', 'unknown scope requested', 'sign-in-failed', 'scope'],
  ['invalid_request', 'invalid redirect', 'sign-in-failed', 'redirect'],
  ['invalid_redirect_uri', 'it did not match', 'sign-in-failed', 'redirect'],
  [
    'invalid_request',
    'Invalid URI: The format of the URI could not be determined.',
    'sign-in-failed',
    'redirect',
  ],
  ['unsupported_response_type', 'invalid response_type: id', 'sign-in-failed', 'grant'],
  ['unauthorized_client', 'auth mode not allowed', 'sign-in-failed', 'grant'],
  ['access_denied', 'user not allowed access to app', 'sign-in-denied', 'user'],
  ['access_denied', 'User denied confirmation', 'sign-in-denied', undefined],
  ['invalid_request', 'missing response_type', 'sign-in-failed', undefined],
  ['invalid_request', 'mismatched redirect', 'sign-in-failed', 'redirect'],
  ['access_denied', 'client not allowed', 'sign-in-denied', 'client'],
  ['invalid_request', 'auth mode not allowed', 'sign-in-failed', 'grant'],
  ['invalid_scope', null, 'sign-in-failed', 'scope'],
  ['invalid_request', 'unknown scope', 'sign-in-failed', 'scope'],
  ['unauthorized_client', null, 'sign-in-failed', 'grant'],
  ['unsupported_response_type', null, 'sign-in-failed', 'grant'],
  // Words that merely hold or continue one of those.
  ['x_invalid_client', null, 'sign-in-failed', undefined],
  ['invalid_clients', null, 'sign-in-failed', undefined],
  ['x_invalid_scope', null, 'sign-in-failed', undefined],
  ['invalid_scopes', null, 'sign-in-failed', undefined],
  ['x_unauthorized_client', null, 'sign-in-failed', undefined],
  ['unauthorized_clients', null, 'sign-in-failed', undefined],
  ['x_unsupported_response_type', null, 'sign-in-failed', undefined],
  ['unsupported_response_types', null, 'sign-in-failed', undefined],
  ['invalid_request', 'unknown appliance', 'sign-in-failed', undefined],
  ['invalid_request', 'no invalid_request: Invalid URI', 'sign-in-failed', undefined],
])('%s: %s is %s, because of %s', (error, description, code, cause) => {
  const refusal = signInRefusal(
    { error, description },
    connectionTo('https://tenant.example'),
    'http://127.0.0.1:1/callback',
  );
  const asked = {
    appId: 'mfa-cli',
    clientId: 'mfa-cli',
    scope: 'all',
    redirectUri: 'http://127.0.0.1:1/callback',
  };
  expect([refusal.code, refusal.facts]).toEqual([code, cause === undefined ? {} : { cause, ...asked }]);
  expect(refusal.message).toMatch(/^https:\/\/tenant\.example (denied|refused) the sign-in: \w+/);
});
