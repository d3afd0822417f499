import type { ConsoleCertificate } from '../../browser/console/state.ts';
import { readPushIdentity } from '../../pkcs12/push-identity.ts';
import { Secret } from '../../secret.ts';
import { newestKey } from '../push-sender.ts';
import type { Settings } from '../settings.ts';

/** The push certificates that are set, as the console shows them. */
export interface SetCertificates {
  /** Notes who set that of a client app key. It is not kept across restarts, as a tenant does not tell it either. */
  noteSet(clientAppKey: string, user: string): void;
  /** The one that pushes are sent with first. */
  list(): Promise<readonly ConsoleCertificate[]>;
}

type Facts = Pick<ConsoleCertificate, 'commonName' | 'notBefore' | 'notAfter' | 'environments'>;

const certificateSuffix = '_APNSCert';

export function openSetCertificates(settings: Settings, now: () => Date): SetCertificates {
  const setBy = new Map<string, ConsoleCertificate['set']>();
  /** Opening one takes long, so each is opened once. By the certificate and its password. */
  const opened = new Map<string, Promise<Facts | null>>();
  return {
    noteSet(clientAppKey, user) {
      setBy.set(clientAppKey, { by: user, at: now().toISOString() });
      const names = new Set(settings.entries().map(([name]) => name));
      for (const key of setBy.keys()) if (!names.has(key + certificateSuffix)) setBy.delete(key);
    },
    async list() {
      const values = new Map(settings.entries());
      const newest = values.get(newestKey);
      const keys = [...values.keys()]
        .filter((name) => name.endsWith(certificateSuffix))
        .map((name) => name.slice(0, -certificateSuffix.length))
        .sort((one, other) => Number(other === newest) - Number(one === newest));
      const wanted = keys.map((key) => {
        const [base64, password] = [values.get(`${key}_APNSCert`) ?? '', values.get(`${key}_APNSPass`) ?? ''];
        return { key, id: `${base64} ${password}`, base64, password };
      });
      for (const id of opened.keys()) if (!wanted.some((one) => one.id === id)) opened.delete(id);
      return Promise.all(
        wanted.map(async ({ key, id, base64, password }) => {
          const reading = opened.get(id) ?? readFacts(base64, password);
          opened.set(id, reading);
          const facts = await reading;
          return {
            clientAppKey: key,
            topic: values.get(`${key}_APNSTopic`) ?? '',
            isUsed: key === newest,
            set: setBy.get(key) ?? null,
            commonName: facts?.commonName ?? null,
            notBefore: facts?.notBefore ?? null,
            notAfter: facts?.notAfter ?? null,
            environments: facts?.environments ?? [],
          };
        }),
      );
    },
  };
}

/** Null: it cannot be opened. */
async function readFacts(base64: string, password: string): Promise<Facts | null> {
  try {
    const bytes = Buffer.from(base64, 'base64');
    const { certificate } = await readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password));
    if (certificate === null) return null;
    const { commonName, notBefore, notAfter, environments } = certificate;
    return {
      commonName,
      notBefore: notBefore.toISOString(),
      notAfter: notAfter.toISOString(),
      environments,
    };
  } catch {
    return null;
  }
}
