import { describe, expect, test } from 'vitest';
import { type ProxySettings, portOf, proxiesOf, proxyFor } from '../../src/network/proxy.ts';

test.each<[string, Record<string, string>, Partial<ProxySettings>]>([
  ['none', { PATH: '/bin' }, {}],
  [
    'lower case',
    { https_proxy: 'a', http_proxy: 'b', no_proxy: 'c' },
    { https: 'a', http: 'b', bypass: 'c' },
  ],
  [
    'upper case',
    { HTTPS_PROXY: 'a', HTTP_PROXY: 'b', NO_PROXY: 'c' },
    { https: 'a', http: 'b', bypass: 'c' },
  ],
  ['both', { https_proxy: 'a', HTTPS_PROXY: 'b' }, { https: 'a' }],
  ['an empty one', { https_proxy: '', HTTPS_PROXY: 'b', no_proxy: '' }, { https: 'b' }],
])('the proxies of an environment: %s', (_case, env, expected) => {
  expect(proxiesOf(env)).toEqual({ https: null, http: null, bypass: null, ...expected });
});

describe('the proxy on the way', () => {
  const settings = { https: 'secure.test:1', http: 'http://plain.test:2', bypass: null };
  test.each<[string, Partial<ProxySettings>, string | null]>([
    ['https://tenant.test', {}, 'http://secure.test:1/'],
    ['http://tenant.test', {}, 'http://plain.test:2/'],
    ['https://tenant.test', { https: null }, null],
    ['http://tenant.test', { http: null }, null],
    ['https://tenant.test', { https: 'HTTPS://secure.test' }, 'https://secure.test/'],
    ['https://tenant.test', { bypass: 'tenant.test' }, null],
    ['https://localhost', {}, null],
    ['https://[::1]:8443', {}, null],
    ['http://127.0.0.1:8443', {}, null],
  ])('to %s with %j: %s', (url, change, expected) => {
    expect(proxyFor(new URL(url), { ...settings, ...change })?.href ?? null).toBe(expected);
  });

  test.each([
    'ftp://proxy.test',
    'socks5://proxy.test',
    'xhttp://proxy.test',
    'http://proxy.test:99999',
    'a b',
  ])('is not %s', (address) => {
    const both = { https: address, http: address, bypass: null };
    for (const scheme of ['http', 'https'])
      expect(() => proxyFor(new URL(`${scheme}://tenant.test`), both)).toThrow(
        expect.objectContaining({
          code: 'usage',
          message: `The address of the proxy for ${scheme} is not the URL of an HTTP proxy`,
        }),
      );
  });
});

test.each([
  ['https://a.test', '443'],
  ['http://a.test', '80'],
  ['https://a.test:80', '80'],
  ['http://a.test:443', '443'],
])('the port of %s is %s', (url, expected) => {
  expect(portOf(new URL(url))).toBe(expected);
});

describe('a proxy is passed by', () => {
  test.each<[string, boolean]>([
    ['tenant.example.test', true],
    ['TENANT.example.test', true],
    ['example.test', true],
    ['.example.test', true],
    ['*.example.test', true],
    ['tenant.example.test:8443', true],
    ['localhost, example.test ,other.test', true],
    ['localhost other.test example.test', true],
    ['*', true],
    ['', false],
    [' , ', false],
    ['.', false],
    ['other.test', false],
    ['ample.test', false],
    ['a.tenant.example.test', false],
    ['tenant.example.test:443', false],
    ['*:443', false],
  ])('for NO_PROXY "%s": %s', (bypass, expected) => {
    const settings = { https: 'http://proxy.test:3128', http: null, bypass };
    const proxy = proxyFor(new URL('https://tenant.example.test:8443/a'), settings);
    expect(proxy?.href ?? null).toBe(expected ? null : 'http://proxy.test:3128/');
  });

  test('never for a name that ends in a dot alone', () => {
    const settings = { https: 'http://proxy.test:3128', http: null, bypass: '' };
    expect(proxyFor(new URL('https://tenant.example.test.'), settings)?.host).toBe('proxy.test:3128');
  });

  test('for the port that https has anyway', () => {
    const settings = { https: 'http://proxy.test:3128', http: null, bypass: 'tenant.example.test:443' };
    expect(proxyFor(new URL('https://tenant.example.test'), settings)).toBe(null);
  });
});
