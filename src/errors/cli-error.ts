import { getSystemErrorMap } from 'node:util';

/**
 * The permanent error codes of the command line (`error.code` in the JSON document), by exit code.
 * `internal-error` and `interrupted` stand for exit 1 and for 130/143, so that every failure has a code.
 */
export type ErrorCode =
  | 'internal-error'
  // 2: the command line
  | 'usage'
  | 'prompt-unavailable'
  | 'file-exists'
  | 'fleet-file-invalid'
  // 3: an input file
  | 'file-not-found'
  | 'file-unreadable'
  | 'file-unwritable'
  | 'file-too-large'
  | 'pkcs12-not-recognised'
  | 'pkcs12-corrupt'
  | 'pkcs12-password-incorrect'
  | 'pkcs12-password-required'
  | 'pkcs12-unsupported'
  | 'certificate-not-recognised'
  | 'key-not-recognised'
  | 'key-password-incorrect'
  | 'project-not-recognised'
  // 5: the session
  | 'keychain-unavailable'
  | 'not-signed-in'
  | 'session-expired'
  | 'sign-in-failed'
  | 'sign-in-timed-out'
  | 'sign-in-denied'
  // 6: the tenant refused
  | 'tenant-refused'
  | 'tenant-forbidden'
  | 'tenant-changed'
  | 'rate-limited'
  // 7: the tenant could not be reached or did not speak the protocol
  | 'tenant-unreachable'
  | 'tenant-timeout'
  | 'tenant-tls'
  | 'tenant-not-json'
  | 'tenant-redirected'
  // the same of APNs
  | 'apns-unreachable'
  | 'apns-timeout'
  | 'apns-tls'
  | 'apns-not-http2'
  // 130 and 143
  | 'interrupted';

/** What an error knows besides its sentence, for the advice: `{option: '--p12', variable: 'MFA_CLI_P12'}`. Never a secret. */
export type ErrorFacts = Readonly<Record<string, string>>;

/**
 * A failure that is not our bug: one fact as a sentence without a period, a permanent code, and facts for the advice.
 * It contains no secret and no file content.
 */
export class CliError extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
  /** The sentence, and what follows it line by line: the faults of a file. The message is all of it. */
  readonly lines: readonly [string, ...string[]];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; facts?: ErrorFacts; lines?: readonly string[] } = {},
  ) {
    const lines = [message, ...(options.lines ?? [])] as const;
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause });
    this.lines = lines;
    this.name = 'CliError';
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** What a system error means, in the system's words (`permission denied`); undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error && 'errno' in error && typeof error.errno === 'number')) return undefined;
  return getSystemErrorMap().get(error.errno)?.[1];
}

/** The `code` of a Node.js system error (`ENOENT`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
