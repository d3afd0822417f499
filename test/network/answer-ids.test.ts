import { describe, expect, test } from 'vitest';
import type { HttpResponse } from '../../src/network/http.ts';
import { answerIds } from '../../src/network/redaction.ts';
import { Secret } from '../../src/text/secret.ts';

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
    ['what a form held', named('x-request-id'), { body: 'a=b&c=%72-1' }, ''],
    ['what a query held', named('x-request-id'), { url: 'https://a.test/?a=%72-1' }, ''],
    ['what a name in a query held', named('x-request-id'), { url: 'https://a.test/?%72-1' }, ''],
    [
      'what stands over a name and its value',
      named('x-request-id', 'r-1'),
      { body: 'r=-1' },
      ', request id r-1',
    ],
    [
      'what stands over two of them',
      named('x-request-id', 'bc'),
      { headers: { a: 'b', c: 'c' } },
      ', request id bc',
    ],
    ['what contains a secret', named('x-request-id', 'r-hunter22'), {}, ''],
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
