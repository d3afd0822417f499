import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  judgeOwners,
  type OwnerRules,
  type Peer,
  strictRules,
  watchPeers,
} from '../../src/programs/owners.ts';
import { socketsBetween } from '../../src/programs/socket-table.ts';
import { testCases } from '../support/cases.ts';
import {
  mayBecomeAnother,
  namesOwners,
  requestAndLeave,
  requestAs,
  stranger,
} from '../support/second-user.ts';
import { socketTable } from '../support/socket-tables.ts';

const near = { address: '127.0.0.1', port: 50_000 };
const far = { address: '127.0.0.1', port: 8400 };

interface GivenUsers {
  readonly own?: number;
  readonly sudo?: number;
  readonly unmapped?: number;
}

const usersOf = ({ own = 1000, sudo, unmapped }: GivenUsers = {}) => ({
  own,
  sudo: sudo ?? null,
  unmapped: unmapped ?? null,
});

testCases('programs/owners', {
  'judgeOwners: who comes to port 8400 from port 50000, by state, user and inode': (
    rows: string[],
    users?: GivenUsers,
  ) => {
    const table = socketTable(rows.map((row) => `0100007F:C350 0100007F:20D0 ${row}`));
    return judgeOwners(socketsBetween(table, near, far), usersOf(users));
  },
});

/** The rules of a relay. */
const lenient: OwnerRules = { ...strictRules, acceptsUnknown: true };

describe('a server that looks', () => {
  let peers: Peer[];
  let arrived: EventEmitter;
  async function open(rules: OwnerRules): Promise<string> {
    const server = createServer(({ socket }, response) => {
      const peer = peerOf(socket);
      peers.push(peer);
      arrived.emit('peer');
      response.end(`It is ${peer}.`);
    });
    const peerOf = watchPeers(server, rules);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  beforeEach(() => {
    peers = [];
    arrived = new EventEmitter();
  });

  test.runIf(namesOwners)('knows its own user, by either family of addresses', async () => {
    const address = await open(strictRules);
    expect(await (await fetch(address)).text()).toBe('It is own.');
    const socket = connect(Number(new URL(address).port), '::ffff:127.0.0.1');
    socket.end(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let told = '';
    for await (const chunk of socket) told += chunk;
    expect(told).toContain('It is own.');
  });

  test.runIf(!namesOwners)('claims nothing where the system does not tell', async () => {
    expect(await (await fetch(await open(strictRules))).text()).toBe('It is unproven.');
  });

  test.runIf(namesOwners)('knows nobody who has gone before, and looks once', async () => {
    for (const [rules, peer] of [
      [strictRules, 'unknown'],
      [lenient, 'unproven'],
    ] as const) {
      const address = await open(rules);
      requestAndLeave(null, address);
      await once(arrived, 'peer');
      expect(peers.splice(0)).toEqual([peer]);
    }
  });

  test.runIf(namesOwners)('knows nobody at a connection that has ended', () => {
    const server = new EventEmitter() as Server;
    const peerOf = watchPeers(server, strictRules);
    server.emit('listening');
    const ends = { remoteAddress: '127.0.0.1', remotePort: 50_000, localPort: 8400 };
    for (const name of [...Object.keys(ends), 'localAddress'])
      expect(peerOf({ localAddress: '127.0.0.1', ...ends, [name]: undefined } as never)).toBe(
        'unknown',
      );
    server.emit('close');
  });

  test.runIf(mayBecomeAnother)(
    'knows another user, from any address, whole or half closed (only root may become one)',
    async () => {
      for (const rules of [strictRules, lenient]) {
        const address = await open(rules);
        for (const halfClosed of [false, true])
          for (const from of ['127.0.0.1', '127.0.0.2'])
            expect(await requestAs(stranger, address, { halfClosed, from })).toContain(
              'It is other.',
            );
      }
      const address = await open({ ...strictRules, sudoUser: stranger });
      expect(await requestAs(stranger, address)).toContain('It is own.');
    },
  );
});
