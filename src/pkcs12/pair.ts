import type { KeyObject } from 'node:crypto';
import type { Certificate, PushIdentity } from './model.ts';

/** A certificate and the private key that belongs to it. */
interface Pair {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
}

/** The leaf and its key; null where one is missing or they do not belong together. */
export function pairOf({ certificate, privateKey, paired }: PushIdentity): Pair | null {
  return certificate === null || privateKey === null || !paired ? null : { certificate, privateKey };
}
