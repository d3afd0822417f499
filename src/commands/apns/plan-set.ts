import { latestRecord } from '../../auth/profiles.ts';
import { type OpenRequest, requestsTo, unansweredFor } from '../../auth/requests.ts';
import type { CertificateRecord, CertificateRequest } from '../../auth/stored-schemas.ts';
import type { Verification } from '../../certificate/apns.ts';
import { type MissingAnswer, nounOf } from '../../change/change-certificate.ts';
import { byLevel, checkPushIdentity } from '../../checks/check-push-identity.ts';
import { type Finding, stopsAt } from '../../checks/finding.ts';
import { checkPractice } from '../../checks/issuer.ts';
import { checkSilenced, keysInUse } from '../../checks/key-in-use.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Destination } from '../../errors/hint.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import {
  formatFields,
  formatValidUntil,
  isoDate,
  wordsForApns,
  wordsForPhones,
} from '../../report/fields.ts';
import { concerns, formatFindings } from '../../report/findings.ts';
import type { GivenApns, Judging } from '../../settings/certificate.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import type { Held } from '../../tenant/read-back.ts';
import type { Style } from '../../terminal/style.ts';
import type { Proof } from './proof.ts';

/** The target and the certificate; `tenant` is null if unknown: then nothing was sent. */
interface Intended {
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  readonly topic: string | null;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string | null;
  /** Of the certificate, ISO 8601. */
  readonly notAfter: string | null;
  /** Whether the same certificate and topic were set last. */
  readonly unchanged: boolean;
  readonly findings: readonly Finding[];
}

export interface SetReport extends Intended, Partial<MissingAnswer> {
  /** Null if the tenant did not answer, so the outcome is unknown: see `error`. */
  readonly sent: boolean | null;
  /** The form in which the tenant accepted the parameters; null if nothing was sent. */
  readonly sentAs: SentAs | null;
  readonly dryRun: boolean;
  /** The answer of APNs; null if it was not asked. */
  readonly verification: Verification | null;
  /** The tenant's report after the set, if it was asked. */
  readonly held?: Held;
  /** The iPhones that a replacement affects, if something is replaced; null if the tenant does not say. */
  readonly phones?: PhoneCount | null;
  /** The sign-in by push after the set, if requested; null if it failed without a result. */
  readonly proof?: Proof | null;
}

export type Done = Partial<Omit<SetReport, keyof Intended>>;

/** The plan of a set, with the findings of the checks. */
export interface SetPlan extends Intended {
  readonly certificate: PushIdentity['certificate'];
  /** The certificate that this machine set last for the same tenant and key. */
  readonly previous: CertificateRecord | null;
  /** Later requests for this key without an answer. */
  readonly unanswered: readonly OpenRequest[];
  /** Whether pushes that work at this tenant today may change. */
  readonly replaces: boolean;
  readonly stops: boolean;
  /** The plan with newer facts: the session's tenant, or the user's answers. */
  with(learned: Partial<Stated>): SetPlan;
  /**
   * Asks a person for the client app key if none was given; the topic is the default. The same plan without a terminal, or if
   * the plan stops. @throws {CliError} interrupted
   */
  askForKey(context: Context): Promise<SetPlan>;
  /**
   * Shows the plan. Without `yes` it asks for consent if the set replaces or silences another certificate, or if a finding or a
   * request without an answer speaks against it. @throws {CliError} interrupted if the user declines
   */
  showAndConfirm(tenant: string, done: Done, yes: boolean, context: Context): Promise<void>;
  report(done: Done): SetReport;
}

interface Stated extends Pick<Intended, 'tenant' | 'topic' | 'clientAppKey'> {
  /** The key that the tenant reports as set last; null if it was not asked or does not say. */
  readonly latestKey: string | null;
}

/** The terms of a set besides the settings. */
export interface SetTerms {
  readonly now: Date;
  /** Where the command goes, for the commands in hints. */
  readonly to: Destination;
  readonly apns: GivenApns;
  readonly judging: Judging;
}

