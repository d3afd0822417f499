import { expect, test } from 'vitest';
import { CertificateRefused } from '../../src/apple/failure.ts';
import { type Verifying, verifyBefore } from '../../src/certificate/ask-apns.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';

const answered = { status: 200, reason: null, apnsId: 'A0B1', timestamp: null };

/** What is told of the certificate where APNs answers so. */
async function verdict(send: () => Promise<typeof answered>) {
  const file = { name: 'a.p12', path: null, bytes: p12Bytes('01-default-aes256') };
  const identity = await readPushIdentity(file, new Secret('secret'), unbounded);
  const apns = async () => ({ send, close: () => {} });
  const context = { apns, terminal: { progress: () => ({ stop: () => {} }) } };
  const given = { topic: null, environment: null, host: null };
  const network = { timeout: 30_000, caFile: null };
  const told = await verifyBefore(
    identity,
    { verify: 'required', apns: given, network },
    context as never,
  );
  return told?.accepted;
}

test.each<[string, object, boolean]>([
  ['a push that is taken', {}, true],
  ['the device token alone', { status: 400, reason: 'BadDeviceToken', apnsId: null }, true],
  ['a 200 that APNs has not signed with an apns-id', { apnsId: null }, false],
  ['another reason', { status: 403, reason: 'BadCertificate' }, false],
  ['no reason', { status: 403, apnsId: null }, false],
])('of %s, a certificate is accepted: %j %s', async (_what, answer, expected) => {
  expect(await verdict(async () => ({ ...answered, ...answer }))).toBe(expected);
});

test('a certificate that TLS refuses is not accepted', async () => {
  const refused = new CertificateRefused('api.push.apple.com', 44, null);
  expect(await verdict(() => Promise.reject(refused))).toBe(false);
});

test.each<[Verifying, number, number]>([
  ['required', 30_000, 30_000],
  ['if-reachable', 30_000, 3_000],
  ['if-reachable', 2_000, 2_000],
])(
  'asked with verify %s and a timeout of %i ms, APNs has %i',
  async (verify, timeout, expected) => {
    const file = { name: 'a.p12', path: null, bytes: p12Bytes('01-default-aes256') };
    const identity = await readPushIdentity(file, new Secret('secret'), unbounded);
    const timeouts: number[] = [];
    const answer = { status: 400, reason: 'BadDeviceToken', apnsId: null, timestamp: null };
    const apns = async (options: { readonly timeout: number }) => {
      timeouts.push(options.timeout);
      return { send: async () => answer, close: () => {} };
    };
    const context = { apns, terminal: { progress: () => ({ stop: () => {} }) } };
    const given = { topic: null, environment: null, host: null };
    const network = { timeout, caFile: null };
    const terms = { verify, apns: given, network };
    const told = await verifyBefore(identity, terms, context as never);
    expect([told?.accepted, timeouts]).toEqual([true, [expected]]);
  },
);
