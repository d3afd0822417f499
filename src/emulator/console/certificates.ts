import type { ApnsEnvironment, Certificate } from '../../pkcs12/model.ts';
import { readPushIdentity } from '../../pkcs12/push-identity.ts';
import { Secret } from '../../text/secret.ts';
import { servedBy } from '../apns/judge-push.ts';
import type { ConsoleCertificate } from '../browser/console/state.ts';
import { newestKey } from '../push.ts';
import type { Settings } from '../settings.ts';

const certificateSuffix = '_APNSCert';

/** The push certificates for the console. */
export type SetCertificates = ReturnType<typeof openSetCertificates>;

/** @param environment of the APNs that gets the pushes */
export function openSetCertificates(settings: Settings, environment: ApnsEnvironment, now: () => Date) {
  const setBy = new Map<string, ConsoleCertificate['set']>();
  /** By certificate and password. Opening one is slow, so each is opened once. */
  const opened = new Map<string, Promise<Certificate | null>>();
  return {
    /** Remembers who set the certificate of a client app key, until the emulator ends: a tenant does not store it. */
    noteSet(clientAppKey: string, user: string): void {
      setBy.set(clientAppKey, { by: user, at: now().toISOString() });
      const names = new Set(settings.entries().map(([name]) => name));
      for (const key of setBy.keys()) if (!names.has(key + certificateSuffix)) setBy.delete(key);
    },
    /** All certificates; the one in use comes first. */
    async list(): Promise<readonly ConsoleCertificate[]> {
      const values = new Map(settings.entries());
      const newest = values.get(newestKey);
      const keys = [...values.keys()]
        .filter((name) => name.endsWith(certificateSuffix))
        .map((name) => name.slice(0, -certificateSuffix.length))
        .sort((one, other) => Number(other === newest) - Number(one === newest));
      const known = new Map(opened);
      opened.clear();
      return Promise.all(
        keys.map(async (key) => {
          const [base64, password] = [
            values.get(`${key}_APNSCert`) ?? '',
            values.get(`${key}_APNSPass`) ?? '',
          ];
          const id = `${base64} ${password}`;
          const reading = opened.get(id) ?? known.get(id) ?? open(base64, password);
          opened.set(id, reading);
          const found = await reading;
          const topic = values.get(`${key}_APNSTopic`) ?? '';
          return {
            clientAppKey: key,
            topic,
            isUsed: key === newest,
            set: setBy.get(key) ?? null,
            notAfter: found?.notAfter.toISOString() ?? null,
            environments: found === null ? [] : servedBy(found),
            fault: found === null ? null : faultOf(found, topic, environment, now()),
          };
        }),
      );
    },
  };
}

/** Null: it cannot be opened. */
async function open(base64: string, password: string): Promise<Certificate | null> {
  try {
    const bytes = Buffer.from(base64, 'base64');
    return (await readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password))).certificate;
  } catch {
    return null;
  }
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
