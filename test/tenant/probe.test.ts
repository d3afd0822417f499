import { expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../src/network/http.ts';
import { probeTenant } from '../../src/tenant/discovery.ts';

async function probe(discovery: Partial<HttpResponse>, about: Partial<HttpResponse> = {}) {
  const sent: HttpRequest[] = [];
  const http = {
    send: async (request: HttpRequest) => {
      const answer = sent.push(request) === 1 ? discovery : about;
      return { status: 200, headers: {}, body: '', ...answer };
    },
  };
  return { sent, probe: await probeTenant('https://a.test', 'my/app', http) };
}

const native = { accept: 'application/json', 'x-idap-native-client': 'true' };
const asked = {
  method: 'GET',
  url: 'https://a.test/my%2Fapp/.well-known/openid-configuration',
  headers: native,
  retry: true,
};
const askedAbout = {
  method: 'POST',
  url: 'https://a.test/SysInfo/About',
  body: '{}',
  headers: { ...native, 'content-type': 'application/json' },
  retry: true,
};
const found = '{"token_endpoint":"https://a.test/token"}';
const dated = { headers: { date: 'today' } };

test.each<[string, Partial<HttpResponse>, object, readonly object[]]>([
  [
    'discovery',
    { body: found, ...dated },
    { isTenant: true, words: 'OpenID discovery', date: 'today' },
    [asked],
  ],
  [
    'discovery without a date',
    { body: found },
    { isTenant: true, words: 'OpenID discovery', date: null },
    [asked],
  ],
])('a tenant is known by %s', async (_case, discovery, expected, requests) => {
  const { sent, probe: told } = await probe(discovery);
  expect(told).toEqual(expected);
  expect(sent).toEqual(requests);
});

test.each<[string, Partial<HttpResponse>, Partial<HttpResponse>, object]>([
  [
    'the version',
    { status: 404, body: found },
    { body: '{"Success":false}' },
    { isTenant: true, words: '/SysInfo/About', date: null },
  ],
  [
    'the version, and its date',
    dated,
    { body: '{"success":true}', headers: { date: 'then' } },
    { isTenant: true, words: '/SysInfo/About', date: 'then' },
  ],
  [
    'nothing, with the date of discovery',
    dated,
    { body: '<html>' },
    { isTenant: false, words: 'an HTML page (HTTP 200)', date: 'today' },
  ],
  [
    'nothing where discovery is of no use',
    { body: '{"token_endpoint":7}' },
    { body: '{"other":1}' },
    { isTenant: false, words: 'JSON without "success" (HTTP 200)', date: null },
  ],
])('without discovery a tenant is known by %s', async (_case, discovery, about, expected) => {
  const { sent, probe: told } = await probe(discovery, about);
  expect(told).toEqual(expected);
  expect(sent).toEqual([asked, askedAbout]);
});
