import { expect, test } from 'vitest';
import { CliError, type ErrorCode } from '../../src/errors/cli-error.ts';
import {
  BrokenAnswer,
  isTlsCode,
  isUntrusted,
  isUnverified,
  NotHttp,
  ProxyError,
  ProxyRefusal,
  reasonOf,
  transportError,
} from '../../src/network/failure.ts';
import type { HttpResponse } from '../../src/network/http.ts';
import { type ProxySettings, portOf, proxiesOf, proxyFor } from '../../src/network/proxy.ts';
import {
  redactAnswer,
  redactQuery,
  secretsIn,
  secretsInQuery,
} from '../../src/network/redaction.ts';
import { waitBeforeRetry } from '../../src/network/tries.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';

const coded = (code: unknown) => Object.assign(new Error('a text with hunter22'), { code });
const origin = 'https://acme.example.com';
const errors: Readonly<Record<string, (given: never) => unknown>> = {
  Error: coded,
  text: () => 'hunter22',
  NotHttp: () => new NotHttp(),
  BrokenAnswer: () => new BrokenAnswer(),
  ProxyRefusal: (status: number) => new ProxyRefusal(status),
  CliError: (code: ErrorCode) => new CliError(code, 'As it was'),
};
const waits = (outcome: HttpResponse | Error) =>
  [1, 2, 3].map((made) => waitBeforeRetry(outcome, made));

testCases('network/failures', {
  'the code of an error: whether it is of TLS, whether more CAs may help, and the words for it': (
    code,
  ) => {
    const judge = (error: unknown) => [isUntrusted(error), isUnverified(error)];
    expect(judge(new ProxyError(coded(code)))).toEqual(judge(coded(code)));
    expect(judge(code)).toEqual([false, false]);
    return [isTlsCode(code), ...judge(coded(code)), reasonOf(code)];
  },
  'transportError: by the class and the code of an error, perhaps of a proxy': (
    name: string,
    code: unknown,
    ofProxy?: boolean,
  ) => {
    const error = errors[name]?.(code as never);
    throw transportError(ofProxy ? new ProxyError(error as Error) : error, origin);
  },
  'the waits before the second, third and fourth attempt, after a failure': (
    code: ErrorCode,
    cause: object | null = {},
    facts: object = {},
  ) => {
    if (cause === null) return waits(Object.assign(new Error(), { code, facts }));
    return waits(new CliError(code, '', { cause: Object.assign(new Error(), cause), facts }));
  },
  'and after a status and its headers': (status: number, headers: HttpResponse['headers'] = {}) =>
    waits({ status, headers, body: '' }),
});

test('a transport error keeps its cause, or that of a proxy’s error', () => {
  for (const code of ['EPIPE', 'CERT_REVOKED', 'ETIMEDOUT', 'ECONNRESET']) {
    const cause = coded(code);
    expect(transportError(cause, origin).cause).toBe(cause);
    expect(transportError(new ProxyError(cause), origin).cause).toBe(cause);
  }
  const cause = coded('HPE_INVALID_CONSTANT');
  const broken = [new NotHttp(cause), new BrokenAnswer(cause)];
  expect(broken.map((error) => error.cause)).toEqual([cause, cause]);
  expect(broken.map((error) => transportError(error, origin).cause)).toEqual(broken);
});

const proxies = { https: 'secure.test:1', http: 'http://plain.test:2', bypass: null };

testCases('network/proxies', {
  'proxiesOf: an environment': proxiesOf,
  'proxyFor: an address, where these settings differ from two proxies': (
    url: string,
    change: Partial<ProxySettings> = {},
  ) => proxyFor(new URL(url), { ...proxies, ...change }),
  'proxyFor: https://tenant.example.test:8443 by NO_PROXY, or another address': (
    bypass: string,
    url = 'https://tenant.example.test:8443/a',
  ) => proxyFor(new URL(url), { ...proxies, bypass }),
  portOf: (url: string) => portOf(new URL(url)),
});

const revealed = (secrets: readonly Secret[]) => secrets.map((secret) => secret.reveal());
const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

testCases('network/redaction', {
  'redactAnswer: of headers and body, with two secrets to hide': (
    headers: HttpResponse['headers'],
    body: unknown,
  ) => {
    const secrets = [new Secret('hunter22'), new Secret('secret')];
    return redactAnswer({ status: 418, headers, body: textOf(body) }, secrets);
  },
  'the names of members whose values are secret, among these': (names: readonly string[]) =>
    names.filter((name) => revealed(secretsIn({ [name]: 'x' })).includes('x')),
  secretsIn: (document: unknown) => revealed(secretsIn(document)),
  'redactQuery and secretsInQuery': (path: string) => [
    redactQuery(path),
    revealed(secretsInQuery(path)),
  ],
});
