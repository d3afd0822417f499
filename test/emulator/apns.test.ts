import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { reasons } from '../../src/emulator/apns/judge-push.ts';
import { createPushQueue } from '../../src/emulator/push.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { payload, pemOf, post } from './apns-client.ts';
import { signInOnPage } from './browser.ts';
import { startTenant } from './local-tenant.ts';

const topic = 'com.example.lab';
const token = 'ab'.repeat(32);
const older = 'cd'.repeat(32);
const voipToken = 'ef'.repeat(32);
const id = '8A6D3C0E-3F0B-4C57-9B0B-0C1D2E3F4A5B';
const now = new Date('2026-11-24T16:00:00Z');

/** A stand-in that knows the tokens of one phone of the user. */
async function startApns(environment: 'production' | 'sandbox' = 'production'): Promise<Emulator> {
  const emulator = await openEmulator({ autoApprove: false, apns: { environment }, now: () => now });
  const bearer = await signInOnPage(emulator, emulator.user);
  for (const [udid, ...tokens] of [
    ['one', older, token],
    ['two', voipToken],
  ]) {
    const device = { udid, name: 'phone', osversion: '18.0' };
    await callApi(emulator, '/Device/EnrollIosDevice', bearer, device);
    for (const Token of tokens)
      await callApi(emulator, '/IosAppRest/UpdateDevSettings', bearer, { DeviceID: udid, Token });
  }
  return emulator;
}

/** Shared where a test leaves nothing behind; a push that is taken tells whose token it is. */
let production: Emulator;
let sandbox: Emulator;
beforeAll(async () => {
  [production, sandbox] = await Promise.all([startApns(), startApns('sandbox')]);
});
afterAll(async () => {
  await Promise.all([production.close(), sandbox.close()]);
});

/** One of a test's own. */
async function startOwnApns(): Promise<Emulator> {
  const emulator = await startApns();
  onTestFinished(() => emulator.close());
  return emulator;
}

const asAdministrator = async (emulator: Emulator, path: string, body: object) =>
  callApi(emulator, path, await serviceToken(emulator), body);

interface Request {
  readonly p12?: string | null;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  readonly environment?: 'sandbox';
}

/** A push that is taken, with changes. */
async function send({ p12 = '01-default-aes256', headers = {}, body, environment }: Request) {
  const emulator = environment === undefined ? production : sandbox;
  const pem = p12 === null ? null : await pemOf(p12);
  const good = { ':path': `/3/device/${token}`, 'apns-topic': topic, 'apns-id': id };
  return post(emulator, pem, { ...good, ...headers }, body);
}

const without = (name: string): OutgoingHttpHeaders => ({ [name]: undefined });
const header = (name: string, value: string | string[]): Request => ({ headers: { [name]: value } });
const padded = (bytes: number): string =>
  JSON.stringify({ aps: '' }).replace('""', `"${'x'.repeat(bytes - 10)}"`);

describe('a push is taken', () => {
  const everything = {
    ...{ 'apns-push-type': 'alert', 'apns-priority': '10', 'apns-expiration': '0' },
    'apns-collapse-id': 'x'.repeat(64),
  };
  const voip = { ':path': `/3/device/${voipToken}`, 'apns-topic': `${topic}.voip`, 'apns-push-type': 'voip' };
  test.each<[string, Request]>([
    ['as it is', {}],
    ['with a token in upper case', { headers: { ':path': `/3/device/${token.toUpperCase()}` } }],
    ['for a topic that needs no naming', { p12: '30-prod', headers: without('apns-topic') }],
    ['with everything that it may say', { headers: everything }],
    ['of 4096 bytes', { body: padded(4096) }],
    ['of 5120 bytes over VoIP', { body: padded(5120), headers: voip }],
    ['of a key on a curve', { p12: '30-ec' }],
    ['in the sandbox', { environment: 'sandbox', p12: '30-dev' }],
  ])('%s', async (_name, request) => {
    expect(await send(request)).toEqual({ status: 200, id, body: null });
  });

  test('and gets an identifier where it has none', async () => {
    const { id: made } = await send({ headers: without('apns-id') });
    expect(made).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  });
});

