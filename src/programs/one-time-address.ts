import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, Server } from 'node:http';
import type { Socket } from 'node:net';
import { orNull } from '../errors/cli-error.ts';
import { readRegularFile } from '../files/own-file.ts';

/** Whose end of a connection it is, as far as the system tells: this user's, another one's. */
export type Peer = 'own' | 'other' | 'unknown';
/** Bytes of a table of connections, some 200,000 of them; in a longer one nobody is looked for. */
const tableLimit = 32 * 1024 * 1024;

/** Looks at each connection of a loopback server as it is accepted, and tells later whose end the other one is. */
export function watchPeers(server: Server): (socket: Socket) => Peer {
  const peers = new WeakMap<Socket, Peer>();
  const overflow = Number(tableText('/proc/sys/kernel/overflowuid').trim() || 65_534);
  server.on('connection', (socket: Socket) =>
    peers.set(socket, judgePeer(ownerOf(socket), process.getuid?.(), overflow)),
  );
  return (socket) => peers.get(socket) ?? 'unknown';
}

/** Root relays connections for others, as WSL and containers do, and the overflow user stands for whoever has no number here. */
export function judgePeer(owner: number | null, own: number | undefined, overflow: number): Peer {
  if (owner === null || own === undefined) return 'unknown';
  if (owner === own) return 'own';
  return owner === 0 || owner === overflow ? 'unknown' : 'other';
}

/** Who owns the other end of a connection within this machine; null where the system does not tell. */
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

/** An address of IPv4 as /proc/net/tcp writes it, and within IPv6, as a socket of both families has it. */
function inTable(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return `(?:0{16}F{4}0{4})?${bytes.reverse().join('').toUpperCase()}`;
}

/**
 * The owner of the connection to a port of 127.0.0.1. It may come from any address of this machine, such as 127.0.0.2. One
 * that is half closed still has its owner, and still gets an answer; one that nobody holds any more (state 06) has none.
 * @param address of IPv4
 * @see proc_net_tcp.txt of the Linux kernel: number, local and remote address, state, three fields, owner
 */
export function ownerIn(table: string, address: string, from: number, to: number): number | null {
  const [local, remote] = [from, to].map((port) => port.toString(16).toUpperCase().padStart(4, '0'));
  const row = new RegExp(
    `^ *\\d+: ${inTable(address)}:${local} ${inTable('127.0.0.1')}:${remote} (?!06)\\w\\w \\S+ \\S+ \\S+ +(\\d+) `,
    'm',
  );
  const owner = row.exec(table)?.[1];
  return owner === undefined ? null : Number(owner);
}

/** An address on a loopback server that leads a browser to another one, which no list of processes is to show. */
export interface OneTimeAddress {
  readonly path: string;
  /**
   * The headers of the redirect (302). As often as this user comes; where the system does not tell who it is, once: then
   * null, for one of the two may have been somebody else.
   */
  visit(peer: Peer): OutgoingHttpHeaders | null;
}

/** Makes one, with 256 random bits in its path. */
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

/** Whether a page is fetched before anybody asks for it: prefetched, prerendered or previewed. */
export function isBeforehand(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => headers[name] !== undefined);
}

/**
 * Whether a person sees the answer to this request in a window of its own, rather than a page that fetches, embeds or posts
 * it behind their back. A browser that does not say so (one from before 2023, curl) gets the benefit of the doubt.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function isTopLevelNavigation(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-mode': mode = 'navigate', 'sec-fetch-dest': destination = 'document' } = headers;
  return mode === 'navigate' && destination === 'document' && !isBeforehand(headers);
}
