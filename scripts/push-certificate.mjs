// Makes a throwaway push certificate shaped like Apple's, under a certification authority of its own.
import forge from 'node-forge';

const apple = '1.2.840.113635.100.';

/** @typedef {{ bundleId: string, teamId: string, days?: number }} Subject of a push certificate */

/**
 * A .p12 with a universal push certificate for a bundle ID, as bytes.
 * @param {Subject & { password: string, bits?: number }} given
 */
export function makePushP12({ password, bits = 2048, ...subject }) {
  const keys = forge.pki.rsa.generateKeyPair({ bits });
  const pfx = forge.pkcs12.toPkcs12Asn1(
    keys.privateKey,
    [certify(keys.publicKey, subject)],
    password,
    {
      algorithm: 'aes256',
      friendlyName: `Apple Push Services: ${subject.bundleId}`,
    },
  );
  return Buffer.from(derOf(pfx), 'binary');
}

/**
 * Answers a certificate signing request (PEM) as Apple's portal does: with a universal push certificate, as DER.
 * @param {string} request
 * @param {Subject} subject
 */
export function answerRequest(request, subject) {
  const { publicKey } = forge.pki.certificationRequestFromPem(request);
  if (publicKey === null) throw new Error('The certificate signing request has no key');
  return Buffer.from(derOf(forge.pki.certificateToAsn1(certify(publicKey, subject))), 'binary');
}

/**
 * @param {forge.pki.PublicKey} publicKey
 * @param {Subject} subject
 */
function certify(publicKey, { bundleId, teamId, days = 395 }) {
  const authorityKeys = forge.pki.rsa.generateKeyPair({ bits: 2048 });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = `2a${forge.util.bytesToHex(forge.random.getBytesSync(8))}`;
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + days * 86_400_000);
  certificate.setSubject([
    { type: '0.9.2342.19200300.100.1.1', value: bundleId },
    { name: 'commonName', value: `Apple Push Services: ${bundleId}` },
    { shortName: 'OU', value: teamId },
    { name: 'organizationName', value: 'Example' },
    { name: 'countryName', value: 'US' },
  ]);
  certificate.setIssuer([
    { name: 'commonName', value: 'Demo Worldwide Developer Relations Certification Authority' },
    { shortName: 'OU', value: 'G4' },
    { name: 'organizationName', value: 'Demo' },
    { name: 'countryName', value: 'US' },
  ]);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'extKeyUsage', clientAuth: true, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { id: `${apple}6.3.1`, value: derOf(nothing()) },
    { id: `${apple}6.3.2`, value: derOf(nothing()) },
    { id: `${apple}6.3.6`, value: derOf(topics(bundleId)) },
  ]);
  certificate.sign(authorityKeys.privateKey, forge.md.sha256.create());
  return certificate;
}

const { asn1 } = forge;
const universal = asn1.Class.UNIVERSAL;

/** @param {forge.asn1.Asn1} value */
function derOf(value) {
  return asn1.toDer(value).getBytes();
}

function nothing() {
  return asn1.create(universal, asn1.Type.NULL, false, '');
}

/** @param {string} value */
function text(value) {
  return asn1.create(universal, asn1.Type.UTF8, false, value);
}

/** @param {forge.asn1.Asn1[]} items */
function sequence(items) {
  return asn1.create(universal, asn1.Type.SEQUENCE, true, items);
}

/**
 * Names and kinds alternating, as in Apple's.
 * @param {string} bundleId
 */
function topics(bundleId) {
  const kinds = {
    [bundleId]: 'topic',
    [`${bundleId}.voip`]: 'voip',
    [`${bundleId}.complication`]: 'complication',
  };
  return sequence(
    Object.entries(kinds).flatMap(([topic, kind]) => [text(topic), sequence([text(kind)])]),
  );
}