/** Plans a set. The topic defaults to the bundle ID, and the key to the topic. */
export function planSet(
  identity: PushIdentity,
  settings: Settings,
  terms: SetTerms,
  stated: Stated = {
    tenant: orThrow(settings.tenant),
    topic: terms.apns.topic,
    clientAppKey: settings.clientAppKey,
    latestKey: null,
  },
): SetPlan {
  const withLearned: SetPlan['with'] = (learned) =>
    planSet(identity, settings, terms, { ...stated, ...learned });
  const { now, judging } = terms;
  const { profiles } = settings;
  const { tenant } = stated;
  const { certificate } = identity;
  const fingerprint = certificate?.fingerprint ?? null;
  const notAfter = certificate === null ? null : isoDate(certificate.notAfter);
  const topic = stated.topic ?? certificate?.bundleId ?? null;
  const clientAppKey = stated.clientAppKey ?? topic;
  const previous = latestRecord(profiles, tenant, clientAppKey);
  const target = { tenant, clientAppKey, topic, fingerprint, notAfter };
  const unanswered = unansweredFor(profiles, target);
  const isThis = (one: Pick<CertificateRequest, 'fingerprint' | 'topic'>): boolean =>
    one.fingerprint === fingerprint && one.topic === topic;
  const unchanged =
    previous !== null &&
    isThis(previous) &&
    unanswered.every((request) => request.asked === 'set' && isThis(request));
  const inUse = keysInUse(requestsTo(profiles, tenant), stated.latestKey);
  const silenced = clientAppKey === null ? [] : checkSilenced(inUse, clientAppKey);
  const ownFindings = checkPushIdentity(identity, {
    now,
    to: terms.to,
    warnDays: judging.warnDays,
    topic: stated.topic,
    environment: terms.apns.environment,
    previous: previous === null ? null : { ...previous, notAfter: new Date(previous.notAfter) },
  });
  const isRemote = tenant !== null && !isLoopback(new URL(tenant).hostname);
  const findings = byLevel([
    ...(isRemote ? checkPractice(identity) : []),
    ...ownFindings,
    ...silenced,
  ]);
  return {
    ...target,
    certificate,
    previous,
    unanswered,
    unchanged,
    findings,
    replaces: silenced.length > 0 || (!unchanged && (previous !== null || unanswered.length > 0)),
    stops: stopsAt(findings, judging),
    with: withLearned,
    askForKey(context) {
      return stated.clientAppKey === null ? askKey(this, context) : Promise.resolve(this);
    },
    showAndConfirm(...asking) {
      return confirmSet(this, ...asking);
    },
    report: (done) => ({
      ...target,
      ...{ sent: false, sentAs: null, dryRun: false, unchanged, verification: null },
      ...done,
      findings,
    }),
  };
}

async function askKey(plan: SetPlan, { terminal, prompt }: Context): Promise<SetPlan> {
  const { topic } = plan;
  if (plan.stops || !terminal.interactive || topic === null) return plan;
  terminal.note(
    "The client app key is the tenant's name for your app's certificate, often its bundle ID.",
  );
  const key = await prompt.input({
    message: 'Client app key:',
    initial: topic,
    validate: (answer) =>
      !/^(y|yes|n|no)?$/i.test(answer.trim()) ||
      `Type the key, or clear the line and press Return for ${topic}`,
    unavailable: 'The client app key is missing, and there is no terminal',
    facts: { option: '--client-app-key KEY' },
  });
  return plan.with({ clientAppKey: key });
}

async function confirmSet(
  plan: SetPlan,
  tenant: string,
  { verification, phones }: Done,
  yes: boolean,
  { terminal, prompt, now }: Context,
): Promise<void> {
  const { previous, unchanged, clientAppKey, topic, findings, certificate, unanswered } = plan;
  const environments = certificate?.environments ?? [];
  const before =
    previous === null
      ? 'nothing set from this machine: this client app key is new on it'
      : unchanged
        ? 'the same certificate'
        : `the certificate valid until ${previous.notAfter.slice(0, 10)}, set on ${previous.setAt.slice(0, 10)}`;
  const concerned = concerns(findings);
  if (concerned.length > 0) await terminal.present(concerned, formatFindings);
  const open = unanswered.map(({ asked, at, fingerprint: sent }) => {
    const which = asked === 'set' ? ` (SHA-256 ${sent?.slice(0, 8)}…)` : '';
    return ['Unknown', `outcome of the ${nounOf(asked)} of ${at.slice(0, 10)}${which}`] as const;
  });
  const { notAfter, fingerprint } = plan;
  const target = { clientAppKey, tenant, topic, environments, notAfter, fingerprint };
  const shown = { ...target, before, open, verification, phones };
  const format = (cleaned: typeof shown, style: Style): string =>
    formatFields(
      [
        ['Client app key', cleaned.clientAppKey],
        ['Tenant', cleaned.tenant],
        ['Topic', cleaned.topic],
        ['Environments', cleaned.environments.join(', ') || 'none'],
        ['Valid until', formatValidUntil(cleaned.notAfter, now(), style)],
        ['SHA-256', `${cleaned.fingerprint?.slice(0, 8)}…`],
        ['Replaces', cleaned.before],
        ...cleaned.open,
        ['APNs', cleaned.verification == null ? null : wordsForApns(cleaned.verification)],
        ['Phones', cleaned.phones === undefined ? null : wordsForPhones(cleaned.phones)],
      ],
      style,
    );
  const silences = findings.some(({ code }) => code === 'silences-other-app');
  const isPlain = previous === null && concerned.length === 0 && unanswered.length === 0;
  const isAsked = !yes && (silences || !(unchanged || isPlain));
  if (isAsked || !terminal.flags.quiet) await terminal.present(shown, format);
  if (previous === null && clientAppKey !== topic)
    terminal.warn(
      `The client app key "${clientAppKey}" is new on this machine, and differs from the topic`,
    );
  if (!isAsked) return;
  const verb = previous === null ? 'Set' : 'Replace';
  const isAgreed = await prompt.confirm({
    message: `${verb} the certificate for ${clientAppKey} at ${new URL(tenant).host}?`,
    unavailable: 'The set must be confirmed in a terminal',
    facts: { option: '--yes' },
  });
  if (!isAgreed) throw new CliError('interrupted', 'Nothing was sent');
}
