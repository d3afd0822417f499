import { Malformed } from '../../pkcs12/asn1.ts';
import { readCertificate } from '../../pkcs12/certificate.ts';
import type { ApnsEnvironment, Certificate, CertificateKind } from '../../pkcs12/model.ts';
import { refuse } from './reasons.ts';

const noPushKinds: readonly CertificateKind[] = ['distribution', 'development', 'other'];

/**
 * The connection's push certificate.
 * @param der null: none was presented
 * @throws {ApnsRefusal} MissingProviderToken, BadCertificate, BadCertificateEnvironment
 */
export function requirePushCertificate(
  der: Uint8Array | null,
  environment: ApnsEnvironment,
  now: Date,
): Certificate {
  // Without a certificate APNs expects the other way to authenticate, a token in a header.
  if (der === null) throw refuse('MissingProviderToken');
  const certificate = read(der);
  const served = certificate === null ? [] : servedBy(certificate);
  const isPush = certificate !== null && served.length > 0;
  if (!isPush || now < certificate.notBefore || now > certificate.notAfter) throw refuse('BadCertificate');
  if (!served.includes(environment)) throw refuse('BadCertificateEnvironment');
  return certificate;
}

/** The environments that take pushes with it; none: it is no push certificate. */
export function servedBy({ kind, environments }: Certificate): readonly ApnsEnvironment[] {
  if (noPushKinds.includes(kind)) return [];
  // Certificates for other things than apps (MDM, passes, websites) are not marked for an environment.
  return environments.length === 0 ? ['production'] : environments;
}

function read(der: Uint8Array): Certificate | null {
  try {
    return readCertificate(der).certificate;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** The topic of a push. @throws {ApnsRefusal} MissingTopic, BadTopic, TopicDisallowed */
export function requireTopic(asked: string | undefined, { topics }: Certificate): string {
  const [only] = topics;
  if (asked === undefined && only !== undefined && topics.length === 1) return only;
  if (asked === undefined || asked === '') throw refuse('MissingTopic');
  if (!/^[A-Za-z0-9.-]+$/.test(asked)) throw refuse('BadTopic');
  if (!topics.includes(asked)) throw refuse('TopicDisallowed');
  return asked;
}
