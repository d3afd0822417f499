import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createRawServer, type Socket } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  judgeListener,
  judgeOwners,
  lookAtListener,
  type OwnerRules,
  type Peer,
  strictRules,
  watchPeers,
} from '../../src/programs/owners.ts';
import { socketsBetween } from '../../src/programs/socket-table.ts';
import { testCases } from '../support/cases.ts';
import {
  identityOf,
  listenAs,
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
  'judgeListener: who gets a connection from port 50000 to port 8400': (
    rows: string[],
    users?: GivenUsers,
  ) => judgeListener(socketTable(rows), { near, far }, usersOf(users)),
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

describe.runIf(namesOwners)('a client that looks', () => {
  async function listen(host: string): Promise<number> {
    const server = createRawServer();
    server.listen(0, host);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }
  async function connectTo(port: number, address = '127.0.0.1'): Promise<Socket> {
    const socket = connect(port, address);
    await once(socket, 'connect');
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    return socket;
  }
  function lookAt(port: number, address = '127.0.0.1', rules = strictRules) {
    return lookAtListener({ address, port }, rules);
  }

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.9', '127.0.0.9'],
    ['0.0.0.0', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.9'],
    ['::', '127.0.0.1'],
    ['::', '::1'],
    ['::1', '::1'],
  ])('knows its own listener at %s, asked for %s', async (host, address) => {
    const port = await listen(host);
    const look = lookAt(port, address);
    expect(look.judge(await connectTo(port, address))).toBe('own');
  });

  test('knows its own listener behind many others, and one that began after the look', async () => {
    for (let other = 0; other < 40; other++) await listen('127.0.0.1');
    const port = await listen('127.0.0.1');
    expect(lookAt(port).judge(await connectTo(port))).toBe('own');
    // The look found none, as before the listener began.
    expect(lookAt(port, '127.0.0.9').judge(await connectTo(port))).toBe('own');
  });

  test('does not know a connection that the table lacks, once a listener was there', async () => {
    const server = createRawServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const look = lookAt(port);
    server.close();
    await once(server, 'close');
    const unlisted = { localAddress: '127.0.0.1', localPort: 1, remoteAddress: '127.0.0.1' };
    const socket = { ...unlisted, remotePort: port } as Socket;
    expect([look.judge(socket), lookAt(port).judge(socket)]).toEqual(['unknown', 'unproven']);
  });

  test('tells nothing of a connection that has ended', async () => {
    const port = await listen('127.0.0.1');
    const socket = await connectTo(port);
    socket.destroy();
    await once(socket, 'close');
    // It has another listener there than the look found.
    expect(lookAt(port, '127.0.0.9').judge(socket)).toBe(null);
  });

  test.runIf(mayBecomeAnother)('knows root’s listener by whichever user it accepts', async () => {
    const worker = spawn(
      process.execPath,
      [
        '-e',
        "process.on('message', (_, server) => server.on('connection', () => process.send(0)))",
      ],
      { ...identityOf(stranger), env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
    );
    onTestFinished(() => void worker.kill('SIGKILL'));
    const server = createRawServer().listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((sent) => worker.send('it', server, sent));
    server.close();
    const look = lookAt(port);
    const accepted = once(worker, 'message');
    const socket = await connectTo(port);
    await accepted;
    expect(look.judge(socket)).toBe('own');
  });

  test.runIf(mayBecomeAnother)(
    'knows the listener of another user, even one that is gone (only root may become one)',
    async () => {
      for (const host of ['127.0.0.1', '0.0.0.0', '::'])
        for (const once of [false, true]) {
          const { port, received } = await listenAs(stranger, { host, once });
          const look = lookAt(port);
          const socket = await connectTo(port);
          // It has accepted then.
          if (once) await expect.poll(() => connectTo(port).catch(() => 'gone')).toBe('gone');
          expect([host, once, look.judge(socket)]).toEqual([host, once, 'other']);
          expect(received()).toBe('');
        }
      const { port } = await listenAs(stranger);
      const socket = await connectTo(port);
      expect(lookAt(port, '127.0.0.1', lenient).judge(socket)).toBe('other');
      const rules = { ...strictRules, sudoUser: stranger };
      expect(lookAt(port, '127.0.0.1', rules).judge(socket)).toBe('own');
    },
  );

  test.runIf(mayBecomeAnother)(
    'is not deceived by another user who makes room for its own listener (only root may become one)',
    async () => {
      const { port, close } = await listenAs(stranger, { once: true });
      const look = lookAt(port);
      const socket = await connectTo(port);
      const server = createRawServer();
      onTestFinished(() => void server.close());
      const take = () =>
        new Promise((resolve) => {
          server.once('error', resolve).once('listening', () => resolve('taken'));
          server.listen(port, '127.0.0.1');
        });
      await expect.poll(take).toBe('taken');
      expect(look.judge(socket)).toBe('other');
      await close();
    },
  );
});
