import { entry, waitLonger } from './entry.ts';

interface ApnsFacts {
  /** The HTTP status by which a proxy refused. */
  readonly proxyStatus?: string;
  /** `--no-verify`: the option that leaves APNs out, where the command has one. */
  readonly skip?: string;
}

/** The errors of the way to APNs, which end with 7. */
export const apnsErrors = {
  'apns-unreachable': entry(7, ({ proxyStatus, skip }: ApnsFacts) => [
    proxyStatus === undefined
      ? 'APNs needs a way out to port 443 or 2197; try the other with --apns-host HOST:PORT, and HTTPS_PROXY.'
      : 'Have the proxy let CONNECT to port 443 or 2197 of APNs pass, or name the host in NO_PROXY.',
    skip && withoutApns(skip),
  ]),
  'apns-timeout': entry(7, ({ skip }: ApnsFacts) => [waitLonger, skip && withoutApns(skip)]),
  'apns-tls': entry(7, ({ skip }: ApnsFacts) => [
    'A proxy that inspects TLS breaks the connection to APNs: let it pass. A stand-in names its CA with --ca-file PEM.',
    skip && withoutApns(skip),
  ]),
  'apns-not-http2': entry(7, ({ skip }: ApnsFacts) => [
    'APNs speaks HTTP/2: something else answers at this address.',
    skip && withoutApns(skip),
  ]),
};

function withoutApns(skip: string): string {
  return `Or go on without asking APNs: ${skip}.`;
}
