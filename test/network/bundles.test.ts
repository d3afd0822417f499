import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SilentPipe } from '../../src/files/chunks.ts';
import { systemAuthorities, userAuthorities } from '../../src/network/trust.ts';
import { tlsFixture } from '../support/http.ts';

/** What stands at a path instead of a file: its bytes in chunks, or what its reading ends with. */
const files = new Map<string, readonly Uint8Array[] | Error>();
vi.mock(import('../../src/files/chunks.ts'), async (original) => ({
  ...(await original()),
  async *readFileInChunks(path: string) {
    const found = files.get(path) ?? Object.assign(new Error(), { code: 'ENOENT' });
    if (found instanceof Error) throw found;
    yield* found;
  },
}));
beforeEach(() => files.clear());

const pem = readFileSync(tlsFixture('ca.pem'));
const waiting = (signal = new AbortController().signal) => ({ signal, patience: 5000 });
const nothing = { caFile: null, nodeExtraCaCerts: null, sslCertFile: null };
const own = { ...nothing, caFile: 'own.pem' };

describe('the system’s bundle', () => {
  const places = [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/ca-bundle.pem',
    '/etc/ssl/cert.pem',
  ];
  test.each(places)('is found at %s', async (place) => {
    files.set(place, [Buffer.from('system')]);
    expect(await systemAuthorities(nothing, waiting())).toEqual([...rootCertificates, 'system']);
  });

  test('is the first that holds something', async () => {
    for (const place of places.slice(1)) files.set(place, [Buffer.from(place)]);
    files.set(places[1] as string, []);
    expect((await systemAuthorities(nothing, waiting())).slice(rootCertificates.length)).toEqual([places[2]]);
  });

  test('is the one that SSL_CERT_FILE names, and no other', async () => {
    for (const place of places) files.set(place, [Buffer.from(place)]);
    const settings = { ...nothing, sslCertFile: 'named.pem' };
    expect(await systemAuthorities(settings, waiting())).toEqual(rootCertificates);
  });

  test('is not there', async () => {
    expect(await systemAuthorities(nothing, waiting())).toEqual(rootCertificates);
  });

  test('comes beside the CA file, which is named where it is not there', async () => {
    await expect(systemAuthorities(own, waiting())).rejects.toMatchObject({ code: 'file-not-found' });
    files.set('own.pem', [pem]);
    expect(await systemAuthorities(own, waiting())).toEqual([...rootCertificates, pem.toString()]);
  });
});

describe('a CA file', () => {
  const limit = 8 * 1024 * 1024;
  const blanks = (size: number) => Buffer.alloc(size, '\n');

  test('in several chunks, and of 8 MiB, is read', async () => {
    const rest = blanks(limit - pem.length);
    files.set('own.pem', [pem.subarray(0, 100), pem.subarray(100), rest]);
    expect((await userAuthorities(own, waiting()))?.at(-1)).toBe(`${pem}${rest}`);
  });

  test.each<[string, readonly Uint8Array[] | Error, string, string]>([
    [
      'over 8 MiB',
      [pem, blanks(limit - pem.length + 1)],
      'file-unreadable',
      'is not a bundle of certificates',
    ],
    ['that is no PEM', [Buffer.from('a')], 'file-unreadable', 'holds no PEM certificate'],
    ['that is not there', Object.assign(new Error(), { code: 'ENOENT' }), 'file-not-found', 'does not exist'],
    ['that cannot be read', Object.assign(new Error(), { code: 'EIO' }), 'file-unreadable', 'cannot be read'],
  ])('%s is said to be so', async (_case, found, code, words) => {
    files.set('own.pem', found);
    await expect(userAuthorities(own, waiting())).rejects.toMatchObject({
      code,
      message: `The CA file own.pem ${words}`,
      cause: found instanceof Error ? found : expect.any(Error),
    });
  });

  test('that is a pipe out of which nothing comes is said to be so', async () => {
    const cause = new SilentPipe();
    files.set('own.pem', cause);
    await expect(userAuthorities(own, waiting())).rejects.toMatchObject({
      cause,
      code: 'file-unreadable',
      message: 'The CA file own.pem is a pipe, and nothing came out of it in time',
    });
  });

  test('is not complained of after an interrupt', async () => {
    files.set('own.pem', new Error('whatever'));
    const reason = new Error('interrupted');
    await expect(userAuthorities(own, waiting(AbortSignal.abort(reason)))).rejects.toBe(reason);
  });
});
