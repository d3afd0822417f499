import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { TrustSettings } from '../../src/network/http.ts';
import { builtInAuthorities } from '../../src/network/stores.ts';
import { createTrust, withTrust } from '../../src/network/trust.ts';
import { tlsFixture } from '../support/http.ts';

const executable = vi.hoisted(() => ({ trustsSystem: false }));
vi.mock(import('../../src/text/version.ts'), async (original) => {
  const trustsSystem = { get: () => executable.trustsSystem };
  return Object.defineProperties({ ...(await original()) }, { trustsSystem });
});
// A secure context does not tell what it holds.
vi.mock(import('node:tls'), async (importOriginal) => {
  const tls = await importOriginal();
  return { ...tls, createSecureContext: vi.fn(tls.createSecureContext) };
});

const [user, extra, system] = ['ca.pem', 'server.pem', 'other-host.pem'].map(tlsFixture) as [
  string,
  string,
  string,
];
const waiting = { signal: new AbortController().signal, pipeTimeout: 5000 };
const all: TrustSettings = {
  caFile: user,
  nodeExtraCaCerts: extra,
  sslCertFile: system,
  sslCertDir: null,
};
const untrusted = Object.assign(new Error(), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
const expired = Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' });
const misnamed = Object.assign(new Error(), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });

beforeEach(() => vi.mocked(createSecureContext).mockClear());

const built = 'what Node.js has by itself';
const contents = (names: readonly string[]): string[] =>
  names.flatMap((name) => (name === built ? builtInAuthorities() : readFileSync(name, 'utf8')));

const [own, both] = [
  [user, extra],
  [user, extra, built],
];
test.each<[string, Partial<TrustSettings>, readonly (readonly string[] | null)[]]>([
  ['all of it', {}, [own, both, [...both, system]]],
  ['no extra', { nodeExtraCaCerts: null }, [[user], [user, built], [user, built, system]]],
  ['no CA file', { caFile: null }, [null, [built, extra, system]]],
  ['the system alone', { caFile: null, nodeExtraCaCerts: null }, [null, [built, system]]],
])('the stores are asked group by group: %s', async (_case, settings, groups) => {
  const trust = createTrust({ ...all, ...settings }, waiting);
  const found = await Promise.all(groups.map((_group, reach) => trust.authorities(reach)));
  expect(found).toEqual(groups.map((names) => names && contents(names)));
});

test('a context has these CAs, and is made once for all connections', async () => {
  const trust = createTrust(all, waiting);
  const [first, second, again] = [
    await trust.context(0),
    await trust.context(1),
    await trust.context(0),
  ];
  expect([first === again, first === second]).toEqual([true, false]);
  const given = vi.mocked(createSecureContext).mock.calls.map(([options]) => options?.ca);
  expect(given).toEqual([contents(own), contents(both)]);
  expect(await createTrust({ ...all, caFile: null }, waiting).context(0)).toBeNull();
});

test.each<[Partial<TrustSettings>, boolean]>([
  [{ caFile: null, nodeExtraCaCerts: null, sslCertFile: null }, true],
  [{ caFile: null, sslCertFile: null }, true],
  [{ caFile: null }, false],
  [{ caFile: null, sslCertFile: null, sslCertDir: '/nowhere' }, false],
  [{ sslCertFile: null }, false],
])('the trust of an executable’s runtime is enough with %j: %s', async (settings, isEnough) => {
  executable.trustsSystem = true;
  onTestFinished(() => void Object.assign(executable, { trustsSystem: false }));
  const authorities = await createTrust({ ...all, ...settings }, waiting).authorities(0);
  expect(authorities === null).toBe(isEnough);
});

test.each(['/dev/zero', '/dev/null'])('%s is no CA file', async (caFile) => {
  await expect(createTrust({ ...all, caFile }, waiting).context(0)).rejects.toMatchObject({
    code: 'file-unreadable',
  });
});

describe('a server with an unknown CA', () => {
  test('makes the CA groups load in order, and later connections start with the last group', async () => {
    const trust = createTrust(all, waiting);
    const asked: number[] = [];
    const attempt = async (reach: number) => {
      asked.push(reach);
      throw untrusted;
    };
    await expect(withTrust(trust, attempt)).rejects.toBe(untrusted);
    expect([asked, trust.lastGroup]).toEqual([[0, 1, 2], 2]);
    expect(await withTrust(trust, async (reach) => reach)).toBe(2);
  });

  test('does not wait for another connection that has loaded more groups', async () => {
    const trust = createTrust(all, waiting);
    expect(await trust.widen(1, untrusted)).toBe(true);
    expect(await trust.widen(0, untrusted)).toBe(true);
    expect(trust.lastGroup).toBe(2);
  });

  test.each<[string, Partial<TrustSettings>, number]>([
    ['a system that has what was named before', { sslCertFile: user }, 1],
    ['a system that has nothing', { sslCertFile: tlsFixture('nowhere.pem') }, 1],
  ])('is not connected to for %s', async (_case, settings, reach) => {
    const trust = createTrust({ ...all, ...settings }, waiting);
    expect([await trust.widen(0, untrusted), await trust.widen(reach, untrusted)]).toEqual([
      true,
      false,
    ]);
    expect(trust.lastGroup).toBe(reach);
  });
});

test.each<[string, Error, Partial<TrustSettings>, readonly boolean[]]>([
  ['an expired chain of the CA file', expired, {}, [true, false]],
  ['an expired chain', expired, { caFile: null }, [false]],
  ['an unknown authority', untrusted, { caFile: null }, [true, false]],
  ['another host', misnamed, {}, [false, false]],
])('more CAs help against %s', async (_case, error, settings, expected) => {
  const trust = createTrust({ ...all, ...settings }, waiting);
  const found: boolean[] = [];
  for (const reach of expected.keys()) found.push(await trust.widen(reach, error));
  expect(found).toEqual(expected);
});
