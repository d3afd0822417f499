import type { CertificateRecord, CertificateRequest } from '../../auth/stored-schemas.ts';
import { byLevel, checkPushIdentity } from '../../checks/check-push-identity.ts';
import { hasErrors, stopsAt } from '../../checks/finding.ts';
import { checkSilenced, keysInUse } from '../../checks/key-in-use.ts';
import type { Context } from '../../context.ts';
import type { Verification, Verifying } from '../../delivery/apns.ts';
import { changeCertificate, type MissingAnswer } from '../../delivery/change-certificate.ts';
import type { OpenTenant } from '../../delivery/connection.ts';
import type { OpenedP12 } from '../../delivery/open-p12.ts';
import { askPhones } from '../../delivery/phones.ts';
import { formsToTry, sendCertificate } from '../../delivery/send-certificate.ts';
import { openOrSignIn } from '../../delivery/tenant.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { isoDate } from '../../report/fields.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Held, readBack } from '../../tenant/certificates.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import { confirmSet, type IntendedSet } from './confirm-set.ts';
import type { Proof } from './proof.ts';

/** How a certificate is given to a tenant. */
export interface Giving {
  readonly now: Date;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly refresh?: boolean;
  readonly verify: Verifying;
  /** Called once APNs has accepted the certificate, before anybody signs in. */
  onVerified?(): Promise<void>;
  /** Called once it is known who is signed in, before a person is asked and anything is sent. */
  onOpened?(open: OpenTenant): Promise<void>;
  /** Called once the tenant has taken it, with what this machine remembers of it. */
  onSent?(record: CertificateRecord): Promise<void>;
}

