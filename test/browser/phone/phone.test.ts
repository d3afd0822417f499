import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { mfaPayload } from '../../../src/apple/apns.ts';
import type { Assumptions } from '../../../src/emulator/assumptions.ts';
import { oneTimePassword } from '../../../src/emulator/browser/phone/device-calls.ts';
import { readPush } from '../../../src/emulator/browser/phone/memory.ts';
import type { Emulator, EmulatorOptions } from '../../../src/emulator/tenants.ts';
import { otpAlgorithms, oneTimePassword as withNode } from '../../../src/text/one-time-password.ts';
import { startTenant } from '../../emulator/local-tenant.ts';
import { callApi, serviceToken } from '../../support/emulator.ts';
import { p12Bytes } from '../../support/fixtures.ts';
import { openTab, wish } from './local-phone.ts';

const now = new Date('2026-11-24T16:00:00Z');
const clock = { now: () => now };

/** A tenant with a certificate, as its service user sees it. */
async function open(options: Partial<EmulatorOptions> = {}) {
  const emulator = await startTenant({ ...clock, ...options });
  const service = async (path: string, body: object = {}) => {
    const answer = await callApi(emulator, path, await serviceToken(emulator), body);
    expect(answer.body).toMatchObject({ success: true });
    return answer.body.Result as Record<string, unknown>;
  };
  await service('/Mobile/SetApnsCertForClientApp', certificate);
  return {
    emulator,
    challenge: () =>
      service('/emulator/challenge', { User: wish.user }) as Promise<{ ChallengeId: string }>,
    verdict: async (ChallengeId: string) =>
      (await service('/emulator/verdict', { ChallengeId })).Status,
  };
}

const certificate = {
  ClientAppKey: wish.bundleId,
  APNSCert: p12Bytes('01-default-aes256').toString('base64'),
  APNSPass: 'secret',
  APNSTopic: wish.bundleId,
};

const tabAt = ({ url }: Emulator) => openTab(url, { now: () => now.getTime() });

/** The same with a tab that is no phone yet. */
async function openPhone(options: Partial<EmulatorOptions> = {}) {
  const tenant = await open(options);
  return { ...tenant, tab: tabAt(tenant.emulator) };
}

