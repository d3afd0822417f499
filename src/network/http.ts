/** One HTTP request. Bodies and headers may contain secrets: only the wire sees them. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute, http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Whether to retry after 429, 502–504, or a transport error before any byte of an answer. Never with an authorization code
   * or a refresh token: a failed attempt uses up the code, and a repeated refresh token looks like theft.
   */
  readonly retry: boolean;
  /** Set: the request changes something, so a missing answer is `outcome-unknown`. */
  readonly change?: Change;
  /** Whether to return a redirect as an answer instead of throwing. */
  readonly answersRedirect?: boolean;
}

/** A change that only a whole answer confirms. */
export interface Change {
  /** The change, to follow "it may have": `set the certificate`. */
  readonly done: string;
  /** Whether it has the same outcome if it is repeated. Other changes are not repeated once anything was written without an answer. */
  readonly idempotent: boolean;
  /** `missing`: the answer is a proxy's, or cut off. */
  judge(answer: HttpResponse): 'done' | 'refused' | 'missing';
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 8 MiB of text. */
  readonly body: string;
  /** Whether the tenant has answered correctly before, so that an odd answer does not mean a wrong address. */
  readonly isFromTenant?: true;
  /** The body as received; absent if it did not come from the wire. */
  readonly bytes?: Uint8Array;
}

/**
 * The network, with timeouts, TLS, proxies, retries and the debug trace. Returns answers with a status from 200 to 299 and
 * from 400 up, and follows no redirect.
 */
export interface Http {
  /** @throws {CliError} tenant-unreachable, tenant-timeout, tenant-tls, tenant-redirected, tenant-not-json (no HTTP at all, or a body over the limit), outcome-unknown, usage (a bad proxy address, a header that cannot be sent), file-not-found and file-unreadable (the CA file), interrupted */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** An Http to close when many are opened. The last one of a process needs no closing. */
export interface OpenHttp extends Http {
  /** Stops listening to the interrupt. */
  close(): void;
}

/** The network for many tenants, one Http for each: they share no connection, secret or timeout. */
export interface HttpSource {
  /**
   * @param timeout limit of all its waiting, in milliseconds
   * @param aside makes the pauses between its attempts; time beyond the pause does not count
   */
  open(timeout: number, aside?: (wait: () => Promise<void>) => Promise<void>): OpenHttp;
}

/** The address that an answer to a request for `url` redirects to, or null. */
export function redirectTarget({ headers }: HttpResponse, url: string): URL | null {
  const { location } = headers;
  return location !== undefined && URL.canParse(location, url) ? new URL(location, url) : null;
}

/** The CAs to trust besides those of Node.js. */
export interface TrustSettings {
  /** The user's PEM bundle, or null. */
  readonly caFile: string | null;
  /** `NODE_EXTRA_CA_CERTS`: custom TLS contexts do not use it automatically. */
  readonly nodeExtraCaCerts: string | null;
  /** `SSL_CERT_FILE` and `SSL_CERT_DIR`: OpenSSL's places for the system's CAs. */
  readonly sslCertFile: string | null;
  readonly sslCertDir: string | null;
}
