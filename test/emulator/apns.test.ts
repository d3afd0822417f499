import { createHmac, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { PushQueue } from '../../src/emulator/push-queue.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { createTokenKey, keyId, teamId, tokenOf } from '../support/token-key.ts';
import { payload, pemOf, post } from './apns-client.ts';
import { signInAs, startTenant } from './local-tenant.ts';
import { expectTranscript } from './transcript.ts';

const topic = 'com.example.lab';
const token = 'ab'.repeat(32);
const id = 'C0FFEE00-3F0B-4C57-9B0B-0C1D2E3F4A5B';
const base64Of = (byte: string): string => Buffer.from(byte.repeat(32), 'hex').toString('base64');
const padded = (bytes: number): string =>
  JSON.stringify({ aps: '' }).replace('""', `"${'x'.repeat(bytes - 10)}"`);

const values = {
  ...{ token, upper: token.toUpperCase(), older: 'cd'.repeat(32), voip: 'ef'.repeat(32) },
  ...{ older64: base64Of('cd'), token64: base64Of('ab'), voip64: base64Of('ef') },
  ...{
    zeros: '0'.repeat(64),
    unknown: '12'.repeat(32),
    long: 'x'.repeat(65),
    longest: 'x'.repeat(64),
  },
  good: { 'apns-topic': topic, 'apns-id': id },
  ...{ b4096: quoted(padded(4096)), b4097: quoted(padded(4097)), b5120: quoted(padded(5120)) },
  million: quoted(padded(1_000_000)),
};

/** A text in a JSON text. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A phone with a token that took the place of another, and one for VoIP. */
const phones = `user /Device/EnrollIosDevice {"Udid":"one","Name":"phone","OSVersion":"18.0"}
user /IosAppRest/UpdateDevSettings {"DeviceID":"one","ClientPushToken":"$older64"}
user /IosAppRest/UpdateDevSettings {"DeviceID":"one","ClientPushToken":"$token64"}
user /Device/EnrollIosDevice {"Udid":"two","Name":"phone","OSVersion":"18.0"}
user /IosAppRest/UpdateDevSettings {"DeviceID":"two","ClientPushToken":"$voip64"}`;
const good = 'p12:01-default-aes256 PUSH /3/device/$token $good';
const prod = 'p12:30-prod PUSH /3/device/$token';
const to = (path: string) => `p12:01-default-aes256 PUSH ${path} $good`;

const taken = `${phones}
${good}
${to('/3/device/$upper')}
p12:30-prod PUSH /3/device/$token $good {"apns-topic":null}
${good} {"apns-push-type":"alert","apns-priority":"10","apns-expiration":"0","apns-collapse-id":"$longest"}
${good} {"body":"$b4096"}
${to('/3/device/$voip')} {"apns-topic":"com.example.lab.voip","apns-push-type":"voip","body":"$b5120"}
p12:30-ec PUSH /3/device/$token $good
${good} {"apns-id":null}
# Refused.
${['/', '/3/device/$token/more', '/3/device/', '/3/device'].map(to).join('\n')}
- PUSH /2/device/$token $good
${good} {":method":"PUT"}
- PUSH /3/device/$token $good
${['30-exp', '30-dist', '30-dev'].map((file) => `p12:${file} PUSH /3/device/$token $good`).join('\n')}
${good} {"apns-topic":null}
${good} {"apns-topic":"com.example lab"}
${good} {"apns-topic":"com.example.other"}
${good} {"apns-priority":["5","10"]}
${good} {"apns-priority":"7"}
${good} {"apns-expiration":"tomorrow"}
${good} {"apns-collapse-id":"$long"}
${good} {"apns-push-type":"letter"}
${good} {"body":""}
${good} {"body":"[]"}
${good} {"body":"{\\"aps\\":"}
${good} {"body":"$b4097"}
${good} {"body":"$million"}
${['/3/device/$zeros', '/3/device/$unknown', '/3/device/no-token'].map(to).join('\n')}
${good} {"apns-id":"one"}
# A newer token took its place.
${to('/3/device/$older')}
# A push has told whose token it is.
${good} {"apns-topic":"com.example.lab.complication"}`;

const scripted = `${phones}
${['BadTopic', 'Unregistered', 'Shutdown'].map((reason) => `service /emulator/apns {"Reason":"${reason}"}\n${prod}\n${prod}`).join('\n')}
# As often as it says, in order, until it is taken back.
service /emulator/apns {"Reason":"NewReason","Status":418,"Times":2}
service /emulator/apns {"Reason":"Shutdown","Times":5}
${prod}
${prod}
${prod}
service /emulator/apns {"Reason":"Shutdown","Times":0}
${prod}
service /emulator/apns
service /emulator/apns {"Reason":"Shutdown","Status":200}
service /emulator/apns {"Reason":"Shutdown","Times":"often"}`;

const sandbox = `${phones}
p12:30-dev PUSH /3/device/$token $good
p12:30-prod PUSH /3/device/$token $good`;

const { privateKey, pem, publicPem, publicKey } = createTokenKey();
const now = Date.parse('2026-11-24T16:00:00Z') / 1000;
const claims = { iss: teamId, iat: now };
const header = { alg: 'ES256', kid: keyId };
const signed = (more: object, head: object = {}): string =>
  tokenOf(privateKey, { ...header, ...head }, { ...claims, ...more });
const valid = signed({});
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signed with the public key as the secret of an HMAC. */
function confused(): string {
  const text = `${encoded({ ...header, alg: 'HS256' })}.${valid.split('.')[1]}`;
  return `${text}.${createHmac('sha256', publicPem).update(text).digest('base64url')}`;
}

const ages = [3600, 3601];
/** Tokens by how they are made, most of them wrong. */
const tokens = {
  ...{
    valid,
    future: signed({ iat: now + 1 }),
    timeless: signed({ iat: undefined }),
    time: signed({ iat: String(now) }),
  },
  ...{
    ofAnotherTeam: signed({ iss: 'Z1B2C3D4E5' }),
    ofAnotherKey: signed({}, { kid: 'ZBC123DEFG' }),
  },
  ...{ ofAnotherAlgorithm: signed({}, { alg: 'ES384' }), confused: confused() },
  tampered: [valid.split('.')[0], encoded({ ...claims, iat: now - 1 }), valid.split('.')[2]].join(
    '.',
  ),
  ...{ unsigned: valid.replace(/[^.]+$/, ''), none: 'abc' },
};
const aged = Object.fromEntries(ages.map((age) => [`age${age}`, signed({ iat: now - age })]));
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({
  type: 'spki',
  format: 'pem',
});
const tokenValues = {
  ...{ ...tokens, ...aged, zeros: '0'.repeat(64), topic: { 'apns-topic': topic } },
  key: { KeyId: keyId, TeamId: teamId, PublicKey: publicPem },
  der: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  ...{ privatePem: quoted(pem), p384: quoted(String(p384)) },
};
const bearing = (authorization: string) =>
  `- PUSH /3/device/$zeros $topic {"authorization":"${authorization}"}`;
const key = 'service /emulator/apns-key $key';
const tokensJudged = [
  key,
  ...['bearer $valid', 'Bearer $valid', 'basic $valid', 'bearer'].map(bearing),
  '- PUSH /3/device/$zeros $topic',
  ...Object.keys(tokens).map((name) => bearing(`bearer $${name}`)),
  '# A connection with a certificate needs none.',
  'p12:01-default-aes256 PUSH /3/device/$zeros $topic {"authorization":"bearer abc"}',
].join('\n');
const tokensAged = ages.map((age) => bearing(`bearer $age${age}`));
const ofTopics = `${key} {"Topics":["com.example.lab"]}
${bearing('bearer $valid')}
- PUSH /3/device/$zeros {"authorization":"bearer $valid"}
- PUSH /3/device/$zeros {"authorization":"bearer $valid","apns-topic":"com.example.lab.other"}
# The key as the vendor's clients give it, and others.
${key} {"PublicKey":"$der"}
${key} {"KeyId":"abc"}
${key} {"TeamId":""}
${key} {"PublicKey":"$privatePem"}
${key} {"PublicKey":"$p384"}
${key} {"Topics":"com.example.lab"}`;

test('the stand-in for APNs', async () => {
  await expectTranscript('apns', [
    { title: 'pushes that are taken, and refused', calls: taken, values },
    {
      title: 'in the sandbox',
      calls: sandbox,
      values,
      options: { apns: { environment: 'sandbox' } },
    },
    { title: 'answers that a script decides', calls: scripted, values },
    { title: 'provider tokens', calls: tokensJudged, values: tokenValues },
    {
      title: 'provider tokens of an hour',
      calls: [key, ...tokensAged].join('\n'),
      values: tokenValues,
    },
    { title: 'keys of provider tokens', calls: ofTopics, values: tokenValues },
  ]);
});

let production: Emulator;
beforeAll(async () => {
  production = await openEmulator();
});
afterAll(() => production.close());

test('a script ends the connection with an answer', async () => {
  const emulator = await startTenant();
  await callApi(emulator, '/emulator/apns', await serviceToken(emulator), {
    Reason: 'Shutdown',
    Goaway: true,
  });
  const session = connect(`https://${emulator.apns.host}`, { ca: emulator.apns.ca });
  const stream = session.request({ ':method': 'POST', ':path': `/3/device/${token}` });
  const refused = once(stream, 'close').catch((error: unknown) => error);
  const closed = once(session, 'close');
  stream.end(JSON.stringify(payload));
  const [code, , data] = await once(session, 'goaway');
  expect([code, String(data)]).toEqual([0, '{"reason":"Shutdown"}']);
  expect(await refused).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
  await closed;
});

describe('the connection', () => {
  const portOf = ({ apns }: Emulator) => Number(apns.host.split(':')[1]);
  const errorOf = (stream: {
    once(name: string, listener: (...words: unknown[]) => void): unknown;
  }) => new Promise((resolve) => stream.once('error', resolve));

  test('is vouched for by an authority of its own, under the names localhost and 127.0.0.1, and else not trusted', async () => {
    const { ca } = production.apns;
    const authority = new X509Certificate(ca);
    const { subject } = authority;
    expect([authority.ca, subject, authority.verify(authority.publicKey)]).toEqual([
      ...[true, 'CN=mfa-cli emulator CA', true],
    ]);
    for (const servername of ['localhost', '']) {
      const socket = connectTls({
        ...{ host: '127.0.0.1', port: portOf(production), ca, servername, ALPNProtocols: ['h2'] },
      });
      await once(socket, 'secureConnect');
      expect(socket.alpnProtocol).toBe('h2');
      socket.destroy();
    }
    const error = await errorOf(connect(`https://${production.apns.host}`));
    expect(error).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  test('speaks HTTP/2 alone', async () => {
    const { ca } = production.apns;
    const options = {
      host: '127.0.0.1',
      port: portOf(production),
      ca,
      ALPNProtocols: ['http/1.1'],
    };
    const code = 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';
    expect(await errorOf(connectTls(options))).toMatchObject({ code });
  });

  test('ends with the emulator', async () => {
    const emulator = await startTenant();
    const session = connect(`https://${emulator.apns.host}`, { ca: emulator.apns.ca });
    session.on('error', () => {});
    await once(session, 'connect');
    await emulator.close();
    const refused = { cause: { code: 'ECONNREFUSED' } };
    await expect(post(emulator, null, { ':path': '/' })).rejects.toMatchObject(refused);
  });

  test('wants a port that is free, and leaves no tenant behind without it', async () => {
    const [taken, port] = [portOf(production), await freePort()];
    await expect(startTenant({ port, apns: { port: taken } })).rejects.toMatchObject({
      code: 'usage',
      message: `Port ${taken} of 127.0.0.1 is in use by another program`,
    });
    expect((await startTenant({ port })).url).toBe(`http://127.0.0.1:${port}`);
  });
});

test('a push waits for its phone', async () => {
  const emulator = await startTenant();
  const bearer = await signInAs(emulator, emulator.user.user);
  await callApi(emulator, '/Device/EnrollIosDevice', bearer, {
    Udid: 'one',
    Name: 'phone',
    OSVersion: '18.0',
  });
  const registration = { DeviceID: 'one', ClientPushToken: base64Of('ab') };
  await callApi(emulator, '/IosAppRest/UpdateDevSettings', bearer, registration);
  const take = async (body: object = {}) =>
    (await callApi(emulator, '/emulator/pushes', bearer, { DeviceToken: token, ...body })).body
      .Result;
  expect(await take()).toBeNull();
  const waiting = take({ Wait: 30 });
  await post(emulator, await pemOf('30-prod'), { ':path': `/3/device/${token}`, 'apns-id': id });
  expect(await waiting).toEqual({ payload, topic, apnsId: id });
  expect(await take()).toBeNull();
});

const queued = (apnsId: number) => ({
  topic: 'com.example.lab',
  payload: {},
  apnsId: String(apnsId),
});
const here = new AbortController().signal;

test('a queue keeps the last hundred pushes of a token', async () => {
  const queue = new PushQueue();
  for (let id = 0; id <= 100; id++) queue.put('one', queued(id));
  expect(await queue.take('one', 0, here)).toEqual(queued(1));
  expect(await queue.take('two', 0, here)).toBeNull();
});

test('tokens that nobody asks for any more make room', async () => {
  const queue = new PushQueue();
  for (let id = 0; id <= 1000; id++) queue.put(`token ${id}`, queued(id));
  expect(await queue.take('token 0', 0, here)).toBeNull();
  expect(await queue.take('token 1', 0, here)).toEqual(queued(1));
});

test('of two who wait, one gets the push and the other goes on waiting', async () => {
  const queue = new PushQueue();
  const waiting = [queue.take('one', 60_000, here), queue.take('one', 60_000, here)];
  queue.put('one', queued(1));
  queue.put('one', queued(2));
  expect(await Promise.all(waiting)).toEqual([queued(1), queued(2)]);
});

test('nobody who has gone gets one', async () => {
  const queue = new PushQueue();
  const gone = new AbortController();
  const waiting = queue.take('one', 60_000, gone.signal);
  gone.abort();
  expect(await waiting).toBeNull();
  queue.put('one', queued(1));
  expect(await queue.take('one', 0, gone.signal)).toBeNull();
  expect(await queue.take('one', 0, here)).toEqual(queued(1));
});
