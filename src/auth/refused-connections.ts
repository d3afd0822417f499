import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { isRefusedPeer, type Peer, type RefusedPeer } from '../programs/owners.ts';
import { promiseOf } from './arrivals.ts';

/** Refused connections that get a page; all further ones are closed at once. */
const maxRefused = 16;
/** Milliseconds in which a refused connection has to ask and to read the page. */
const refusedLifetime = 5_000;

/** The first connection of each kind that was refused. */
export type FirstRefused = Readonly<Record<RefusedPeer, Promise<void>>>;

/**
 * Judges each connection to a server as it comes, so that other users cannot use up the
 * descriptors of this process.
 */
export function limitRefused(server: Server, peerOf: (socket: Socket) => Peer): FirstRefused {
  const first = { other: promiseOf<void>(), unknown: promiseOf<void>() };
  let open = 0;
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    if (!isRefusedPeer(peer)) return;
    first[peer].resolve();
    if (open >= maxRefused) return void socket.destroy();
    open++;
    const timer = setTimeout(() => socket.destroy(), refusedLifetime);
    socket.once('close', () => {
      clearTimeout(timer);
      open--;
    });
  });
  return { other: first.other.promise, unknown: first.unknown.promise };
}
