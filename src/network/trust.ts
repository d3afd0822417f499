import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { CliError, systemCode } from '../errors.ts';

/** Where Linux distributions, BSDs and macOS keep the system's CA bundle; the first that exists is used. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Which CAs to trust beside those that Node.js brings. */
export interface TrustSettings {
  /** PEM bundle of the user's, or null. */
  readonly caFile: string | null;
  /** `NODE_EXTRA_CA_CERTS`: a context of our own does not take it over by itself. */
  readonly nodeExtraCaCerts: string | null;
  /** `SSL_CERT_FILE`: where OpenSSL looks for the system's bundle. */
  readonly sslCertFile: string | null;
}

/**
 * The user's CA bundle beside the CAs that Node.js brings, PEM; null where there is none, since Node's own default is
 * quicker and takes over `NODE_EXTRA_CA_CERTS`.
 * @throws {CliError} file-not-found, file-unreadable
 */
export async function userAuthorities(settings: TrustSettings): Promise<string[] | null> {
  if (settings.caFile === null) return null;
  const pem = await readBundle(settings.caFile);
  return allOf([pem, await readIfPresent(settings.nodeExtraCaCerts)]);
}

/**
 * The same with the CAs of the operating system. Reading some 140 of them costs about 40 ms, so this is asked for only
 * after a certificate was not trusted.
 */
export async function systemAuthorities(settings: TrustSettings): Promise<string[]> {
  const user = settings.caFile === null ? '' : await readBundle(settings.caFile);
  const extra = await readIfPresent(settings.nodeExtraCaCerts);
  return allOf([user, extra, await readSystem(settings.sslCertFile)]);
}

/** The trust that `userAuthorities` makes; null as it is. @throws {CliError} as it does */
export async function userTrust(settings: TrustSettings): Promise<SecureContext | null> {
  const ca = await userAuthorities(settings);
  return ca === null ? null : createSecureContext({ ca });
}

/** The trust that `systemAuthorities` makes. @throws {CliError} as it does */
export async function systemTrust(settings: TrustSettings): Promise<SecureContext> {
  return createSecureContext({ ca: await systemAuthorities(settings) });
}

async function readSystem(sslCertFile: string | null): Promise<string> {
  for (const path of sslCertFile === null ? systemBundles : [sslCertFile]) {
    const pem = await readIfPresent(path);
    if (pem !== '') return pem;
  }
  return '';
}

async function readIfPresent(path: string | null): Promise<string> {
  if (path === null) return '';
  return readFile(path, 'utf8').catch(() => '');
}

/** A bundle of all public CAs has a quarter of a megabyte. */
const bundleLimit = 8 * 1024 * 1024;

async function readBundle(path: string): Promise<string> {
  const stats = await stat(path).catch(() => null);
  if (stats !== null && (stats.isCharacterDevice() || stats.size > bundleLimit))
    throw new CliError('file-unreadable', `The CA file ${path} is no bundle of certificates`);
  const pem = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw systemCode(cause) === 'ENOENT'
      ? new CliError('file-not-found', `The CA file ${path} does not exist`, { cause })
      : new CliError('file-unreadable', `The CA file ${path} cannot be read`, { cause });
  });
  try {
    // A secure context passes over what it cannot read.
    new X509Certificate(pem);
  } catch (cause) {
    throw new CliError('file-unreadable', `The CA file ${path} holds no PEM certificate`, { cause });
  }
  return pem;
}

function allOf(bundles: readonly string[]): string[] {
  return [...rootCertificates, ...bundles.filter((pem) => pem !== '')];
}
