import { entry, waitLonger } from './entry.ts';

interface ApnsFacts {
  readonly proxyStatus?: string;
  /** `wrong`: the server speaks another protocol on this port. */
  readonly port?: string;
  /** `--no-verify`: the command's option that skips APNs, if it has one. */
  readonly skip?: string;
}

function apnsError(hint: (facts: ApnsFacts) => string) {
  return entry<ApnsFacts>(7, (facts) => [
    hint(facts),
    facts.skip && `To skip the APNs check, add ${facts.skip}.`,
  ]);
}

/** Errors of the connection to APNs. Exit code 7. */
export const apnsErrors = {
  'apns-unreachable': apnsError(({ proxyStatus }) =>
    proxyStatus === undefined
      ? 'Allow outbound connections to APNs on port 443 or 2197. Try the other port with --apns-host HOST:PORT, or a proxy with HTTPS_PROXY.'
      : 'Configure the proxy to allow CONNECT to APNs on port 443 or 2197, or add the host to NO_PROXY.',
  ),
  'apns-timeout': apnsError(() => waitLonger),
  'apns-tls': apnsError(({ port }) =>
    port === undefined
      ? 'Exempt APNs from TLS inspection: it breaks the connection. For a stand-in for APNs, give its CA with --ca-file PEM.'
      : 'Check the port of --apns-host.',
  ),
  'apns-not-http2': apnsError(
    () =>
      'APNs uses HTTP/2, so another server answered at this address. Check --apns-host and the proxy.',
  ),
};
