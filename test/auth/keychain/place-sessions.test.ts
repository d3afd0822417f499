import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type KeptSessions, placeSessions } from '../../../src/auth/keychain/place-sessions.ts';
import type { ProfileStore, Profiles } from '../../../src/auth/profile.ts';
import {
  isInKeychain,
  noProfiles,
  profileNamed,
  withLogin,
  withoutProfile,
  withProfile,
  withProfileRenamed,
  withSetting,
} from '../../../src/auth/profiles.ts';
import type { StoredSession } from '../../../src/auth/stored-schemas.ts';
import { testCases } from '../../support/cases.ts';
import { type MemoryKeychain, memoryKeychain } from '../../support/keychain.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { connectionTo, openStore, sessionAt, withSession } from '../examples.ts';

let directory: string;
let keychain: MemoryKeychain;
let warnings: string[];
let store: ProfileStore;

const open = (at = directory) =>
  openStore(at, (text) => warnings.push(text), { keychain: keychain.open });

beforeEach(() => {
  directory = join(temporaryDirectory(), 'mfa-cli');
  keychain = memoryKeychain();
  warnings = [];
  store = open();
});

const tenant = 'https://acme.example';
const first = sessionAt(tenant);
const second = sessionAt(tenant, { accessToken: 'access-1', refreshToken: 'refresh-1' });

const loggedIn = (profiles: Profiles, session = first, place = 'keychain', profile = 'default') =>
  withSetting(
    withLogin(profiles, connectionTo(tenant, { profile }), session),
    profile,
    'store',
    place,
  );

const signIn = (...where: [session?: StoredSession, place?: string, profile?: string]) =>
  store.update((profiles) => loggedIn(profiles, ...where));

async function sessionOf(name = 'default', of = store): Promise<StoredSession | null> {
  const { session } = profileNamed(await of.read(), name);
  return session === null ? null : of.reveal(session);
}

const text = () => readFileSync(store.path, 'utf8');

