import { X509Certificate } from 'node:crypto';
import { delimiter, join } from 'node:path';
import tls from 'node:tls';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { entriesIn, statsOf } from '../files/directory.ts';
import { readFileInChunks, SilentPipe, type Waiting } from '../files/read.ts';
import type { TrustSettings } from './http.ts';

/** The CAs of one place. */
export interface Store {
  /**
   * The path of a file or directory; `built-in`: the runtime's own CAs; `system`: those
   * that it reads from the operating system.
   */
  readonly place: 'built-in' | 'system' | { readonly path: string; readonly variable?: string };
  /** One or more certificates each. */
  readonly pem: readonly string[];
}

/**
 * Reads the stores of a group.
 * @throws {CliError} for the user's own: file-not-found, file-unreadable
 */
export type StoreGroup = () => Promise<readonly Store[]>;

/**
 * All trusted CAs, the fastest first: the user's, the runtime's own, and the system's, as
 * bundled by the distribution and as read by the runtime.
 */
export function storeGroups(settings: TrustSettings, waiting: Waiting): readonly StoreGroup[] {
  const { caFile, nodeExtraCaCerts, sslCertFile, sslCertDir } = settings;
  const named = async (path: string | null, variable: string): Promise<readonly Store[]> =>
    path === null
      ? []
      : [{ place: { path, variable }, pem: await readPemIfPresent(path, waiting) }];
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
  // These replace all other CAs of the system.
  return [
    ...own,
    async () => [
      ...(await named(sslCertFile, 'SSL_CERT_FILE')),
      ...(await storesIn(sslCertDir?.split(delimiter) ?? [], waiting)),
    ],
  ];
}

/** All trusted CAs, group by group. */
export interface TrustedStores {
  /** The number of groups. */
  readonly groups: number;
  /**
   * The PEM of the groups up to that one; a group without new CAs adds nothing.
   * @throws {CliError} as StoreGroup
   */
  upTo(last: number): Promise<readonly string[]>;
}

/** The CAs for `settings`, each read once, on first use. */
export function openStores(settings: TrustSettings, waiting: Waiting): TrustedStores {
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
    upTo,
  };
}

/** In Node.js from 22.15 (and Bun), but not in the types of Node.js 20. */
interface Runtime {
  getCACertificates?(type: 'default' | 'extra' | 'system'): readonly string[];
}

const { getCACertificates } = tls as Runtime;
/** Whether the system itself, not a file, stores the CAs. */
const keptBySystem = process.platform === 'darwin' || process.platform === 'win32';

/**
 * The CA bundles of Linux distributions, BSDs and macOS; the first that exists is used.
 */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** OpenSSL's directory with one file for each CA; distributions link their own to it. */
const directory = '/etc/ssl/certs';
/**
 * The most certificates of a directory; the largest public one has some 600 files for
 * 150.
 */
const maxFiles = 10_000;

/**
 * The runtime's own CAs without `NODE_EXTRA_CA_CERTS`; its options and `NODE_OPTIONS` may
 * change them.
 */
export function builtInAuthorities(): readonly string[] {
  if (getCACertificates === undefined) return tls.rootCertificates;
  const extra = new Set(getCACertificates('extra'));
  return getCACertificates('default').filter((pem) => !extra.has(pem));
}

/**
 * The distribution's bundle: the fastest way to the same CAs. None if the system itself
 * stores the CAs.
 */
async function systemBundle(waiting: Waiting): Promise<readonly Store[]> {
  if (keptBySystem && getCACertificates !== undefined) return [];
  for (const path of bundles) {
    const pem = await readPemIfPresent(path, waiting);
    if (pem.length > 0) return [{ place: { path }, pem }];
  }
  return [];
}

/**
 * The CAs that the runtime reads from the system: the Windows store, the macOS keychain,
 * OpenSSL's directory.
 */
function systemStore(): readonly Store[] {
  // Node.js warns on stderr about a missing directory.
  if (getCACertificates === undefined || !(keptBySystem || statsOf(directory) !== null)) return [];
  return [{ place: 'system', pem: [...new Set(getCACertificates('system'))] }];
}

/** The CAs in the directories that `SSL_CERT_DIR` names. */
async function storesIn(
  directories: readonly string[],
  waiting: Waiting,
): Promise<readonly Store[]> {
  const stores: Store[] = [];
  for (const path of directories.filter((directory) => directory !== '')) {
    const pem = new Set<string>();
    for (const name of namesIn(path).slice(0, maxFiles))
      for (const text of await readPemIfPresent(join(path, name), waiting)) pem.add(text);
    stores.push({ place: { path, variable: 'SSL_CERT_DIR' }, pem: [...pem] });
  }
  return stores;
}

/** The most entries of a directory to search. */
const maxEntries = 100_000;

/** The files of a directory, and links to files, as OpenSSL reads them. */
function namesIn(path: string): string[] {
  try {
    return entriesIn(path, maxEntries)
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

/** A bundle of all public CAs is a quarter of a megabyte. */
const limit = 8 * 1024 * 1024;

/**
 * The text of the user's CA bundle.
 * @throws {CliError} usage, file-not-found, file-unreadable
 */
export async function readCaFile(path: string, waiting: Waiting): Promise<string> {
  const failed = (
    cause: unknown,
    words: string,
    code: 'file-not-found' | 'file-unreadable' | 'usage' = 'file-unreadable',
  ): CliError =>
    new CliError(code, `The CA file ${path} ${words}`, {
      cause,
      facts: { fix: 'Correct --ca-file, MFA_CLI_CA_FILE or the setting ca-file of the profile.' },
    });
  if (path === '-') throw failed(null, 'cannot be stdin: several connections read it', 'usage');
  const pem = await readText(path, waiting).catch((cause: unknown) => {
    waiting.signal.throwIfAborted();
    if (systemCode(cause) === 'ENOENT') throw failed(cause, 'does not exist', 'file-not-found');
    if (cause instanceof SilentPipe)
      throw failed(cause, 'is a pipe that delivered nothing in time');
    throw failed(
      cause,
      cause instanceof RangeError ? 'is not a certificate bundle' : 'cannot be read',
    );
  });
  try {
    // A secure context silently skips unreadable certificates.
    new X509Certificate(pem);
  } catch (cause) {
    throw failed(cause, 'contains no PEM certificate');
  }
  return pem;
}

/** The text of a file; nothing if it is empty or cannot be read. */
export async function readPemIfPresent(path: string, waiting: Waiting): Promise<readonly string[]> {
  const text = await readText(path, waiting).catch(() => '');
  return text === '' ? [] : [text];
}

const certificate = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END \1CERTIFICATE-----/g;

/** The certificates of a PEM bundle up to the first unreadable one, like OpenSSL. */
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

/**
 * Removes two forms that OpenSSL accepts but BoringSSL (in Bun) does not: a byte order
 * mark, and OpenSSL's trusted certificates.
 */
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
  return text.includes('-----BEGIN TRUSTED CERTIFICATE-----')
    ? certificatesIn(text).join('')
    : text;
}
