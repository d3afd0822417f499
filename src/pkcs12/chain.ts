import { X509Certificate } from 'node:crypto';
import type { Certificate } from './model.ts';

/** Certificates in the order of their issuing, and those that issued none of them. */
export interface Chain {
  readonly ordered: readonly Certificate[];
  readonly unrelated: readonly Certificate[];
}

/**
 * Puts authorities in the order issuer by issuer, from that of the leaf on. The leaf itself, and what stands there twice,
 * is left out.
 */
export function orderChain(leaf: Certificate, candidates: readonly Certificate[]): Chain {
  const left = new Map(candidates.map((candidate) => [candidate.fingerprint, candidate]));
  left.delete(leaf.fingerprint);
  const ordered: Certificate[] = [];
  for (let subject = leaf; ; ) {
    const issuer = [...left.values()].find((candidate) => issued(candidate, subject));
    if (issuer === undefined) return { ordered, unrelated: [...left.values()] };
    left.delete(issuer.fingerprint);
    ordered.push(issuer);
    subject = issuer;
  }
}

/** By the names and by the signature. */
function issued(issuer: Certificate, subject: Certificate): boolean {
  try {
    const [authority, certificate] = [new X509Certificate(issuer.der), new X509Certificate(subject.der)];
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}
