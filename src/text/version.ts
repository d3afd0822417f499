declare const MFA_CLI_VERSION: string;
/** The version from package.json, inserted by the build and the test runner. */
export const version: string = MFA_CLI_VERSION;
/** What every request names itself by (RFC 9110 §10.1.5). */
export const userAgent = `mfa-cli/${version}`;

/*
 * Where Bun, which runs the single executable, differs from Node.js, and what is done then. All else is written so that it
 * is right on both.
 */

/** Bun's version, or null in Node.js. */
export const bunVersion: string | null = process.versions.bun ?? null;
/** For messages. */
export const runtimeName: string = bunVersion === null ? 'Node.js' : 'Bun';

/**
 * Whether the event loop tells of a pipe that was opened by its name: a socket on it reads nothing in Bun, and only on Linux
 * does one wait for a first writer.
 */
export const waitsForPipes: boolean = bunVersion === null && process.platform === 'linux';
/** Whether it tells of a terminal that was opened by its name: Bun reads one at once, and fails where nothing has been typed yet. */
export const waitsForTerminals: boolean = bunVersion === null;
/** Whether the runtime by itself trusts what is where OpenSSL looks for the system's CAs; `SSL_CERT_FILE` and `SSL_CERT_DIR` each replace half of that. */
export const trustsSystem: boolean = bunVersion !== null;
