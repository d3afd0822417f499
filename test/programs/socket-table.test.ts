import { expect, test } from 'vitest';
import {
  listenersAt,
  openSocketTable,
  parseSocketTable,
  socketsBetween,
} from '../../src/programs/socket-table.ts';
import { testCases } from '../support/cases.ts';
import { namesOwners } from '../support/second-user.ts';
import { socketTable } from '../support/socket-tables.ts';

const near = { address: '127.0.0.1', port: 50_000 };
const far = { address: '127.0.0.1', port: 8400 };

testCases('programs/socket-table', {
  'parseSocketTable: the sockets of port 8400, and how the machine stores a number': (
    rows: string[],
    order: 'LE' | 'BE' = 'LE',
  ) =>
    parseSocketTable(socketTable(rows), 8400, order).map(
      ({ local, remote, remotePort, state, user, inode }) =>
        [local, remote, remotePort, state, user, inode].join(' '),
    ),
  'parseSocketTable: the sockets of port 8400 in this text': (text: string) =>
    parseSocketTable(text, 8400, 'LE').length,
  'socketsBetween: the users at port 50000 of 127.0.0.1, of a connection to port 8400 there': (
    rows: string[],
    from?: string,
  ) =>
    socketsBetween(socketTable(rows), { ...near, address: from ?? near.address }, far).map(
      ({ user }) => user,
    ),
  'listenersAt: the users who get a connection to port 8400 of an address': (
    address: string,
    rows: string[],
  ) => listenersAt(socketTable(rows), { address, port: 8400 }).map(({ user }) => user),
});

test.runIf(namesOwners)('a held table is read anew each time, and the other only if needed', () => {
  const table = openSocketTable();
  const read: number[] = [];
  const families = (text: string) => text.match(/^ +sl +local_address/gm)?.length ?? 0;
  const found = [1, 2, 3].map((wanted) =>
    table?.search((text) => {
      read.push(families(text));
      return families(text) === wanted ? wanted : null;
    }),
  );
  table?.close();
  expect([found, read]).toEqual([
    [1, 2, null],
    [1, 1, 2, 1, 2],
  ]);
});

test.runIf(!namesOwners)('other systems have no such table', () => {
  expect(openSocketTable()).toBe(null);
});
