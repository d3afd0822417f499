import { type Objection, standingOf } from '../../change/judge-reach.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { ApnsEnvironment, PushIdentity } from '../../pkcs12/model.ts';
import { servedBy } from '../apns/judge-push.ts';
import type { ConsoleCertificate } from '../browser/console/state.ts';
import { openCertificate } from '../push.ts';
import { certificatesIn, type StoredCertificate } from '../stored-certificates.ts';
import type { TenantState } from '../tenant-state.ts';

/** The push certificates for the console. */
export class ConsoleCertificates {
  readonly #state: TenantState;
  readonly #environment: ApnsEnvironment;
  readonly #now: () => Date;
  /** Who set the certificate of a client app key, and when. */
  readonly #setBy = new Map<string, ConsoleCertificate['set']>();
  /** By certificate and password; null: it cannot be opened. Opening one is slow. */
  #opened = new Map<string, Promise<PushIdentity | null>>();

  /** @param environment of the APNs that gets the pushes */
  constructor(state: TenantState, environment: ApnsEnvironment, now: () => Date) {
    this.#state = state;
    this.#environment = environment;
    this.#now = now;
  }

  /**
   * Remembers who set the certificate of a client app key, until the emulator ends: a
   * tenant does not store it.
   */
  noteWhoSet(clientAppKey: string, user: string): void {
    this.#setBy.set(clientAppKey, { by: user, at: this.#now().toISOString() });
    const known = certificatesIn(this.#state).map((one) => one.clientAppKey);
    for (const key of this.#setBy.keys()) if (!known.includes(key)) this.#setBy.delete(key);
  }

  /** All certificates; the one in use comes first. */
  async list(): Promise<readonly ConsoleCertificate[]> {
    const before = this.#opened;
    this.#opened = new Map();
    const certificates = certificatesIn(this.#state).toSorted(
      (one, other) => Number(other.isUsed) - Number(one.isUsed),
    );
    return Promise.all(
      certificates.map((one) => {
        const id = `${one.base64} ${one.password}`;
        const reading = before.get(id) ?? openCertificate(one).catch(() => null);
        this.#opened.set(id, reading);
        return this.#describe(one, reading);
      }),
    );
  }

  async #describe(
    { clientAppKey, topic, isUsed }: StoredCertificate,
    reading: Promise<PushIdentity | null>,
  ): Promise<ConsoleCertificate> {
    const identity = await reading;
    const certificate = identity?.certificate ?? null;
    const facts = { topic, environment: this.#environment, now: this.#now() };
    return {
      clientAppKey,
      topic,
      isUsed,
      set: this.#setBy.get(clientAppKey) ?? null,
      notAfter: certificate?.notAfter.toISOString() ?? null,
      environments: certificate === null ? [] : servedBy(certificate),
      against: identity === null ? [] : objectionsTo(identity, facts),
    };
  }
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
