import type { CliError } from '../errors/cli-error.ts';

/** One HTTP request. Bodies and headers may contain secrets: only the wire sees them. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute, http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Whether to retry after 429, 502–504, or a transport error before any byte of an
   * answer. Never with an authorization code or a refresh token: a failed attempt uses up
   * the code, and a repeated refresh token looks like theft.
   */
  readonly retry: boolean;
  /**
   * Of a request that changes something: it judges what arrives, and a missing answer is
   * `outcome-unknown`.
   */
  readonly changeJudge?: ChangeJudge;
  /** Whether to return a redirect as an answer instead of throwing. */
  readonly answersRedirect?: boolean;
}

/** The cause of a missing answer to a request that was written, at least in part. */
export type NoAnswer = 'nothing' | 'cut' | 'not-http' | 'too-long';

/** The answer to a request that was written, or the cause of its absence. */
export type Arrived = HttpResponse | NoAnswer;

/** The meaning of what arrived for a change. */
export interface Judgment {
  readonly outcome: 'done' | 'not-done' | 'unknown';
  /** Whether the request may be sent again, if a further attempt is due. */
  readonly isSentAgain: boolean;
}

/** A change that may have been made, although no answer says so. */
export interface UnknownChange {
  /** The first arrival that leaves the outcome open. */
  readonly arrived: Arrived;
  /** How often the request was written, at least in part. */
  readonly tries: number;
  /** The last arrival, if it is another one; null: none. */
  readonly last: Arrived | null;
  /** The error that ended the request; null: an answer ended it. */
  readonly cause: CliError | null;
}

/** Judges what arrives for a request that changes something. */
export interface ChangeJudge {
  judge(arrived: Arrived): Judgment;
  /** The error `outcome-unknown`. */
  unknown(change: UnknownChange): CliError;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 8 MiB of text. */
  readonly body: string;
  /**
   * Whether the tenant has answered correctly before, so that an odd answer does not mean
   * a wrong address.
   */
  readonly hostHasAnswered?: true;
  /** The body as received; absent if it did not come from the wire. */
  readonly bytes?: Uint8Array;
}

/**
 * The network, with timeouts, TLS, proxies, retries and the debug trace. Returns answers
 * with a status from 200 to 299 and from 400 up, and follows no redirect.
 */
export interface Http {
  /**
   * @throws {CliError} tenant-unreachable, tenant-timeout, tenant-tls, tenant-redirected,
   * listener-not-yours, tenant-not-json (no HTTP at all, or a body over the limit),
   * outcome-unknown, usage (a bad proxy address, a header that cannot be sent),
   * file-not-found and file-unreadable (the CA file), interrupted
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** An Http to close when many are opened. The last one of a process needs no closing. */
export interface OpenHttp extends Http {
  /** Stops listening to the interrupt. */
  close(): void;
}

/** Makes a pause; its caller may do other work meanwhile. */
export type Pause = (wait: () => Promise<void>) => Promise<void>;

/**
 * The network for many tenants, one Http for each: they share no connection, secret or
 * timeout.
 */
export interface HttpSource {
  /**
   * @param timeout limit of all its waiting, in milliseconds
   * @param pause makes the pauses between its attempts; time beyond the pause does not
   * count
   */
  open(timeout: number, pause?: Pause): OpenHttp;
}

/** The address that an answer to a request for `url` redirects to, or null. */
export function redirectTarget({ headers }: HttpResponse, url: string): URL | null {
  const { location } = headers;
  return location !== undefined && URL.canParse(location, url) ? new URL(location, url) : null;
}

/** An address that an answer redirects to, as far as it is shown: without its query. */
export interface ShownRedirect {
  readonly shown: string;
  /** `own`: at the host that was asked. */
  readonly place: 'own' | 'other';
}

export function redirectShown(answer: HttpResponse, url: string): ShownRedirect {
  const target = redirectTarget(answer, url);
  if (target === null || target.host === '') return { shown: 'another address', place: 'other' };
  const place = target.host === new URL(url).host ? 'own' : 'other';
  return { shown: `${target.origin}${target.pathname.replace(/^\/$/, '')}`, place };
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
