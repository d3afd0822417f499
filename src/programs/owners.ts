import type { Server, Socket } from 'node:net';
import { orNull } from '../errors/cli-error.ts';
import { readRegularFile } from '../files/regular-file.ts';
import {
  type Endpoint,
  listenersAt,
  openSocketTable,
  type SocketTable,
  type SystemSocket,
  socketState,
  socketsBetween,
} from './socket-table.ts';

/** The settings that decide whose programs on this machine count as this user's. */
export interface OwnerRules {
  /** The user who runs this program with sudo; null: nobody does. */
  readonly sudoUser: number | null;
  /**
   * Whether a program counts whose user the system does not name, such as the relay of a
   * virtual machine.
   */
  readonly acceptsUnknown: boolean;
}

/** The rules without a setting. */
export const strictRules: OwnerRules = { sudoUser: null, acceptsUnknown: false };

/** This user and root, another user, or nobody that the system names. */
export type Owner = 'own' | 'other' | 'unknown';

/** The users to compare an owner with. */
export interface Users {
  readonly own: number;
  readonly sudo: number | null;
  /**
   * The number that stands for all users without one in this namespace; null: each user
   * has one.
   */
  readonly unmapped: number | null;
}

/** A connection, from this process's end. */
interface Ends {
  readonly near: Endpoint;
  readonly far: Endpoint;
}

/** The one owner of these sockets. */
export function judgeOwners(sockets: readonly SystemSocket[], users: Users): Owner {
  const [owner = 'unknown', ...others] = new Set(sockets.map((socket) => ownerOf(socket, users)));
  return others.length === 0 ? owner : 'unknown';
}

/**
 * A socket that its program has closed shows user 0, and so does one that has ended: both
 * without an inode.
 */
function ownerOf({ user, inode, state }: SystemSocket, { own, sudo, unmapped }: Users): Owner {
  if (inode === 0 || user === unmapped) return 'unknown';
  if (user === own || user === sudo) return 'own';
  if (user !== 0) return 'other';
  return state === socketState.established || state === socketState.listening ? 'own' : 'unknown';
}

/**
 * The owner of the program that got a connection; null if this machine has neither a
 * listener nor the other end, as for a forwarded port.
 */
export function judgeListener(table: string, { near, far }: Ends, users: Users): Owner | null {
  const accepted = socketsBetween(table, far, near);
  const listeners = listenersAt(table, far);
  // A listener may be closed right after it has accepted a connection.
  if (listeners.length === 0) return accepted.length === 0 ? null : judgeOwners(accepted, users);
  const owner = judgeOwners(listeners, users);
  // Nobody holds a connection before it is accepted.
  const isHeld = accepted.some(({ inode }) => inode !== 0);
  return owner === 'own' && isHeld ? judgeOwners(accepted, users) : owner;
}

/**
 * A program of this machine that is connected to this process. `unproven`: the system
 * names no owners, or the settings accept one without a name. `other` and `unknown` get
 * nothing.
 */
export type Peer = 'own' | 'unproven' | 'other' | 'unknown';

export type RefusedPeer = 'other' | 'unknown';
export type AcceptedPeer = Exclude<Peer, RefusedPeer>;

export function isRefusedPeer(peer: Peer): peer is RefusedPeer {
  return peer === 'other' || peer === 'unknown';
}

/**
 * Returns a look at the other end of a connection to a server, which needs no descriptor
 * while the server runs.
 */
export function watchPeers(server: Server, rules: OwnerRules): (socket: Socket) => Peer {
  const peers = new WeakMap<Socket, Peer>();
  const users = usersOf(rules);
  let table: SocketTable | null = null;
  let ownerAt: (ends: Ends) => Owner = () => 'unknown';
  server.once('listening', () => {
    table = orNull(openSocketTable);
    if (table !== null) ownerAt = createOwnerSearch(table, users);
    server.once('close', () => table?.close());
  });
  return (socket) => {
    // Once only: the other end may be closed later.
    const known = peers.get(socket);
    if (known !== undefined) return known;
    const ends = endsOf(socket);
    const peer = peerFor(ends === null ? 'unknown' : ownerAt(ends), rules);
    peers.set(socket, peer);
    return peer;
  };
}

