import { describe, expect, test } from 'vitest';
import { discoverIdentityHost, portalOf } from '../../src/tenant/discovery.ts';
import { type Answer, createTestHttp, failureOf, freePort, startServer } from './support.ts';

test.each([
  ['https://acme.cyberark.cloud', { name: 'acme', domain: 'cyberark.cloud' }],
  ['https://acme-eu.cyberarkgov.cloud', { name: 'acme-eu', domain: 'cyberarkgov.cloud' }],
  ['https://abc1234.id.cyberark.cloud', null],
  ['https://abc1234.my.idaptive.app', null],
  ['https://cyberark.cloud', null],
  ['https://acme.cyberark.cloud.example.com', null],
  ['https://acme.evilcyberark.cloud', null],
  ['http://127.0.0.1:8080', null],
])('the portal of %s', (tenant, expected) => {
  expect(portalOf(tenant)).toEqual(expected);
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
    expect(await discoverIdentityHost(acme, createTestHttp(), server.origin)).toBe(expected);
    expect(server.received).toMatchObject([{ method: 'GET', path: '/api/identity-endpoint/acme' }]);
    expect(server.received[0]?.headers).not.toHaveProperty('authorization');
  });

  test('is never one without TLS', async () => {
    const server = await startServer([endpoint('http://abc1234.id.cyberark.cloud')]);
    expect(await failureOf(() => discoverIdentityHost(acme, createTestHttp(), server.origin))).toMatch(
      /^usage: .*must use https/,
    );
  });

  test('cannot be asked for', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    expect(await failureOf(() => discoverIdentityHost(acme, createTestHttp(), origin))).toMatch(
      /^tenant-unreachable/,
    );
  });
});
