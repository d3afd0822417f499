import { describe, expect, test } from 'vitest';
import { AccessTokens } from '../../src/emulator/access-tokens.ts';
import { usualAssumptions } from '../../src/emulator/assumptions.ts';
import { FederatedSignIns } from '../../src/emulator/authentication/federated-sign-ins.ts';
import { Sessions } from '../../src/emulator/authentication/sessions.ts';
import { ConsoleCertificates } from '../../src/emulator/console/certificates.ts';
import { Refusal } from '../../src/emulator/envelope.ts';
import { Journal } from '../../src/emulator/journal.ts';
import { GrantStore } from '../../src/emulator/oauth/grant-store.ts';
import type { User } from '../../src/emulator/people.ts';
import { Script } from '../../src/emulator/script.ts';
import { openStates } from '../../src/emulator/state-file.ts';

const now = () => new Date(0);
const somebody: User = {
  ...{
    user: 'user@example.com',
    uuid: 'u',
    displayName: 'Uma',
    mail: 'user@example.com',
    password: 'p',
  },
  ...{ mobileNumber: '', isServiceUser: false, isOauthClient: false, inEverybodyRole: true },
};

test('what an administrator scripts has room for a thousand times, and goes one by one', () => {
  const script = new Script<{ name: string }>();
  const left = () => script.runs.map(({ name, times }) => `${name} ${times}`);
  script.add({ name: 'x' }, 600);
  expect(() => script.add({ name: 'y' }, 401)).toThrow(
    'At most 1,000 can wait. Times: 0 clears them.',
  );
  script.add({ name: 'y' }, 400);
  expect(script.next()?.name).toBe('x');
  expect(script.next(({ name }) => name === 'y')?.name).toBe('y');
  expect(left()).toEqual(['x 599', 'y 399']);
  script.add({ name: 'x' }, 0, ({ name }) => name === 'x');
  expect(left()).toEqual(['y 399']);
  script.add({ name: 'z' }, 0);
  expect(script.next()).toBeNull();
});

describe('of what waits for its end the oldest makes room', () => {
  test('a sign-in, which anybody can begin', () => {
    const phones = {
      isReachable: () => false,
      begin: () => '',
      verdict: () => 'Pending' as const,
      end() {},
    };
    const world = { autoApprove: false, now, assumptions: usualAssumptions };
    const sessions = new Sessions(world, phones);
    const started = Array.from({ length: 1001 }, () => {
      sessions.start(somebody, [[['UP']]], false);
      return sessions.items().at(-1);
    });
    const goOn = (session: (typeof started)[number]) => {
      const mechanismId = session?.challenges[0]?.[0]?.id ?? '';
      return sessions.advance(session?.id ?? '', { action: 'Answer', mechanismId, answer: 'p' });
    };
    expect(() => goOn(started[0])).toThrow(Refusal);
    expect(goOn(started[1])).toEqual({ user: somebody, isRenewable: false });
  });

  test('a sign-in at an identity provider', () => {
    const federated = new FederatedSignIns(now);
    const who = { user: somebody, isRenewable: false };
    const [oldest, second] = Array.from({ length: 1001 }, () => federated.start(who, false));
    expect([oldest, second].map((one) => federated.findBySession(one?.sessionId ?? ''))).toEqual([
      null,
      second,
    ]);
  });

  test('a token', () => {
    const tokens = new AccessTokens(now);
    const access = { user: 'u', apis: [], grantId: null };
    for (let number = 0; number <= 1000; number++) tokens.remember(`${number}`, access, 60);
    expect([tokens.find('0'), tokens.find('1')?.user]).toEqual([null, 'u']);
  });

  test('a code of an application, which also expires and goes with its grant', async () => {
    let time = 0;
    const store = new GrantStore(() => new Date(time));
    const codes = store.adapterFor('AuthorizationCode');
    for (let number = 0; number <= 10_000; number++)
      await codes.upsert(`${number}`, { grantId: `grant ${number}` }, 60);
    await store.adapterFor('RefreshToken').upsert('1', { grantId: 'grant 2' });
    const found = async () => Promise.all(['1', '2', '3'].map((id) => codes.find(id)));
    expect(await found()).toEqual([undefined, { grantId: 'grant 2' }, { grantId: 'grant 3' }]);
    await codes.consume('3');
    await codes.revokeByGrantId('grant 2');
    expect(await found()).toEqual([undefined, undefined, { grantId: 'grant 3', consumed: 0 }]);
    expect(await store.adapterFor('RefreshToken').find('1')).toBeUndefined();
    time = 60_000;
    expect(await codes.find('3')).toBeUndefined();
  });
});

test('a tenant has room for a thousand settings; what is there can be changed and removed', () => {
  const state = openStates(null).of('tenant');
  for (let number = 0; number < 1000; number++) state.changeSettings({ [`${number}`]: 'x' });
  expect(() => state.changeSettings({ more: 'x' })).toThrow(
    'The tenant can have at most 1,000 settings, and each push certificate needs three. Delete a certificate first.',
  );
  state.changeSettings({ 0: 'y' });
  state.changeSettings({ more: 'x' }, ['1']);
  expect(new Map(state.settings()).get('more')).toBe('x');
});

test('a journal has room for as many as it says, and counts them all', () => {
  const journal = new Journal<{ path: string }>(2, () => {});
  for (const path of ['/1', '/2', '/3']) journal.add({ path });
  expect([journal.entries, journal.total]).toEqual([
    [
      { path: '/2', number: 2 },
      { path: '/3', number: 3 },
    ],
    3,
  ]);
});

test('who set a certificate is forgotten with it', async () => {
  const state = openStates(null).of('tenant');
  const certificates = new ConsoleCertificates(state, 'production', now);
  const set = (key: string) => state.changeSettings({ [`${key}_APNSCert`]: '' });
  const setBy = async () =>
    (await certificates.list()).map(({ clientAppKey, set }) => [clientAppKey, set?.by]);
  for (const key of ['one', 'two']) {
    set(key);
    certificates.noteWhoSet(key, 'ada');
    state.changeSettings({}, [`${key}_APNSCert`]);
  }
  set('one');
  expect(await setBy()).toEqual([['one', undefined]]);
});
