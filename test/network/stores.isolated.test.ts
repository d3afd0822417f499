import { X509Certificate } from 'node:crypto';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SilentPipe } from '../../src/files/read.ts';
import type { TrustSettings } from '../../src/network/http.ts';
import {
  certificatesIn,
  openStores,
  readCaFile,
  readPemIfPresent,
  type Store,
} from '../../src/network/stores.ts';
import { tlsFixture } from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** The CAs that the runtime reads, as Node.js 22.15 and later; null: it reads none. */
const runtime = vi.hoisted(() => ({
  kept: null as Readonly<Record<string, readonly string[]>> | null,
  hasDirectory: true,
}));
vi.mock(import('node:tls'), async (original) => {
  const found = await original();
  const read = (type: string) => runtime.kept?.[type];
  return {
    default: Object.create(found, {
      getCACertificates: { get: () => (runtime.kept === null ? undefined : read) },
    }),
  };
});
vi.mock(import('../../src/files/directory.ts'), async (original) => {
  const found = await original();
  return { ...found, statsOf: () => (runtime.hasDirectory ? found.statsOf('/') : null) };
});
/** What stands at a path instead of a file: its bytes in chunks, or what its reading ends with. */
const files = new Map<string, readonly (Uint8Array | string)[] | Error>();
vi.mock(import('../../src/files/read.ts'), async (original) => {
  const chunks = await original();
  return {
    ...chunks,
    async *readFileInChunks(path, waiting) {
      if (!files.has(path) && path.startsWith('/tmp/'))
        return yield* chunks.readFileInChunks(path, waiting);
      const found = files.get(path) ?? Object.assign(new Error(), { code: 'ENOENT' });
      if (found instanceof Error) throw found;
      for (const chunk of found) yield Buffer.from(chunk);
    },
  };
});
beforeEach(() => {
  files.clear();
  Object.assign(runtime, { kept: null, hasDirectory: true });
});

const waiting = (signal = new AbortController().signal) => ({ signal, pipeTimeout: 5000 });
const nothing: TrustSettings = {
  caFile: null,
  nodeExtraCaCerts: null,
  sslCertFile: null,
  sslCertDir: null,
};

/** The stores besides the CAs of the runtime itself. */
async function storesOn(
  platform: NodeJS.Platform,
  settings: Partial<TrustSettings> = {},
): Promise<readonly Store[]> {
  vi.resetModules();
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
  const { storeGroups } = await import('../../src/network/stores.ts');
  const groups = storeGroups({ ...nothing, ...settings }, waiting());
  const [builtIn, ...stores] = (await Promise.all(groups.map((group) => group()))).flat();
  expect(builtIn).toEqual({ place: 'built-in', pem: runtime.kept ? ['a'] : expect.any(Array) });
  return stores;
}

describe('the CAs of the system', () => {
  const places = [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/ca-bundle.pem',
    '/etc/ssl/cert.pem',
  ];
  const fillPlaces = () => {
    for (const place of places) files.set(place, [place]);
  };
  const bundleAt = (path = '') => ({ place: { path }, pem: [path] });
  const named = { path: 'named.pem', variable: 'SSL_CERT_FILE' };

  test('are the first bundle that holds something, or none', async () => {
    fillPlaces();
    files.set(places[0] ?? '', []);
    for (const place of places.slice(1)) {
      expect(await storesOn('linux')).toEqual([bundleAt(place)]);
      files.delete(place);
    }
    expect(await storesOn('linux')).toEqual([]);
  });

  test.each(['darwin', 'win32'] as const)(
    'are a bundle on %s as well where the runtime cannot read the system',
    async (platform) => {
      fillPlaces();
      expect(await storesOn(platform)).toEqual([bundleAt(places[0])]);
    },
  );

  test('are the file that SSL_CERT_FILE names, and no other', async () => {
    fillPlaces();
    runtime.kept = { default: ['a'], extra: [], system: ['s'] };
    const settings = { sslCertFile: 'named.pem' };
    for (const platform of ['linux', 'win32'] as const)
      expect(await storesOn(platform, settings)).toEqual([{ place: named, pem: [] }]);
    files.set('named.pem', ['named']);
    expect(await storesOn('linux', settings)).toEqual([{ place: named, pem: ['named'] }]);
  });

  test('are each file of the directories that SSL_CERT_DIR names, each once, through a link, and no other', async () => {
    fillPlaces();
    const [first, second] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(first, 'b.pem'), 'b');
    writeFileSync(join(first, 'a.pem'), 'a');
    symlinkSync('a.pem', join(first, '0123abcd.0'));
    symlinkSync('gone.pem', join(first, 'dangling'));
    writeFileSync(join(second, 'c.pem'), 'c');
    const variable = 'SSL_CERT_DIR';
    expect(
      await storesOn('linux', { sslCertDir: [first, '', '/nowhere', second].join(delimiter) }),
    ).toEqual([
      { place: { path: first, variable }, pem: ['a', 'b'] },
      { place: { path: '/nowhere', variable }, pem: [] },
      { place: { path: second, variable }, pem: ['c'] },
    ]);
  });

  test('are those of the file and of the directory where both are named', async () => {
    fillPlaces();
    files.set('named.pem', ['named']);
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a.pem'), 'a');
    const settings = { sslCertFile: 'named.pem', sslCertDir: directory };
    expect(await storesOn('linux', settings)).toEqual([
      { place: named, pem: ['named'] },
      { place: { path: directory, variable: 'SSL_CERT_DIR' }, pem: ['a'] },
    ]);
  });

  test('are those that the runtime reads, after a bundle on Linux, which is faster', async () => {
    fillPlaces();
    runtime.kept = { default: ['a', 'extra'], extra: ['extra'], system: ['s', 'a', 's'] };
    const system = { place: 'system', pem: ['s', 'a'] };
    for (const platform of ['win32', 'darwin'] as const)
      expect(await storesOn(platform)).toEqual([system]);
    expect(await storesOn('linux')).toEqual([bundleAt(places[0]), system]);
    // Node.js would complain of it on stderr.
    runtime.hasDirectory = false;
    expect(await storesOn('linux')).toEqual([bundleAt(places[0])]);
    expect(await storesOn('win32')).toEqual([system]);
  });
});

