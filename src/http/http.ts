/** One HTTP request. Bodies and headers may hold secrets: nothing but the wire sees them. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute, http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Whether the request may be sent again after a transport error, 429 or 502–504. One with an
   * authorization code or a refresh token may not: a failed attempt burns the code, and a second one reads as theft of a
   * rotated refresh token.
   */
  readonly retry: boolean;
  /** Whether a redirect is an answer like any other, for whoever wants to know where it leads to, instead of an error. */
  readonly answersRedirect?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; of a header that came several times, the values joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 8 MiB of text. */
  readonly body: string;
  /** The same as it came; absent where it came from no wire. */
  readonly bytes?: Uint8Array;
}

/**
 * The way out to the network: time-outs, TLS, proxies, retries and the debug trace live behind it.
 * It answers with any status from 200 to 299 and from 400 up, and follows no redirect.
 */
export interface Http {
  /** @throws {CliError} tenant-unreachable, tenant-timeout, tenant-tls, tenant-redirected, tenant-not-json (no HTTP at all, or a body over the limit), usage (a bad proxy address, a header that cannot be sent), file-not-found and file-unreadable (the CA file), interrupted */
  send(request: HttpRequest): Promise<HttpResponse>;
}
