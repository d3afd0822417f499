import { EventEmitter, once } from 'node:events';
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
import { testCases } from '../support/cases.ts';
import { mayBecomeAnother, requestAs, stranger } from '../support/second-user.ts';

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n';
const target = 'https://a.test/authorize?state=s';

testCases('programs/one-time-address', {
  'ownerIn: connections of the system, as address, address, state and user': (
    connections: string[],
  ) => {
    const rows = ['0100007F:20D0 00000000:0000 0A 7', ...connections].map((connection) => {
      const [from, to, state, owner] = connection.split(' ');
      return `   0: ${from} ${to} ${state} 00000000:00000000 00:00000000 00000000 ${owner}        0 12345 1 0000000000000000 100 0 0 10 0\n`;
    });
    return ownerIn(head + rows.join(''), '127.0.0.1', 50_000, 8400);
  },
  'judgePeer: its user, and this one': (owner: number | null, own: number | null) =>
    judgePeer(owner, own ?? undefined, 65_534),
  'what a one-time address leads to its target': (peers: readonly Peer[]) => {
    const { path, visit } = createOneTimeAddress(target);
    expect(path).toMatch(/^\/[\w-]{43}$/);
    const headers = {
      location: target,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    };
    return peers.map((peer) => {
      const answer = visit(peer);
      expect([null, headers]).toContainEqual(answer);
      return answer !== null;
    });
  },
  'isTopLevelNavigation: a person sees it': isTopLevelNavigation,
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

  test('knows nobody at a connection that has ended', () => {
    const accepting = new EventEmitter() as Server;
    const peerOf = watchPeers(accepting);
    const ends = { remoteAddress: '127.0.0.1', remotePort: 50_000, localPort: 8400 };
    for (const name of Object.keys(ends)) {
      const socket = { ...ends, [name]: undefined } as never;
      accepting.emit('connection', socket);
      expect(peerOf(socket)).toBe('unknown');
    }
  });

  test.runIf(mayBecomeAnother)(
    'knows another user, from any address, whole or half closed (only root may become one)',
    async () => {
      for (const halfClosed of [false, true])
        for (const from of ['127.0.0.1', '127.0.0.2'])
          expect(await requestAs(stranger, address, { halfClosed, from })).toContain(
            'It is other.',
          );
      expect(await requestAs(65_534, address)).toContain('It is unknown.');
    },
  );
});

test('no two one-time addresses are the same', () => {
  expect(createOneTimeAddress('x').path).not.toBe(createOneTimeAddress('x').path);
});
