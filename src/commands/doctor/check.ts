import { CliError } from '../../errors/cli-error.ts';
import { addressForms } from '../../errors/tenant.ts';

/** What a check is about; permanent, as `code` of the JSON document. */
type CheckCode =
  | 'node-version'
  | 'bun-version'
  | 'variables'
  | 'configuration-directory'
  | 'store'
  | 'keychain'
  | 'profile'
  | 'session'
  | 'tenant-address'
  | 'clock-skew'
  | 'proxy'
  | 'ca'
  | 'loopback-port'
  | 'browser';

/** One thing that commands depend on, as it was found. The message is one sentence with a full stop, without a secret. */
export interface Check {
  readonly code: CheckCode;
  readonly level: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** What to do; null where all is well. */
  readonly hint: string | null;
}

export function ok(code: CheckCode, message: string): Check {
  return { code, level: 'ok', message, hint: null };
}

export function warning(code: CheckCode, message: string, hint: string): Check {
  return { code, level: 'warning', message, hint };
}

export function failure(code: CheckCode, message: string, hint: string): Check {
  return { code, level: 'error', message, hint };
}

/** What a check found, or the failure that its work ended with. @throws {CliError} interrupted; and what is our bug */
export async function orFailure(
  code: CheckCode,
  hint: string,
  work: () => Promise<Check> | Check,
): Promise<Check> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return failure(code, `${error.message}.`, hint);
  }
}

/** What helps in several checks. */
export const addressHint = `Give the identity host, which looks like ${addressForms}, with --tenant URL or \`mfa-cli profile set tenant URL\`.`;
export const caHint = 'Name a PEM file with --ca-file PEM or MFA_CLI_CA_FILE.';
export const proxyHint = 'Set HTTPS_PROXY to http://HOST:PORT, or unset it.';
