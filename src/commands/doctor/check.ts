import { addressForms } from '../../errors/tenant.ts';

/** One thing that commands depend on, as it was found. The message is one sentence with a full stop, without a secret. */
export interface Verdict {
  /** `not-checked`: nothing looks at it, so that it may or may not be well. */
  readonly level: 'ok' | 'not-checked' | 'warning' | 'error';
  readonly message: string;
  /** What to do; null where all is well. */
  readonly hint: string | null;
}

export function ok(message: string): Verdict {
  return { level: 'ok', message, hint: null };
}

export function warning(message: string, hint: string): Verdict {
  return { level: 'warning', message, hint };
}

export function failure(message: string, hint: string): Verdict {
  return { level: 'error', message, hint };
}

/**
 * No call tells whether a user may set push certificates but the two that change one, and the vendor gives their key a
 * default: they are never made to find out.
 */
export const rightNotChecked: Verdict = {
  level: 'not-checked',
  message: 'The right to manage push certificates: only apns set and apns delete show it.',
  hint: 'It takes a role with the administrative right "Device Management", which `mfa-cli bootstrap` gives.',
};

/** What helps in several checks. */
export const addressHint = `Give the identity host, which looks like ${addressForms}, with --tenant URL or \`mfa-cli profile set tenant URL\`.`;
export const caHint = 'Name a PEM file with --ca-file PEM or MFA_CLI_CA_FILE.';
export const proxyHint = 'Set HTTPS_PROXY to http://HOST:PORT, or unset it.';
