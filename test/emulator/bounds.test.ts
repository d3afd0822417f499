import { describe, expect, test } from 'vitest';
import { createAccessTokens } from '../../src/emulator/access-tokens.ts';
import { createScriptedAnswers } from '../../src/emulator/apns/judge-push.ts';
import { createFederatedSignIns } from '../../src/emulator/authentication/authentication.ts';
import { createOutOfBands } from '../../src/emulator/authentication/mechanisms.ts';
import { createSessions } from '../../src/emulator/authentication/sessions.ts';
import { createJournal } from '../../src/emulator/bounded.ts';
import { openSetCertificates } from '../../src/emulator/console/certificates.ts';
import { Refusal } from '../../src/emulator/envelope.ts';
import { createFaults } from '../../src/emulator/faults.ts';
import type { User } from '../../src/emulator/people.ts';
import { settingsOver } from '../../src/emulator/settings.ts';

const now = () => new Date(0);
const somebody: User = {
  ...{ user: 'user@example.com', uuid: 'u', displayName: 'Uma', mail: 'user@example.com', password: 'p' },
  ...{ mobileNumber: '', isServiceUser: false, isOauthClient: false, inEverybodyRole: true },
};

describe('what an administrator scripts', () => {
  test('has room for a thousand answers of APNs, and no more', async () => {
    const scripted = createScriptedAnswers(now);
    const add = (times: number) => scripted.add('Shutdown', 503, times);
    expect([add(600), add(401), add(400), add(1)]).toEqual([true, false, true, false]);
    expect([add(0), scripted.next(), add(1000)]).toEqual([true, null, true]);
    expect([scripted.next()?.reason, scripted.left().length]).toEqual(['Shutdown', 999]);
  });

  test('has room for a thousand faults, and no more', () => {
    const faults = createFaults();
    expect([faults.add('/x', 'lost', 1000), faults.add('/y', 'lost', 1)]).toEqual([true, false]);
    expect([faults.next('/X'), faults.add('/y', 'lost', 1)]).toEqual(['lost', true]);
    expect([faults.add('/x', 'lost', 0), faults.add('/y', 'lost', 999)]).toEqual([true, true]);
  });
});

describe('of what waits for its end the oldest makes room', () => {
  test('a sign-in, which anybody can begin', () => {
    const phones = { isReachable: () => false, begin: () => '', verdict: () => 'Pending' as const, end() {} };
    const sessions = createSessions(createOutOfBands(false, now, phones), now, false);
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
    const federated = createFederatedSignIns(now);
    const who = { user: somebody, isRenewable: false };
    const [oldest, second] = Array.from({ length: 1001 }, () => federated.start(who, false));
    expect([oldest, second].map((one) => federated.findBySession(one?.sessionId ?? ''))).toEqual([
      null,
      second,
    ]);
  });

  test('a token', () => {
    const tokens = createAccessTokens(now);
    const access = { user: 'u', scopes: [], apis: [], grantId: null };
    for (let number = 0; number <= 1000; number++) tokens.remember(`${number}`, access, 60);
    expect([tokens.find('0'), tokens.find('1')?.user]).toEqual([null, 'u']);
  });
});

test('a tenant has room for a thousand settings; what is there can be changed and removed', () => {
  const settings = settingsOver(null);
  for (let number = 0; number < 1000; number++) settings.change({ [`${number}`]: 'x' });
  expect(() => settings.change({ more: 'x' })).toThrow(
    'The tenant can have at most 1,000 settings, and each push certificate needs three. Delete a certificate first.',
  );
  settings.change({ 0: 'y' });
  settings.change({ more: 'x' }, ['1']);
  expect(new Map(settings.entries()).get('more')).toBe('x');
});

test('a journal has room for as many as it says, and counts them all', () => {
  const journal = createJournal<{ path: string }>(2, () => {});
  for (const path of ['/1', '/2', '/3']) journal.add({ path });
  expect([journal.entries, journal.total()]).toEqual([
    [
      { path: '/2', number: 2 },
      { path: '/3', number: 3 },
    ],
    3,
  ]);
});

test('who set a certificate is forgotten with it', async () => {
  const settings = settingsOver(null);
  const certificates = openSetCertificates(settings, 'production', now);
  const set = (key: string) => settings.change({ [`${key}_APNSCert`]: '' });
  const setBy = async () =>
    (await certificates.list()).map(({ clientAppKey, set }) => [clientAppKey, set?.by]);
  for (const key of ['one', 'two']) {
    set(key);
    certificates.noteSet(key, 'ada');
    settings.change({}, [`${key}_APNSCert`]);
  }
  set('one');
  expect(await setBy()).toEqual([['one', undefined]]);
});
