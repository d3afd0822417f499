import type { OpenRequest } from '../../auth/requests.ts';
import type { CertificateRecord, CertificateRequest } from '../../auth/stored-schemas.ts';
import { byLevel, checkPushIdentity } from '../../checks/check-push-identity.ts';
import { type Finding, stopsAt } from '../../checks/finding.ts';
import { checkSilenced, keysInUse } from '../../checks/key-in-use.ts';
import { checkPractice } from '../../checks/purpose.ts';
import type { Context } from '../../context.ts';
import type { Verification } from '../../delivery/apns.ts';
import type { MissingAnswer } from '../../delivery/change-certificate.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { isoDate } from '../../report/fields.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Held } from '../../tenant/certificates.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import type { Proof } from './proof.ts';

/** Who is given which certificate; the target is null where it is not known: then nothing was sent. */
interface Intended {
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  readonly topic: string | null;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string | null;
  /** Of the certificate, ISO 8601. */
  readonly notAfter: string | null;
  /** Whether this very certificate with this topic is what was set last. */
  readonly unchanged: boolean;
  readonly findings: readonly Finding[];
}

export interface SetReport extends Intended, Partial<MissingAnswer> {
  /** Null where nobody knows whether the tenant has set it, as its answer is missing: `error` says so. */
  readonly sent: boolean | null;
  /** How the tenant took the parameters; null where nothing was sent. */
  readonly sentAs: SentAs | null;
  readonly dryRun: boolean;
  /** What APNs said; null where it was not asked. */
  readonly verification: Verification | null;
  /** What the tenant said afterwards, where it was asked. */
  readonly held?: Held;
  /** The iPhones that a replacement reaches, where something is replaced; null where the tenant does not tell. */
  readonly phones?: PhoneCount | null;
  /** What a sign-in by push showed afterwards, where it was asked for; null where it failed before it showed anything. */
  readonly proof?: Proof | null;
}

/** How far a set came. */
export interface Done extends Pick<SetReport, 'dryRun' | 'sentAs' | 'held'> {
  phones?: PhoneCount | null;
  readonly missing: MissingAnswer | null;
  verification: Verification | null;
}

/** What is about to be done, and what the checks found. */
export interface SetPlan extends Intended {
  readonly certificate: PushIdentity['certificate'];
  /** What this tool set last for the same tenant and key. */
  readonly previous: CertificateRecord | null;
  /** What was asked for this key since, without an answer. */
  readonly unanswered: readonly OpenRequest[];
  /** Whether sign-ins that this tenant pushes today may be pushed otherwise after it. */
  readonly replaces: boolean;
  /** Whether the findings are such that nothing is sent. */
  readonly stops: boolean;
  /** The plan with what was learned since: the tenant that the session belongs to, or a person's answers. */
  with(learned: Partial<Stated>): SetPlan;
  report(done: Done): SetReport;
}

interface Stated extends Pick<Intended, 'tenant' | 'topic' | 'clientAppKey'> {
  /** The key that the tenant says was set last; null where it was not asked, or does not say. */
  readonly latestKey: string | null;
}

/** The plan for an identity: the topic is the bundle ID unless said otherwise, the key is the topic unless said otherwise. */
export function planSet(
  identity: PushIdentity,
  settings: Settings,
  now: Date,
  stated: Stated = {
    tenant: settings.tenant(),
    topic: settings.apns.topic,
    clientAppKey: settings.clientAppKey,
    latestKey: null,
  },
): SetPlan {
  const { tenant } = stated;
  const { certificate } = identity;
  const fingerprint = certificate?.fingerprint ?? null;
  const notAfter = certificate === null ? null : isoDate(certificate.notAfter);
  const topic = stated.topic ?? certificate?.bundleId ?? null;
  const clientAppKey = stated.clientAppKey ?? topic;
  const previous = settings.lastSet(tenant, clientAppKey);
  const target = { tenant, clientAppKey, topic, fingerprint, notAfter };
  const unanswered = settings.unanswered(target);
  const isThis = (one: Pick<CertificateRequest, 'fingerprint' | 'topic'>): boolean =>
    one.fingerprint === fingerprint && one.topic === topic;
  const unchanged =
    previous !== null &&
    isThis(previous) &&
    unanswered.every((request) => request.asked === 'set' && isThis(request));
  const judging = settings.judging();
  const inUse = keysInUse(settings.requestsTo(tenant), stated.latestKey);
  const silenced = clientAppKey === null ? [] : checkSilenced(inUse, clientAppKey);
  const ownFindings = checkPushIdentity(identity, {
    now,
    warnDays: judging.warnDays,
    topic: stated.topic,
    environment: settings.apns.environment,
    previous: previous === null ? null : { ...previous, notAfter: new Date(previous.notAfter) },
  });
  const isRemote = tenant !== null && !isLoopback(new URL(tenant).hostname);
  const findings = byLevel([...(isRemote ? checkPractice(identity) : []), ...ownFindings, ...silenced]);
  return {
    ...target,
    certificate,
    previous,
    unanswered,
    unchanged,
    findings,
    replaces: silenced.length > 0 || (!unchanged && (previous !== null || unanswered.length > 0)),
    stops: stopsAt(findings, judging),
    with: (learned) => planSet(identity, settings, now, { ...stated, ...learned }),
    report: ({ missing, sentAs, ...done }) => ({
      ...target,
      sent: missing === null ? sentAs !== null : null,
      sentAs,
      dryRun: done.dryRun,
      unchanged,
      verification: done.verification,
      ...(done.held === undefined ? {} : { held: done.held }),
      ...(done.phones === undefined ? {} : { phones: done.phones }),
      ...missing,
      findings,
    }),
  };
}

/** Topics of a certificate that alerts are not sent to. */
const notForAlerts = /\.(voip|complication|voip-ptt)$/;

/**
 * The plan with what a person is asked for where the settings leave it open: the topic, where the certificate has several
 * for alerts, and the client app key, by default the topic. Nobody is asked without a terminal, or where the plan stops.
 * @throws {CliError} interrupted
 */
export async function askTarget(
  plan: SetPlan,
  { apns, clientAppKey }: Settings,
  { terminal, prompt }: Context,
): Promise<SetPlan> {
  const { certificate } = plan;
  if (plan.stops || !terminal.interactive || certificate === null) return plan;
  const topics = certificate.topics.filter((topic) => !notForAlerts.test(topic));
  const askTopic = (): Promise<string> =>
    prompt.select({
      message: 'Which topic?',
      choices: topics.map((topic) => ({ name: topic, value: topic })),
      unavailable: 'The topic cannot be asked for without a terminal',
      facts: { option: '--topic TOPIC' },
    });
  const askKey = (topic: string): Promise<string> => {
    terminal.note(
      'The client app key is the tenant’s name for the certificate of your app, often its bundle ID.',
    );
    return prompt.input({
      message: 'Client app key:',
      initial: topic,
      validate: (key) => !/^(y|yes|n|no)?$/i.test(key.trim()) || 'Type the key of the client app',
      unavailable: 'The client app key cannot be asked for without a terminal',
      facts: { option: '--client-app-key KEY' },
    });
  };
  const topic = apns.topic ?? (topics.length > 1 ? await askTopic() : certificate.bundleId);
  if (topic === null) return plan;
  return plan.with({ topic, clientAppKey: clientAppKey ?? (await askKey(topic)) });
}
