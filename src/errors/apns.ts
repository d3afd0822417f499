import { type ErrorEntries, type Hints, waitLonger } from './entry.ts';

interface ApnsFacts {
  /** `--no-verify`: the command's option that skips APNs, if it has one. */
  readonly skip?: string;
}

interface UnreachableFacts extends ApnsFacts {
  /** The HTTP status of a proxy that refused the connection. */
  readonly proxyStatus?: number;
}

interface TlsFacts extends ApnsFacts {
  /** `wrong`: the server speaks another protocol on this port. */
  readonly port?: 'wrong';
}

/** Errors of the connection to APNs. */
export const apnsErrors = {
  'apns-unreachable': {
    area: 'apns',
    exitCode: 7,
    hints: ({ proxyStatus, skip }: UnreachableFacts) => [
      proxyStatus === undefined
        ? 'Allow outbound connections to APNs on port 443 or 2197. ' +
          'Try the other port with --apns-host HOST:PORT, or a proxy with HTTPS_PROXY.'
        : 'Configure the proxy to allow CONNECT to APNs on port 443 or 2197, ' +
          'or add the host to NO_PROXY.',
      ...skipHint(skip),
    ],
  },
  'apns-timeout': {
    area: 'apns',
    exitCode: 7,
    hints: ({ skip }: ApnsFacts) => [waitLonger, ...skipHint(skip)],
  },
  'apns-tls': {
    area: 'apns',
    exitCode: 7,
    hints: ({ port, skip }: TlsFacts) => [
      port === undefined
        ? 'Exempt APNs from TLS inspection, which breaks the connection. For a stand-in for ' +
          'APNs, use --ca-file PEM with its CA.'
        : 'Check the port of --apns-host.',
      ...skipHint(skip),
    ],
  },
  'apns-not-http2': {
    area: 'apns',
    exitCode: 7,
    hints: ({ skip }: ApnsFacts) => [
      'APNs uses HTTP/2, so another server answered at this address. ' +
        'Check --apns-host and the proxy.',
      ...skipHint(skip),
    ],
  },
} as const satisfies ErrorEntries;

function skipHint(skip: string | undefined): Hints {
  return skip === undefined ? [] : [`To skip the APNs check, add ${skip}.`];
}
