import { entry, waitLonger } from './entry.ts';

interface ApnsFacts {
  /** The HTTP status by which a proxy refused. */
  readonly proxyStatus?: string;
  /** `--no-verify`: the option that leaves APNs out, where the command has one. */
  readonly skip?: string;
}

function apnsError(hint: (facts: ApnsFacts) => string) {
  return entry<ApnsFacts>(7, (facts) => [
    hint(facts),
    facts.skip && `Or go on without asking APNs: ${facts.skip}.`,
  ]);
}

/** The errors of the way to APNs, which end with 7. */
export const apnsErrors = {
  'apns-unreachable': apnsError(({ proxyStatus }) =>
    proxyStatus === undefined
      ? 'APNs needs a way out to port 443 or 2197; try the other with --apns-host HOST:PORT, and HTTPS_PROXY.'
      : 'Have the proxy let CONNECT to port 443 or 2197 of APNs pass, or name the host in NO_PROXY.',
  ),
  'apns-timeout': apnsError(() => waitLonger),
  'apns-tls': apnsError(
    () =>
      'A proxy that inspects TLS breaks the connection to APNs: let it pass. A stand-in names its CA with --ca-file PEM.',
  ),
  'apns-not-http2': apnsError(() => 'APNs speaks HTTP/2: something else answers at this address.'),
};
