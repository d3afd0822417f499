import type { Entries } from './entries.ts';

type Light = { readonly [Code in keyof Entries]: Pick<Entries[Code], 'area' | 'exitCode'> };

/**
 * The area and the exit code of each entry, for every run: the entries with their hints are
 * loaded only to print an error. A row that differs from its entry does not compile.
 */
export const codes: Light = {
  'internal-error': { area: 'program', exitCode: 1 },
  usage: { area: 'usage', exitCode: 2 },
  'prompt-unavailable': { area: 'usage', exitCode: 2 },
  'file-exists': { area: 'file', exitCode: 2 },
  'fleet-untrusted': { area: 'fleet', exitCode: 2 },
  'fleet-file-invalid': { area: 'fleet', exitCode: 2 },
  interrupted: { area: 'program', exitCode: 130 },
  'file-not-found': { area: 'file', exitCode: 3 },
  'file-unreadable': { area: 'file', exitCode: 3 },
  'file-unwritable': { area: 'file', exitCode: 3 },
  'file-too-large': { area: 'file', exitCode: 3 },
  'pkcs12-not-recognized': { area: 'input', exitCode: 3 },
  'pkcs12-corrupt': { area: 'input', exitCode: 3 },
  'pkcs12-password-incorrect': { area: 'input', exitCode: 3 },
  'pkcs12-password-required': { area: 'input', exitCode: 3 },
  'pkcs12-unsupported': { area: 'input', exitCode: 3 },
  'certificate-not-recognized': { area: 'input', exitCode: 3 },
  'key-not-recognized': { area: 'input', exitCode: 3 },
  'key-password-incorrect': { area: 'input', exitCode: 3 },
  'project-not-recognized': { area: 'input', exitCode: 3 },
  'keychain-unavailable': { area: 'session', exitCode: 5 },
  'not-signed-in': { area: 'session', exitCode: 5 },
  'session-expired': { area: 'session', exitCode: 5 },
  'sign-in-failed': { area: 'session', exitCode: 5 },
  'sign-in-timed-out': { area: 'session', exitCode: 5 },
  'sign-in-denied': { area: 'session', exitCode: 5 },
  'sign-in-other-user': { area: 'session', exitCode: 5 },
  'tenant-refused': { area: 'tenant', exitCode: 6 },
  'tenant-forbidden': { area: 'tenant', exitCode: 6 },
  'proof-failed': { area: 'tenant', exitCode: 8 },
  'tenant-changed': { area: 'tenant', exitCode: 6 },
  'rate-limited': { area: 'tenant', exitCode: 6 },
  'tenant-unreachable': { area: 'tenant', exitCode: 7 },
  'tenant-timeout': { area: 'tenant', exitCode: 7 },
  'tenant-tls': { area: 'tenant', exitCode: 7 },
  'tenant-not-json': { area: 'tenant', exitCode: 7 },
  'listener-not-yours': { area: 'tenant', exitCode: 7 },
  'outcome-unknown': { area: 'tenant', exitCode: 7 },
  'issuer-failed': { area: 'program', exitCode: 7 },
  'tenant-redirected': { area: 'tenant', exitCode: 7 },
  'apns-unreachable': { area: 'apns', exitCode: 7 },
  'apns-timeout': { area: 'apns', exitCode: 7 },
  'apns-tls': { area: 'apns', exitCode: 7 },
  'apns-not-http2': { area: 'apns', exitCode: 7 },
};
