import { X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { CliError, systemCode } from '../errors.ts';
import { readFileInChunks, SilentPipe, type Waiting } from '../files/chunks.ts';

/** Where Linux distributions, BSDs and macOS keep the system's CA bundle; the first that exists is used. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Which CAs to trust besides those that come with Node.js. */
export interface TrustSettings {
  /** PEM bundle of the user's, or null. */
  readonly caFile: string | null;
  /** `NODE_EXTRA_CA_CERTS`: a context of our own does not use it by itself. */
  readonly nodeExtraCaCerts: string | null;
  /** `SSL_CERT_FILE`: where OpenSSL looks for the system's bundle. */
  readonly sslCertFile: string | null;
}

/**
 * The user's CA bundle and the CAs that come with Node.js, as PEM; null without a bundle, since Node's own default is
 * faster and includes `NODE_EXTRA_CA_CERTS`.
 * @throws {CliError} file-not-found, file-unreadable
 */
export async function userAuthorities(settings: TrustSettings, waiting: Waiting): Promise<string[] | null> {
  if (settings.caFile === null) return null;
  const pem = await readBundle(settings.caFile, waiting);
  return allOf([pem, await readIfPresent(settings.nodeExtraCaCerts, waiting)]);
}

/**
 * The same with the operating system's CAs. Reading some 140 of them costs about 40 ms, so this is needed only
 * after a certificate was not trusted.
 */
export async function systemAuthorities(settings: TrustSettings, waiting: Waiting): Promise<string[]> {
  const user = settings.caFile === null ? '' : await readBundle(settings.caFile, waiting);
  const extra = await readIfPresent(settings.nodeExtraCaCerts, waiting);
  return allOf([user, extra, await readSystem(settings.sslCertFile, waiting)]);
}

/** The trust for `userAuthorities`; null stays null. @throws {CliError} as it does */
export async function userTrust(settings: TrustSettings, waiting: Waiting): Promise<SecureContext | null> {
  const ca = await userAuthorities(settings, waiting);
  return ca === null ? null : createSecureContext({ ca });
}

/** The trust for `systemAuthorities`. @throws {CliError} as it does */
export async function systemTrust(settings: TrustSettings, waiting: Waiting): Promise<SecureContext> {
  return createSecureContext({ ca: await systemAuthorities(settings, waiting) });
}

/** The trust of one command, loaded once, however many connections need it. */
export interface Trust {
  /** Whether a server was met that only the operating system's CAs vouch for: from then on they are asked at once. */
  withSystem: boolean;
  /** Null: what Node.js has by itself. @throws {CliError} as userTrust */
  load(withSystem: boolean): Promise<SecureContext | null>;
}

export function createTrust(settings: TrustSettings, waiting: Waiting): Trust {
  let user: Promise<SecureContext | null> | null = null;
  let system: Promise<SecureContext> | null = null;
  return {
    withSystem: false,
    load(withSystem) {
      if (!withSystem) {
        user ??= userTrust(settings, waiting);
        return user;
      }
      system ??= systemTrust(settings, waiting);
      return system;
    },
  };
}

async function readSystem(sslCertFile: string | null, waiting: Waiting): Promise<string> {
  for (const path of sslCertFile === null ? systemBundles : [sslCertFile]) {
    const pem = await readIfPresent(path, waiting);
    if (pem !== '') return pem;
  }
  return '';
}

async function readIfPresent(path: string | null, waiting: Waiting): Promise<string> {
  if (path === null) return '';
  return readText(path, waiting).catch(() => '');
}

/** A bundle of all public CAs is a quarter of a megabyte. */
const bundleLimit = 8 * 1024 * 1024;

async function readText(path: string, waiting: Waiting): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readFileInChunks(path, waiting)) {
    length += chunk.length;
    if (length > bundleLimit) throw new RangeError('too large for a bundle');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readBundle(path: string, waiting: Waiting): Promise<string> {
  const pem = await readText(path, waiting).catch((cause: unknown) => {
    waiting.signal.throwIfAborted();
    throw bundleError(path, cause);
  });
  try {
    // A secure context silently skips what it cannot read.
    new X509Certificate(pem);
  } catch (cause) {
    throw new CliError('file-unreadable', `The CA file ${path} holds no PEM certificate`, { cause });
  }
  return pem;
}

function bundleError(path: string, cause: unknown): CliError {
  if (systemCode(cause) === 'ENOENT')
    return new CliError('file-not-found', `The CA file ${path} does not exist`, { cause });
  if (cause instanceof SilentPipe)
    return new CliError(
      'file-unreadable',
      `The CA file ${path} is a pipe, and nothing came out of it in time`,
      { cause },
    );
  return cause instanceof RangeError
    ? new CliError('file-unreadable', `The CA file ${path} is not a bundle of certificates`, { cause })
    : new CliError('file-unreadable', `The CA file ${path} cannot be read`, { cause });
}

function allOf(bundles: readonly string[]): string[] {
  return [...rootCertificates, ...bundles.filter((pem) => pem !== '')];
}