describe('a session in the keychain', () => {
  test('is not kept over an edit that somebody makes while the keychain is written', async () => {
    await signIn(first, 'file');
    const edited = text().replace('acme.example', 'edited.example');
    const opened = keychain.open;
    keychain.open = async () => {
      const client = await opened();
      return {
        ...client,
        write: async (account, content) => {
          await client.write(account, content);
          writeFileSync(store.path, edited, { mode: 0o600 });
        },
      };
    };
    await expect(open().update((profiles) => loggedIn(profiles))).rejects.toMatchObject({
      code: 'file-unwritable',
    });
    expect(text()).toBe(edited);
  });

  test('is whole there, and in the file without a token', async () => {
    await signIn();
    expect(text()).not.toMatch(/access-0|refresh-0|Token/);
    expect([keychain.held.size, readdirSync(directory)]).toEqual([1, ['config.json']]);
    expect(await sessionOf('default', open())).toEqual(first);
    const shown = { tenant, user: 'ada@example.com', expiresAt: first.expiresAt, renewable: true };
    expect(profileNamed(await store.read(), 'default').session).toMatchObject(shown);
    expect([...keychain.held.keys()][0]).toMatch(/^[0-9a-f]{32}\.0$/);
  });

  test.each<[string, (tag: string) => string]>([
    ['no JSON', () => 'something'],
    ['no object', (tag) => JSON.stringify([tag, first])],
    ['without a session', (tag) => JSON.stringify({ tag })],
    [
      'without a token',
      (tag) => JSON.stringify({ tag, session: { ...first, accessToken: undefined } }),
    ],
    ['without a tag', () => JSON.stringify({ session: first })],
    ['with another tag', (tag) => JSON.stringify({ tag: `${tag}0`, session: first })],
  ])('is not there where the item is %s', async (_case, change) => {
    await signIn();
    const { tag } = JSON.parse(text()).profiles.default.session.keychain;
    const [account = ''] = keychain.held.keys();
    const { write } = await keychain.open();
    await write(account, JSON.stringify({ tag, session: first }));
    expect(await sessionOf('default', open())).toEqual(first);
    await write(account, change(tag));
    expect(await sessionOf('default', open())).toBeNull();
  });

  test.each<[string, StoredSession]>([
    ['as it is', second],
    [
      'with any character',
      sessionAt(tenant, { user: 'Ådä 🦊\u2028"\\', accessToken: '\u0000\n"' }),
    ],
    ['that cannot be renewed', sessionAt(tenant, { refreshToken: null })],
  ])('is replaced by one %s, of which nothing stays but the new one', async (_case, renewed) => {
    await signIn();
    await store.update((profiles) => withSession(profiles, 'default', renewed), {
      irreplaceable: true,
    });
    expect(await sessionOf('default', open())).toEqual(renewed);
    expect([keychain.held.size, warnings]).toEqual([1, []]);
    expect([...keychain.held.values()].join('')).toMatch(/^[\x20-\x7e]*$/);
    expect(text()).not.toMatch(/access-|refresh-|Token/);
    // Known without the keychain.
    const known = { renewable: renewed.refreshToken !== null };
    expect(profileNamed(await store.read(), 'default').session).toMatchObject(known);
  });

  test('is asked for once by one command', async () => {
    await signIn();
    const reader = open();
    await sessionOf('default', reader);
    await sessionOf('default', reader);
    expect(keychain.asked.filter((what) => what === 'read')).toHaveLength(1);
  });

  test('goes with its profile under another name, and the name it had can be used again', async () => {
    await signIn();
    await store.update((profiles) => withProfileRenamed(profiles, 'default', 'acme'));
    await signIn(second);
    expect([await sessionOf('acme'), await sessionOf('default')]).toEqual([first, second]);
    expect(keychain.held.size).toBe(2);
  });

  test.each<[string, (profiles: Profiles) => Profiles]>([
    ['signed out', (profiles) => withSession(profiles, 'default', null)],
    ['removed with its profile', (profiles) => withoutProfile(profiles, 'default')],
    ['signed in to the file', (profiles) => loggedIn(profiles, second, 'file')],
  ])('leaves nothing when it is %s', async (_case, change) => {
    await signIn();
    await store.update(change);
    expect([[...keychain.held.keys()], warnings]).toEqual([[], []]);
  });

  test('of one profile is not touched by what another does', async () => {
    await signIn(first, 'keychain', 'a');
    keychain.asked.length = 0;
    await signIn(second, 'file', 'b');
    await store.update((profiles) => ({ ...profiles, current: 'b' }));
    await store.update((profiles) => withSetting(profiles, 'a', 'port', '8401'));
    expect([keychain.asked, await sessionOf('a')]).toEqual([[], first]);
  });
});

/** What is done in the keychain, in which every session is `first`. */
function notingKeychain() {
  const done: string[] = [];
  const item = (number: number) => ({
    ...first,
    renewable: true,
    keychain: { number, tag: `${number}` },
  });
  const noting = <T>(what: string, value: T): T => {
    done.push(what);
    return value;
  };
  const kept: KeptSessions = {
    read: async ({ keychain: { number } }) => noting(`read ${number}`, first),
    write: async (number) => noting(`write ${number}`, item(number)),
    remove: async (number) => noting(`remove ${number}`, undefined),
  };
  return { done, kept, item };
}

/** A profile's session (`first`, `second`, or the number of an item) and its setting; null: there is no profile. */
type Placed = readonly [session: 'first' | 'second' | number | null, store: string | null] | null;

testCases('auth/place-sessions', {
  'placeSessions: from a session and its setting to others': async (
    before: Placed,
    after: Placed,
  ) => {
    const { done, kept, item } = notingKeychain();
    const profilesWith = (placed: Placed): Profiles => {
      if (placed === null) return noProfiles;
      const [name, store] = placed;
      const session = typeof name === 'number' ? item(name) : name && { first, second }[name];
      return withSetting(
        withProfile(noProfiles, 'default', { session }),
        'default',
        'store',
        store,
      );
    };
    const foreign = {
      text: 'text',
      nothing: null,
      list: [],
      newer: { session: { keychain: { number: 1 } } },
    };
    const from = { ...profilesWith(before), foreign };
    const to = { ...profilesWith(after), foreign };
    const { profiles, settle, discard } = await placeSessions(from, to, kept);
    const session = profiles.profiles.default?.session;
    const place =
      session && (isInKeychain(session) ? session.keychain.number : session.accessToken);
    const steps = [place, ...done.splice(0)];
    await settle();
    const settled = done.splice(0);
    await discard();
    return { placed: steps, settled, discarded: done };
  },
});

