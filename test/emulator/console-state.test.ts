import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConsoleState } from '../../src/emulator/browser/console/state.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { startRehearsal, user } from '../browser/rehearsal.ts';
import { callApi } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { signInAs, startTenant } from './local-tenant.ts';
import { sessionOf } from './security-session.ts';
import { expectTranscript } from './transcript.ts';

const certificate = {
  ...{ ClientAppKey: 'com.example.lab', APNSTopic: 'com.example.lab', APNSPass: 'secret' },
  APNSCert: p12Bytes('01-default-aes256').toString('base64'),
};

const stateOf = async ({ url }: Emulator): Promise<ConsoleState> =>
  (await fetch(`${url}/emulator/console/state`)).json() as Promise<ConsoleState>;

describe('what the console is told', () => {
  test.each([
    ['01-default-aes256', 'com.example.other', 'topic-mismatch', ['sandbox', 'production']],
    ['30-dist', 'com.example.lab', 'not-a-push-certificate', []],
    ['30-dev', 'com.example.lab', 'environment-mismatch', ['sandbox']],
  ])('is why no push arrives that is sent with %s', async (file, APNSTopic, code, environments) => {
    const { emulator, call: asAdministrator } = await startRehearsal();
    const APNSCert = p12Bytes(file).toString('base64');
    const given = { ...certificate, ClientAppKey: 'key', APNSTopic, APNSCert };
    expect(await asAdministrator('/Mobile/SetApnsCertForClientApp', given)).toMatchObject({
      success: true,
    });
    const [told] = (await stateOf(emulator)).certificates;
    expect(told).toMatchObject({ environments });
    expect(told?.against.map((each) => each.code)).toContain(code);
    const answer = await asAdministrator('/emulator/challenge', { User: user });
    expect(JSON.stringify(answer)).toMatch(/BadCertificate|TopicDisallowed/);
  });

  test('is nothing against a certificate of an issuer that is not Apple', async () => {
    const { emulator, call: asAdministrator } = await startRehearsal();
    await asAdministrator('/Mobile/SetApnsCertForClientApp', certificate);
    expect((await stateOf(emulator)).certificates[0]).toMatchObject({ against: [] });
  });

  test('counts all phones, and shows the latest', async () => {
    const { emulator } = await startRehearsal();
    const token = await signInAs(emulator, user);
    const phone = (path: string, body: object) => callApi(emulator, path, token, body);
    for (let number = 1; number <= 12; number++)
      await phone('/Device/EnrollIosDevice', {
        Udid: `U${number}`,
        Name: `${number}`,
        OSVersion: '18',
      });
    const ClientPushToken = Buffer.alloc(32, 8).toString('base64');
    await phone('/IosAppRest/UpdateDevSettings', { DeviceID: 'U12', ClientPushToken });
    const { people, phones } = await stateOf(emulator);
    expect(phones).toEqual({ total: 13, reachable: 2 });
    expect(people.items[0]?.phones.total).toBe(13);
    expect(people.items[0]?.phones.items.map(({ name }) => name)).toEqual([
      ...['3', '4', '5', '6', '7', '8', '9', '10', '11', '12'],
    ]);
  });

  test('stays small, however much happens', async () => {
    const { emulator } = await startRehearsal();
    const administrator = await sessionOf(emulator);
    for (let number = 0; number < 60; number++) {
      await fetch(`${emulator.url}/nothing`).then((answer) => answer.text());
      await callApi(emulator, '/emulator/challenge', administrator, { User: user });
    }
    await fetch(`${emulator.url}/${'x'.repeat(5000)}`);
    const { requests, challenges } = await stateOf(emulator);
    expect(requests.items[0]?.path).toBe(`/${'x'.repeat(299)}`);
    expect([requests.total > 120, requests.items.length]).toEqual([true, 100]);
    expect([challenges.total, challenges.items.length]).toEqual([60, 50]);
  });

  test('comes as it changes, and no more once the session has expired', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const address = emulator.consoleAddress();
    const cookie = (await fetch(address)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const told = await follow(emulator, cookie);
    const [first] = await told.upTo(1);
    expect(Object.keys(first ?? {})).toEqual([
      ...[
        'run',
        'now',
        'certificates',
        'people',
        'phones',
        'challenges',
        'requests',
        'answers',
        'scripted',
      ],
    ]);
    await fetch(`${emulator.url}/nothing`);
    const [, second] = await told.upTo(2);
    expect(second).toMatchObject({ requests: { items: [{ path: '/nothing' }] } });
    await fetch(address);
    await fetch(`${emulator.url}/nothing`);
    await told.ended;
    expect(told.events).toHaveLength(2);
  });
});

const secret = 'S3cretW0rds';
const state = 'page GET /emulator/console/state -> run:run';
const happened = `
user /Device/EnrollIosDevice {"Udid":"D-1","Name":"iPhone 15","OSVersion":"18.0"}
user /IosAppRest/UpdateDevSettings {"DeviceID":"D-1","ClientPushToken":"${Buffer.alloc(32, 7).toString('base64')}"}
admin /Mobile/SetApnsCertForClientApp $certificate
admin /emulator/challenge {"User":"user@example.com"}
admin /emulator/apns {"Reason":"Unregistered","Times":2}
admin /emulator/apns {"Reason":"Shutdown","Goaway":true}
admin /emulator/challenge {"User":"user@example.com"}
# Secrets of requests, and paths that are one.
$secret FORM /OAuth2/Token/mfa-cli?client_secret=${secret}
  {"grant_type":"client_credentials","client_id":"${secret}","client_secret":"${secret}"}
$secret FORM /OAuth2/Token/mfa-cli {"grant_type":"refresh_token","client_id":"mfa-cli","refresh_token":"${secret}"}
admin /Mobile/SetApnsCertForClientApp {"ClientAppKey":"k","APNSPass":"${secret}"}
- GET /emulator/idp/${secret}
- GET /emulator/open/${secret}
- HEAD /emulator/open/${secret}
- HEAD /emulator/idp/${secret}
- GET /$long
${state}`;

const call = '/emulator/console/call';
const script = '{"Api":"/emulator/apns","Parameters":{"Reason":"Unregistered"}}';
const calls = `
page ${call} ${script}
- ${call} ${script}
page:https://evil.example ${call} ${script}
page:http://127.0.0.1:1 ${call} ${script}
page:null ${call} ${script}
site:same-site ${call} ${script}
page ${call} {"Api":"/Mobile/SetApnsCertForClientApp","Parameters":{}}
page ${call} {"Api":"/emulator/apns","Parameters":"x"}
page ${call} {"Parameters":{}}
page ${call} not JSON
# The first alone was a call.
${state}
# Tokens are ended for all, by an administrator alone.
- /emulator/revoke-sessions
admin /Security/WhoAmI
page ${call} {"Api":"/emulator/expire-tokens"}
admin /Security/WhoAmI`;
const signedOut = `page ${call} ${script}\npage GET /emulator/console/state\npage GET /emulator/console/events`;

test('the console is told what happens, and no secret of a request; it calls as its own page alone', async () => {
  const told = await expectTranscript('console', [
    {
      title: 'what the console is told',
      calls: happened,
      values: { certificate, secret, long: 'x'.repeat(5000) },
    },
    { title: 'calls of the console', calls },
    { title: 'without a session', calls: signedOut, options: { autoApprove: false } },
  ]);
  expect(told.split(`> ${state}`)[1]).not.toContain(secret);
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