describe('the phone in the browser', () => {
  test.each([
    ['approves', true, 'Approved', 'approved'],
    ['denies', false, 'Denied', 'denied'],
  ])('%s a sign-in that was pushed', async (_name, accepted, verdict, state) => {
    const { tab, ...tenant } = await openPhone();
    await tab.enrolled();
    const { ChallengeId } = await tenant.challenge();
    const { notifications } = await tab.waiting();
    expect(notifications).toMatchObject([
      { app: 'Lab', message: 'A sign-in is waiting: approve or deny it', hasActions: true },
    ]);
    await tab.phone.answer(notifications[0]?.id ?? 0, accepted);
    expect(await tenant.verdict(ChallengeId)).toBe(verdict);
    await tab.until(({ notifications: [newest] }) => newest?.state === state);
  });

  test.each<Partial<Assumptions>>([
    { 'device-forms': 'strict', 'device-names': 'exact', 'otp-algorithm': 'sha256' },
    { 'otp-algorithm': 'sha512', 'access-token': 'opaque', 'push-options': 'all' },
    { 'token-answer': 'envelope', 'authorization-iss': 'present', 'session-mobile': 'refused' },
  ])('answers a tenant with %j', async (assumptions) => {
    const { tab, ...tenant } = await openPhone({ assumptions });
    await tab.enrolled();
    const { ChallengeId } = await tenant.challenge();
    const { notifications } = await tab.waiting();
    await tab.phone.answer(notifications[0]?.id ?? 0, true);
    expect(await tenant.verdict(ChallengeId)).toBe('Approved');
  });

  test('sends what is signed in nowhere but in a header, and knows its own sign-in', async () => {
    const { emulator, tab } = await openPhone();
    const back = await tab.signIn();
    expect(new URL(tab.address).searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(back.searchParams.get('state')).toBe(new URL(tab.address).searchParams.get('state'));
    await tab.until(({ stage }) => stage === 'listening');
    const secrets = tab.session();
    for (const { path } of emulator.requests) expect(path).not.toContain(secrets.accessToken);
    expect(emulator.requests.map(({ path }) => path)).toContain('/IosAppRest/UpdateDevSettings');
  });

  const strange = 'This answer does not belong to a sign-in from this tab.';
  const error = '?error=access_denied&error_description=User%20denied%20confirmation';
  test.each([
    ['?code=x&state=forged', strange],
    ['?code=x', strange],
    [error, 'The tenant rejected the sign-in.'],
  ])('takes no code from %s, and waits on for the right answer', async (query, failure) => {
    const { tab } = await openPhone();
    tab.phone.signIn(wish);
    const right = await fetch(tab.address, { redirect: 'manual' });
    await tab.reload(query);
    expect(await tab.until(({ stage }) => stage === 'new')).toMatchObject({
      failure,
      enrollment: null,
    });
    await tab.reload(new URL(right.headers.get('location') ?? '').search);
    await tab.until(({ stage }) => stage === 'listening');
  });

  test('shows no words of an address where no sign-in is pending', async () => {
    const { emulator } = await open();
    const tab = tabAt(emulator);
    await tab.reload(error);
    const { failure, activity } = await tab.until(({ stage }) => stage === 'new');
    expect([failure, activity]).toEqual([null, []]);
  });

  test('stays the same over a reload, with what was not answered', async () => {
    const { tab, ...tenant } = await openPhone();
    const before = await tab.enrolled();
    expect(before.enrollment).toMatchObject({
      udid: expect.stringMatching(
        /^[\dA-F]{8}-[\dA-F]{4}-4[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}$/,
      ),
      deviceToken: expect.stringMatching(/^[\da-f]{64}$/),
    });
    await tenant.challenge();
    await tab.waiting();
    await tab.reload();
    const after = await tab.waiting();
    expect(after.enrollment).toEqual(before.enrollment);
    await tab.phone.answer(after.notifications[0]?.id ?? 0, true);
    await tab.until(({ notifications: [newest] }) => newest?.state === 'approved');
  });

  test('can answer once more after a reload that came before the tenant had the answer', async () => {
    const { tab, ...tenant } = await openPhone();
    await tab.enrolled();
    const { ChallengeId } = await tenant.challenge();
    const { notifications } = await tab.waiting();
    void tab.phone.answer(notifications[0]?.id ?? 0, true).catch(() => {});
    expect([...tab.stored.values()].join()).toContain('"state":"sending"');
    await tab.reload();
    const after = await tab.waiting();
    await tab.phone.answer(after.notifications[0]?.id ?? 0, true);
    expect(await tenant.verdict(ChallengeId)).toBe('Approved');
  });

  test('shows in the words of the tenant what that does not take, and can answer again', async () => {
    const { tab, ...tenant } = await openPhone();
    await tab.enrolled();
    await tenant.challenge();
    const first = await tab.waiting();
    await tab.phone.answer(first.notifications[0]?.id ?? 0, true);
    await tenant.challenge();
    const { notifications } = await tab.until(({ notifications }) => notifications.length === 2);
    await tab.phone.answer(notifications[0]?.id ?? 0, true);
    const refused = await tab.until(({ notifications: [newest] }) => newest?.refusal !== null);
    expect(refused.notifications[0]).toMatchObject({
      state: 'waiting',
      refusal: expect.stringContaining(
        'The one-time password was already used. Wait up to 30 seconds for the next one.',
      ),
    });
  });

  test('is two phones in two tabs, both of which ring', async () => {
    const tenant = await open();
    const [one, two] = [tabAt(tenant.emulator), tabAt(tenant.emulator)];
    const [first, second] = [await one.enrolled(), await two.enrolled()];
    expect(first.enrollment?.udid).not.toBe(second.enrollment?.udid);
    await tenant.challenge();
    await Promise.all([one.waiting(), two.waiting()]);
  });

  test('offers a sign-in once the session is gone, and is the same phone after it', async () => {
    const { emulator, tab } = await openPhone();
    const { enrollment } = await tab.enrolled();
    emulator.revokeSessions();
    await tab.reload();
    await tab.until(({ stage }) => stage === 'signed-out');
    expect((await tab.enrolled()).enrollment).toEqual(enrollment);
  });

  test('is somebody else’s phone once somebody else signs in', async () => {
    const { challenge, tab } = await openPhone();
    const { enrollment } = await tab.enrolled();
    await challenge();
    await tab.waiting();
    const other = await tab.enrolled({ ...wish, user: 'admin@example.com' });
    expect(other.enrollment).toMatchObject({ user: 'admin@example.com' });
    expect(other.enrollment?.udid).not.toBe(enrollment?.udid);
    expect(other.notifications).toEqual([]);
  });

  test('says that it lost the tenant, and offers a sign-in and an enrollment where another one is back', async () => {
    const first = await startTenant(clock);
    const port = Number(new URL(first.url).port);
    const tab = tabAt(first);
    await tab.enrolled();
    await first.close();
    await tab.until(({ isLost }) => isLost);
    await sleep(50);
    const second = await startTenant({ ...clock, port });
    await tab.until(({ stage, isLost }) => stage === 'signed-out' && !isLost);
    await tab.signIn();
    await tab.until(({ stage }) => stage === 'unenrolled');
    await tab.phone.enroll();
    await tab.until(({ stage }) => stage === 'listening');
    expect(second.requests.map(({ path }) => path)).toContain('/Device/EnrollIosDevice');
  });

  test('goes from the tenant and from the tab when it is removed', async () => {
    const { emulator, challenge, tab } = await openPhone();
    await tab.enrolled();
    await challenge();
    const { accessToken } = tab.session();
    await tab.phone.remove();
    await tab.until(({ stage, enrollment }) => stage === 'new' && enrollment === null);
    expect(tab.stored.size).toBe(0);
    expect((await callApi(emulator, '/emulator/pushes', accessToken)).status).toBe(401);
    const token = await serviceToken(emulator);
    expect((await callApi(emulator, '/emulator/challenge', token)).body.Message).toBe(
      'No device of user@example.com has a push token.',
    );
  });

  test('may do nothing but what a phone does', async () => {
    const { emulator, tab } = await openPhone();
    await tab.enrolled({ ...wish, user: 'admin@example.com' });
    const { accessToken } = tab.session();
    for (const path of ['/Mobile/SetApnsCertForClientApp', '/emulator/challenge'])
      expect((await callApi(emulator, path, accessToken)).status).toBe(401);
  });
});

test('makes the passwords of RFC 6238, appendix B', () => {
  const key = '12345678901234567890';
  const otp = { key, algorithm: 0, digits: 8, interval: 30 };
  expect(
    [59, 1111111109, 20000000000].map((seconds) => oneTimePassword(otp, seconds * 1000)),
  ).toEqual(['94287082', '07081804', '65353130']);
});

test.each(otpAlgorithms)(
  'makes with %s what Node.js makes, or none where there is none',
  (algorithm) => {
    const parameters = { digits: 6, interval: 30 };
    const key = 'P6H4MT4YGWT7XW3OXPL3ZQNJD3Z6SE73';
    const moments = Array.from({ length: 200 }, (_, i) => 1_795_536_000_000 + i * 30_000);
    const made = moments.map((at) =>
      oneTimePassword({ ...parameters, key, algorithm: otpAlgorithms.indexOf(algorithm) }, at),
    );
    expect(made).toEqual(
      moments.map((at) => withNode(Buffer.from(key), { ...parameters, algorithm }, new Date(at))),
    );
    expect(made.includes(null)).toBe(algorithm === 'md5');
  },
);

const topic = 'com.example.app';
const push = { message: 'Approve?', title: null, challenge: 'answer' };

const { aps, payload } = mfaPayload(push);
const other = { alert: 'Approve?', category: 'Other' };
test.each<[string, unknown, object]>([
  ['the tenant sends', { aps, payload }, {}],
  ['has a title', mfaPayload({ ...push, title: 'Sign-in' }), { title: 'Sign-in' }],
  ['says what it is about in the options alone', { payload }, { hasActions: false }],
  ['has another category', { payload, aps: other }, { hasActions: false }],
  ['has no challenge', { aps }, { challenge: null }],
  ...[null, 'text', [], { aps: null, payload: { Options: 1 } }].map(
    (without): [string, unknown, object] => [
      'has not a word',
      without,
      { message: '', challenge: null, hasActions: false },
    ],
  ),
])('a push that %s is shown as iOS does it', (_name, given, differs) => {
  const shown = {
    app: 'Example',
    title: null,
    message: 'Approve?',
    challenge: 'answer',
    hasActions: true,
  };
  expect(readPush(topic, given)).toEqual({ ...shown, ...differs });
});

test.each([
  ['com.example.app', 'Example'],
  ['com.app', 'Com.app'],
  ['app', 'App'],
])('the app of %s is called %s', (bundleId, app) => {
  expect(readPush(bundleId, {}).app).toBe(app);
});