describe('a push is refused for', () => {
  test.each<[keyof typeof reasons, Request]>([
    ['BadPath', { headers: { ':path': '/' } }],
    ['BadPath', { headers: { ':path': `/3/device/${token}/more` } }],
    ['BadPath', { headers: { ':path': `/2/device/${token}` }, p12: null }],
    ['MethodNotAllowed', { headers: { ':method': 'PUT' } }],
    ['MissingDeviceToken', { headers: { ':path': '/3/device/' } }],
    ['MissingDeviceToken', { headers: { ':path': '/3/device' } }],
    ['MissingProviderToken', { p12: null }],
    ['BadCertificate', { p12: '30-exp' }],
    ['BadCertificate', { p12: '30-dist' }],
    ['BadCertificateEnvironment', { p12: '30-dev' }],
    ['BadCertificateEnvironment', { p12: '30-prod', environment: 'sandbox' }],
    ['MissingTopic', { headers: without('apns-topic') }],
    ['BadTopic', header('apns-topic', 'com.example lab')],
    ['TopicDisallowed', header('apns-topic', 'com.example.other')],
    ['DuplicateHeaders', header('apns-priority', ['5', '10'])],
    ['BadPriority', header('apns-priority', '7')],
    ['BadExpirationDate', header('apns-expiration', 'tomorrow')],
    ['BadCollapseId', header('apns-collapse-id', 'x'.repeat(65))],
    ['InvalidPushType', header('apns-push-type', 'letter')],
    ['PayloadEmpty', { body: '' }],
    ['PayloadEmpty', { body: '[]' }],
    ['PayloadEmpty', { body: '{"aps":' }],
    ['PayloadTooLarge', { body: padded(4097) }],
    ['PayloadTooLarge', { body: padded(1_000_000) }],
    ['BadDeviceToken', { headers: { ':path': `/3/device/${'0'.repeat(64)}` } }],
    ['BadDeviceToken', { headers: { ':path': `/3/device/${'12'.repeat(32)}` } }],
    ['BadDeviceToken', { headers: { ':path': '/3/device/no-token' } }],
  ])('%s', async (reason, request) => {
    expect(await send(request)).toEqual({ status: reasons[reason], id, body: { reason } });
  });

  test('BadMessageId, and gets another identifier', async () => {
    const other = expect.stringMatching(/^[0-9A-F-]{36}$/);
    const refused = { status: 400, id: other, body: { reason: 'BadMessageId' } };
    expect(await send(header('apns-id', 'one'))).toEqual(refused);
  });

  test('Unregistered, with the time, where a newer token took its place', async () => {
    const answer = await send({ headers: { ':path': `/3/device/${older}` } });
    expect(answer).toEqual({ status: 410, id, body: { reason: 'Unregistered', timestamp: now.getTime() } });
  });

  test('DeviceTokenNotForTopic, once a push has told whose token it is', async () => {
    const emulator = await startOwnApns();
    const pem = await pemOf('01-default-aes256');
    const of = (name: string) => post(emulator, pem, { ':path': `/3/device/${token}`, 'apns-topic': name });
    expect((await of(topic)).status).toBe(200);
    expect((await of(`${topic}.complication`)).body).toEqual({ reason: 'DeviceTokenNotForTopic' });
  });
});