test('a placing that fails takes back what it wrote, and ends with what failed though that fails as well', async () => {
  const { done, kept } = notingKeychain();
  const both = loggedIn(loggedIn(noProfiles), second, 'keychain', 'other');
  const failing: KeptSessions = {
    ...kept,
    write: async (number, session) => {
      if (session === second) throw new Error('full');
      return kept.write(number, session);
    },
    remove: async (number) => {
      await kept.remove(number);
      throw new Error('locked');
    },
  };
  await expect(placeSessions(noProfiles, both, failing)).rejects.toThrow('full');
  expect(done).toEqual(['write 0', 'remove 0']);
});

describe('moving', () => {
  const move = (place: string | null) =>
    store.update((profiles) => withSetting(profiles, 'default', 'store', place));

  test('to the keychain and back leaves the session in one place each time', async () => {
    await signIn(first, 'file');
    await move('keychain');
    expect([text().includes('access-0'), keychain.held.size, await sessionOf()]).toEqual([
      false,
      1,
      first,
    ]);
    await move('file');
    expect([text().includes('access-0'), keychain.held.size, await sessionOf()]).toEqual([
      true,
      0,
      first,
    ]);
    await move('keychain');
    await move(null);
    expect([text().includes('access-0'), keychain.held.size, await sessionOf()]).toEqual([
      true,
      0,
      first,
    ]);
  });

  test.each(['keychain', 'file'])(
    'to the %s does nothing where the keychain fails',
    async (place) => {
      await signIn(first, place === 'file' ? 'keychain' : 'file');
      const before = text();
      store = open();
      keychain.fault = 'no keychain';
      await expect(move(place)).rejects.toMatchObject({ code: 'keychain-unavailable' });
      keychain.fault = null;
      expect([text(), await sessionOf()]).toEqual([before, first]);
    },
  );

  test('what is in the keychain no more ends as nobody signed in', async () => {
    await signIn();
    keychain.held.clear();
    store = open();
    expect(await sessionOf()).toBeNull();
    await move('file');
    expect(profileNamed(await store.read(), 'default').session).toBeNull();
  });
});

describe('whoever can only write the file', () => {
  interface Edited {
    readonly settings: { store: string };
    readonly session: { keychain: { number: number } };
  }
  const edit = (change: (profile: Edited, other: Edited) => unknown, ...names: string[]) => {
    const config = JSON.parse(text());
    const [profile, other] = names.map((name) => config.profiles[name]);
    change(profile, other);
    writeFileSync(store.path, JSON.stringify(config));
    store = open();
  };

  test('gets no token into it by changing the setting', async () => {
    await signIn();
    edit((profile) => Object.assign(profile.settings, { store: 'file' }), 'default');
    await store.update((profiles) => withSession(profiles, 'default', second));
    await store.update((profiles) => withProfileRenamed(profiles, 'default', 'x'));
    expect(text()).not.toMatch(/access-|refresh-/);
    expect(await sessionOf('x')).toEqual(second);
  });

  test.each<[string, object]>([
    ['another tenant', { tenant: 'https://evil.example' }],
    ['another application', { appId: 'other' }],
    ['another client', { clientId: 'other' }],
    ['a service user', { grant: 'client-credentials' }],
    ['another user', { user: 'auditor@example.com' }],
  ])('gets no session passed off as one of %s', async (_case, claim) => {
    await signIn();
    edit((profile) => Object.assign(profile.session, claim), 'default');
    expect(await sessionOf()).toBeNull();
  });

  test('gets no profile the session of another, not even once that was read', async () => {
    await signIn(first, 'keychain', 'a');
    await signIn(second, 'keychain', 'b');
    edit(
      (a, b) => Object.assign(b.session, a.session, { tenant: 'https://evil.example' }),
      'a',
      'b',
    );
    expect(await sessionOf('a')).toEqual(first);
    expect(await sessionOf('b')).toBeNull();
  });

  test('gets no profile the number of another session', async () => {
    await signIn(first, 'keychain', 'a');
    await signIn(second, 'keychain', 'b');
    edit(
      (a, b) => Object.assign(b.session.keychain, { number: a.session.keychain.number }),
      'a',
      'b',
    );
    expect([await sessionOf('a'), await sessionOf('b')]).toEqual([first, null]);
  });
});

