import { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { strictRules } from '../../src/programs/owners.ts';
import { socketTable } from '../support/socket-tables.ts';

/** The table of the system, and its files by their paths. */
const system = vi.hoisted(() => ({ table: '', files: {} as Record<string, string> }));
vi.mock(import('../../src/programs/socket-table.ts'), async (original) => {
  const found = await original();
  const listenerAt = (at: Parameters<typeof found.listenersAt>[1]) =>
    found.listenersAt(system.table, at)[0] ?? null;
  const openSocketTable = () => ({
    search: <Found>(find: (text: string) => Found | null) => find(system.table),
    listenerAt,
    pastListenerAt: listenerAt,
    close() {},
  });
  return { ...found, openSocketTable };
});
vi.mock(import('../../src/files/regular-file.ts'), async (original) => ({
  ...(await original()),
  readRegularFile(path) {
    const text = system.files[path];
    if (text === undefined) throw new Error();
    return Buffer.from(text);
  },
}));

const everyone = '         0          0 4294967295\n';
beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
  system.files = { '/proc/self/uid_map': everyone, '/proc/sys/kernel/overflowuid': '65534\n' };
});
afterEach(() => void vi.useRealTimers());

/** A connection from port 50000 to port 8400 of this machine, from the end of the latter. */
const connection = () => {
  const [localAddress, localPort, remoteAddress, remotePort] = [
    ...['127.0.0.1', 8400],
    ...['127.0.0.1', 50_000],
  ];
  return { localAddress, localPort, remoteAddress, remotePort } as Socket;
};
/** The other end of it, by its user and inode. */
const comesFrom = (user: number, inode: number) => {
  system.table = socketTable([`0100007F:C350 0100007F:20D0 01 ${user} ${inode}`]);
};

async function watch(user: number): Promise<(socket: Socket) => string> {
  vi.spyOn(process, 'getuid').mockReturnValue(user);
  const { watchPeers } = await import('../../src/programs/owners.ts');
  const server = new EventEmitter() as Server;
  const peerOf = watchPeers(server, strictRules);
  server.emit('listening');
  return peerOf;
}

/** Who listens at port 8400, by the user of that listener. */
async function lookAt(user: number, listener: number): Promise<string | null> {
  vi.spyOn(process, 'getuid').mockReturnValue(user);
  system.table = socketTable([`0100007F:20D0 00000000:0000 0A ${listener} 7`]);
  const { lookAtListener } = await import('../../src/programs/owners.ts');
  const look = lookAtListener({ address: '127.0.0.1', port: 8400 }, strictRules);
  return look.judge(connection());
}

describe.skipIf(process.platform === 'win32')('a table that was read a moment ago', () => {
  test.each<[string, number, number, string]>([
    ['another user', 12_345, 8, 'other'],
    ['a socket that nobody holds', 0, 0, 'unknown'],
    ['a new socket of the same user', 1000, 9, 'own'],
  ])('accepts nobody: at the port of this user, then %s', async (_who, user, inode, expected) => {
    const peerOf = await watch(1000);
    comesFrom(1000, 7);
    expect(peerOf(connection())).toBe('own');
    comesFrom(user, inode);
    expect(peerOf(connection())).toBe(expected);
  });

  test('still refuses whoever was refused, and is then forgotten', async () => {
    const peerOf = await watch(1000);
    comesFrom(12_345, 7);
    expect(peerOf(connection())).toBe('other');
    comesFrom(1000, 8);
    expect(peerOf(connection())).toBe('other');
    vi.advanceTimersByTime(100);
    expect(peerOf(connection())).toBe('own');
  });
});

describe.skipIf(process.platform === 'win32')(
  'the number that stands for all users without one',
  () => {
    const some = '         0       1000          1\n         1     100000      65536\n';
    test.each<[string, string | undefined, string | undefined, string]>([
      ['is an ordinary one where everybody has one', everyone, '65534\n', 'own'],
      ['names nobody in a namespace of some users', some, '65534\n', 'unknown'],
      [
        'names nobody in a namespace of all users but root',
        '         1          1 4294967294\n',
        '65534\n',
        'unknown',
      ],
      ['names nobody where the system does not tell its users', undefined, '65534\n', 'unknown'],
      ['is 65534 where the system does not tell it', some, undefined, 'unknown'],
      ['is the one that the system tells', some, '12345\n', 'own'],
    ])('%s', async (_case, users, number, expected) => {
      system.files = {
        ...(users === undefined ? {} : { '/proc/self/uid_map': users }),
        ...(number === undefined ? {} : { '/proc/sys/kernel/overflowuid': number }),
      };
      const peerOf = await watch(65_534);
      comesFrom(65_534, 7);
      expect([peerOf(connection()), await lookAt(65_534, 65_534)]).toEqual([expected, expected]);
    });
  },
);
