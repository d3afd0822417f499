import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { HttpRequest } from '../../src/network/http.ts';
import { discoverIdentityHost, portalOf, tenantNameOf } from '../../src/tenant/discovery.ts';
import { withDiscoveryAt } from '../support/discovery.ts';
import { type Answer, createTestHttp, failureOf, startServer } from '../support/http.ts';

test.each([
  ['https://acme.cyberark.cloud', { name: 'acme', domain: 'cyberark.cloud' }],
  ['https://acme-eu.cyberarkgov.cloud', { name: 'acme-eu', domain: 'cyberarkgov.cloud' }],
  ['https://abc1234.id.cyberark.cloud', null],
  ['https://abc1234.my.idaptive.app', null],
  ['https://cyberark.cloud', null],
  ['https://acme.cyberark.cloud.example.com', null],
  ['https://acme.evilcyberark.cloud', null],
  ['https://x.acme.cyberark.cloud', null],
  ['https://acme.cyberarkxcloud', null],
  ['http://127.0.0.1:8080', null],
])('the portal of %s', (tenant, expected) => {
  expect(portalOf(tenant)).toEqual(expected);
});

test.each([
  ['https://acme', 'acme'],
  ['https://acme-2', 'acme-2'],
  ['https://acme:8443', null],
  ['https://localhost', null],
  ['https://acme.example', null],
  ['https://x_acme', null],
  ['https://acme_x', null],
])('the name in place of an address, in %s: %s', (tenant, expected) => {
  expect(tenantNameOf(tenant)).toBe(expected);
});

test('the vendor’s own address is asked by default', async () => {
  const sent: HttpRequest[] = [];
  const http = {
    send: async (request: HttpRequest) => ({ status: 404, headers: {}, body: `${sent.push(request)}` }),
  };
  await discoverIdentityHost({ name: 'acme', domain: 'cyberarkgov.cloud' }, http);
  expect(sent).toEqual([
    {
      method: 'GET',
      url: 'https://platform-discovery.cyberarkgov.cloud/api/identity-endpoint/acme',
      headers: { accept: 'application/json' },
      retry: false,
    },
  ]);
});

describe('the identity host', () => {
  const acme = { name: 'acme', domain: 'cyberark.cloud' };
  const endpoint = (value: unknown): Answer => ({ body: JSON.stringify({ endpoint: value }) });

  test.each<[string, Answer, string | null]>([
    ['is told', endpoint('https://ABC1234.id.cyberark.cloud/'), 'https://abc1234.id.cyberark.cloud'],
    ['is not known', { status: 404, body: '{"endpoint":"https://x.example"}' }, null],
    ['is no JSON', { body: '<html>' }, null],
    ['is null', { body: 'null' }, null],
    ['is no text', endpoint(7), null],
    ['is empty', endpoint(''), null],
  ])('%s', async (_name, answer, expected) => {
    const server = await startServer([answer]);
    expect(await discoverIdentityHost(acme, withDiscoveryAt(server.origin, createTestHttp()))).toBe(expected);
    expect(server.received).toMatchObject([{ method: 'GET', path: '/api/identity-endpoint/acme' }]);
    expect(server.received[0]?.headers).not.toHaveProperty('authorization');
  });

  test('is never one without TLS', async () => {
    const server = await startServer([endpoint('http://abc1234.id.cyberark.cloud')]);
    expect(
      await failureOf(() => discoverIdentityHost(acme, withDiscoveryAt(server.origin, createTestHttp()))),
    ).toMatch(/^usage: .*must use https/);
  });

  test('cannot be asked for', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    expect(
      await failureOf(() => discoverIdentityHost(acme, withDiscoveryAt(origin, createTestHttp()))),
    ).toMatch(/^tenant-unreachable/);
  });
});
