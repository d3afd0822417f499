import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates } from 'node:tls';
import { beforeEach, expect, test, vi } from 'vitest';
import { createTrust, systemTrust, type TrustSettings, userTrust } from '../../src/network/trust.ts';
import { tlsFixture } from '../support/http.ts';

// A secure context does not tell what it holds.
vi.mock(import('node:tls'), async (importOriginal) => {
  const tls = await importOriginal();
  return { ...tls, createSecureContext: vi.fn(tls.createSecureContext) };
});

const user = tlsFixture('ca.pem');
const extra = tlsFixture('server.pem');
const system = tlsFixture('other-host.pem');
const waiting = { signal: new AbortController().signal, patience: 5000 };
const all: TrustSettings = { caFile: user, nodeExtraCaCerts: extra, sslCertFile: system };

beforeEach(() => vi.mocked(createSecureContext).mockClear());

test.each<[string, typeof userTrust | typeof systemTrust, TrustSettings, readonly string[] | null]>([
  ['the CA file and NODE_EXTRA_CA_CERTS', userTrust, all, [user, extra]],
  ['the CA file', userTrust, { ...all, nodeExtraCaCerts: null }, [user]],
  ['what Node.js has by itself', userTrust, { ...all, caFile: null }, null],
  ['both and the system', systemTrust, all, [user, extra, system]],
  ['NODE_EXTRA_CA_CERTS and the system', systemTrust, { ...all, caFile: null }, [extra, system]],
  ['the system', systemTrust, { ...all, caFile: null, nodeExtraCaCerts: null }, [system]],
])('trusted beside the CAs of Node.js: %s', async (_case, trust, settings, files) => {
  const context = await trust(settings, waiting);
  const given = vi.mocked(createSecureContext).mock.calls.map(([options]) => options?.ca);
  expect(context === null).toBe(files === null);
  expect(given).toEqual(
    files === null ? [] : [[...rootCertificates, ...files.map((path) => readFileSync(path, 'utf8'))]],
  );
});

test.each(['/dev/zero', '/dev/null'])('%s is no CA file', async (caFile) => {
  await expect(userTrust({ ...all, caFile }, waiting)).rejects.toMatchObject({ code: 'file-unreadable' });
});

test('is loaded once for all connections, with the system and without', async () => {
  const trust = createTrust(all, waiting);
  expect(trust.withSystem).toBe(false);
  const loaded = [
    await trust.load(false),
    await trust.load(true),
    await trust.load(false),
    await trust.load(true),
  ];
  const [without, within] = vi
    .mocked(createSecureContext)
    .mock.calls.map(([options]) => [options?.ca].flat().length);
  expect(createSecureContext).toHaveBeenCalledTimes(2);
  expect(Number(within) - Number(without)).toBe(1);
  expect([loaded[0] === loaded[2], loaded[1] === loaded[3], loaded[0] === loaded[1]]).toEqual([
    true,
    true,
    false,
  ]);
});
