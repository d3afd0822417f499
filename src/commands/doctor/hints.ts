import { addressForms } from '../../errors/tenant.ts';

/** What helps in several checks. */
export const addressHint = `Give the identity host, which looks like ${addressForms}, with --tenant URL or \`mfa-cli profile set tenant URL\`.`;
export const caHint = 'Name a PEM file with --ca-file PEM or MFA_CLI_CA_FILE.';
export const proxyHint = 'Set HTTPS_PROXY to http://HOST:PORT, or unset it.';
