import { Agent, type ClientRequest, type ClientRequestArgs } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { lookupLoopback } from './loopback-lookup.ts';
import { portOf } from './proxy.ts';
import { strictTls } from './server-identity.ts';

/** What every connection of an agent needs. */
export interface AgentSettings {
  /** The origin, without a path. */
  readonly url: URL;
  readonly proxy: URL | null;
  /** Null: what Node.js trusts by itself. */
  readonly trust: SecureContext | null;
  /** Ends a connection in any state. */
  readonly signal: AbortSignal;
}

/**
 * Milliseconds after which a connection that nothing uses is closed: what stands between may have dropped it by then, or
 * the server be about to.
 */
const longestIdle = 4_000;

type Done = Parameters<Agent['createConnection']>[1];

/**
 * Connections to one origin, directly or through a proxy, one at a time, which requests take after each other. A connection is
 * handed out once it is established and its certificate is judged: nothing is written before.
 */
class OriginAgent extends Agent {
  readonly #settings: AgentSettings;
  // Node.js compares them with those of a request.
  readonly protocol: string;
  readonly defaultPort: number;

  constructor(settings: AgentSettings) {
    super({ keepAlive: true, maxSockets: 1, timeout: longestIdle });
    this.#settings = settings;
    this.protocol = settings.url.protocol;
    this.defaultPort = this.protocol === 'https:' ? 443 : 80;
  }

  override createConnection(_options: ClientRequestArgs, done: Done): undefined {
    connect(this.#settings).then(
      (socket) => done?.(null, socket),
      (error: Error) => done?.(error, undefined as never),
    );
  }

  // Node.js asks whether to keep it; its types do not say so.
  override keepSocketAlive(socket: Socket): unknown {
    socket.once('data', endUnasked);
    return super.keepSocketAlive(socket);
  }

  override reuseSocket(socket: Socket, request: ClientRequest): void {
    socket.removeListener('data', endUnasked);
    super.reuseSocket(socket, request);
  }
}

/** What comes while nothing is asked may be a part of something: the rest of it would be taken for the next answer. */
function endUnasked(this: Socket): void {
  this.destroy();
}

/** @see OriginAgent */
export function createAgent(settings: AgentSettings): Agent {
  return new OriginAgent(settings);
}

/** Throws what Node.js does, ProxyError and ProxyRefusal. */
async function connect({ url, proxy, trust, signal }: AgentSettings): Promise<Socket> {
  signal.throwIfAborted();
  const isTls = url.protocol === 'https:';
  const secure = { ...strictTls, ...(trust === null ? {} : { secureContext: trust }) };
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const way = { host, port: Number(portOf(url)), lookup: lookupLoopback, noDelay: true };
  let tunnel: Socket | null = null;
  if (proxy !== null) {
    const { openTunnel } = await import('./tunnel.ts');
    tunnel = await openTunnel(proxy, url, { signal, ...secure });
    // An attempt's own timer keeps the process alive as long as that lasts; Bun does not let go of it with the socket above.
    tunnel.unref();
    if (!isTls) return tunnel;
  }
  const options = { ...way, ...(tunnel === null ? {} : { socket: tunnel }), signal };
  const socket = isTls
    ? connectTls({
        ...options,
        ...secure,
        servername: isIP(host) === 0 ? host : '',
        ALPNProtocols: ['http/1.1'],
      })
    : connectTcp(options);
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once(isTls ? 'secureConnect' : 'connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}
