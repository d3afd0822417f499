import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { CliError } from '../../src/errors/cli-error.ts';
import type { HttpRequest, HttpResponse } from '../../src/network/http.ts';
import { isLoopback } from '../../src/network/proxy.ts';
import { parseTenantAddress } from '../../src/tenant/address.ts';
import { deleteCertificate } from '../../src/tenant/certificates.ts';
import type { SentAs, TenantClient } from '../../src/tenant/client.ts';
import { discoverIdentityHost, portalOf, probeTenant, tenantNameOf } from '../../src/tenant/discovery.ts';
import { withDiscoveryAt } from '../support/discovery.ts';
import { type Answer, createTestHttp, failureOf, startServer } from '../support/http.ts';

const notATenant = (text: string): string => `"${text}" is not a tenant URL`;
const userName = 'A tenant URL must not contain a user name or password';
const insecure = (origin: string): string =>
  `The tenant URL ${origin} must use https: http is for loopback hosts only`;

describe('a tenant address', () => {
  test.each([
    ['a host', 'abc1234.id.cyberark.cloud', 'https://abc1234.id.cyberark.cloud'],
    ['a URL', 'https://abc1234.my.idaptive.app', 'https://abc1234.my.idaptive.app'],
    ['a trailing slash', 'https://acme.my.idaptive.app/', 'https://acme.my.idaptive.app'],
    ['path, query and fragment', 'https://acme.my.idaptive.app/my?a=b@c#d', 'https://acme.my.idaptive.app'],
    ['a path without a scheme', 'acme.my.idaptive.app/manage', 'https://acme.my.idaptive.app'],
    ['another URL behind it', 'acme.my.idaptive.app/?u=https://b.example', 'https://acme.my.idaptive.app'],
    ['upper case', 'HTTPS://ABC1234.My.Idaptive.App', 'https://abc1234.my.idaptive.app'],
    ['the dot of a full name', 'acme.my.idaptive.app.', 'https://acme.my.idaptive.app'],
    ['that dot before a port', 'https://Sso.example.com.:8443/', 'https://sso.example.com:8443'],
    ['a port', 'sso.example.com:8443', 'https://sso.example.com:8443'],
    ['the port that https has anyway', 'https://sso.example.com:443', 'https://sso.example.com'],
    ['blanks around it', '  acme.my.idaptive.app\n', 'https://acme.my.idaptive.app'],
    ['one slash too few', 'https:/acme.my.idaptive.app', 'https://acme.my.idaptive.app'],
    ['no colon', 'https//acme.my.idaptive.app', 'https://acme.my.idaptive.app'],
    ['no colon and one slash', 'HTTPS/acme.my.idaptive.app/my', 'https://acme.my.idaptive.app'],
    ['a semicolon for the colon', 'https;//acme.my.idaptive.app', 'https://acme.my.idaptive.app'],
    ['no slash', 'https:acme.my.idaptive.app', 'https://acme.my.idaptive.app'],
    ['http without a colon for loopback', 'http//127.0.0.1:8444', 'http://127.0.0.1:8444'],
    ['a host that begins with https', 'https.example.com', 'https://https.example.com'],
    ['an international name', 'https://bücher.example', 'https://xn--bcher-kva.example'],
    ['an IPv6 address', 'https://[2001:db8::1]/', 'https://[2001:db8::1]'],
    ['http for 127.0.0.1', 'http://127.0.0.1:8444/', 'http://127.0.0.1:8444'],
    ['http for 127.1.2.3', 'http://127.1.2.3', 'http://127.1.2.3'],
    ['http for localhost', 'http://LOCALHOST:8444', 'http://localhost:8444'],
    ['http for a name below localhost', 'http://a.Localhost:8444', 'http://a.localhost:8444'],
    ['http for [::1]', 'http://[::1]:8444', 'http://[::1]:8444'],
    ['a loopback host without a scheme', 'localhost:8444', 'https://localhost:8444'],
  ])('may be %s', (_case, text, origin) => {
    expect(parseTenantAddress(text)).toBe(origin);
  });

  test.each([
    ['http elsewhere', 'http://acme.my.idaptive.app/x?y', insecure('http://acme.my.idaptive.app')],
    ['http for what begins like loopback', 'http://127.example.com', insecure('http://127.example.com')],
    ['http for what begins so', 'http://localhost.example.com', insecure('http://localhost.example.com')],
    ['http for every interface', 'http://0.0.0.0', insecure('http://0.0.0.0')],
    ['http elsewhere without a colon', 'http//acme.example.com', insecure('http://acme.example.com')],
    ['ftp', 'ftp://acme.my.idaptive.app', 'The tenant URL must use https, not ftp'],
    ['a file', 'file:///etc/hosts', notATenant('file:///etc/hosts')],
    ['nothing', '', notATenant('')],
    ['blanks', ' \t', notATenant('')],
    ['a scheme alone', 'https://', notATenant('https://')],
    ['a blank in the host', 'acme .my.idaptive.app', notATenant('acme .my.idaptive.app')],
    ['a port that is none', 'acme.example.com:99999', notATenant('acme.example.com:99999')],
    ['a user and a password', 'https://jo:hunter22@acme.example.com', userName],
    ['a password alone', 'https://:hunter22@acme.example.com', userName],
    ['a user', 'jo@acme.example.com', userName],
    ['a user and a password, no scheme', 'jo:hunter22@acme.example.com', userName],
    ['a user and a password, http', 'http://jo:hunter22@acme.example.com', userName],
    ['a password with a blank', 'https://jo:hunter 22@ac me.example.com', userName],
    ['a password with a slash', 'https://jo:hunter/22@acme.example.com', userName],
    ['a password and no host', 'https://jo:hunter22@', userName],
    ['a secret in the query of a bad host', 'https://ac me/?token=hunter22', notATenant('https://ac me/')],
  ])('may not be %s', async (_case, text, message) => {
    expect(await failureOf(() => parseTenantAddress(text))).toBe(`usage: ${message}`);
  });
});

