// A tenant for the scenes of `npm run chaos`: tokens, WhoAmI, and whatever can go wrong with a socket.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { portOf } from '../free-port.mjs';

/**
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {(response: Response) => unknown} Fault
 * @typedef {Awaited<ReturnType<typeof startTenant>>} Tenant
 */

/**
 * Starts it on loopback. `rotating`: each use of a refresh token replaces it, as with strict tenants; otherwise the answer
 * has no new one and the old one stays. If `fault` is set, it replaces the answer to a token request.
 * @param {{ rotating: boolean }} options
 */
export async function startTenant({ rotating }) {
  /** @type {{ refreshToken: string, refreshes: number, refused: number, fault: Fault | null }} */
  const tenant = { refreshToken: 'refresh-0', refreshes: 0, refused: 0, fault: null };
  const accessTokens = new Set();
  let issued = 0;
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.url?.startsWith('/OAuth2/Token/'))
      return answerToken(Buffer.concat(chunks), response);
    const [, token] = /^Bearer (.*)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!accessTokens.has(token)) return response.writeHead(401).end();
    return send(response, 200, { success: true, Result: { User: 'ada@example.com' } });
  });

  /**
   * @param {Buffer} body
   * @param {Response} response
   */
  function answerToken(body, response) {
    if (tenant.fault !== null) return tenant.fault(response);
    const form = new URLSearchParams(body.toString());
    if (form.get('refresh_token') !== tenant.refreshToken) {
      tenant.refused++;
      return send(response, 400, {
        error: 'invalid_grant',
        error_description: 'unknown refresh token',
      });
    }
    tenant.refreshes++;
    issued++;
    if (rotating) tenant.refreshToken = `refresh-${issued}`;
    const accessToken = `access-${issued}`;
    accessTokens.add(accessToken);
    return send(response, 200, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 18_000,
      ...(rotating ? { refresh_token: tenant.refreshToken } : {}),
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(tenant, {
    url: `http://127.0.0.1:${portOf(server)}`,
    expire: () => accessTokens.clear(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
}

/**
 * @param {Response} response
 * @param {number} status
 * @param {object} value
 */
function send(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/**
 * Ways in which a network or a broken server spoils an answer.
 * @type {readonly Fault[]}
 */
export const faults = [
  (response) => response.destroy(),
  (response) => response.socket?.resetAndDestroy(),
  (response) => response.writeHead(502).end('Bad Gateway'),
  (response) => response.writeHead(500).end('<!DOCTYPE html>'),
  (response) => response.writeHead(200, { 'content-length': 1000 }).end('{"access_token":"acc'),
  (response) => response.writeHead(200).end('{"access_token":'),
  (response) => response.writeHead(200).end(`${'['.repeat(5000)}${']'.repeat(5000)}`),
  (response) => response.writeHead(302, { location: '/login' }).end(),
  (response) => response.socket?.end('HTTP/1.1 000\r\n\r\n'),
  (response) => response.socket?.end('no HTTP at all\r\n\r\n'),
  (response) => setTimeout(() => response.destroy(), 5000),
];
