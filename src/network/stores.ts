import { X509Certificate } from 'node:crypto';
import { delimiter, join } from 'node:path';
import tls from 'node:tls';
import { CliError, type ErrorCode, systemCode } from '../errors/cli-error.ts';
import { entriesIn, statsOf } from '../files/directory.ts';
import { readFileInChunks, SilentPipe, type Waiting } from '../files/read.ts';

/** Which CAs to trust besides those that come with Node.js. */
export interface TrustSettings {
  /** PEM bundle of the user's, or null. */
  readonly caFile: string | null;
  /** `NODE_EXTRA_CA_CERTS`: a context of our own does not use it by itself. */
  readonly nodeExtraCaCerts: string | null;
  /** `SSL_CERT_FILE` and `SSL_CERT_DIR`: where OpenSSL looks for the system's CAs. */
  readonly sslCertFile: string | null;
  readonly sslCertDir: string | null;
}

/** CAs that are kept in one place. */
export interface Store {
  /** The path of a file or directory; `built-in`: what the runtime has by itself; `system`: what it reads out of the operating system. */
  readonly place: 'built-in' | 'system' | { readonly path: string; readonly variable?: string };
  /** One or more certificates each. */
  readonly pem: readonly string[];
}

/** Reads stores that are asked together. @throws {CliError} of the user's own: file-not-found, file-unreadable */
export type StoreGroup = () => Promise<readonly Store[]>;

/**
 * Everything that is trusted, the fastest first: what the user names, what the runtime has by itself, and the system's, as
 * the distribution bundles it and as the runtime reads it.
 */
export function storeGroups(settings: TrustSettings, waiting: Waiting): readonly StoreGroup[] {
  const { caFile, nodeExtraCaCerts, sslCertFile, sslCertDir } = settings;
  const named = async (path: string | null, variable: string): Promise<readonly Store[]> =>
    path === null ? [] : [{ place: { path, variable }, pem: await readPemIfPresent(path, waiting) }];
  const extra = () => named(nodeExtraCaCerts, 'NODE_EXTRA_CA_CERTS');
  const builtIn = (): Store => ({ place: 'built-in', pem: builtInAuthorities() });
  const own: readonly StoreGroup[] =
    caFile === null
      ? [async () => [builtIn(), ...(await extra())]]
      : [
          async () => [
            { place: { path: caFile }, pem: [await readCaFile(caFile, waiting)] },
            ...(await extra()),
          ],
          async () => [builtIn()],
        ];
  if (sslCertFile === null && sslCertDir === null)
    return [...own, () => systemBundle(waiting), async () => systemStore()];
  // What these name is in place of all else of the system.
  return [
    ...own,
    async () => [
      ...(await named(sslCertFile, 'SSL_CERT_FILE')),
      ...(await storesIn(sslCertDir?.split(delimiter) ?? [], waiting)),
    ],
  ];
}

/** The CAs for `settings`, each read once, when it is asked for. */
export function openStores(settings: TrustSettings, waiting: Waiting) {
  const groups = storeGroups(settings, waiting);
  const read: Promise<readonly string[]>[] = [];

  async function readUpTo(last: number): Promise<readonly string[]> {
    const before = last === 0 ? [] : await upTo(last - 1);
    const stores = (await groups[last]?.()) ?? [];
    const isNew = (pem: string): boolean => !before.some((known) => known.includes(pem.trim()));
    return [...before, ...stores.flatMap(({ pem }) => pem).filter(isNew)];
  }
  const upTo = (last: number): Promise<readonly string[]> => (read[last] ??= readUpTo(last));

  return {
    groups: groups.length,
    /** PEM of the groups up to that one; a group that has nothing new adds nothing. @throws {CliError} as StoreGroup */
    upTo,
  };
}

/** What Node.js has from 22.15 on (and Bun), and the types of Node.js 20 do not name. */
interface Runtime {
  getCACertificates?(type: 'default' | 'extra' | 'system'): readonly string[];
}

const { getCACertificates } = tls as Runtime;
/** The platforms whose CAs are kept by the system itself, not in files. */
const keptBySystem = process.platform === 'darwin' || process.platform === 'win32';

/** Where Linux distributions, BSDs and macOS keep the system's CA bundle; the first that exists is used. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Where OpenSSL has a file for each CA; distributions lead their own such directory there. */
const directory = '/etc/ssl/certs';
/** Certificates that a directory may have; the largest public one has some 600 files for 150. */
const mostFiles = 10_000;

