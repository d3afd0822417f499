import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SilentPipe } from '../../src/files/read.ts';
import type { Store, TrustSettings } from '../../src/network/stores.ts';
import { openStores, readCaFile, storeGroups } from '../../src/network/stores.ts';
import { tlsFixture } from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What stands at a path instead of a file: its bytes in chunks, or what its reading ends with. */
const files = new Map<string, readonly Uint8Array[] | Error>();
vi.mock(import('../../src/files/read.ts'), async (original) => {
  const chunks = await original();
  return {
    ...chunks,
    async *readFileInChunks(path, waiting) {
      if (!files.has(path) && path.startsWith('/tmp/')) return yield* chunks.readFileInChunks(path, waiting);
      const found = files.get(path) ?? Object.assign(new Error(), { code: 'ENOENT' });
      if (found instanceof Error) throw found;
      yield* found;
    },
  };
});
beforeEach(() => files.clear());

const pem = readFileSync(tlsFixture('ca.pem'));
const waiting = (signal = new AbortController().signal) => ({ signal, patience: 5000 });
const nothing: TrustSettings = { caFile: null, nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null };

async function systemOf(settings: Partial<TrustSettings> = {}): Promise<readonly Store[]> {
  const [, ...system] = storeGroups({ ...nothing, ...settings }, waiting());
  const stores = await Promise.all(system.map((group) => group()));
  return stores.flat().filter(({ place }) => place !== 'system');
}

describe('the system’s bundle', () => {
  const places = [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/ca-bundle.pem',
    '/etc/ssl/cert.pem',
  ];
  test.each(places)('is found at %s', async (path) => {
    files.set(path, [Buffer.from('system')]);
    expect(await systemOf()).toEqual([{ place: { path }, pem: ['system'] }]);
  });

  test('is the first that holds something', async () => {
    for (const place of places.slice(1)) files.set(place, [Buffer.from(place)]);
    files.set(places[1] as string, []);
    expect(await systemOf()).toEqual([{ place: { path: places[2] }, pem: [places[2]] }]);
  });

  test('is the file that SSL_CERT_FILE names, and no other', async () => {
    for (const place of places) files.set(place, [Buffer.from(place)]);
    const place = { path: 'named.pem', variable: 'SSL_CERT_FILE' };
    expect(await systemOf({ sslCertFile: 'named.pem' })).toEqual([{ place, pem: [] }]);
    files.set('named.pem', [Buffer.from('named')]);
    expect(await systemOf({ sslCertFile: 'named.pem' })).toEqual([{ place, pem: ['named'] }]);
  });

  test('is each file of the directories that SSL_CERT_DIR names, links too, each once, and no other', async () => {
    for (const place of places) files.set(place, [Buffer.from(place)]);
    const [first, second] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(first, 'b.pem'), 'b');
    writeFileSync(join(first, 'a.pem'), 'a');
    symlinkSync('a.pem', join(first, '0123abcd.0'));
    symlinkSync('gone.pem', join(first, 'dangling'));
    writeFileSync(join(second, 'c.pem'), 'c');
    const found = await systemOf({ sslCertDir: [first, '', '/nowhere', second].join(delimiter) });
    expect(found.map((store) => store.pem)).toEqual([['a', 'b'], [], ['c']]);
    expect(found.map(({ place }) => place)).toEqual(
      [first, '/nowhere', second].map((path) => ({ path, variable: 'SSL_CERT_DIR' })),
    );
  });

  test('is not there', async () => {
    expect(await systemOf()).toEqual([]);
  });
});

test('a CA file that is a pipe is read once, though the stores are asked one after the other', async () => {
  files.set('own.pem', [pem]);
  const stores = openStores({ ...nothing, caFile: 'own.pem', sslCertFile: 'named.pem' }, waiting());
  expect(await stores.upTo(0)).toEqual([pem.toString()]);
  files.delete('own.pem');
  expect((await stores.upTo(stores.groups - 1))[0]).toBe(pem.toString());
});

describe('a CA file', () => {
  const limit = 8 * 1024 * 1024;
  const blanks = (size: number) => Buffer.alloc(size, '\n');

  test('in several chunks, and of 8 MiB, is read', async () => {
    const rest = blanks(limit - pem.length);
    files.set('own.pem', [pem.subarray(0, 100), pem.subarray(100), rest]);
    expect(await readCaFile('own.pem', waiting())).toBe(`${pem}${rest}`);
  });

  test.each<[string, readonly Uint8Array[] | Error, string, string]>([
    ['over 8 MiB', [pem, blanks(limit - pem.length + 1)], 'file-unreadable', 'is not a certificate bundle'],
    ['that is no PEM', [Buffer.from('a')], 'file-unreadable', 'contains no PEM certificate'],
    ['that is not there', Object.assign(new Error(), { code: 'ENOENT' }), 'file-not-found', 'does not exist'],
    ['that cannot be read', Object.assign(new Error(), { code: 'EIO' }), 'file-unreadable', 'cannot be read'],
  ])('%s is said to be so', async (_case, found, code, words) => {
    files.set('own.pem', found);
    await expect(readCaFile('own.pem', waiting())).rejects.toMatchObject({
      code,
      message: `The CA file own.pem ${words}`,
      cause: found instanceof Error ? found : expect.any(Error),
    });
  });

  test('that is a pipe out of which nothing comes is said to be so', async () => {
    const cause = new SilentPipe();
    files.set('own.pem', cause);
    await expect(readCaFile('own.pem', waiting())).rejects.toMatchObject({
      cause,
      code: 'file-unreadable',
      message: 'The CA file own.pem is a pipe that delivered nothing in time',
    });
  });

  test('is not complained of after an interrupt', async () => {
    files.set('own.pem', new Error('whatever'));
    const reason = new Error('interrupted');
    await expect(readCaFile('own.pem', waiting(AbortSignal.abort(reason)))).rejects.toBe(reason);
  });
});
