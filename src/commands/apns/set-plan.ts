import type { CertificateRecord } from '../../auth/profile.ts';
import { latestRecord } from '../../auth/profile-changes.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { Finding } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import type { Verification } from '../../delivery/apns.ts';
import { type JudgingOptions, stopsAt } from '../../delivery/judging.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { ApnsEnvironment, PushIdentity } from '../../pkcs12/model.ts';
import { isoDate } from '../../report/dates.ts';
import { concerns, formatFindings } from '../../report/findings.ts';
import type { Settings } from '../../settings/settings.ts';
import { harmless } from '../../text/printable.ts';

/** What `apns set` is about to do, and what the checks found. */
export interface SetPlan {
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  readonly topic: string | null;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string | null;
  /** Of the certificate, ISO 8601. */
  readonly notAfter: string | null;
  /** Those that the certificate serves. */
  readonly environments: readonly ApnsEnvironment[];
  /** What this tool set last for the same tenant and key. */
  readonly previous: CertificateRecord | null;
  /** Whether `previous` is this very certificate with this topic. */
  readonly unchanged: boolean;
  readonly findings: readonly Finding[];
  /** Whether the findings are such that nothing is sent. */
  readonly stops: boolean;
  /** What is sent and remembered; only `--force` can have left any of it open. @throws {CliError} usage */
  target(): SetTarget;
  /** The plan with what was learned since: the tenant that the session belongs to, or a person's answers. */
  with(learned: Partial<Stated>): SetPlan;
}

type Stated = Pick<SetPlan, 'tenant' | 'topic' | 'clientAppKey'>;

type SetTarget = Pick<CertificateRecord, 'clientAppKey' | 'topic' | 'fingerprint' | 'notAfter'>;

/** What a plan is judged by beside the settings. */
export interface PlanFacts extends Pick<JudgingOptions, 'failOn' | 'force'> {
  readonly now: Date;
  readonly warnDays: number;
}

/** The plan for an identity: the topic is the bundle ID unless said otherwise, the key is the topic unless said otherwise. */
export function planSet(
  identity: PushIdentity,
  settings: Settings,
  facts: PlanFacts,
  stated: Stated = {
    tenant: settings.tenant(),
    topic: settings.apns.topic,
    clientAppKey: settings.clientAppKey,
  },
): SetPlan {
  const { tenant } = stated;
  const planWith: SetPlan['with'] = (learned) =>
    planSet(identity, settings, facts, { ...stated, ...learned });
  const { certificate } = identity;
  const fingerprint = certificate?.fingerprint ?? null;
  const notAfter = certificate === null ? null : isoDate(certificate.notAfter);
  const topic = stated.topic ?? certificate?.bundleId ?? null;
  const clientAppKey = stated.clientAppKey ?? topic;
  const previous = latestRecord(settings.profiles, tenant, clientAppKey);
  const findings = checkPushIdentity(identity, {
    now: facts.now,
    warnDays: facts.warnDays,
    topic: stated.topic,
    environment: settings.apns.environment,
    previous: previous === null ? null : { ...previous, notAfter: new Date(previous.notAfter) },
  });
  return {
    tenant,
    clientAppKey,
    topic,
    fingerprint,
    notAfter,
    environments: certificate?.environments ?? [],
    previous,
    unchanged: previous !== null && previous.fingerprint === fingerprint && previous.topic === topic,
    findings,
    stops: stopsAt(findings, facts),
    target() {
      if (fingerprint === null || notAfter === null)
        throw new CliError('usage', 'A file without a certificate cannot be sent, not even by force');
      if (topic === null || clientAppKey === null)
        throw new CliError('usage', 'The certificate names no topic', {
          facts: { option: '--topic TOPIC' },
        });
      return { clientAppKey, topic, fingerprint, notAfter };
    },
    with: planWith,
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
  { certificate }: PushIdentity,
  { apns, clientAppKey }: Settings,
  { terminal, prompt }: Context,
): Promise<SetPlan> {
  if (plan.stops || !terminal.interactive || certificate === null) return plan;
  const topics = certificate.topics.filter((topic) => !notForAlerts.test(topic));
  const askTopic = (): Promise<string> =>
    prompt.select({
      message: 'Which topic?',
      choices: topics.map((topic) => ({ name: topic, value: topic })),
      unavailable: 'The topic cannot be asked for without a terminal',
      facts: { option: '--topic TOPIC' },
    });
  const askKey = (topic: string): Promise<string> =>
    prompt.input({
      message: "Client app key (the tenant's name for it):",
      initial: topic,
      unavailable: 'The client app key cannot be asked for without a terminal',
      facts: { option: '--client-app-key KEY' },
    });
  const topic = apns.topic ?? (topics.length > 1 ? await askTopic() : certificate.bundleId);
  if (topic === null) return plan;
  return plan.with({ topic, clientAppKey: clientAppKey ?? (await askKey(topic)) });
}

/**
 * Shows a person what is about to be done and every error and warning, and asks if another certificate is replaced or
 * there is an error or a warning. @throws {CliError} interrupted, when the answer is no
 */
export async function confirmSet(
  plan: SetPlan,
  verification: Verification | null,
  yes: boolean,
  { terminal, prompt }: Context,
): Promise<void> {
  const { tenant, previous, unchanged, clientAppKey, topic, findings } = plan;
  const until = plan.notAfter?.slice(0, 10);
  const fingerprint = plan.fingerprint?.slice(0, 8);
  const serves = plan.environments.length === 0 ? 'no environment' : plan.environments.join(' and ');
  const before =
    previous === null
      ? 'nothing that this machine set'
      : unchanged
        ? 'the same certificate'
        : `the certificate until ${previous.notAfter.slice(0, 10)}, set on ${previous.setAt.slice(0, 10)}`;
  terminal.note(`To:       ${tenant}, client app key ${clientAppKey}`);
  terminal.note(`Sends:    topic ${topic}, ${serves}, until ${until}, SHA-256 ${fingerprint}…`);
  terminal.note(`Replaces: ${before}`);
  if (verification !== null) terminal.note(`APNs:     ${verdictOfApns(verification)}`);
  const concerned = concerns(findings);
  if (concerned.length > 0)
    terminal.present(`\n${formatFindings(harmless(concerned), await terminal.style('stderr'))}`);
  if (yes || unchanged || (previous === null && concerned.length === 0)) return;
  const confirmation = {
    // Short enough for one line of a terminal.
    message: `${previous === null ? 'Set' : 'Replace it with'} ${fingerprint} (${serves}, until ${until})?`,
    unavailable: 'A confirmation is needed, and there is no terminal to ask on',
    facts: { option: '--yes' },
  };
  if (!(await prompt.confirm(confirmation))) throw new CliError('interrupted', 'Nothing was sent');
}

/** What APNs said, in the few words that a line has for it. */
export function verdictOfApns({ accepted, environment, explanation }: Verification): string {
  return accepted ? `accepts this certificate (${environment})` : explanation;
}
