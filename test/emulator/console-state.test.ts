import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConsoleState } from '../../src/emulator/browser/console/state.ts';
import { createConsoleSessions } from '../../src/emulator/console/console.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { startRehearsal, user } from '../browser/rehearsal.ts';
import { callApi } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { signInAs, startTenant } from './local-tenant.ts';

const stateOf = async ({ url }: Emulator): Promise<ConsoleState> =>
  (await fetch(`${url}/emulator/console/state`)).json() as Promise<ConsoleState>;

/** A call of the console, as its own page makes it unless told otherwise. */
async function call(
  { url }: Pick<Emulator, 'url'>,
  body: unknown,
  headers: Readonly<Record<string, string>> = { origin: url },
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/emulator/console/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const script = { Api: '/emulator/apns', Parameters: { Reason: 'Unregistered' } };

describe('what the console is told', () => {
  test.each([
    ['01-default-aes256', 'com.example.other', 'It is for another topic.', ['sandbox', 'production']],
    ['30-dist', 'com.example.lab', 'It is not a push certificate.', []],
    ['30-dev', 'com.example.lab', 'It does not serve production.', ['sandbox']],
  ])('is why no push arrives that is sent with %s', async (file, APNSTopic, fault, environments) => {
    const { emulator, call: asAdministrator } = await startRehearsal();
    const APNSCert = p12Bytes(file).toString('base64');
    const given = { ClientAppKey: 'key', APNSTopic, APNSPass: 'secret', APNSCert };
    expect(await asAdministrator('/Mobile/SetApnsCertForClientApp', given)).toMatchObject({ success: true });
    expect((await stateOf(emulator)).certificates[0]).toMatchObject({ fault, environments });
    const answer = await asAdministrator('/emulator/challenge', { User: user });
    expect(JSON.stringify(answer)).toMatch(/BadCertificate|TopicDisallowed/);
  });

  test('counts all phones, and leaves out none that can be reached for one that cannot', async () => {
    const { emulator } = await startRehearsal();
    const token = await signInAs(emulator, user);
    const phone = (path: string, body: object) => callApi(emulator, path, token, body);
    await phone('/Device/EnrollAndroidDevice', { udid: 'A', name: 'Pixel', version: '16' });
    await phone('/IosAppRest/UpdateDevSettings', { DeviceID: 'A', Token: 'fcm' });
    for (let number = 1; number <= 12; number++)
      await phone('/Device/EnrollIosDevice', { Udid: `U${number}`, Name: `${number}`, OSVersion: '18' });
    const ClientPushToken = Buffer.alloc(32, 8).toString('base64');
    await phone('/IosAppRest/UpdateDevSettings', { DeviceID: 'U12', ClientPushToken });
    const { people, phones } = await stateOf(emulator);
    expect(phones).toEqual({ total: 14, reachable: 2 });
    expect(people.items[0]?.phones.total).toBe(14);
    expect(people.items[0]?.phones.items.map(({ name }) => name)).toEqual([
      'iPhone 15',
      ...['4', '5', '6', '7', '8', '9', '10', '11', '12'],
    ]);
  });

  test('is what is set, who is there, and what became of challenges', async () => {
    const { emulator, call: asAdministrator } = await startRehearsal();
    await asAdministrator('/emulator/challenge', { User: user });
    await asAdministrator('/emulator/apns', { Reason: 'Unregistered', Times: 2 });
    await asAdministrator('/emulator/apns', { Reason: 'Shutdown', Goaway: true });
    await asAdministrator('/emulator/challenge', { User: user });
    const { certificates, people, challenges, answers, scripted } = await stateOf(emulator);
    expect(certificates).toEqual([
      {
        ...{ clientAppKey: 'com.example.lab', topic: 'com.example.lab', isUsed: true, fault: null },
        set: { by: 'admin@example.com', at: expect.stringMatching(/^20\d\d-/) },
        ...{ notAfter: expect.stringMatching(/Z$/), environments: ['sandbox', 'production'] },
      },
    ]);
    expect(people.total).toBe(15);
    expect(people.items[0]).toMatchObject({
      user,
      kind: 'user',
      phones: { total: 1, items: [{ name: 'iPhone 15', isReachable: true }] },
    });
    expect(people.items.map(({ kind }) => kind)).toEqual([
      ...['user', 'administrator', 'program'],
      ...Array.from({ length: 12 }, () => 'rehearsal'),
    ]);
    expect([challenges.total, challenges.items.map(({ verdict, pushes }) => ({ verdict, pushes }))]).toEqual([
      2,
      [
        { verdict: 'Pending', pushes: [{ phone: 'iPhone 15', status: 410, reason: 'Unregistered' }] },
        { verdict: 'Pending', pushes: [{ phone: 'iPhone 15', status: 200, reason: null }] },
      ],
    ]);
    expect(answers.items.map(({ number, phone, topic, status }) => [number, phone, topic, status])).toEqual([
      [2, 'iPhone 15', 'com.example.lab', 410],
      [1, 'iPhone 15', 'com.example.lab', 200],
    ]);
    expect(scripted).toEqual([
      { reason: 'Unregistered', status: 410, times: 1 },
      { reason: 'Shutdown', status: null, times: 1 },
    ]);
  });

  test('holds no secret of a request, and no path that is one', async () => {
    const { emulator, call: asAdministrator } = await startRehearsal();
    const secret = 'S3cretW0rds';
    const token = (query: string, form: Record<string, string>) =>
      fetch(`${emulator.url}/OAuth2/Token/mfa-cli${query}`, {
        ...{ method: 'POST', headers: { authorization: `Bearer ${secret}` } },
        body: new URLSearchParams(form),
      });
    const credentials = { client_id: secret, client_secret: secret };
    await token(`?client_secret=${secret}`, { grant_type: 'client_credentials', ...credentials });
    await token('', { grant_type: 'refresh_token', client_id: 'mfa-cli', refresh_token: secret });
    await asAdministrator('/Mobile/SetApnsCertForClientApp', { ClientAppKey: 'k', APNSPass: secret });
    const [idp, open] = [`/emulator/idp/${secret}`, `/emulator/open/${secret}`];
    for (const path of [idp, open]) await fetch(emulator.url + path);
    for (const path of [open, idp]) await fetch(emulator.url + path, { method: 'HEAD' });
    await fetch(`${emulator.url}/${'x'.repeat(5000)}`);
    const state = await stateOf(emulator);
    expect(JSON.stringify(state)).not.toContain(secret);
    const refused = (words: string) => ({ success: false, words });
    expect(
      state.requests.items.slice(0, 6).map((one) => [one.method, one.path, one.status, one.verdict]),
    ).toEqual([
      ['GET', `/${'x'.repeat(299)}`, 404, null],
      ['HEAD', '/emulator/idp/*', 405, null],
      ['GET', '/emulator/idp/*', 404, null],
      ['POST', '/Mobile/SetApnsCertForClientApp', 200, refused('_I18N_RequiredParameter')],
      ['POST', '/OAuth2/Token/mfa-cli', 400, refused('invalid_grant')],
      ['POST', '/OAuth2/Token/mfa-cli', 400, refused('access_denied')],
    ]);
  });

  test('stays small, however much happens', async () => {
    const emulator = await startTenant();
    const token = await signInAs(emulator, user);
    const phone = (path: string, body: object) => callApi(emulator, path, token, body);
    // Nothing is sent to it.
    await phone('/Device/EnrollAndroidDevice', { udid: 'A', name: 'Pixel', version: '16' });
    await phone('/IosAppRest/UpdateDevSettings', { DeviceID: 'A', Token: 'fcm' });
    const challenge = { Api: '/emulator/challenge', Parameters: { User: user } };
    for (let number = 0; number < 60; number++) {
      await fetch(`${emulator.url}/nothing`).then((answer) => answer.text());
      await call(emulator, challenge);
    }
    const { requests, challenges } = await stateOf(emulator);
    expect([requests.total > 120, requests.items.length]).toEqual([true, 100]);
    expect([challenges.total, challenges.items.length]).toEqual([60, 50]);
  });

  test('comes in pieces as it changes, and no more once the session has expired', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const address = emulator.consoleAddress();
    const cookie = (await fetch(address)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const told = await follow(emulator, cookie);
    const [first] = await told.upTo(1);
    expect(Object.keys(first ?? {})).toEqual([
      ...['run', 'now', 'certificates', 'people', 'phones', 'challenges', 'requests', 'answers', 'scripted'],
    ]);
    await fetch(`${emulator.url}/nothing`);
    const [, second] = await told.upTo(2);
    expect(Object.keys(second ?? {})).toEqual(['now', 'requests']);
    await fetch(address);
    await fetch(`${emulator.url}/nothing`);
    await told.ended;
    expect(told.events).toHaveLength(2);
  });
});

describe('a call of the console', () => {
  test('does what the button says, and is among the requests', async () => {
    const emulator = await startTenant();
    expect(await call(emulator, script)).toMatchObject({ status: 200, body: { success: true } });
    const { scripted, requests } = await stateOf(emulator);
    expect(scripted).toEqual([{ reason: 'Unregistered', status: 410, times: 1 }]);
    expect(requests.items).toMatchObject([
      { method: 'POST', path: '/emulator/apns', verdict: { success: true } },
    ]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['no page', {}],
    ['another site', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a file', { origin: 'null' }],
    ['what a browser takes for the same site', { 'sec-fetch-site': 'same-site' }],
  ])('of %s is refused', async (_name, headers) => {
    const emulator = await startTenant();
    const own: Readonly<Record<string, string>> = 'sec-fetch-site' in headers ? { origin: emulator.url } : {};
    expect(await call(emulator, script, { ...own, ...headers })).toEqual({
      status: 403,
      body: { error: 'another_origin' },
    });
    expect((await stateOf(emulator)).scripted).toEqual([]);
  });

  test('without a session is refused', async () => {
    const emulator = await startTenant({ autoApprove: false });
    expect(await call(emulator, script)).toEqual({ status: 401, body: { error: 'signed_out' } });
    const answers = await Promise.all(
      ['state', 'events'].map((path) => fetch(`${emulator.url}/emulator/console/${path}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  });

  test.each([
    [{ Api: '/Mobile/SetApnsCertForClientApp', Parameters: {} }, 'The console cannot call this API.'],
    [{ Api: '/emulator/apns', Parameters: 'x' }, 'Parameters must be an object.'],
    [{ Parameters: {} }, 'The required parameter Api is missing.'],
    ['not JSON', 'The request body is not valid JSON.'],
  ])('%j is not one', async (body, Message) => {
    const told = await call(await startTenant(), body);
    expect(told).toMatchObject({ status: 400, body: { success: false, Message } });
  });

  test('ends what tokens and sessions can do, as the API does it for an administrator alone', async () => {
    const { emulator, call: asAdministrator } = await startRehearsal();
    const told = await call(emulator, { Api: '/emulator/expire-tokens' });
    expect(told).toMatchObject({ body: { success: true } });
    expect(await asAdministrator('/Security/WhoAmI')).toMatchObject({ success: false });
    expect((await callApi(emulator, '/emulator/revoke-sessions', 'none')).status).toBe(401);
  });
});

test('the oldest of a hundred sessions ends with the next', () => {
  const sessions = createConsoleSessions(() => new Date(0));
  const [oldest = '', second = ''] = Array.from({ length: 100 }, () => sessions.begin('a'));
  expect(sessions.find(oldest)).toBe('a');
  sessions.begin('a');
  expect([sessions.find(oldest), sessions.find(second)]).toEqual([null, 'a']);
});

/** What a page is told from now on. */
async function follow({ url }: Emulator, cookie: string) {
  const events: Record<string, unknown>[] = [];
  const sent = request(`${url}/emulator/console/events`, { headers: { cookie } }).end();
  onTestFinished(() => void sent.destroy());
  const [response] = await once(sent, 'response');
  const ended = (async () => {
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const whole = `${text}${chunk}`.split('\n\n');
      text = whole.pop() ?? '';
      for (const event of whole) events.push(JSON.parse(event.replace(/^data: /, '')));
    }
  })();
  const upTo = async (count: number) => {
    await expect.poll(() => events.length).toBeGreaterThanOrEqual(count);
    return events;
  };
  return { events, ended, upTo };
}
