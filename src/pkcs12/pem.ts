import type { Certificate, PushIdentity } from './model.ts';

const lineLength = 64;

/** A push identity as PEM text (RFC 7468): the private key as PKCS #8, the leaf, the other certificates. What is missing is left out. */
export function encodePem({ privateKey, certificate, chain }: PushIdentity): string {
  const key = privateKey?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '';
  const certificates = certificate === null ? chain : [certificate, ...chain];
  return [key, ...certificates.map(encodeCertificate)].join('');
}

function encodeCertificate({ der }: Certificate): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
