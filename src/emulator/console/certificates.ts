import type { ApnsEnvironment, Certificate } from '../../pkcs12/model.ts';
import { servedBy } from '../apns/judge-push.ts';
import type { ConsoleCertificate } from '../browser/console/state.ts';
import { certificatesIn, openCertificate } from '../push.ts';
import type { Settings } from '../settings.ts';

/** The push certificates for the console. */
export type SetCertificates = ReturnType<typeof openSetCertificates>;

/** @param environment of the APNs that gets the pushes */
export function openSetCertificates(
  settings: Settings,
  environment: ApnsEnvironment,
  now: () => Date,
) {
  const setBy = new Map<string, ConsoleCertificate['set']>();
  /** By certificate and password. Opening one is slow, so each is opened once; null: it cannot be opened. */
  let opened = new Map<string, Promise<Certificate | null>>();
  return {
    /** Remembers who set the certificate of a client app key, until the emulator ends: a tenant does not store it. */
    noteSet(clientAppKey: string, user: string): void {
      setBy.set(clientAppKey, { by: user, at: now().toISOString() });
      const known = certificatesIn(settings).map((one) => one.clientAppKey);
      for (const key of setBy.keys()) if (!known.includes(key)) setBy.delete(key);
    },
    /** All certificates; the one in use comes first. */
    async list(): Promise<readonly ConsoleCertificate[]> {
      const before = opened;
      opened = new Map();
      const certificates = certificatesIn(settings).toSorted(
        (one, other) => Number(other.isUsed) - Number(one.isUsed),
      );
      return Promise.all(
        certificates.map(async ({ clientAppKey, base64, password, topic, isUsed }) => {
          const id = `${base64} ${password}`;
          const reading =
            before.get(id) ??
            openCertificate({ base64, password }).then(
              ({ certificate }) => certificate,
              () => null,
            );
          opened.set(id, reading);
          const found = await reading;
          return {
            ...{ clientAppKey, topic, isUsed },
            set: setBy.get(clientAppKey) ?? null,
            notAfter: found?.notAfter.toISOString() ?? null,
            environments: found === null ? [] : servedBy(found),
            fault: found === null ? null : faultOf(found, topic, environment, now()),
          };
        }),
      );
    },
  };
}

/** Why APNs refuses every push with this certificate, apart from its expiry. */
function faultOf(
  certificate: Certificate,
  topic: string,
  environment: ApnsEnvironment,
  now: Date,
): string | null {
  const served = servedBy(certificate);
  if (served.length === 0) return 'It is not a push certificate.';
  if (now < certificate.notBefore) return 'It is not valid yet.';
  if (!served.includes(environment)) return `It does not serve ${environment}.`;
  if (!certificate.topics.includes(topic)) return 'It is for another topic.';
  return null;
}
