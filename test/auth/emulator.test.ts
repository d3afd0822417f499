import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { ProfileStore } from '../../src/auth/profile.ts';
import { openProfileStore } from '../../src/auth/profile-store.ts';
import { noProfiles, profileNamed, withLogin } from '../../src/auth/profiles.ts';
import { openSession } from '../../src/auth/session.ts';
import { signIn, signOut } from '../../src/auth/sign-in.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { Secret } from '../../src/text/secret.ts';
import { openEmulator } from '../support/emulator.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { noKeychain } from '../support/no-keychain.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { connectionTo } from './examples.ts';

const signal = new AbortController().signal;
const http = fetchHttp();
let emulator: Emulator;
let port: number;
let directory: string;
let store: ProfileStore;

beforeEach(async () => {
  port = await freePort();
  emulator = await openEmulator({ redirectUris: [`http://127.0.0.1:${port}/callback`] });
  directory = temporaryDirectory();
  store = openProfileStore({
    directory,
    warn: (text) => expect.fail(text),
    now: () => new Date(),
    keychain: noKeychain,
  });
});
afterEach(async () => {
  await emulator.close();
});

const whoAmI = async (token: Secret) => {
  const authorization = `Bearer ${token.reveal()}`;
  return (await fetch(`${emulator.url}/Security/WhoAmI`, { method: 'POST', headers: { authorization } }))
    .status;
};

test('a person signs in, works, is renewed a day later, and signs out', async () => {
  const connection = connectionTo(emulator.url);
  const pages: Promise<string>[] = [];
  const stored = await signIn(connection, {
    http,
    now: () => new Date(),
    port,
    openBrowser: async (url) => {
      pages.push(fetch(url).then((response) => response.text()));
      return true;
    },
    announce: () => undefined,
    warn: expect.fail,
    signal,
    timeoutSeconds: 20,
  });
  expect(stored).toMatchObject({ user: 'admin@example.com', scope: 'all', refreshToken: expect.any(String) });
  expect(await pages[0]).toContain('Signed in');

  await store.update(() => withLogin(noProfiles, connection, stored));
  const session = await openSession(connection, { http, store, stored, now: () => new Date(), signal });
  expect([session.accessToken().reveal(), await whoAmI(session.accessToken())]).toEqual([
    stored.accessToken,
    200,
  ]);

  const tomorrow = () => new Date(Date.now() + 86_400_000);
  const later = await openSession(connection, { http, store, stored, now: tomorrow, signal });
  expect(later.accessToken().reveal()).not.toBe(stored.accessToken);
  expect(await whoAmI(later.accessToken())).toBe(200);

  const rejected = later.accessToken();
  await later.renew(rejected);
  expect(later.accessToken().reveal()).not.toBe(rejected.reveal());
  expect(await whoAmI(later.accessToken())).toBe(200);

  const last = await store.reveal(profileNamed(await store.read(), 'default').session ?? stored);
  expect(await signOut(last ?? stored, null, http)).toEqual([
    { token: 'refresh-token', outcome: 'accepted', words: null },
    { token: 'access-token', outcome: 'accepted', words: null },
  ]);
  expect(await whoAmI(later.accessToken())).toBe(401);
  await expect(later.renew()).rejects.toMatchObject({ code: 'session-expired' });
});

test('a service user signs in without a browser', async () => {
  const { user, password } = emulator.serviceUser;
  const connection = connectionTo(emulator.url, { clientId: user, clientSecret: new Secret(password) });
  const session = await openSession(connection, { http, store, stored: null, now: () => new Date(), signal });
  expect([session.source, session.user, await whoAmI(session.accessToken())]).toEqual([
    'client-credentials',
    user,
    200,
  ]);

  const wrong = { ...connection, clientSecret: new Secret('wrong') };
  await expect(
    openSession(wrong, { http, store, stored: null, now: () => new Date(), signal }),
  ).rejects.toMatchObject({
    code: 'sign-in-failed',
    message: `${emulator.url} refused the token request: access_denied: invalid client creds or client not allowed`,
  });
});

test('a redirect URI that is not registered never comes back: the time-out names it', async () => {
  const connection = connectionTo(emulator.url);
  const redirectUris: string[] = [];
  const failed = signIn(connection, {
    http,
    now: () => new Date(),
    port: 0,
    openBrowser: async (url) => (await fetch(url)).ok,
    announce: (_, redirectUri) => redirectUris.push(redirectUri),
    warn: expect.fail,
    signal,
    timeoutSeconds: 0.5,
  });
  await expect(failed).rejects.toMatchObject({ code: 'sign-in-timed-out' });
  await expect(failed).rejects.toMatchObject({ facts: { redirectUri: redirectUris[0] } });
});