/** The target is null where it is not known: then nothing was sent. */
export interface SetReport
  extends Pick<
      IntendedSet,
      'tenant' | 'clientAppKey' | 'topic' | 'fingerprint' | 'notAfter' | 'unchanged' | 'findings'
    >,
    Partial<MissingAnswer> {
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

/**
 * Judges what was opened, asks a person and APNs, gives it to the tenant and remembers that. What stops it is in the
 * report. @throws {CliError} those of exit 2, 5, 6 and 7, interrupted
 */
export async function giveCertificate(
  { identity, password }: Pick<OpenedP12, 'identity' | 'password'>,
  settings: Settings,
  giving: Giving,
  context: Context,
): Promise<SetReport> {
  const { dryRun = false, refresh = false } = giving;
  const planned = planSet(identity, settings, giving.now);
  const first = giving.yes === true ? planned : await askTarget(planned, settings, context);
  const done: Done = { dryRun, sentAs: null, verification: null, missing: null };
  if (first.stops) return first.report(done);
  const started = performance.now();
  if (giving.verify === true || (giving.verify !== false && !hasErrors(first.findings))) {
    const { verifyBefore } = await import('../../delivery/apns.ts');
    const apns = { ...settings.apns, topic: first.topic };
    done.verification = await verifyBefore(giving.verify, identity, apns, settings.network, context);
  }
  if (dryRun || done.verification?.accepted === false) {
    if (refresh) context.terminal.note('Nothing was sent, so the tenant is not asked what it holds.');
    return first.report(done);
  }
  if (done.verification !== null) await giving.onVerified?.();

  // Only --force can have left any of it open; what cannot be sent ends here, before anybody signs in.
  const { fingerprint, notAfter, topic, clientAppKey } = first;
  if (fingerprint === null || notAfter === null)
    throw new CliError('usage', 'A file without a certificate cannot be sent, not even by force');
  if (topic === null || clientAppKey === null)
    throw new CliError('usage', 'The certificate names no topic', { facts: { option: '--topic TOPIC' } });
  const waited = done.verification === null ? 0 : performance.now() - started;
  const open = await openOrSignIn(settings, context, waited);
  const { tenant, client } = open;
  const told = refresh ? await readBack(open.optional, clientAppKey) : null;
  const plan = first.with({ tenant, latestKey: told?.latestKey ?? null });
  if (plan.stops) return plan.report(done);
  await giving.onOpened?.(open);
  if (plan.replaces) done.phones = await askPhones(open, settings, context);
  if (context.terminal.interactive) await confirmSet(plan, done, giving.yes === true, context);
  const forms = formsToTry(settings, tenant);
  const sending = { identity, password, clientAppKey, topic, findings: plan.findings };
  const setAt = giving.now.toISOString();
  const record = { clientAppKey, topic, fingerprint, notAfter, tenant, setAt };
  const send = () => sendCertificate(sending, client, forms);
  const outcome = await changeCertificate({ asked: 'set', ...record }, send, open, settings, context);
  const { sentAs, missing } = outcome;
  if (missing !== null) return plan.report({ ...done, missing });
  await giving.onSent?.(record);
  if (!refresh) return plan.report({ ...done, sentAs });
  const { askAfterwards } = await import('./held.ts');
  return plan.report({ ...done, sentAs, held: await askAfterwards(client, record, context.terminal) });
}

/** How far it came. */
interface Done extends Pick<SetReport, 'dryRun' | 'sentAs' | 'held'> {
  phones?: PhoneCount | null;
  readonly missing: MissingAnswer | null;
  verification: SetReport['verification'];
}

/** What is about to be done. */
interface SetPlan extends IntendedSet {
  readonly certificate: PushIdentity['certificate'];
  /** Whether sign-ins that this tenant pushes today may be pushed otherwise after it. */
  readonly replaces: boolean;
  /** Whether the findings are such that nothing is sent. */
  readonly stops: boolean;
  /** The plan with what was learned since: the tenant that the session belongs to, or a person's answers. */
  with(learned: Partial<Stated>): SetPlan;
  report(done: Done): SetReport;
}

interface Stated extends Pick<SetReport, 'tenant' | 'topic' | 'clientAppKey'> {
  /** The key that the tenant says was set last; null where it was not asked, or does not say. */
  readonly latestKey: string | null;
}

/** The plan for an identity: the topic is the bundle ID unless said otherwise, the key is the topic unless said otherwise. */
function planSet(
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
  const requests = settings.requestsTo(tenant);
  const isThis = (one: Pick<CertificateRequest, 'fingerprint' | 'topic'>): boolean =>
    one.fingerprint === fingerprint && one.topic === topic;
  const unchanged =
    previous !== null &&
    isThis(previous) &&
    unanswered.every((request) => request.asked === 'set' && isThis(request));
  const judging = settings.judging();
  const inUse = keysInUse(requests, stated.latestKey);
  const silenced = clientAppKey === null ? [] : checkSilenced(inUse, clientAppKey);
  const ownFindings = checkPushIdentity(identity, {
    now,
    warnDays: judging.warnDays,
    topic: stated.topic,
    environment: settings.apns.environment,
    previous: previous === null ? null : { ...previous, notAfter: new Date(previous.notAfter) },
  });
  const findings = byLevel([...ownFindings, ...silenced]);
  return {
    ...target,
    certificate,
    environments: certificate?.environments ?? [],
    previous,
    unanswered,
    unchanged,
    findings,
    replaces: silenced.length > 0 || (!unchanged && (previous !== null || unanswered.length > 0)),
    stops: stopsAt(findings, judging),
    with: (learned) => planSet(identity, settings, now, { ...stated, ...learned }),
    report: ({ dryRun, sentAs, verification, held, phones, missing }) => ({
      ...target,
      sent: missing === null ? sentAs !== null : null,
      sentAs,
      dryRun,
      unchanged,
      verification,
      ...(held === undefined ? {} : { held }),
      ...(phones === undefined ? {} : { phones }),
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
async function askTarget(
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
      unavailable: 'The client app key cannot be asked for without a terminal',
      facts: { option: '--client-app-key KEY' },
    });
  };
  const topic = apns.topic ?? (topics.length > 1 ? await askTopic() : certificate.bundleId);
  if (topic === null) return plan;
  return plan.with({ topic, clientAppKey: clientAppKey ?? (await askKey(topic)) });
}
