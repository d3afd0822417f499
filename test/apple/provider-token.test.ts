import { generateKeyPairSync } from 'node:crypto';
import { sensitiveHeaders } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { decodeTokenKey } from '../../src/apple/provider-token.ts';
import { openTestApns, pushOf, startApns } from '../support/apns.ts';
import { testCases } from '../support/cases.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { createTokenKey, keyId, readToken, teamId } from '../support/token-key.ts';

const { privateKey, publicKey, pem, publicPem } = createTokenKey();
const tokenKey = { tokenKey: privateKey, keyId, teamId };

/** Key pairs in every wrong form. */
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const sealed = { ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const curve = generateKeyPairSync('ed25519').privateKey;

describe('a .p8 file', () => {
  test.each([
    ['as Apple issues it', pem],
    ['with the line breaks of Windows', pem.replaceAll('\n', '\r\n')],
    ['without a line break at its end', pem.trimEnd()],
  ])('%s is read', (_case, content) => {
    const key = decodeTokenKey({ name: 'k.p8', bytes: Buffer.from(content) });
    expect(key.equals(privateKey)).toBe(true);
  });
});

const contents: Readonly<Record<string, string | Uint8Array>> = {
  'an RSA key': rsa.export(pkcs8),
  'another curve': other.export(pkcs8),
  'another kind of key': curve.export(pkcs8),
  encrypted: privateKey.export(sealed),
  'SEC 1': privateKey.export({ type: 'sec1', format: 'pem' }),
  'PKCS #1': rsa.export({ type: 'pkcs1', format: 'pem' }),
  'the public half': publicPem,
  'two keys': `${pem}${pem}`,
  'a .p12': p12Bytes('01-default-aes256'),
  DER: privateKey.export({ type: 'pkcs8', format: 'der' }),
  damaged: pem.replace(/\nM.{20}/, '\nM'),
  'cut off': pem.slice(0, 120),
  'cut off in its first line': pem.slice(0, 20),
  'a web page': '<!doctype html>',
  nothing: '',
};

testCases('apple/token-keys', {
  'a file that is no .p8 key of Apple': (name: string) =>
    decodeTokenKey({ name: 'k.p8', bytes: Buffer.from(contents[name] ?? expect.fail(name)) }),
});

describe('a provider token', () => {
  /** The token of a push at that time. */
  async function tokenAt(time: string): Promise<string> {
    const apns = await startApns([{ status: 200 }]);
    const client = openTestApns(
      apns.host,
      { now: () => new Date(`2026-11-24T${time}Z`) },
      tokenKey,
    );
    await client.send(pushOf());
    client.close();
    expect([apns.connections(), apns.received[0]?.certificates]).toEqual([1, []]);
    // Neither end of the connection keeps it, as RFC 7541 §7.1 asks.
    expect(apns.received[0]?.headers).toMatchObject({ [sensitiveHeaders]: ['authorization'] });
    const token = apns.received[0]?.headers.authorization?.replace(/^bearer /, '') ?? '';
    // Nobody who traces the pushes sees it.
    expect(client.lines).toHaveLength(1);
    expect(client.lines.join()).not.toContain(token.split('.')[2]);
    return token;
  }

  const seconds = (time: string): number => Date.parse(`2026-11-24T${time}Z`) / 1000;

  test('is signed with ES256, and names key, team and time', async () => {
    const token = await tokenAt('16:07:03');
    expect(readToken(token, publicKey)).toEqual({
      header: { alg: 'ES256', kid: keyId },
      claims: { iss: teamId, iat: seconds('16:00:00') },
      signed: true,
    });
    expect(readToken(token, createTokenKey().publicKey).signed).toBe(false);
  });

  test.each([
    ['16:29:59', '16:00:00'],
    ['16:30:00', '16:30:00'],
  ])('of %s is that of %s', async (time, expected) => {
    expect(readToken(await tokenAt(time), publicKey).claims).toMatchObject({
      iat: seconds(expected),
    });
  });

  test('that changes too often is not sent again', async () => {
    const often = { status: 429, body: { reason: 'TooManyProviderTokenUpdates' } };
    const apns = await startApns([often, { status: 200 }]);
    const client = openTestApns(apns.host, {}, tokenKey);
    expect(await client.send(pushOf({ retry: true }))).toMatchObject({ status: 429 });
    expect(apns.received).toHaveLength(1);
    client.close();
  });
});
