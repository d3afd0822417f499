import { type Objection, standingOf } from '../../change/judge-reach.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { ApnsEnvironment, PushIdentity } from '../../pkcs12/model.ts';
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
  let opened = new Map<string, Promise<PushIdentity | null>>();
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
          const reading = before.get(id) ?? openCertificate({ base64, password }).catch(() => null);
          opened.set(id, reading);
          const identity = await reading;
          const certificate = identity?.certificate ?? null;
          const facts = { topic, environment, now: now() };
          return {
            clientAppKey,
            topic,
            isUsed,
            set: setBy.get(clientAppKey) ?? null,
            notAfter: certificate?.notAfter.toISOString() ?? null,
            environments: certificate === null ? [] : servedBy(certificate),
            against: identity === null ? [] : objectionsTo(identity, facts),
          };
        }),
      );
    },
  };
}

interface SetFacts {
  readonly topic: string;
  /** Of the APNs that gets the pushes. */
  readonly environment: ApnsEnvironment;
  readonly now: Date;
}

/** Why pushes with this certificate will not reach phones, as `mfa-cli` judges it. */
function objectionsTo(identity: PushIdentity, facts: SetFacts): readonly Objection[] {
  const findings = checkPushIdentity(identity, facts);
  return standingOf({ now: facts.now, findings, isLocal: true }).against;
}
