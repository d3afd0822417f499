import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProfileStore } from '../../src/auth/profile.ts';
import { noProfiles, profileNamed } from '../../src/auth/profiles.ts';
import { openSession, type Session } from '../../src/auth/session.ts';
import type { SignInTerms } from '../../src/auth/sign-in-terms.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import type { CliError } from '../../src/errors/cli-error.ts';
import type { HttpRequest } from '../../src/network/http.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
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

const keep = (session: StoredSession) =>
  store.update(() => withSession(noProfiles, 'default', session));
const kept = async () => profileNamed(await store.read(), 'default').session;
const open = async (change: Partial<SignInTerms> = {}, signal = new AbortController().signal) =>
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

/**
 * What opening a session comes to: its facts or its failure, the forms that it takes, and how the kept one changes.
 * @param change of the kept one; null: there is none
 */
async function opening(
  change: Partial<StoredSession> | null,
  connection: Partial<SignInTerms> = {},
  script: ScriptedTenant['script'] = null,
) {
  await tenant.close();
  [tenant, store] = [await startScriptedTenant(), openStore(temporaryDirectory(), expect.fail)];
  const before = change && sessionAt(change.tenant ?? tenant.url, change);
  if (before !== null) await keep(before);
  tenant.script = script;
  const end = await open(connection).then(
    facts,
    ({ code, message }: CliError) => `${code}: ${message}`,
  );
  if (typeof end === 'string') expect(end).not.toMatch(/access-0|refresh-0/);
  const changed = Object.entries((await kept()) ?? {}).filter(
    ([name, value]) => value !== Object(before)[name],
  );
  const told = { end, asked: tenant.forms, changed: Object.fromEntries(changed) };
  return JSON.parse(
    JSON.stringify(told).replaceAll(tenant.url, 'T').replaceAll(store.path, 'FILE'),
  );
}
const ofRobot = { grant: 'client-credentials', clientId: 'robot', refreshToken: null } as const;
const lasting = { ...ofRobot, expiresAt: '2030-01-01T12:10:00.000Z' };

testCases('auth/sessions', {
  'the session of a profile, by what differs from one that has expired': (change: object | null) =>
    opening(change),
  'client credentials, by what differs from a session of theirs that lasts': (
    change: object | null,
  ) => opening(change && { ...lasting, ...change }, service),
  'client credentials of a platform tenant, by what differs from a session of theirs that lasts': (
    change: object | null,
  ) =>
    opening(change && { ...lasting, scope: null, ...change }, { ...service, platformToken: true }),
  'the answer to a refresh token': (status: number, body: unknown) =>
    opening({}, {}, () => ({
      status,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })),
});

describe('an access token from the environment', () => {
  test('is used as it is, and said to look odd where it does', async () => {
    await keep(sessionAt(tenant.url));
    const token = jwt({ unique_name: 'ada', exp: 1_893_499_200 });
    const session = await open({ accessToken: new Secret(token), ...service });
    expect(facts(session)).toEqual({
      ...{ tenant: tenant.url, user: 'ada', source: 'env', keptIn: null, expiresAt: noon },
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
      facts: { secretSource: 'the variable MFA_CLI_TOKEN', oddities: ['quotes'] },
    });
  });
});

describe('client credentials', () => {
  test('may be repeated, and are asked for again only once a kept session of theirs is rejected', async () => {
    await open(service);
    expect(sent.map(({ retry, headers }) => [retry, headers?.authorization])).toEqual([
      [true, undefined],
    ]);
    expect(await store.read()).toEqual(noProfiles);
    await keep(sessionAt(tenant.url, lasting));
    const session = await open(service);
    await session.renew();
    expect([session.accessToken().reveal(), session.keptIn]).toEqual(['access-2', null]);
    expect(await kept()).toEqual(sessionAt(tenant.url, lasting));
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

  test('that another process renewed long ago, and that has expired since, is renewed', async () => {
    await keep(sessionAt(tenant.url, { expiresAt: null }));
    const session = await open();
    await keep(sessionAt(tenant.url, { accessToken: 'access-other' }));
    await session.renew();
    expect([session.accessToken().reveal(), tenant.forms.length]).toEqual(['access-1', 1]);
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

  test('without an end is renewed only when the tenant rejects it', async () => {
    await keep(sessionAt(tenant.url, { expiresAt: null }));
    const session = await open();
    expect([session.expiresAt, sent.length]).toEqual([null, 0]);
    await session.renew(session.accessToken());
    expect(session.accessToken().reveal()).toBe('access-1');
    expect(await kept()).toMatchObject({ refreshToken: 'refresh-1' });
  });

  test('that is renewed in the middle of a command tells its new end, scope and user', async () => {
    const [accessToken, bob] = ['access-other', 'bob@example.com'];
    await keep(sessionAt(tenant.url, { expiresAt: null, scope: 'narrow' }));
    const session = await open();
    expect(facts(session)).toMatchObject({ expiresAt: null, scope: 'narrow', renewable: true });
    await session.renew();
    expect(facts(session)).toMatchObject({ expiresAt: new Date(evening), scope: 'all' });
    const expiresAt = '2030-01-01T18:00:00.000Z';
    const change = { accessToken, user: bob, expiresAt, scope: 'other', refreshToken: null };
    await keep(sessionAt(tenant.url, change));
    await session.renew();
    const last = { accessToken, user: bob, scope: 'other', renewable: false };
    expect(facts(session)).toMatchObject({ ...last, expiresAt: new Date(expiresAt) });
  });

  test('has its new tokens masked as well as those before, however often it is renewed', async () => {
    await keep(sessionAt(tenant.url, { expiresAt: null }));
    const session = await open();
    await session.renew();
    await session.renew();
    const secrets = session.secrets().map((secret) => secret.reveal());
    const tokens = [0, 1, 2].flatMap((number) => [`access-${number}`, `refresh-${number}`]);
    expect(secrets).toEqual(expect.arrayContaining(tokens));
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

  test('stays as it was where nobody answers its refresh token', async () => {
    await keep(sessionAt(tenant.url));
    tenant.script = () => new Promise(() => void tenant.close());
    await expect(open()).rejects.toMatchObject({ code: 'tenant-unreachable' });
    expect(await kept()).toEqual(sessionAt(tenant.url));
    // A repeated refresh token looks like theft.
    expect(sent.map(({ retry }) => retry)).toEqual([false]);
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
