import type { ApnsIdentity } from '../apple/apns.ts';
import { pairOf } from '../pkcs12/model.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import { Secret } from '../text/secret.ts';
import { Refusal } from './envelope.ts';
import type { Settings } from './settings.ts';

/** The key whose certificate is used for pushes: the one set last. */
export const newestKey = 'Mobile.IosCustomApp.ClientAppKey';

/** The identity that sends a push. */
export interface PushSender {
  readonly identity: ApnsIdentity;
  readonly topic: string;
}

/** The topic of the certificate that pushes are sent with; null: none is set. */
export function topicInForce(settings: Settings): string | null {
  const values = new Map(settings.entries());
  return values.get(`${values.get(newestKey)}_APNSTopic`) ?? null;
}

/** The certificate set last, opened. @throws {Refusal} none is set */
export async function openPushSender(settings: Settings): Promise<PushSender> {
  const values = new Map(settings.entries());
  const key = values.get(newestKey);
  const [base64, password, topic] = ['APNSCert', 'APNSPass', 'APNSTopic'].map((name) =>
    values.get(`${key}_${name}`),
  );
  if (base64 === undefined || topic === undefined)
    throw new Refusal(
      null,
      'No APNs certificate is set: a push needs /Mobile/SetApnsCertForClientApp first.',
    );
  const bytes = Buffer.from(base64, 'base64');
  const opened = await readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password ?? ''));
  const pair = pairOf(opened);
  if (pair === null)
    throw new Refusal('System.Security.Cryptography.CryptographicException', 'Keyset does not exist');
  return {
    identity: {
      key: pair.privateKey,
      certificates: [pair.certificate, ...opened.chain].map(({ der }) => der),
    },
    topic,
  };
}