describe('a script decides the next answers', () => {
  test.each([
    ['BadTopic', 400],
    ['Unregistered', 410],
    ['Shutdown', 503],
  ])('%s, with status %i', async (Reason, status) => {
    await asAdministrator(production, '/emulator/apns', { Reason });
    const body = status === 410 ? { reason: Reason, timestamp: now.getTime() } : { reason: Reason };
    expect(await send({ p12: '30-prod' })).toEqual({ status, id, body });
    expect(await send({ p12: '30-prod' })).toEqual({ status: 200, id, body: null });
  });

  test('as often as it says, in order, until it is taken back', async () => {
    const emulator = await startOwnApns();
    const pem = await pemOf('30-prod');
    const next = async () => (await post(emulator, pem, { ':path': `/3/device/${token}` })).status;
    await asAdministrator(emulator, '/emulator/apns', { Reason: 'NewReason', Status: 418, Times: 2 });
    await asAdministrator(emulator, '/emulator/apns', { Reason: 'Shutdown', Times: 5 });
    expect([await next(), await next(), await next()]).toEqual([418, 418, 503]);
    await asAdministrator(emulator, '/emulator/apns', { Reason: 'Shutdown', Times: 0 });
    expect(await next()).toBe(200);
  });

  test('and ends the connection with it', async () => {
    const emulator = await startOwnApns();
    await asAdministrator(emulator, '/emulator/apns', { Reason: 'Shutdown', Goaway: true });
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

  test.each([
    [{}, 'The required parameter Reason is missing.'],
    [{ Reason: 'Shutdown', Status: 200 }, 'Status must be a whole number from 400 to 599.'],
    [{ Reason: 'Shutdown', Times: 'often' }, 'Times must be a whole number from 0 to 1000.'],
  ])('%j is no script', async (body, Message) => {
    const answer = await asAdministrator(production, '/emulator/apns', body);
    expect(answer.body).toMatchObject({ success: false, Message });
  });
});

describe('the connection', () => {
  const portOf = ({ apns }: Emulator) => Number(apns.host.split(':')[1]);
  const errorOf = (stream: { once(name: string, listener: (...words: unknown[]) => void): unknown }) =>
    new Promise((resolve) => stream.once('error', resolve));

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
    const options = { host: '127.0.0.1', port: portOf(production), ca, ALPNProtocols: ['http/1.1'] };
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
      message: `Cannot listen on port ${taken} (EADDRINUSE)`,
    });
    expect((await startTenant({ port })).url).toBe(`http://127.0.0.1:${port}`);
  });
});

test('a push waits for its phone', async () => {
  const emulator = await startOwnApns();
  const bearer = await signInOnPage(emulator, emulator.user);
  const take = async (body: object = {}) =>
    (await callApi(emulator, '/emulator/pushes', bearer, { DeviceToken: token, ...body })).body.Result;
  expect(await take()).toBeNull();
  const waiting = take({ Wait: 30 });
  await post(emulator, await pemOf('30-prod'), { ':path': `/3/device/${token}`, 'apns-id': id });
  expect(await waiting).toEqual({ payload, topic, apnsId: id });
  expect(await take()).toBeNull();
});

const queued = (apnsId: number) => ({ topic: 'com.example.lab', payload: {}, apnsId: String(apnsId) });
const here = new AbortController().signal;

test('a queue keeps the last hundred pushes of a token', async () => {
  const queue = createPushQueue();
  for (let id = 0; id <= 100; id++) queue.put('one', queued(id));
  expect(await queue.take('one', 0, here)).toEqual(queued(1));
  expect(await queue.take('two', 0, here)).toBeNull();
});

test('tokens that nobody asks for any more make room', async () => {
  const queue = createPushQueue();
  for (let id = 0; id <= 1000; id++) queue.put(`token ${id}`, queued(id));
  expect(await queue.take('token 0', 0, here)).toBeNull();
  expect(await queue.take('token 1', 0, here)).toEqual(queued(1));
});

test('of two who wait, one gets the push and the other goes on waiting', async () => {
  const queue = createPushQueue();
  const waiting = [queue.take('one', 60_000, here), queue.take('one', 60_000, here)];
  queue.put('one', queued(1));
  queue.put('one', queued(2));
  expect(await Promise.all(waiting)).toEqual([queued(1), queued(2)]);
});

test('nobody who has gone gets one', async () => {
  const queue = createPushQueue();
  const gone = new AbortController();
  const waiting = queue.take('one', 60_000, gone.signal);
  gone.abort();
  expect(await waiting).toBeNull();
  queue.put('one', queued(1));
  expect(await queue.take('one', 0, gone.signal)).toBeNull();
  expect(await queue.take('one', 0, here)).toEqual(queued(1));
});
