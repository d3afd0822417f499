import { X509Certificate } from 'node:crypto';
import type { Certificate } from './model.ts';

/** Certificates in issuing order, and those outside the chain. */
export interface Chain {
  readonly ordered: readonly Certificate[];
  readonly unrelated: readonly Certificate[];
}

/** A chain takes one verification for each certificate; more are needed only where several share a name. */
const mostSignatures = 64;

/**
 * Orders authorities issuer by issuer, starting with the leaf's. The leaf itself and duplicates are left out. What would
 * take too many verifications counts as unrelated.
 */
export function orderChain(leaf: Certificate, candidates: readonly Certificate[]): Chain {
  const left = new Map(
    candidates.map((candidate) => [
      candidate.fingerprint,
      [candidate, new X509Certificate(candidate.der)] as const,
    ]),
  );
  left.delete(leaf.fingerprint);
  const ordered: Certificate[] = [];
  let signatures = 0;
  for (let subject = new X509Certificate(leaf.der); ; ) {
    const issuer = [...left.values()].find(
      ([, authority]) =>
        subject.checkIssued(authority) && ++signatures <= mostSignatures && isSignedBy(subject, authority),
    );
    if (issuer === undefined)
      return { ordered, unrelated: [...left.values()].map(([candidate]) => candidate) };
    left.delete(issuer[0].fingerprint);
    ordered.push(issuer[0]);
    subject = issuer[1];
  }
}

function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  try {
    return certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}
