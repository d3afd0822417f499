import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Connection } from '../../src/auth/connection.ts';
import type { ProfileStore } from '../../src/auth/profile.ts';
import { noProfiles, profileNamed } from '../../src/auth/profiles.ts';
import { openSession, type Session } from '../../src/auth/session.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import type { HttpRequest } from '../../src/network/http.ts';
import { Secret } from '../../src/text/secret.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { connectionTo, jwt, noon, openStore, sessionAt, withSession } from './examples.ts';
import { refusal, type ScriptedTenant, startScriptedTenant } from './scripted-tenant.ts';

let tenant: ScriptedTenant;
let store: ProfileStore;
let sent: HttpRequest[];

beforeEach(async () => {
  tenant = await startScriptedTenant();
  store = openStore(temporaryDirectory(), expect.fail);
  sent = [];
});
afterEach(() => tenant.close());

const keep = (session: StoredSession) => store.update(() => withSession(noProfiles, 'default', session));
const kept = async () => profileNamed(await store.read(), 'default').session;
const open = async (change: Partial<Connection> = {}, signal = new AbortController().signal) =>
  openSession(connectionTo(tenant.url, change), {
    http: fetchHttp(sent),
    store,
    stored: await kept(),
    now: () => noon,
    signal,
  });
const facts = (session: Session) => ({
  ...session,
  accessToken: session.accessToken().reveal(),
  secrets: session.secrets().map((secret) => secret.reveal()),
  renew: undefined,
});
const service = { clientId: 'robot', clientSecret: new Secret('service-secret') };

describe('an access token from the environment', () => {
  test('is used as it is, and said to look odd where it does', async () => {
    await keep(sessionAt(tenant.url));
    const token = jwt({ unique_name: 'ada', exp: 1_893_499_200 });
    const session = await open({ accessToken: new Secret(token), ...service });
    expect(facts(session)).toEqual({
      ...{ tenant: tenant.url, user: 'ada', source: 'env', store: null, expiresAt: noon },
      ...{ renewable: false, scope: null, accessToken: token, secrets: [token] },
    });
    expect(`${session.accessToken()}`).toBe('[secret]');
    await expect(session.renew()).rejects.toMatchObject({
      code: 'session-expired',
      message: `${tenant.url} does not accept the access token from the environment`,
    });
    expect(sent).toEqual([]);
    const odd = await open({ accessToken: new Secret('"opaque"', 'the variable MFA_CLI_TOKEN') });
    await expect(odd.renew()).rejects.toMatchObject({
      facts: { secretSource: 'the variable MFA_CLI_TOKEN', oddities: 'quotes' },
    });
  });
});

describe('client credentials', () => {
  const stored = (change: Partial<StoredSession> = {}) =>
    sessionAt(tenant.url, {
      ...{ grant: 'client-credentials', clientId: 'robot', refreshToken: null },
      ...{ expiresAt: '2030-01-01T12:10:00.000Z', ...change },
    });

  test('bring a session that is kept nowhere', async () => {
    const session = await open(service);
    expect(facts(session)).toEqual({
      ...{ tenant: tenant.url, user: 'robot', source: 'client-credentials', isFromTenant: true, store: null },
      ...{ expiresAt: new Date('2030-01-01T17:00:00.000Z'), renewable: true, scope: 'all' },
      ...{ accessToken: 'access-1', secrets: ['access-1', 'service-secret'] },
    });
    expect(sent.map(({ retry, headers }) => [retry, headers?.authorization])).toEqual([[true, undefined]]);
    expect(await store.read()).toEqual(noProfiles);
    // Those of a platform tenant go to its own endpoint, without a scope.
    await open({ ...service, platformToken: true });
    const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: 'service-secret' };
    expect(tenant.forms).toEqual([
      { path: '/OAuth2/Token/mfa-cli', form: { ...form, scope: 'all' } },
      { path: '/OAuth2/PlatformToken', form },
    ]);
  });

  test('are not needed while a session of theirs is kept', async () => {
    await keep(stored());
    const session = await open(service);
    expect([session.accessToken().reveal(), session.store, sent.length]).toEqual(['access-0', store.path, 0]);
    await session.renew();
    expect([session.accessToken().reveal(), session.store]).toEqual(['access-1', null]);
    expect(await kept()).toEqual(stored());
  });

  test.each<[string, Partial<StoredSession>]>([
    ['of another tenant', { tenant: 'https://other.example' }],
    ['of another application', { appId: 'other' }],
    ['of another client', { clientId: 'other' }],
    ['of another scope', { scope: 'other' }],
    ['of a person', { grant: 'authorization-code' }],
    ['that ends within a minute', { expiresAt: '2030-01-01T12:01:00.000Z' }],
  ])('are used where the session kept is one %s', async (_, change) => {
    await keep(stored(change));
    expect((await open(service)).accessToken().reveal()).toBe('access-1');
  });

  test('fail with what the tenant says, which shows none of them', async () => {
    tenant.script = (form) => refusal('invalid_client', `got ${form} ${form.get('client_secret')}`);
    const failure = open({ ...service, clientSecret: new Secret('cs-S3CRET+/=') });
    await expect(failure).rejects.toMatchObject({ code: 'sign-in-failed' });
    const { message } = await failure.catch((error) => error);
    expect(message).toContain('client_secret=[secret]');
    expect([message.includes('S3CRET'), message.endsWith(' [secret]')]).toEqual([false, true]);
  });
});

