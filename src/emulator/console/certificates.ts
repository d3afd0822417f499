import type { ApnsEnvironment, Certificate } from '../../pkcs12/model.ts';
import { readPushIdentity } from '../../pkcs12/push-identity.ts';
import { Secret } from '../../text/secret.ts';
import { servedBy } from '../apns/judge-push.ts';
import type { ConsoleCertificate } from '../browser/console/state.ts';
import { newestKey } from '../push.ts';
import type { Settings } from '../settings.ts';

const certificateSuffix = '_APNSCert';

/** The push certificates that are set, as the console shows them. */
export type SetCertificates = ReturnType<typeof openSetCertificates>;

/** @param environment which APNs it is that gets the pushes */
export function openSetCertificates(settings: Settings, environment: ApnsEnvironment, now: () => Date) {
  const setBy = new Map<string, ConsoleCertificate['set']>();
  /** Opening one takes long, so each is opened once. By the certificate and its password. */
  const opened = new Map<string, Promise<Certificate | null>>();
  return {
    /** Notes who set that of a client app key. It is not kept across restarts, as a tenant does not tell it either. */
    noteSet(clientAppKey: string, user: string): void {
      setBy.set(clientAppKey, { by: user, at: now().toISOString() });
      const names = new Set(settings.entries().map(([name]) => name));
      for (const key of setBy.keys()) if (!names.has(key + certificateSuffix)) setBy.delete(key);
    },
    /** The one that pushes are sent with first. */
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

/** Why APNs takes no push that is sent with it, whenever it ends. */
function faultOf(
  certificate: Certificate,
  topic: string,
  environment: ApnsEnvironment,
  now: Date,
): string | null {
  const served = servedBy(certificate);
  if (served.length === 0) return 'It is no push certificate.';
  if (now < certificate.notBefore) return 'It is not valid yet.';
  if (!served.includes(environment)) return `It does not serve ${environment}.`;
  if (!certificate.topics.includes(topic)) return 'It is for another topic.';
  return null;
}