const [one, other] = ['ca.pem', 'server.pem'].map((name) =>
  readFileSync(tlsFixture(name), 'utf8'),
) as [string, string];
/** As `openssl x509 -trustout` names it. */
const trusted = one.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE');
const damaged = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const plain = (pem: string) => new X509Certificate(pem).toString();

test.each<[string, string, readonly string[]]>([
  ['nothing', '', []],
  ['words alone', 'no certificate', []],
  ['two, with words around them', `One\n${one}\nand\n${other}.`, [one, other]],
  ['one of the older name', one.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE'), [one]],
  ["one of OpenSSL's own kind", trusted, [one]],
  ['one before a damaged one', one + damaged + other, [one]],
])('the certificates of a bundle with %s', (_case, bundle, expected) => {
  expect(certificatesIn(bundle)).toEqual(expected.map(plain));
});

describe('a CA file', () => {
  const limit = 8 * 1024 * 1024;
  const rest = '\n'.repeat(limit - one.length);

  test.each<[string, readonly string[], string]>([
    ['in several chunks, and of 8 MiB', [one.slice(0, 100), one.slice(100), rest], one + rest],
    ['with a byte order mark', [`\uFEFF${one}`], one],
    ['with one further down', [`${one}\uFEFF${other}`], `${one}\uFEFF${other}`],
    ["of OpenSSL's own kind", [trusted + other], plain(one) + plain(other)],
  ])('%s is read', async (_case, chunks, expected) => {
    files.set('own.pem', chunks);
    expect(await readCaFile('own.pem', waiting())).toBe(expected);
    expect(await readPemIfPresent('own.pem', waiting())).toEqual([expected]);
  });

  const failing = (code: string) => Object.assign(new Error(), { code });
  test.each<[string, readonly string[] | Error, string, string]>([
    ['over 8 MiB', [one, rest, '\n'], 'file-unreadable', 'is not a certificate bundle'],
    ['that is no PEM', ['a'], 'file-unreadable', 'contains no PEM certificate'],
    ['that is not there', failing('ENOENT'), 'file-not-found', 'does not exist'],
    ['that cannot be read', failing('EIO'), 'file-unreadable', 'cannot be read'],
    [
      'that is silent',
      new SilentPipe(),
      'file-unreadable',
      'is a pipe that delivered nothing in time',
    ],
  ])('%s is said to be so, but not after an interrupt', async (_case, found, code, words) => {
    files.set('own.pem', found);
    await expect(readCaFile('own.pem', waiting())).rejects.toMatchObject({
      code,
      message: `The CA file own.pem ${words}`,
      cause: found instanceof Error ? found : expect.any(Error),
    });
    if (!(found instanceof Error)) return;
    const reason = new Error('interrupted');
    await expect(readCaFile('own.pem', waiting(AbortSignal.abort(reason)))).rejects.toBe(reason);
  });

  test('that is a pipe is read once, though the stores are asked one after the other', async () => {
    files.set('own.pem', [one]);
    const stores = openStores(
      { ...nothing, caFile: 'own.pem', sslCertFile: 'named.pem' },
      waiting(),
    );
    expect(await stores.upTo(0)).toEqual([one]);
    files.delete('own.pem');
    expect((await stores.upTo(stores.groups - 1))[0]).toBe(one);
  });
});
