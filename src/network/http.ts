/** One HTTP request. Bodies and headers may contain secrets: only the wire sees them. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute, http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Whether the request may be sent again after 429, 502–504, or a transport error before anything of an answer has come.
   * One with an authorization code or a refresh token may not: a failed attempt uses up the code, and a second one looks
   * like theft of a rotated refresh token.
   */
  readonly retry: boolean;
  /** Present: the request changes something, so that an answer that is missing is `outcome-unknown`. */
  readonly change?: Change;
  /** Whether to return a redirect like any other answer, for callers that want to know where it leads, instead of an error. */
  readonly answersRedirect?: boolean;
}

/** A change of which only a whole answer tells whether it was made. */
export interface Change {
  /** What may have been done, behind "it may have": `set the certificate`. */
  readonly done: string;
  /** Whether the same once more does no harm. Another is not sent again once anything of it was written without an answer. */
  readonly idempotent: boolean;
  /** `missing`: it is not the answer of who was asked, but a proxy's, or the beginning of one. */
  judge(answer: HttpResponse): 'done' | 'refused' | 'missing';
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; if a header came several times, its values joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 8 MiB of text. */
  readonly body: string;
  /** Whether the tenant has answered as one before, so that an odd answer is not a wrong address. */
  readonly isFromTenant?: true;
  /** The body as it came; absent if it did not come from the wire. */
  readonly bytes?: Uint8Array;
}

/**
 * The way out to the network, with timeouts, TLS, proxies, retries and the debug trace behind it.
 * It answers with any status from 200 to 299 and from 400 up, and follows no redirect.
 */
export interface Http {
  /** @throws {CliError} tenant-unreachable, tenant-timeout, tenant-tls, tenant-redirected, tenant-not-json (no HTTP at all, or a body over the limit), outcome-unknown, usage (a bad proxy address, a header that cannot be sent), file-not-found and file-unreadable (the CA file), interrupted */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** An Http that leaves nothing behind: whoever opens many closes each. One that a process ends with needs no closing. */
export interface OpenHttp extends Http {
  /** Listens to the interrupt no more. */
  close(): void;
}

/** The way out for many tenants, one Http for each: no connection, secret or time of one is another's. */
export interface HttpSource {
  /**
   * @param timeout limit of all of its waiting, in milliseconds
   * @param aside makes the pauses between its attempts; what that takes beyond the pause does not count
   */
  open(timeout: number, aside?: (wait: () => Promise<void>) => Promise<void>): OpenHttp;
}

/** Where an answer to a request for `url` leads, or null. */
export function redirectTarget({ headers }: HttpResponse, url: string): URL | null {
  const { location } = headers;
  return location !== undefined && URL.canParse(location, url) ? new URL(location, url) : null;
}
