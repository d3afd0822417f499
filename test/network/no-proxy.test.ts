import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../src/network/proxy.ts';

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
