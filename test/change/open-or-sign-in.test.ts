import { expect, test } from 'vitest';
import { openOrSignIn } from '../../src/change/open-or-sign-in.ts';
import { Secret } from '../../src/text/secret.ts';
import { memoryHttp } from '../support/memory-http.ts';

test.each([
  [0, 8_000],
  [3_000, 5_000],
  [9_000, 1],
])('of a timeout of 8 s, a wait of %i ms leaves %i', async (waited, expected) => {
  const timeouts: number[] = [];
  const context = {
    env: {},
    terminal: { interactive: false },
    http: async (options: { readonly timeout: number }) => {
      timeouts.push(options.timeout);
      return memoryHttp({ body: '{"success":true}' }).http;
    },
  };
  const settings = {
    tenant: 'https://a.test',
    accessToken: new Secret('token'),
    network: { timeout: 8_000 },
    profile: { session: null },
  };
  await openOrSignIn(settings as never, context as never, waited);
  expect(timeouts).toEqual([expected]);
});
