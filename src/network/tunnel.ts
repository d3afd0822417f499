import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { portOf } from './proxy.ts';
import { ProxyError, ProxyRefusal } from './proxy-error.ts';
import { strictTls } from './server-identity.ts';

export interface TunnelOptions {
  /** Ends the connection in any state. */
  readonly signal: AbortSignal;
  /** For a proxy that speaks TLS. */
  readonly secureContext?: SecureContext;
}

/**
 * A connection to the host of `url` through a proxy: `CONNECT` (RFC 9110 §9.3.6), so that the proxy sees nothing else.
 * @throws {ProxyRefusal} if the proxy answers and refuses
 * @throws {ProxyError} if it cannot be reached
 */
export function openTunnel(proxy: URL, url: URL, options: TunnelOptions): Promise<Socket> {
  const authority = `${url.hostname}:${portOf(url)}`;
  // Node.js would take the name from the Host header, and look for it in the proxy's certificate.
  const servername = isIP(proxy.hostname.replace(/^\[(.*)\]$/, '$1')) === 0 ? proxy.hostname : '';
  const request = proxy.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    request(proxy, {
      ...options,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      auth: null,
      servername,
      ...strictTls,
      agent: false,
    })
      .once('connect', ({ statusCode = 0 }, socket: Socket) => {
        if (statusCode >= 200 && statusCode <= 299) return resolve(socket);
        socket.destroy();
        reject(new ProxyRefusal(statusCode));
      })
      .once('error', (cause) => reject(new ProxyError(cause)))
      .end();
  });
}

/** Basic credentials (RFC 7617) from the user name and password in the proxy's URL. */
function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const credentials = Buffer.from(`${percentDecode(username)}:${percentDecode(password)}`).toString('base64');
  return { 'proxy-authorization': `Basic ${credentials}` };
}

/** A percent sign that encodes nothing stays as it is. */
function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