test('the 50,000th of a fleet may have an international name, too', () => {
  const origins = Array.from({ length: 50_000 }, () => parseTenantAddress('https://bücher.example'));
  expect(new Set(origins)).toEqual(new Set(['https://xn--bcher-kva.example']));
});

test.each([
  ['localhost', true],
  ['tenant-1.localhost', true],
  ['notlocalhost', false],
  ['evil-localhost', false],
  ['127.0.0.1', true],
  ['127.255.0.3', true],
  ['[::1]', true],
  ['127.example.com', false],
  ['localhost.example.com', false],
  ['tenant.example.test', false],
  ['128.0.0.1', false],
  ['127.0.0', false],
  ['127.0.0.1.example.com', false],
  ['x127.0.0.1', false],
])('whether %s is loopback: %s', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});

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
  const send = async (request: HttpRequest) => ({ status: 404, headers: {}, body: `${sent.push(request)}` });
  await discoverIdentityHost({ name: 'acme', domain: 'cyberarkgov.cloud' }, { send });
  const url = 'https://platform-discovery.cyberarkgov.cloud/api/identity-endpoint/acme';
  expect(sent).toEqual([{ method: 'GET', url, headers: { accept: 'application/json' }, retry: false }]);
});

describe('the identity host', () => {
  const acme = { name: 'acme', domain: 'cyberark.cloud' };
  const ask = (origin: string) => discoverIdentityHost(acme, withDiscoveryAt(origin, createTestHttp()));
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
    expect(await ask(server.origin)).toBe(expected);
    expect(server.received).toMatchObject([{ method: 'GET', path: '/api/identity-endpoint/acme' }]);
    expect(server.received[0]?.headers).not.toHaveProperty('authorization');
  });

  test('is never one without TLS', async () => {
    const server = await startServer([endpoint('http://abc1234.id.cyberark.cloud')]);
    expect(await failureOf(() => ask(server.origin))).toMatch(/^usage: .*must use https/);
  });

  test('cannot be asked for', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    expect(await failureOf(() => ask(origin))).toMatch(/^tenant-unreachable/);
  });
});

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
const document = 'https://a.test/my%2Fapp/.well-known/openid-configuration';
const asked = { method: 'GET', url: document, headers: native, retry: true };
const withBody = { headers: { ...native, 'content-type': 'application/json' }, body: '{}' };
const askedAbout = { method: 'POST', url: 'https://a.test/SysInfo/About', ...withBody, retry: true };
const found = '{"token_endpoint":"https://a.test/token"}';
const dated = { headers: { date: 'today' } };
const then = { headers: { date: 'then' } };
const [about, page] = ['/SysInfo/About', 'an HTML page (HTTP 200)'];
const json = 'JSON without "success" (HTTP 200)';

