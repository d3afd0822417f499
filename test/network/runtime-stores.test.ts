import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Store } from '../../src/network/stores.ts';

/** Node.js 22.15 and later, with these CAs. */
const kept = { default: ['a', 'extra'], extra: ['extra'], system: ['s', 'a', 's'] };
const hasDirectory = vi.hoisted(() => ({ value: true }));
vi.mock(import('node:tls'), async (original) => {
  const found = { ...(await original()), getCACertificates: (type: keyof typeof kept) => kept[type] };
  return { ...found, default: found };
});
vi.mock(import('../../src/files/directory.ts'), async (original) => {
  const found = await original();
  return { ...found, statsOf: () => (hasDirectory.value ? found.statsOf('/') : null) };
});
vi.mock(import('../../src/files/read.ts'), async (original) => ({
  ...(await original()),
  async *readFileInChunks() {
    yield Buffer.from('bundle');
  },
}));

const waiting = { signal: new AbortController().signal, patience: 5000 };
const nothing = { caFile: null, nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null };

async function storesOn(platform: NodeJS.Platform, settings = nothing): Promise<readonly Store[]> {
  vi.resetModules();
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
  const { storeGroups } = await import('../../src/network/stores.ts');
  const groups = await Promise.all(storeGroups(settings, waiting).map((group) => group()));
  vi.restoreAllMocks();
  return groups.flat();
}

beforeEach(() => {
  hasDirectory.value = true;
});

const builtIn = { place: 'built-in', pem: ['a'] };
const bundle = { place: { path: '/etc/ssl/certs/ca-certificates.crt' }, pem: ['bundle'] };
const system = { place: 'system', pem: ['s', 'a'] };

describe('a runtime that reads the system’s store', () => {
  test.each(['win32', 'darwin'] as const)('is asked for it, and no file is, on %s', async (platform) => {
    expect(await storesOn(platform)).toEqual([builtIn, system]);
  });

  test('is asked for it after the bundle, which is faster, on linux', async () => {
    expect(await storesOn('linux')).toEqual([builtIn, bundle, system]);
  });

  test('is not asked for a directory that is not there, of which it would complain on stderr', async () => {
    hasDirectory.value = false;
    expect(await storesOn('linux')).toEqual([builtIn, bundle]);
    expect(await storesOn('win32')).toEqual([builtIn, system]);
  });

  test('is not asked where SSL_CERT_FILE names other CAs', async () => {
    const settings = { ...nothing, sslCertFile: 'named.pem' };
    expect(await storesOn('win32', settings as never)).toEqual([
      builtIn,
      { place: { path: 'named.pem', variable: 'SSL_CERT_FILE' }, pem: ['bundle'] },
    ]);
  });
});
