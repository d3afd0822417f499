import { readPrivateKey } from '../../../src/pkcs12/private-key.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { Secret } from '../../../src/text/secret.ts';
import { bytesOf, fixtures } from '../fixtures.ts';
import { mutatePem } from '../mutate-der.ts';
import { attempt, type Target, Violation } from '../target.ts';

const right = new Secret('correct horse');
const wrong = new Secret('not-the-password');

/** A private key, encrypted or not, opened with its password and with another one. */
export const key: Target = {
  name: 'key',
  bytesLimit: 1024 * 1024,
  // Three seconds on each of two cores.
  seconds: 6,
  seeds: () => fixtures(/^(apple|tls)\/(?!key-3m-).*(key.*\.(pem|der)|bags\.pem|\.key)$|^p12\/40-p8/),
  mutate: ({ bytes }, all, random) => mutatePem(bytes, bytesOf(all), random),
  async judge(bytes) {
    const stored = await attempt(() => readPrivateKey({ name: 'fuzz\u202e.key', bytes }));
    if (stored?.kind !== 'encrypted') return;
    await attempt(() => stored.decrypt(right, unbounded));
    const opened = await attempt(() => stored.decrypt(wrong, unbounded));
    if (opened !== null) throw new Violation('opens with a wrong password');
  },
};