const noted = (isTenant: boolean, words: string, date: string | null) => ({ isTenant, words, date });
type Partly = Partial<HttpResponse>;
test.each<[string, Partly, Partly | null, object]>([
  ['discovery', { body: found, ...dated }, null, noted(true, 'OpenID discovery', 'today')],
  ['discovery without a date', { body: found }, null, noted(true, 'OpenID discovery', null)],
  ['the version', { status: 404, body: found }, { body: '{"Success":false}' }, noted(true, about, null)],
  ['the version, and its date', dated, { body: '{"success":true}', ...then }, noted(true, about, 'then')],
  ['nothing, at the date of discovery', dated, { body: '<html>' }, noted(false, page, 'today')],
  ['nothing', { body: '{"token_endpoint":7}' }, { body: '{"other":1}' }, noted(false, json, null)],
])('a tenant is known by %s', async (_case, discovery, version, expected) => {
  const { sent, probe: told } = await probe(discovery, version ?? {});
  expect(told).toEqual(expected);
  expect(sent).toEqual(version === null ? [asked] : [asked, askedAbout]);
});

const refused = (parameters?: 'missing' | 'unreadable', message = 'refused') =>
  new CliError('tenant-refused', message, { facts: { messageId: 'x', ...(parameters && { parameters }) } });

/** A tenant that answers each form in its way: null takes it. */
function tenantThat(answers: Partial<Record<SentAs, Error | null>>) {
  const tried: (SentAs | undefined)[] = [];
  const client: TenantClient = {
    tenant: 'https://a.test',
    secrets: () => [],
    ask: () => expect.fail('another request'),
    send: () => expect.fail('another request'),
    async call(_path, _parameters, form = 'json') {
      tried.push(form);
      const answer = answers[form];
      if (answer) throw answer;
      return null;
    },
  };
  return { client, tried };
}

describe('the form of the parameters', () => {
  const [missing, unreadable] = [refused('missing'), refused('unreadable')];
  type Answers = Partial<Record<SentAs, Error | null>>;
  const turned = ['form', 'json', 'query'] as const;
  test.each<[string, Answers, tries: readonly SentAs[], given?: readonly SentAs[]]>([
    ['JSON where it is taken', {}, ['json']],
    ['a form where JSON misses one', { json: missing }, ['json', 'form']],
    ['the next where a form cannot be read', { form: unreadable }, ['form', 'query'], ['form', 'query']],
    ['the next where JSON cannot be read, too', { form: missing, json: unreadable }, turned, turned],
  ])('is %s', async (_, answers, tries, forms) => {
    const taken = tries.at(-1);
    const { client, tried } = tenantThat(answers);
    expect([await deleteCertificate(client, 'key', forms), tried]).toEqual([taken, tries]);
  });

  test.each<[string, Error]>([
    ['a refusal of what was sent', refused()],
    ['JSON that cannot be read', refused('unreadable')],
    ['a failure that is none of ours', new Error('a bug')],
  ])('is not changed after %s', async (_, failure) => {
    const { client, tried } = tenantThat({ json: failure });
    await expect(deleteCertificate(client, 'key')).rejects.toBe(failure);
    expect(tried).toEqual(['json']);
  });

  test('that the tenant refuses for what is in it ends the turn with that refusal', async () => {
    const later = refused(undefined, 'No such key');
    const { client } = tenantThat({ json: refused('missing'), form: later });
    await expect(deleteCertificate(client, 'key')).rejects.toBe(later);
  });

  test('none of which the tenant takes ends with the first refusal, and names them', async () => {
    const { client } = tenantThat({ json: refused('missing', 'first'), form: refused('missing', 'second') });
    await expect(deleteCertificate(client, 'key')).rejects.toMatchObject({
      code: 'tenant-refused',
      message: 'first',
      facts: { messageId: 'x', parameters: 'missing', tried: 'json form' },
    });
  });

  test('must be one', async () => {
    await expect(deleteCertificate(tenantThat({}).client, 'key', [])).rejects.toThrow('no form to send');
  });
});
