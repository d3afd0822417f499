import type { Http } from '../../src/network/http.ts';

/** The network, with a stand-in for the vendor's discovery service. */
export function withDiscoveryAt(origin: string, http: Http): Http {
  return {
    send: (request) =>
      http.send({
        ...request,
        url: request.url.replace(/^https:\/\/platform-discovery\.[^/]+/, origin),
      }),
  };
}
