import { destination, givenProfile, givenTenant, type Hint, mfaCli } from '../../errors/hint.ts';
import { addressForms } from '../../errors/tenant-hints.ts';

/**
 * The state of one thing that commands depend on. The message is one sentence with a full
 * stop, without secrets.
 */
export interface Verdict {
  /** `not-checked`: nothing can check it. */
  readonly level: 'ok' | 'not-checked' | 'warning' | 'error';
  readonly message: string;
  /** How to fix it; null: nothing to fix. */
  readonly hint: string | Hint | null;
}

export function ok(message: string): Verdict {
  return { level: 'ok', message, hint: null };
}

export function warning(message: string, hint: string | Hint): Verdict {
  return { level: 'warning', message, hint };
}

export function failure(message: string, hint: string | Hint): Verdict {
  return { level: 'error', message, hint };
}

export function notChecked(message: string): Verdict {
  return { level: 'not-checked', message, hint: null };
}

/**
 * Only the two calls that change a certificate show whether a user has the right to, and
 * the vendor gives their key a default: `doctor` never makes them.
 */
export const rightNotChecked: Verdict = {
  level: 'not-checked',
  message:
    'Your right to manage push certificates cannot be checked in advance: ' +
    'only apns set and apns delete show it.',
  hint: {
    text:
      'There is nothing to do now. If the tenant rejects either command, get a role with ' +
      'the administrative right "Device Management": {command} creates one.',
    command: mfaCli('bootstrap', givenTenant, givenProfile),
  },
};

/** Hints of several checks. */
export const addressHint: Hint = {
  text: 'Name the identity host, such as {forms}, with --tenant URL or {command}.',
  values: { forms: addressForms },
  command: mfaCli('profile', 'set', 'tenant', 'URL', givenProfile),
};
export const signInHint: Hint = {
  text: 'Run {command}.',
  command: mfaCli('login', ...destination),
};

/** The command that signs in to another tenant. */
export function signInAt(tenant: string): Hint['command'] {
  return mfaCli('login', '--tenant', tenant, givenProfile);
}

export const caHint = 'Name a PEM file with --ca-file PEM or MFA_CLI_CA_FILE.';
export const proxyHint = 'Set HTTPS_PROXY to http://HOST:PORT, or unset it.';
