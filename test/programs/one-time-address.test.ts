import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createOneTimeAddress,
  isTopLevelNavigation,
  judgePeer,
  ownerIn,
  type Peer,
  watchPeers,
} from '../../src/programs/one-time-address.ts';
import { mayBecomeAnother, requestAs, stranger } from '../support/second-user.ts';

describe('who owns the other end of a connection', () => {
  const row = (from: string, to: string, state: string, owner: number) =>
    `   0: ${from} ${to} ${state} 00000000:00000000 00:00000000 00000000 ${owner}        0 12345 1 0000000000000000 100 0 0 10 0\n`;
  const [client, server, v6] = ['0100007F:C350', '0100007F:20D0', '0000000000000000FFFF00000100007F'];
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n';
  const listening = row(server, '00000000:0000', '0A', 7);

  test.each<[string, string, number | null]>([
    ['an established one', row(client, server, '01', 1000), 1000],
    ['one that the client has half closed', row(client, server, '05', 1000), 1000],
    ['within IPv6', row(`${v6}:C350`, `${v6}:20D0`, '01', 1000), 1000],
    ['behind others', row('0100007F:C351', server, '01', 1) + row(client, server, '01', 1000), 1000],
    ['our own end', row(server, client, '01', 1000), null],
    ['one that nobody holds', row(client, server, '06', 1000), null],
    ['one to another port', row(client, '0100007F:20D1', '01', 1000), null],
    ['one of another address', row('0200007F:C350', server, '01', 1000), null],
    ['one of a longer address', row(`F${client}`, server, '01', 1000), null],
    ['no row at all', '', null],
  ])('%s', (_case, rows, owner) => {
    expect(ownerIn(head + listening + rows, '127.0.0.1', 50_000, 8400)).toBe(owner);
  });

  test.each<[string, number | null, number | undefined, Peer]>([
    ['nobody that the system names', null, 1000, 'unknown'],
    ['somebody on a system without numbers', 1000, undefined, 'unknown'],
    ['this user', 1000, 1000, 'own'],
    ['root, who is this user', 0, 0, 'own'],
    ['root', 0, 1000, 'unknown'],
    ['the overflow user', 65_534, 1000, 'unknown'],
    ['another user', 1001, 1000, 'other'],
    ['another user than root', 1000, 0, 'other'],
  ])('%s', (_case, owner, own, peer) => {
    expect(judgePeer(owner, own, 65_534)).toBe(peer);
  });
});

describe.runIf(process.platform === 'linux')('a server that looks', () => {
  let server: Server;
  let address: string;
  beforeEach(async () => {
    server = createServer(({ socket }, response) => response.end(`It is ${peerOf(socket)}.`));
    const peerOf = watchPeers(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => server.close());

  test('knows its own user, by either family of addresses', async () => {
    expect(await (await fetch(address)).text()).toBe('It is own.');
    const socket = connect(Number(new URL(address).port), '::ffff:127.0.0.1');
    socket.end(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let told = '';
    for await (const chunk of socket) told += chunk;
    expect(told).toContain('It is own.');
  });

  test.runIf(mayBecomeAnother)(
    'knows another user, from any address, whole or half closed (only root may become one)',
    async () => {
      for (const halfClosed of [false, true])
        for (const from of ['127.0.0.1', '127.0.0.2'])
          expect(await requestAs(stranger, address, { halfClosed, from })).toContain('It is other.');
      expect(await requestAs(65_534, address)).toContain('It is unknown.');
    },
  );
});

test.each<[string, readonly Peer[], readonly boolean[]]>([
  ['this user as often as it likes', ['own', 'own', 'own'], [true, true, true]],
  ['somebody once', ['unknown', 'unknown', 'unknown'], [true, false, false]],
  ['this user not after somebody', ['unknown', 'own'], [true, false]],
  ['nobody after this user', ['own', 'unknown', 'own'], [true, false, false]],
])('a one-time address leads %s to its target', (_case, peers, led) => {
  const { path, visit } = createOneTimeAddress('https://a.test/authorize?state=s');
  expect(path).toMatch(/^\/[\w-]{43}$/);
  const headers = {
    location: 'https://a.test/authorize?state=s',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
  expect(peers.map(visit)).toEqual(led.map((one) => (one ? headers : null)));
});

test('no two one-time addresses are the same', () => {
  expect(createOneTimeAddress('x').path).not.toBe(createOneTimeAddress('x').path);
});

const window = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

test.each<[string, Record<string, string>, boolean]>([
  ['a window', window, true],
  ['a window that a stranger’s page sent', { ...window, 'sec-fetch-site': 'cross-site' }, true],
  ['a window that the system opened', { ...window, 'sec-fetch-site': 'none', 'sec-fetch-user': '?1' }, true],
  ['a browser that does not say', {}, true],
  ['an embedded page', { ...window, 'sec-fetch-dest': 'iframe' }, false],
  ['an embedded object', { ...window, 'sec-fetch-dest': 'object' }, false],
  ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, false],
  ['a script’s fetch', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, false],
  ['a fetch of Node.js', { 'sec-fetch-mode': 'cors' }, false],
  ['a WebSocket', { 'sec-fetch-mode': 'websocket' }, false],
  ['a destination alone', { 'sec-fetch-dest': 'image' }, false],
  ['a page prefetched for a window', { ...window, 'sec-purpose': 'prefetch' }, false],
  ['a page prerendered', { ...window, 'sec-purpose': 'prefetch;prerender' }, false],
  ['a page prefetched by an older browser', { ...window, purpose: 'prefetch' }, false],
  ['a preview', { 'x-purpose': 'preview' }, false],
  ['a page prefetched by an old Firefox', { 'x-moz': 'prefetch' }, false],
  ['a header twice', { ...window, 'sec-fetch-dest': 'document, document' }, false],
])('whether a person sees it: %s', (_name, headers, expected) => {
  expect(isTopLevelNavigation(headers)).toBe(expected);
});