/** What the runtime trusts by itself, without `NODE_EXTRA_CA_CERTS`: its options and `NODE_OPTIONS` may change that. */
export function builtInAuthorities(): readonly string[] {
  if (getCACertificates === undefined) return tls.rootCertificates;
  const extra = new Set(getCACertificates('extra'));
  return getCACertificates('default').filter((pem) => !extra.has(pem));
}

/** The bundle that the distribution makes: the fastest way to the same CAs. None where the system keeps its CAs itself. */
async function systemBundle(waiting: Waiting): Promise<readonly Store[]> {
  if (keptBySystem && getCACertificates !== undefined) return [];
  for (const path of bundles) {
    const pem = await readPemIfPresent(path, waiting);
    if (pem.length > 0) return [{ place: { path }, pem }];
  }
  return [];
}

/** What the runtime reads out of the system: the Windows store, the macOS keychain, the directory of OpenSSL. */
function systemStore(): readonly Store[] {
  // Node.js complains on stderr of a directory that is not there.
  if (getCACertificates === undefined || !(keptBySystem || statsOf(directory) !== null)) return [];
  return [{ place: 'system', pem: [...new Set(getCACertificates('system'))] }];
}

/** The CAs in the directories that `SSL_CERT_DIR` names. */
async function storesIn(directories: readonly string[], waiting: Waiting): Promise<readonly Store[]> {
  const stores: Store[] = [];
  for (const path of directories.filter((directory) => directory !== '')) {
    const pem = new Set<string>();
    for (const name of namesIn(path).slice(0, mostFiles))
      for (const text of await readPemIfPresent(join(path, name), waiting)) pem.add(text);
    stores.push({ place: { path, variable: 'SSL_CERT_DIR' }, pem: [...pem] });
  }
  return stores;
}

/** Entries that a directory may have for them to be found. */
const mostEntries = 100_000;

/** The files of a directory, links to files among them, as OpenSSL has them. */
function namesIn(path: string): string[] {
  try {
    return entriesIn(path, mostEntries)
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

/** A bundle of all public CAs is a quarter of a megabyte. */
const limit = 8 * 1024 * 1024;

/** The text of the user's CA bundle. @throws {CliError} file-not-found, file-unreadable */
export async function readCaFile(path: string, waiting: Waiting): Promise<string> {
  const failed = (cause: unknown, words: string, code: ErrorCode = 'file-unreadable'): CliError =>
    new CliError(code, `The CA file ${path} ${words}`, { cause });
  const pem = await readText(path, waiting).catch((cause: unknown) => {
    waiting.signal.throwIfAborted();
    if (systemCode(cause) === 'ENOENT') throw failed(cause, 'does not exist', 'file-not-found');
    if (cause instanceof SilentPipe) throw failed(cause, 'is a pipe, and nothing came out of it in time');
    throw failed(cause, cause instanceof RangeError ? 'is not a bundle of certificates' : 'cannot be read');
  });
  try {
    // A secure context silently skips what it cannot read.
    new X509Certificate(pem);
  } catch (cause) {
    throw failed(cause, 'holds no PEM certificate');
  }
  return pem;
}

/** The text of a file; nothing if it is empty or cannot be read. */
export async function readPemIfPresent(path: string, waiting: Waiting): Promise<readonly string[]> {
  const text = await readText(path, waiting).catch(() => '');
  return text === '' ? [] : [text];
}

const certificate = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END \1CERTIFICATE-----/g;

/** The certificates of a PEM bundle up to the first that cannot be read: as far as OpenSSL reads. */
export function certificatesIn(bundle: string): string[] {
  const found: string[] = [];
  for (const [pem] of bundle.matchAll(certificate)) {
    try {
      found.push(new X509Certificate(pem).toString());
    } catch {
      break;
    }
  }
  return found;
}

/** Without the two forms that OpenSSL takes and BoringSSL, which Bun has, does not: a byte order mark, and OpenSSL's own kind of certificate. */
async function readText(path: string, waiting: Waiting): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readFileInChunks(path, waiting)) {
    length += chunk.length;
    if (length > limit) throw new RangeError('too large for a bundle');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  return text.includes('-----BEGIN TRUSTED CERTIFICATE-----') ? certificatesIn(text).join('') : text;
}
