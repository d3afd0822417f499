/** A failure on the way to the proxy, before reaching the host. */
export class ProxyError extends Error {
  constructor(cause: Error) {
    super('The proxy cannot be reached', { cause });
  }
}

/** The proxy answered `CONNECT` with something other than 2xx. */
export class ProxyRefusal extends Error {
  /** HTTP. */
  readonly status: number;

  constructor(status: number) {
    super('The proxy refused the connection');
    this.status = status;
  }
}

/** The cause of a ProxyError; any other error is itself. */
export function unwrapProxyError(error: unknown): unknown {
  return error instanceof ProxyError ? error.cause : error;
}
