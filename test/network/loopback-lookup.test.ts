import { expect, test } from 'vitest';
import { lookupLoopback } from '../../src/network/tunnel.ts';

/** What a connection is given for a host name. */
function addressesOf(hostname: string, all: boolean): Promise<unknown> {
  return new Promise((resolve) => lookupLoopback(hostname, { all }, (...found) => resolve(found)));
}

test('a name below localhost is this machine', async () => {
  expect(await addressesOf('tenant-1.localhost', false)).toEqual([null, '127.0.0.1', 4]);
  expect(await addressesOf('tenant-1.localhost', true)).toEqual([
    null,
    [{ address: '127.0.0.1', family: 4 }],
  ]);
});

test('the system tells what any other name is', async () => {
  expect(await addressesOf('127.0.0.2', false)).toEqual([null, '127.0.0.2', 4]);
});
