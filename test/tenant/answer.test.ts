import { describe, expect, test } from 'vitest';
import { answerIds } from '../../src/http/answer-ids.ts';
import type { HttpResponse } from '../../src/http/http.ts';
import { Secret } from '../../src/secret.ts';
import { refusalIn } from '../../src/tenant/answer.ts';

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
  [429, '', 'rate-limited: T has had too many requests (HTTP 429)'],
  [400, '{}', 'tenant-refused: T refused the request (HTTP 400)'],
  [503, '', 'tenant-refused: T is not available (HTTP 503)'],
  [404, page, 'tenant-refused: T did not answer as a tenant does: an HTML page (HTTP 404)'],
  [300, '', 'tenant-refused: T did not answer as a tenant does: an empty answer (HTTP 300)'],
  [200, page, 'tenant-not-json: T did not answer as a tenant does: an HTML page (HTTP 200)'],
])('what speaks against %i %s: %s', (status, body, expected) => {
  const error = refusalIn({ status, headers: {}, body }, 'T', [new Secret('hunter22')]);
  expect(error && `${error.code}: ${error.message}`).toBe(expected);
});

describe('the identifiers of an answer', () => {
  const ids = (
    answer: Partial<HttpResponse>,
    sent: { url?: string; body?: string; headers?: Record<string, string> } = {},
  ) =>
    answerIds(
      { method: 'POST', url: 'https://a.test', retry: false, ...sent },
      { status: 200, headers: {}, body: '', ...answer },
      [new Secret('hunter22')],
    );
  const named = (name: string, id = 'r-1') => ({ headers: { [name]: id } });
  const error = (ErrorID: unknown) => ({ body: JSON.stringify({ ErrorID }) });

  test.each(['x-request-id', 'request-id', 'x-correlation-id', 'x-ms-request-id', 'x-trace-id'])(
    '%s',
    (name) => {
      expect(ids(named(name))).toBe(', request id r-1');
    },
  );

  test.each<[string, Partial<HttpResponse>, Parameters<typeof ids>[1], string]>([
    [
      'the first of several',
      { headers: { 'x-trace-id': 'two', 'x-request-id': 'one' } },
      {},
      ', request id one',
    ],
    ['a hundred characters', named('x-request-id', 'a'.repeat(100)), {}, `, request id ${'a'.repeat(100)}`],
    ['more', named('x-request-id', 'a'.repeat(101)), {}, ''],
    ['none', named('x-request-id', ''), {}, ''],
    ['a sentence', named('x-request-id', 'a b'), {}, ''],
    ['what the address held', named('x-request-id'), { url: 'https://a.test/r-1' }, ''],
    ['what the body held', named('x-request-id'), { body: 'r-1' }, ''],
    ['what a header held', named('x-request-id'), { headers: { a: 'b', c: 'r-1' } }, ''],
    [
      'what stands over two of them',
      named('x-request-id', 'bc'),
      { headers: { a: 'b', c: 'c' } },
      ', request id bc',
    ],
    ['what holds a secret', named('x-request-id', 'r-hunter22'), {}, ''],
    ['an ErrorID', error('e:1.2-3_4'), {}, ', ErrorID e:1.2-3_4'],
    ['both', { ...named('x-request-id'), ...error('e-1') }, {}, ', request id r-1, ErrorID e-1'],
    ['no ErrorID', error(''), {}, ''],
    ['an ErrorID that is no text', error(7), {}, ''],
    ['a list that speaks of one', { body: '["ErrorID"]' }, {}, ''],
    ['a text that speaks of one', { body: '"\\"ErrorID\\""' }, {}, ''],
    ['what is no JSON', { body: '{"ErrorID":"e"' }, {}, ''],
  ])('%s', (_case, answer, sent, expected) => {
    expect(ids(answer, sent)).toBe(expected);
  });
});