/**
 * Milliseconds in which a table that was read may still refuse: so a crowd of other users
 * costs little.
 */
const refusalsLast = 100;

/** Returns a search for the owner of the other end of a connection. */
function createOwnerSearch(table: SocketTable, users: Users): (ends: Ends) => Owner {
  let recent = '';
  return ({ near, far }) => {
    const past = socketsBetween(recent, far, near);
    if (past.length > 0 && judgeOwners(past, users) !== 'own') return judgeOwners(past, users);
    const found = orNull(() =>
      table.search((text) => {
        recent = text;
        const sockets = socketsBetween(text, far, near);
        return sockets.length === 0 ? null : judgeOwners(sockets, users);
      }),
    );
    setTimeout(() => {
      recent = '';
    }, refusalsLast).unref();
    return found ?? 'unknown';
  };
}

/** A look at the owner of a listener on this machine. */
export interface ListenerLook {
  /**
   * The program that a connection leads to; null once it has ended. `unproven` as well:
   * no program of this machine has it.
   */
  judge(socket: Socket): Peer | null;
}

/** Opened for the first look, and held: a fleet looks at a listener for each tenant. */
let heldTable: SocketTable | null = null;

function tableForListeners(): SocketTable | null {
  heldTable ??= orNull(openSocketTable);
  return heldTable;
}

/**
 * Looks who listens at an address before a connection is made, so that the same listener
 * is known afterwards: otherwise the program that took the connection may have made room
 * for another one since.
 */
export function lookAtListener(at: Endpoint, rules: OwnerRules): ListenerLook {
  const table = tableForListeners();
  const listener = (): SystemSocket | null => orNull(() => table?.listenerAt(at) ?? null);
  // One that another look has seen is as good: it has listened ever since, if it still
  // does.
  const before = table?.pastListenerAt(at) ?? listener();
  return {
    judge(socket) {
      const after = listener();
      const users = usersOf(rules);
      // A server of root may accept connections as another user.
      if (after !== null && after.inode === before?.inode)
        return peerFor(judgeOwners([after], users), rules);
      const ends = endsOf(socket);
      if (ends === null) return null;
      const owner = table === null ? 'unknown' : ownerOfListener(ends, table, users);
      // No port that a program of this machine listened on is a forwarded one.
      return peerFor(owner === null && before !== null ? 'unknown' : owner, rules);
    },
  };
}

function ownerOfListener(ends: Ends, table: SocketTable, users: Users): Owner | null {
  try {
    return table.search((text) => judgeListener(text, ends, users));
  } catch {
    return 'unknown';
  }
}

function peerFor(owner: Owner | null, { acceptsUnknown }: OwnerRules): Peer {
  if (process.platform !== 'linux' || owner === null) return 'unproven';
  return owner === 'unknown' && acceptsUnknown ? 'unproven' : owner;
}

/** Null once the connection has ended. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): Ends | null {
  if (localAddress === undefined || localPort === undefined) return null;
  if (remoteAddress === undefined || remotePort === undefined) return null;
  return {
    near: { address: localAddress, port: localPort },
    far: { address: remoteAddress, port: remotePort },
  };
}

function usersOf({ sudoUser }: OwnerRules): Users {
  unmappedUser ??= { id: findUnmappedUser() };
  return {
    own: process.getuid?.() ?? Number.NaN,
    sudo: sudoUser,
    unmapped: unmappedUser.id,
  };
}

/** Of this process's namespace, which stays the same. */
let unmappedUser: { readonly id: number | null } | null = null;

/**
 * The number that stands for all users without one here; null: each user of the machine
 * has one.
 */
function findUnmappedUser(): number | null {
  const isEveryoneMapped = /^\s*0\s+0\s+4294967295\s*$/.test(textOf('/proc/self/uid_map') ?? '');
  return isEveryoneMapped ? null : Number(textOf('/proc/sys/kernel/overflowuid') ?? 65_534);
}

function textOf(path: string): string | null {
  return orNull(() => readRegularFile(path, { limit: 64 * 1024 }))?.toString('latin1') ?? null;
}