describe('the session of a profile', () => {
  const evening = '2030-01-01T17:00:00.000Z';
  test('that lasts is used without a request', async () => {
    await keep(sessionAt(tenant.url, { expiresAt: '2030-01-01T12:01:00.001Z' }));
    expect(facts(await open())).toEqual({
      ...{
        tenant: tenant.url,
        user: 'ada@example.com',
        source: 'profile',
        isFromTenant: true,
        store: store.path,
      },
      ...{ expiresAt: new Date('2030-01-01T12:01:00.001Z'), renewable: true, scope: 'all' },
      ...{ accessToken: 'access-0', secrets: ['access-0', 'refresh-0'] },
    });
    expect(sent).toEqual([]);
  });

  test.each([
    ['expired', '2030-01-01T11:00:00.000Z'],
    ['about to expire', '2030-01-01T12:01:00.000Z'],
  ])('that is %s is renewed, and on disk before it is used', async (_, expiresAt) => {
    await keep(sessionAt(tenant.url, { expiresAt }));
    const session = await open();
    const renewed = { accessToken: 'access-1', refreshToken: 'refresh-1', expiresAt: evening };
    expect(await kept()).toEqual(sessionAt(tenant.url, renewed));
    expect([session.accessToken().reveal(), session.expiresAt]).toEqual(['access-1', new Date(evening)]);
    const form = { grant_type: 'refresh_token', client_id: 'mfa-cli', refresh_token: 'refresh-0' };
    expect(tenant.forms).toEqual([{ path: '/OAuth2/Token/mfa-cli', form }]);
    expect(sent.map(({ retry }) => retry)).toEqual([false]);
  });

  test('that another process has renewed meanwhile is taken over from it, the lock or not', async () => {
    await keep(sessionAt(tenant.url));
    const other = sessionAt(tenant.url, { accessToken: 'access-other', expiresAt: evening });
    const before = JSON.stringify(await kept());
    tenant.script = async () => {
      const text = JSON.stringify(JSON.parse(await readFile(store.path, 'utf8')));
      await writeFile(store.path, text.replace(before, JSON.stringify(other)), { mode: 0o600 });
      return refusal('invalid_grant', 'unknown refresh token');
    };
    expect((await open()).accessToken().reveal()).toBe('access-other');
    expect(tenant.forms).toHaveLength(1);
  });

  test('is renewed as what cannot be had again, and keeps what the tenant gives no new one of', async () => {
    await keep(sessionAt(tenant.url, { scope: 'narrow' }));
    const update = vi.spyOn(store, 'update');
    tenant.extra = { refresh_token: undefined, scope: undefined };
    await open();
    expect(update.mock.calls).toEqual([[expect.any(Function), { irreplaceable: true }]]);
    const last = { accessToken: 'access-1', refreshToken: 'refresh-0', scope: 'narrow' };
    expect(await kept()).toMatchObject(last);
  });

  test('without a refresh token is used to its last second', async () => {
    await keep(sessionAt(tenant.url, { refreshToken: null, expiresAt: '2030-01-01T12:00:01.000Z' }));
    expect((await open()).renewable).toBe(false);
    await keep(sessionAt(tenant.url, { refreshToken: null, expiresAt: '2030-01-01T12:00:00.000Z' }));
    await expect(open()).rejects.toMatchObject({
      code: 'session-expired',
      message: `The session for ${tenant.url} ended and cannot be renewed`,
    });
  });

  test('without an end is renewed only when the tenant rejects it', async () => {
    await keep(sessionAt(tenant.url, { expiresAt: null }));
    const session = await open();
    expect([session.expiresAt, sent.length]).toEqual([null, 0]);
    await session.renew(session.accessToken());
    expect(session.accessToken().reveal()).toBe('access-1');
    expect(await kept()).toMatchObject({ refreshToken: 'refresh-1' });
  });

  test('that was renewed since the token was rejected is not renewed again', async () => {
    await keep(sessionAt(tenant.url, { expiresAt: null }));
    const [one, other] = [await open(), await open()];
    const rejected = one.accessToken();
    await Promise.all([one.renew(rejected), one.renew(rejected), other.renew(rejected)]);
    await one.renew(rejected);
    for (const each of [one, other]) expect(each.accessToken().reveal()).toBe('access-1');
    expect(tenant.forms).toHaveLength(1);
  });

  test.each<[string, ScriptedTenant['script'], string]>([
    ['is no longer good', () => refusal('invalid_grant', 'gone'), 'session-expired'],
    ['is refused to this person', () => refusal('access_denied', 'no'), 'sign-in-denied'],
    ['is refused to this client', () => refusal('invalid_client', 'no'), 'sign-in-failed'],
    ['meets a page', () => ({ status: 500, body: '<html>' }), 'tenant-not-json'],
    ['meets a gateway’s page', () => ({ status: 503, body: '<html>' }), 'tenant-unreachable'],
    ['is answered with 401 and nothing more', () => ({ status: 401, body: '' }), 'session-expired'],
    ['is answered with JSON that says nothing', () => ({ status: 200, body: '{}' }), 'tenant-not-json'],
    ['meets nobody', () => new Promise(() => void tenant.close()), 'tenant-unreachable'],
  ])('stays as it was where the refresh token %s', async (_, script, code) => {
    const before = sessionAt(tenant.url);
    await keep(before);
    tenant.script = script;
    const failure = await open().catch((error) => error);
    expect(failure).toMatchObject({ code });
    expect(failure.message).not.toMatch(/access-0|refresh-0/);
    expect(await kept()).toEqual(before);
  });

  test('is not renewed after Ctrl-C, which would burn its refresh token', async () => {
    await keep(sessionAt(tenant.url));
    await expect(open({}, AbortSignal.abort())).rejects.toMatchObject({ code: 'interrupted' });
    expect(sent).toEqual([]);
  });

  test('that another process signed out is not brought back', async () => {
    await keep(sessionAt(tenant.url, { expiresAt: null }));
    const session = await open();
    await store.update((profiles) => withSession(profiles, 'default', null));
    await expect(session.renew()).rejects.toMatchObject({ code: 'not-signed-in' });
    expect([sent, await kept()]).toEqual([[], null]);
  });
});

describe('not signed in', () => {
  const here = '(application mfa-cli, client mfa-cli)';
  const profile = 'the profile default holds a session for';
  const holds = `T ${here}; ${profile}`;
  test.each<[string, Partial<StoredSession> | null, string]>([
    ['nothing', null, 'T'],
    ['another tenant’s session', { tenant: 'https://b.test' }, `T; ${profile} https://b.test`],
    ['that of another application', { appId: 'other' }, `${holds} T (application other, client mfa-cli)`],
    ['that of another client', { clientId: 'other' }, `${holds} T (application mfa-cli, client other)`],
  ])('with %s, which is sent nowhere', async (_, change, words) => {
    if (change !== null) await keep(sessionAt(tenant.url, change));
    const message = `Not signed in to ${words.replace(/\bT\b/g, tenant.url)}`;
    await expect(open()).rejects.toMatchObject({ code: 'not-signed-in', message });
    expect(sent).toEqual([]);
  });
});
