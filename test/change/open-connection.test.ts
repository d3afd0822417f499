import { expect, test } from 'vitest';
import { openConnection } from '../../src/change/open-connection.ts';
import { Secret } from '../../src/text/secret.ts';
import { connectionTo } from '../auth/examples.ts';
import { memoryHttp } from '../support/memory-http.ts';

test.each([
  [8_000, 2_000],
  [60_000, 5_000],
])('of a timeout of %i ms, an optional question takes %i', async (timeout, expected) => {
  const timeouts: number[] = [];
  const http = async (options: { readonly timeout: number }) => {
    timeouts.push(options.timeout);
    return memoryHttp({ body: '{"success":true}' }).http;
  };
  const settings = { network: { timeout }, profile: { session: null } } as never;
  const connection = connectionTo('https://a.test', { accessToken: new Secret('token') });
  const open = await openConnection(connection, settings, { http } as never);
  expect(await open.askHeld('key')).toMatchObject({ outcome: 'unknown' });
  expect(timeouts).toEqual([timeout, expected]);
});
