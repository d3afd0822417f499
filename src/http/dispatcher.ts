import type { SecureContext } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import type { buildConnector, Dispatcher } from 'undici';
import { lookupLoopback } from '../network/loopback-lookup.ts';
import { strictTls } from '../network/server-identity.ts';
import type { TunnelOptions } from '../network/tunnel.ts';

/**
 * Carries requests to the origin of `url`, directly or through a proxy. The signal ends a connection in any state: undici
 * by itself waits for one that never gets established, and opens another after an abort.
 */
export async function createDispatcher(
  url: URL,
  proxy: URL | null,
  trust: SecureContext | null,
  signal: AbortSignal,
): Promise<Dispatcher> {
  finishWithoutOptimisingWasm();
  const connection = {
    signal,
    lookup: lookupLoopback,
    ...strictTls,
    ...(trust === null ? {} : { secureContext: trust }),
  };
  const { default: Agent } = await import('undici/lib/dispatcher/agent.js');
  const { default: buildConnector } = await import('undici/lib/core/connect.js');
  const direct = buildConnector({ ...connection, timeout: 0 });
  const connect = proxy === null ? direct : await throughProxy(proxy, url, connection, direct);
  return new Agent({
    // With more than one, undici opens a second connection for a request that follows immediately.
    connections: 1,
    connect: (endpoint, callback) =>
      signal.aborted ? callback(signal.reason, null) : connect(endpoint, callback),
  });
}

/** A connector through a proxy. undici's own proxy agent retries forever if the proxy closes the connection. */
async function throughProxy(
  proxy: URL,
  url: URL,
  connection: TunnelOptions,
  direct: buildConnector.connector,
): Promise<buildConnector.connector> {
  const { openTunnel } = await import('../network/tunnel.ts');
  return (endpoint, callback) => {
    openTunnel(proxy, url, connection).then(
      (socket) =>
        endpoint.protocol === 'https:'
          ? direct({ ...endpoint, httpSocket: socket }, callback)
          : callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

/**
 * undici compiles its HTTP parser to WebAssembly, and on exit Node 20 waits for the optimizing compiler to finish, which
 * wastes some 90 ms. Later versions do not wait.
 */
function finishWithoutOptimisingWasm(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--liftoff-only');
}
