import type { Http } from '../../src/network/http.ts';

/** The network, in which the vendor's discovery address is the one of a stand-in. */
export function withDiscoveryAt(origin: string, http: Http): Http {
  return {
    send: (request) =>
      http.send({ ...request, url: request.url.replace(/^https:\/\/platform-discovery\.[^/]+/, origin) }),
  };
}
