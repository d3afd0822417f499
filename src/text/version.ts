declare const MFA_CLI_VERSION: string;
/** The version from package.json, inserted by the build and the test runner. */
export const version: string = MFA_CLI_VERSION;
export const userAgent = `mfa-cli/${version}`;

/*
 * Differences between Node.js and Bun, which runs the single executable. All other code
 * works on both.
 */

/** Bun's version, or null in Node.js. */
export const bunVersion: string | null = process.versions.bun ?? null;
export const runtimeName: string = bunVersion === null ? 'Node.js' : 'Bun';

/**
 * Whether the runtime trusts OpenSSL's system CAs by itself; `SSL_CERT_FILE` and
 * `SSL_CERT_DIR` each replace half of them.
 */
export const trustsSystem: boolean = bunVersion !== null;
