import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeTokenKey } from '../../src/apple/provider-token.ts';
import { openTestApns, pushOf, startApns } from '../support/apns.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { failureOf } from '../support/http.ts';
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

  test.each<[string, string | Uint8Array, string]>([
    ['an RSA key', rsa.export(pkcs8), 'holds an RSA key: a .p8 key of Apple is on the curve P-256'],
    [
      'another curve',
      other.export(pkcs8),
      'holds a key on secp384r1: a .p8 key of Apple is on the curve P-256',
    ],
    ['another kind of key', curve.export(pkcs8), 'holds a key of the type ed25519: a .p8 key of Apple is on'],
    [
      'encrypted',
      privateKey.export(sealed),
      'is an encrypted private key: a .p8 key of Apple has no password',
    ],
    [
      'SEC 1',
      privateKey.export({ type: 'sec1', format: 'pem' }),
      'is not a .p8 key: it holds EC PRIVATE KEY in PEM',
    ],
    [
      'PKCS #1',
      rsa.export({ type: 'pkcs1', format: 'pem' }),
      'is not a .p8 key: it holds RSA PRIVATE KEY in PEM',
    ],
    ['the public half', publicPem, 'is not a .p8 key: it holds PUBLIC KEY in PEM'],
    ['two keys', `${pem}${pem}`, 'is not a .p8 key: it holds PRIVATE KEY, PRIVATE KEY in PEM'],
    ['a .p12', p12Bytes('01-default-aes256'), 'is a .p12, not a .p8 key: give it with --p12'],
    [
      'DER',
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      'is not a .p8 key: it looks like a private key',
    ],
    ['damaged', pem.replace(/\nM.{20}/, '\nM'), 'is damaged: its private key cannot be read'],
    ['cut off', pem.slice(0, 120), 'is cut off: its PEM block has no end'],
    ['cut off in its first line', pem.slice(0, 20), 'is cut off: its PEM block has no end'],
    ['a web page', '<!doctype html>', 'is not a .p8 key: it looks like a web page (HTML)'],
    ['nothing', '', 'is not a .p8 key: it is empty'],
  ])('that is %s is refused', async (_case, content, words) => {
    const bytes = Buffer.from(content);
    const failure = await failureOf(async () => decodeTokenKey({ name: 'k.p8', bytes }));
    expect(failure.slice(0, `key-not-recognised: k.p8 ${words}`.length)).toBe(
      `key-not-recognised: k.p8 ${words}`,
    );
  });
});

describe('a provider token', () => {
  /** The tokens of pushes over one connection at these times. */
  async function tokensAt(...times: readonly string[]) {
    const apns = await startApns([{ status: 200 }]);
    let clock = new Date();
    const client = openTestApns(apns.host, { now: () => clock }, tokenKey);
    for (const time of times) {
      clock = new Date(`2026-11-24T${time}Z`);
      await client.send(pushOf());
    }
    client.close();
    expect([apns.connections(), apns.received[0]?.certificates]).toEqual([1, []]);
    const tokens = apns.received.map(({ headers: { authorization = '' } }) =>
      authorization.replace(/^bearer /, ''),
    );
    // Nobody who traces the pushes sees it.
    expect(client.lines).toHaveLength(times.length);
    for (const token of tokens) expect(client.lines.join()).not.toContain(token.split('.')[2]);
    return tokens;
  }

  const seconds = (time: string): number => Date.parse(`2026-11-24T${time}Z`) / 1000;

  test('is signed with ES256, and names key, team and time', async () => {
    const [token = ''] = await tokensAt('16:07:03');
    expect(readToken(token, publicKey)).toEqual({
      header: { alg: 'ES256', kid: keyId },
      claims: { iss: teamId, iat: seconds('16:00:00') },
      signed: true,
    });
    expect(readToken(token, createTokenKey().publicKey).signed).toBe(false);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['is kept for 45 minutes', ['16:00:00', '16:44:59', '16:45:00'], ['16:00:00', '16:00:00', '16:30:00']],
    ['is never older than that', ['16:29:59', '16:45:00', '17:15:00'], ['16:00:00', '16:30:00', '17:00:00']],
    ['follows a clock that is set back', ['16:31:00', '16:05:00'], ['16:30:00', '16:00:00']],
  ])('%s', async (_case, times, issued) => {
    const tokens = await tokensAt(...times);
    expect(tokens.map((token) => readToken(token, publicKey).claims)).toEqual(
      issued.map((time) => ({ iss: teamId, iat: seconds(time) })),
    );
    expect(new Set(tokens).size).toBe(new Set(issued).size);
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
