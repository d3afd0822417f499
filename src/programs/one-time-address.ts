import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, Server } from 'node:http';
import type { Socket } from 'node:net';
import { orNull } from '../errors/cli-error.ts';
import { readRegularFile } from '../files/regular-file.ts';

/** The owner of the other end of a connection: this user, another user, or unknown to the system. */
export type Peer = 'own' | 'other' | 'unknown';
/** The size limit of the table of connections, in bytes: some 200,000 of them. A longer one is not searched. */
const tableLimit = 32 * 1024 * 1024;

/** Records the owner of each connection that a loopback server accepts. */
export function watchPeers(server: Server): (socket: Socket) => Peer {
  const peers = new WeakMap<Socket, Peer>();
  const overflow = Number(tableText('/proc/sys/kernel/overflowuid') || 65_534);
  server.on('connection', (socket: Socket) =>
    peers.set(socket, judgePeer(ownerOf(socket), process.getuid?.(), overflow)),
  );
  return (socket) => peers.get(socket) ?? 'unknown';
}

/** Root relays connections for others, as in WSL and containers; the overflow user stands for users without a number here. */
export function judgePeer(owner: number | null, own: number | undefined, overflow: number): Peer {
  if (owner === null || own === undefined) return 'unknown';
  if (owner === own) return 'own';
  return owner === 0 || owner === overflow ? 'unknown' : 'other';
}

/** The user ID at the other end of a connection within this machine; null if the system does not tell. */
function ownerOf({ remoteAddress, remotePort, localPort }: Socket): number | null {
  if (process.platform !== 'linux' || remoteAddress === undefined) return null;
  if (remotePort === undefined || localPort === undefined) return null;
  for (const name of ['tcp', 'tcp6']) {
    const owner = ownerIn(tableText(`/proc/net/${name}`), remoteAddress, remotePort, localPort);
    if (owner !== null) return owner;
  }
  return null;
}

function tableText(path: string): string {
  return orNull(() => readRegularFile(path, { limit: tableLimit }))?.toString('latin1') ?? '';
}

/** An IPv4 address as /proc/net/tcp writes it, alone or within IPv6 for a socket of both families. */
function inTable(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return `(?:0{16}F{4}0{4})?${bytes.reverse().join('').toUpperCase()}`;
}

/**
 * The owner of a connection to a port of 127.0.0.1, from any loopback address such as 127.0.0.2. A half-closed connection
 * still has an owner; an abandoned one (state 06) has none.
 * @param address IPv4
 * @see proc_net_tcp.txt of the Linux kernel: number, local and remote address, state, three fields, owner
 */
export function ownerIn(table: string, address: string, from: number, to: number): number | null {
  const [local, remote] = [from, to].map((port) =>
    port.toString(16).toUpperCase().padStart(4, '0'),
  );
  const row = new RegExp(
    `^ *\\d+: ${inTable(address)}:${local} ${inTable('127.0.0.1')}:${remote} (?!06)\\w\\w \\S+ \\S+ \\S+ +(\\d+) `,
    'm',
  );
  const owner = row.exec(table)?.[1];
  return owner === undefined ? null : Number(owner);
}

/** A loopback address that redirects the browser, so that the target does not appear in the list of processes. */
export interface OneTimeAddress {
  readonly path: string;
  /**
   * Returns the headers of the redirect (302): each time for this user, but only once for an unknown visitor. Null on a
   * second unknown visit, since one of the two may be another user's.
   */
  visit(peer: Peer): OutgoingHttpHeaders | null;
}

/** Creates one with 256 random bits in its path. */
export function createOneTimeAddress(target: string): OneTimeAddress {
  const visitors: Peer[] = [];
  return {
    path: `/${randomBytes(32).toString('base64url')}`,
    visit(peer) {
      visitors.push(peer);
      if (visitors.length > 1 && visitors.some((visitor) => visitor !== 'own')) return null;
      return { location: target, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };
    },
  };
}

/** Whether a browser prefetches, prerenders or previews a page. */
export function isBeforehand(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some(
    (name) => headers[name] !== undefined,
  );
}

/**
 * Whether the answer appears in a window of its own, rather than in a page that fetches, embeds or posts to it. A client that
 * does not tell (a browser from before 2023, curl) counts as one.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function isTopLevelNavigation(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-mode': mode = 'navigate', 'sec-fetch-dest': destination = 'document' } =
    headers;
  return mode === 'navigate' && destination === 'document' && !isBeforehand(headers);
}
