/** A failure on the way to the proxy, before the host was spoken to. */
export class ProxyError extends Error {
  constructor(cause: Error) {
    super('The proxy cannot be reached', { cause });
  }
}

/** The proxy answered `CONNECT` with something else than 2xx. */
export class ProxyRefusal extends Error {
  /** HTTP. */
  readonly status: number;

  constructor(status: number) {
    super('The proxy refused the connection');
    this.status = status;
  }
}

/** What failed behind a ProxyError; any other error is itself. */
export function unwrapProxyError(error: unknown): unknown {
  return error instanceof ProxyError ? error.cause : error;
}
