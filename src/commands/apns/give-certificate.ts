import { latestRecord } from '../../auth/profiles.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import { type Finding, hasErrors } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import type { Verification, Verifying } from '../../delivery/apns.ts';
import { type JudgingOptions, stopsAt } from '../../delivery/judging.ts';
import type { OpenedP12 } from '../../delivery/open-p12.ts';
import { formsToTry, sendCertificate } from '../../delivery/send-certificate.ts';
import { openOrSignIn } from '../../delivery/tenant.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { ApnsEnvironment, PushIdentity } from '../../pkcs12/model.ts';
import { concerns, formatFindings, isoDate } from '../../report/fields.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Held } from '../../tenant/certificates.ts';
import type { SentAs } from '../../tenant/client.ts';
import { harmless } from '../../text/printable.ts';
import { remember, type SendAsOptions } from './sent.ts';

/** What the command line says about giving a certificate to a tenant. */
export interface GivingOptions extends JudgingOptions, SendAsOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly refresh?: boolean;
}

/** How a certificate is to be judged and given. */
interface Giving extends Omit<JudgingOptions, 'warnDays'>, SendAsOptions {
  readonly now: Date;
  readonly warnDays: number;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly refresh: boolean;
  readonly verify: Verifying;
  /** Called once APNs has accepted the certificate, before anybody signs in. */
  onVerified?(): Promise<void>;
  /** Called once the tenant has taken it, with what this machine remembers of it. */
  onSent?(record: CertificateRecord): Promise<void>;
}

export interface SetReport {
  /** Null, as the next four, where none is known: then nothing was sent. */
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  readonly topic: string | null;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string | null;
  /** ISO 8601. */
  readonly notAfter: string | null;
  readonly sent: boolean;
  /** How the tenant took the parameters; null where nothing was sent. */
  readonly sentAs: SentAs | null;
  readonly dryRun: boolean;
  /** Whether this tool set this very certificate for this key last. */
  readonly unchanged: boolean;
  /** What APNs said; null where it was not asked. */
  readonly verification: Verification | null;
  /** What the tenant said afterwards, where it was asked. */
  readonly held?: Held;
  readonly findings: readonly Finding[];
}

/** What the command line says about giving, beside what each command says in its own way. */
export function givingOf({
  failOn = 'error',
  force = false,
  dryRun = false,
  yes = false,
  refresh = false,
  sendAs,
}: GivingOptions): Pick<Giving, 'failOn' | 'force' | 'dryRun' | 'yes' | 'refresh' | 'sendAs'> {
  return { failOn, force, dryRun, yes, refresh, sendAs };
}

/**
 * Judges what was opened, asks a person and APNs, gives it to the tenant and remembers that. What stops it is in the
 * report. @throws {CliError} those of exit 2, 5, 6 and 7, interrupted
 */
export async function giveCertificate(
  opened: Pick<OpenedP12, 'identity' | 'password'>,
  settings: Settings,
  giving: Giving,
  context: Context,
): Promise<SetReport> {
  const { plan, sentAs, verification, held } = await give(opened, settings, giving, context);
  const { tenant, clientAppKey, topic, fingerprint, notAfter, unchanged, findings } = plan;
  return {
    tenant,
    clientAppKey,
    topic,
    fingerprint,
    notAfter,
    sent: sentAs !== null,
    sentAs,
    dryRun: giving.dryRun,
    unchanged,
    verification,
    ...(held === undefined ? {} : { held }),
    findings,
  };
}

/** How far it came. */
type Given = Pick<SetReport, 'sentAs' | 'verification'> & { plan: SetPlan; held?: Held | undefined };

async function give(
  { identity, password }: Pick<OpenedP12, 'identity' | 'password'>,
  settings: Settings,
  giving: Giving,
  context: Context,
): Promise<Given> {
  const first = await askTarget(planSet(identity, settings, giving), identity, settings, context);
  if (first.stops) return { plan: first, sentAs: null, verification: null };
  const started = performance.now();
  let verification: Verification | null = null;
  if (giving.verify === true || (giving.verify !== false && !hasErrors(first.findings))) {
    const { verifyBefore } = await import('../../delivery/apns.ts');
    const apns = { ...settings.apns, topic: first.topic };
    verification = await verifyBefore(giving.verify, identity, apns, settings.network, context);
  }
  if (giving.dryRun || verification?.accepted === false) {
    if (giving.refresh) context.terminal.note('Nothing was sent, so the tenant is not asked what it holds.');
    return { plan: first, sentAs: null, verification };
  }
  if (verification !== null) await giving.onVerified?.();

  // What cannot be sent ends here, before anybody signs in.
  first.target();
  const waited = verification === null ? 0 : performance.now() - started;
  const open = await openOrSignIn(settings, context, waited);
  const { tenant, client } = open;
  const plan = tenant === first.tenant ? first : first.with({ tenant });
  if (plan.stops) return { plan, sentAs: null, verification };
  const target = plan.target();
  if (context.terminal.interactive) await confirmSet(plan, verification, giving.yes, context);
  const sending = { identity, password, clientAppKey: target.clientAppKey, topic: target.topic };
  const forms = formsToTry(giving.sendAs, settings.profile, tenant);
  const sentAs = await sendCertificate({ ...sending, findings: plan.findings }, client, forms);
  const record = { ...target, tenant, setAt: giving.now.toISOString() };
  await remember(record, sentAs, settings, context);
  await giving.onSent?.(record);
  if (!giving.refresh) return { plan, sentAs, verification };
  const { askAfterwards } = await import('./held.ts');
  return { plan, sentAs, verification, held: await askAfterwards(open, record, context.terminal) };
}

/** What `apns set` is about to do, and what the checks found. */
interface SetPlan {
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

/** The plan for an identity: the topic is the bundle ID unless said otherwise, the key is the topic unless said otherwise. */
function planSet(
  identity: PushIdentity,
  settings: Settings,
  giving: Giving,
  stated: Stated = {
    tenant: settings.tenant(),
    topic: settings.apns.topic,
    clientAppKey: settings.clientAppKey,
  },
): SetPlan {
  const { tenant } = stated;
  const planWith: SetPlan['with'] = (learned) =>
    planSet(identity, settings, giving, { ...stated, ...learned });
  const { certificate } = identity;
  const fingerprint = certificate?.fingerprint ?? null;
  const notAfter = certificate === null ? null : isoDate(certificate.notAfter);
  const topic = stated.topic ?? certificate?.bundleId ?? null;
  const clientAppKey = stated.clientAppKey ?? topic;
  const previous = latestRecord(settings.profiles, tenant, clientAppKey);
  const findings = checkPushIdentity(identity, {
    now: giving.now,
    warnDays: giving.warnDays,
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
    stops: stopsAt(findings, giving),
    target() {
      if (fingerprint === null || notAfter === null)
        throw new CliError('usage', 'A file without a certificate cannot be sent, not even by force');
      if (topic === null || clientAppKey === null)
        throw new CliError('usage', 'The certificate names no topic', { facts: { option: '--topic TOPIC' } });
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
async function askTarget(
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
async function confirmSet(
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
