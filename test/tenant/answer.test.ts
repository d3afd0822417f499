import { expect, test } from 'vitest';
import { refusalIn } from '../../src/tenant/envelope.ts';
import { Secret } from '../../src/text/secret.ts';

const page = '<!doctype html>';

test.each<[number, string, string | null]>([
  [200, '{"success":true}', null],
  [200, '[1]', null],
  [200, 'text', null],
  [200, '', null],
  [299, 'text', null],
  [200, '{"success":false,"Message":"no hunter22"}', 'tenant-refused: T refused the request: no [secret]'],
  [
    200,
    '{"success":false,"MessageID":"UnauthorizedAccess"}',
    'tenant-forbidden: T does not allow this request (MessageID UnauthorizedAccess)',
  ],
  [403, '', 'tenant-forbidden: T does not allow this request (HTTP 403)'],
  [429, '', 'rate-limited: T received too many requests (HTTP 429)'],
  [400, '{}', 'tenant-refused: T refused the request (HTTP 400)'],
  [503, '', 'tenant-refused: T is not available (HTTP 503)'],
  [404, page, 'tenant-refused: T did not answer like a tenant: an HTML page (HTTP 404)'],
  [300, '', 'tenant-refused: T did not answer like a tenant: an empty answer (HTTP 300)'],
  [200, page, 'tenant-not-json: T did not answer like a tenant: an HTML page (HTTP 200)'],
])('what speaks against %i %s: %s', (status, body, expected) => {
  const error = refusalIn({ status, headers: {}, body }, 'T', [new Secret('hunter22')]);
  expect(error && `${error.code}: ${error.message}`).toBe(expected);
});
