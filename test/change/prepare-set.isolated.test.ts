import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type GivenSet, judgeSet } from '../../src/change/prepare-set.ts';
import { nowhere } from '../../src/errors/hint.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import { testNow } from '../support/context.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A person signs in, and only then is known where. */
vi.mock('../../src/change/open-or-sign-in.ts', () => ({
  openOrSignIn: async () => ({ tenant: 'https://a.example' }),
}));

test('no stand-in on this machine judges a certificate for a tenant that a person signs in to', async () => {
  const password = new Secret('secret');
  const file = { name: 'a.p12', path: null, bytes: p12Bytes('01-default-aes256') };
  const identity = await readPushIdentity(file, password, unbounded);
  const given: GivenSet = {
    opened: { identity, password },
    settings: { tenant: null, clientAppKey: 'lab' } as never,
    terms: {
      now: testNow,
      to: nowhere,
      apns: { topic: null, environment: null, host: '127.0.0.1:9' },
      judging: { warnDays: 30, failOn: 'error', force: false },
      verify: 'if-reachable',
      dryRun: false,
      yes: true,
      refresh: false,
      sendAs: null,
      owner: null,
      ticket: null,
      keyFrom: 'given',
      record: null,
    },
  };
  const context = {
    terminal: { interactive: true },
    profiles: async () => ({ path: join(temporaryDirectory(), 'config.json') }),
  };
  await expect(judgeSet(given, context as never)).rejects.toMatchObject({ code: 'usage' });
});
