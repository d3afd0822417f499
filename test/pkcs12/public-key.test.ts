import { createPublicKey, hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { certifiedKeyFingerprint, publicKeyFingerprint } from '../../src/pkcs12/key.ts';
import type { Certificate } from '../../src/pkcs12/model.ts';
import { certificate, certificateWithKey, otherRsaKey, rsaKey } from './build.ts';

const spki = createPublicKey(rsaKey).export({ type: 'spki', format: 'der' });
const certified = (der: Uint8Array) => certifiedKeyFingerprint({ der } as Certificate);

describe('the fingerprint of a public key', () => {
  test.each([
    ['of it', () => publicKeyFingerprint(createPublicKey(rsaKey))],
    ['of its private half', () => publicKeyFingerprint(rsaKey)],
    ['of its certificate', () => certified(certificate({ subject: [] }, rsaKey, otherRsaKey))],
  ])('%s is SHA-256 of its SubjectPublicKeyInfo', (_, fingerprint) => {
    expect(fingerprint()).toBe(hash('sha256', spki));
  });

  test('that Node.js cannot read is none', () => {
    expect(certified(certificateWithKey('1.2.3.4', Buffer.from('key')))).toBe(null);
  });
});
