import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/pkcs12/certificate.ts';
import { orderChain } from '../../src/pkcs12/certificate-file.ts';
import { certificate, otherRsaKey, rsaKey } from './build.ts';

const named = (name: string) => [['2.5.4.3', name]] as const;
const issued = (subject: string, issuer: string, key = rsaKey, signer = rsaKey) =>
  readCertificate(certificate({ subject: named(subject), issuer: named(issuer) }, key, signer)).certificate;

const leaf = issued('leaf', 'intermediate', otherRsaKey);
const intermediate = issued('intermediate', 'root');
const root = issued('root', 'root');
const namesake = issued('intermediate', 'root', otherRsaKey);
const stranger = issued('stranger', 'root');

const names = (certificates: readonly { readonly commonName: string | null }[]) =>
  certificates.map(({ commonName }) => commonName);

describe('a chain', () => {
  test.each<[string, Parameters<typeof orderChain>[1], readonly string[], readonly string[]]>([
    ['in its order', [intermediate, root], ['intermediate', 'root'], []],
    ['in another order', [root, intermediate], ['intermediate', 'root'], []],
    ['without its root', [intermediate], ['intermediate'], []],
    ['without its intermediate', [root], [], ['root']],
    ['with a stranger', [stranger, root, intermediate], ['intermediate', 'root'], ['stranger']],
    ['with the leaf among it', [leaf, intermediate], ['intermediate'], []],
    ['with one twice', [intermediate, intermediate], ['intermediate'], []],
    ['of nothing', [], [], []],
  ])('%s', (_, candidates, ordered, unrelated) => {
    const chain = orderChain(leaf, candidates);
    expect([names(chain.ordered), names(chain.unrelated)]).toEqual([ordered, unrelated]);
  });

  test('has the authority that signed, not one of the same name', () => {
    const chain = orderChain(leaf, [namesake, intermediate]);
    expect([chain.ordered, chain.unrelated]).toEqual([[intermediate], [namesake]]);
  });
});
