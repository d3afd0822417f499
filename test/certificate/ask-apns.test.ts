import { expect, test } from 'vitest';
import { type Verifying, verifyBefore } from '../../src/certificate/ask-apns.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';

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
