import { CliError } from '../../src/errors/cli-error.ts';
import type { Http, HttpRequest } from '../../src/network/http.ts';

/** The network on Node's own fetch: no retries, no redirects. Pushes each request to `sent`. */
export function fetchHttp(sent: HttpRequest[] = []): Http {
  return {
    async send(request) {
      sent.push(request);
      try {
        const response = await fetch(request.url, {
          method: request.method,
          headers: { ...request.headers },
          redirect: 'manual',
          ...(request.body === undefined ? {} : { body: request.body }),
        });
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: await response.text(),
        };
      } catch (cause) {
        throw new CliError('tenant-unreachable', `Cannot reach ${new URL(request.url).origin}`, {
          cause,
        });
      }
    },
  };
}
