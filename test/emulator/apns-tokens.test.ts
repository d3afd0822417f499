import { createHmac, generateKeyPairSync } from 'node:crypto';
import apn from '@parse/node-apn';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTokenJudge } from '../../src/emulator/apns/provider-tokens.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { createTokenKey, keyId, teamId, tokenOf } from '../support/token-key.ts';
import { pemOf, post } from './apns-client.ts';

const topic = 'com.example.app';
const { privateKey, pem, publicPem, publicKey } = createTokenKey();
const now = Math.floor(Date.now() / 1000);
const header = { alg: 'ES256', kid: keyId };
const claims = { iss: teamId, iat: now };
const good = tokenOf(privateKey, header, claims);
const key = { KeyId: keyId, TeamId: teamId, PublicKey: publicPem };

let emulator: Emulator;
let bearer: string;
beforeEach(async () => {
  emulator = await openEmulator({ now: () => new Date(now * 1000) });
  bearer = await serviceToken(emulator);
});
afterEach(() => emulator.close());

const tell = (body: object) => callApi(emulator, '/emulator/apns-key', bearer, body);
const send = async (token: string | null, headers: object = {}, certificate: string | null = null) => {
  const authorization = token === null ? {} : { authorization: token };
  const path = { ':path': `/3/device/${'0'.repeat(64)}`, 'apns-topic': topic };
  const { status, body } = await post(emulator, certificate, { ...path, ...authorization, ...headers });
  return [status, (body as { reason: string }).reason];
};

/** Signed with the public key as the secret of an HMAC. */
function confused(): string {
  const [first, second] = good.split('.');
  const signed = `${Buffer.from(JSON.stringify({ ...header, alg: 'HS256' })).toString('base64url')}.${second}`;
  expect(first).not.toBe('');
  return `${signed}.${createHmac('sha256', publicPem).update(signed).digest('base64url')}`;
}

const tampered = (): string => {
  const [first, , signature] = good.split('.');
  return `${first}.${Buffer.from(JSON.stringify({ ...claims, iat: now - 1 })).toString('base64url')}.${signature}`;
};
const signed = (more: object, head: object = {}): string =>
  `bearer ${tokenOf(privateKey, { ...header, ...head }, { ...claims, ...more })}`;

describe('a provider token', () => {
  test.each<[string, string | null, number, string]>([
    ['is taken', `bearer ${good}`, 400, 'BadDeviceToken'],
    ['is taken under Bearer', `Bearer ${good}`, 400, 'BadDeviceToken'],
    ['is taken with an hour', signed({ iat: now - 3600 }), 400, 'BadDeviceToken'],
    ['is too old', signed({ iat: now - 3601 }), 403, 'ExpiredProviderToken'],
    ['is of the future', signed({ iat: now + 1 }), 403, 'InvalidProviderToken'],
    ['has no time', signed({ iat: undefined }), 403, 'InvalidProviderToken'],
    ['has its time as text', signed({ iat: String(now) }), 403, 'InvalidProviderToken'],
    ['is of another team', signed({ iss: 'Z1B2C3D4E5' }), 403, 'InvalidProviderToken'],
    ['is of another key', signed({}, { kid: 'ZBC123DEFG' }), 403, 'InvalidProviderToken'],
    ['says another algorithm', signed({}, { alg: 'ES384' }), 403, 'InvalidProviderToken'],
    ['is signed with an HMAC', `bearer ${confused()}`, 403, 'InvalidProviderToken'],
    ['is signed for other claims', `bearer ${tampered()}`, 403, 'InvalidProviderToken'],
    ['is not signed', `bearer ${good.replace(/[^.]+$/, '')}`, 403, 'InvalidProviderToken'],
    ['is no token', 'bearer abc', 403, 'InvalidProviderToken'],
    ['comes in another scheme', `basic ${good}`, 403, 'InvalidProviderToken'],
    ['is missing', null, 403, 'MissingProviderToken'],
    ['is empty', 'bearer', 403, 'MissingProviderToken'],
  ])('%s', async (_case, token, status, reason) => {
    await tell(key);
    expect(await send(token)).toEqual([status, reason]);
  });

  test('needs a topic, one of those of its key', async () => {
    await tell({ ...key, Topics: [topic] });
    expect(await send(`bearer ${good}`)).toEqual([400, 'BadDeviceToken']);
    expect(await send(`bearer ${good}`, { 'apns-topic': undefined })).toEqual([400, 'MissingTopic']);
    expect(await send(`bearer ${good}`, { 'apns-topic': `${topic}.other` })).toEqual([
      400,
      'TopicDisallowed',
    ]);
  });

  test('changes at most every 20 minutes; the same time is the same token', async () => {
    await tell(key);
    const reasons: unknown[] = [];
    for (const age of [3000, 3000, 1800, 1801, 3000, 601, 600])
      reasons.push((await send(signed({ iat: now - age })))[1]);
    const [taken, often] = ['BadDeviceToken', 'TooManyProviderTokenUpdates'];
    expect(reasons).toEqual([taken, taken, taken, often, taken, often, taken]);
    expect(await send(signed({ iat: now }))).toEqual([429, often]);
  });

  test('of a connection with a certificate does not count', async () => {
    const certificate = await pemOf('01-default-aes256');
    expect(await send('bearer abc', { 'apns-topic': 'com.example.lab' }, certificate)).toEqual([
      ...[400, 'BadDeviceToken'],
    ]);
  });

  test('of @parse/node-apn is taken', async () => {
    await tell({ ...key, PublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') });
    const [address = '', port] = emulator.apns.host.split(':');
    // It makes its token when it is made.
    vi.setSystemTime(now * 1000);
    const provider = new apn.Provider({
      ...{ token: { key: Buffer.from(pem), keyId, teamId }, address, port: Number(port) },
      ca: [Buffer.from(emulator.apns.ca)],
      production: true,
    } as apn.ProviderOptions);
    const notification = Object.assign(new apn.Notification({ aps: { alert: 'x' } }), { topic });
    vi.useRealTimers();
    const { failed } = await provider.send(notification, '0'.repeat(64));
    await provider.shutdown();
    expect(failed[0]?.response).toEqual({ reason: 'BadDeviceToken' });
  });
});

describe('a key', () => {
  test.each<[string, object, string]>([
    ['a key ID', { KeyId: 'abc' }, 'KeyId must have ten characters of A to Z and 0 to 9.'],
    ['a team ID', { TeamId: '' }, 'The required parameter TeamId is missing.'],
    ['a public key, not a private one', { PublicKey: pem }, 'PublicKey must be the public half of a .p8'],
    [
      'a key on P-256',
      {
        PublicKey: generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({
          type: 'spki',
          format: 'pem',
        }),
      },
      'PublicKey must be the public half of a .p8',
    ],
    ['a list of topics', { Topics: topic }, 'Topics must be a list of texts.'],
  ])('is told with %s', async (_case, more, Message) => {
    const { body } = await tell({ ...key, ...more });
    expect(body).toMatchObject({ success: false, Message: expect.stringContaining(Message) });
  });

  test('is one of a thousand', () => {
    const judge = createTokenJudge();
    const add = (number: number) => judge.add({ keyId: `${number}`, teamId, publicKey, topics: null });
    for (let number = 0; number < 1000; number++) expect(add(number)).toBe(true);
    expect([add(1000), add(999)]).toEqual([false, true]);
  });
});
