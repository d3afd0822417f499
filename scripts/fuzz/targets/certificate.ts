import { orderChain, readCertificateFile } from '../../../src/pkcs12/certificate-file.ts';
import { formatCertificate, reportCertificate } from '../../../src/report/identity.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { bytesOf, fixtures } from '../fixtures.ts';
import { mutatePem } from '../mutate-der.ts';
import { attempt, say, type Target } from '../target.ts';

const now = new Date('2026-11-24T16:00:00Z');

/** Certificates, DER or PEM, and the chain built from them. */
export const certificate: Target = {
  name: 'certificate',
  bytesLimit: 1024 * 1024,
  seconds: 3,
  seeds: () => fixtures(/^(apple|tls)\/.*\.(cer|pem)$|^p12\/40-/),
  mutate: ({ bytes }, all, random) => mutatePem(bytes, bytesOf(all), random),
  async judge(bytes) {
    const file = { name: 'fuzz\u001b[2J.cer', bytes };
    const read = await attempt(() => readCertificateFile(file, unbounded));
    if (read === null) return;
    const [leaf, ...others] = read;
    const chain = await attempt(() => orderChain(leaf, others));
    for (const each of [leaf, ...(chain?.ordered ?? []).slice(0, 3)])
      await say(reportCertificate(each, now), formatCertificate);
  },
};