describe('two configuration directories', () => {
  test('share nothing, under one name and one number', async () => {
    const other = open(join(temporaryDirectory(), 'mfa-cli'));
    await signIn(first);
    await other.update((profiles) => loggedIn(profiles, second));
    expect([await sessionOf(), await sessionOf('default', other)]).toEqual([first, second]);
    await other.update((profiles) => withoutProfile(profiles, 'default'));
    expect([keychain.held.size, await sessionOf()]).toEqual([1, first]);
  });

  test('do not share what is copied from one to the other', async () => {
    await signIn();
    const copy = join(temporaryDirectory(), 'mfa-cli');
    cpSync(directory, copy, { recursive: true });
    const other = open(copy);
    expect(await sessionOf('default', other)).toBeNull();
    await other.update((profiles) => withSession(profiles, 'default', null));
    expect(await sessionOf('default', open())).toEqual(first);
  });
});

describe('what fails half way', () => {
  test('two sessions of which one cannot be kept leave none', async () => {
    const broken = { ...second, expiresAt: 1n as unknown as string };
    const both = (profiles: Profiles) => loggedIn(loggedIn(profiles), broken, 'keychain', 'other');
    await expect(store.update(both)).rejects.toThrow('BigInt');
    expect([...keychain.held.keys()]).toEqual([]);
  });

  test('a sign-in of which the file cannot be written leaves nothing in the keychain', async () => {
    await store.update((profiles) => ({ ...profiles, current: 'default' }));
    const refusing = (profiles: Profiles): Profiles =>
      ({
        ...loggedIn(profiles),
        toJSON: () => {
          throw Object.assign(new Error('full'), { code: 'ENOSPC', errno: -28 });
        },
      }) as Profiles;
    await expect(store.update(refusing)).rejects.toThrow();
    expect([...keychain.held.keys()]).toEqual([]);
  });

  const steps: readonly [string, string, (profiles: Profiles) => Profiles][] = [
    ['a renewal', 'keychain', (profiles) => withSession(profiles, 'default', second)],
    ['a sign-in', 'keychain', (profiles) => loggedIn(profiles, second)],
    ['a sign-in to the keychain', 'file', (profiles) => loggedIn(profiles, second)],
    ['a sign-in to the file', 'keychain', (profiles) => loggedIn(profiles, second, 'file')],
    [
      'a move to the keychain',
      'file',
      (profiles) => withSetting(profiles, 'default', 'store', 'keychain'),
    ],
    [
      'a move to the file',
      'keychain',
      (profiles) => withSetting(profiles, 'default', 'store', 'file'),
    ],
  ];
  test.each(steps)(
    '%s from the %s, stopped after any step, leaves one whole session, and the next one cleans up',
    async (_case, place, change) => {
      for (let changes = 0; changes < 6; changes++) {
        directory = join(temporaryDirectory(), 'mfa-cli');
        keychain = memoryKeychain();
        store = open();
        await signIn(first, place);
        keychain.changes = changes;
        await store.update(change).catch(() => undefined);
        keychain.changes = Number.POSITIVE_INFINITY;
        store = open();
        expect([first, second]).toContainEqual(await sessionOf());
        const last = sessionAt(tenant, { accessToken: 'access-2' });
        await signIn(last, 'file');
        await signIn(last);
        expect([keychain.held.size, await sessionOf()]).toEqual([1, last]);
      }
    },
  );

  test('a renewed session that the keychain does not take is used all the same, and it is said', async () => {
    await signIn();
    const renew = (profiles: Profiles) => {
      keychain.fault = 'locked again';
      return withSession(profiles, 'default', second);
    };
    const after = await store.update(renew, { irreplaceable: true });
    const { session } = profileNamed(after, 'default');
    expect(session !== null && isInKeychain(session) ? null : session).toEqual(second);
    expect(warnings).toEqual([
      'The renewed session could not be saved: locked again; sign in again with `mfa-cli login`',
    ]);
    expect(text()).not.toMatch(/access-1|refresh-1/);
  });

  test('what cannot be removed is said', async () => {
    await signIn();
    keychain.fault = 'locked';
    await store.update((profiles) => withoutProfile(profiles, 'default'));
    expect(warnings).toEqual(['Unused keychain items could not be removed: locked']);
  });
});
