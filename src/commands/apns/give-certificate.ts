import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { hasErrors } from '../../checks/finding.ts';
import { oddityOf } from '../../checks/key-in-use.ts';
import { daysLeft } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import type { Verifying } from '../../delivery/apns.ts';
import { changeCertificate, nounOf } from '../../delivery/change-certificate.ts';
import { askHeld, askPhones, type OpenTenant } from '../../delivery/connection.ts';
import type { OpenedP12 } from '../../delivery/open-p12.ts';
import { formsToTry, sendCertificate } from '../../delivery/send-certificate.ts';
import { openOrSignIn } from '../../delivery/tenant.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatDaysLeft, formatFields, wordsForApns, wordsForPhones } from '../../report/fields.ts';
import { concerns, formatFindings } from '../../report/findings.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Style } from '../../terminal/style.ts';
import { askKey, type Done, planSet, type SetPlan, type SetReport } from './plan-set.ts';

export interface Giving {
  readonly now: Date;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly refresh?: boolean;
  readonly verify: Verifying;
  /** Called when APNs has accepted the certificate, before anything is sent. */
  onVerified?(): Promise<void>;
  /** Called when the user is signed in, before any question and any change. */
  onOpened?(open: OpenTenant): Promise<void>;
  /** Called when the tenant has accepted it, with this machine's record of it. */
  onSent?(record: CertificateRecord): Promise<void>;
}

/**
 * Judges the identity, asks the user and APNs, gives it to the tenant and records that. The report says if something stopped
 * it. @throws {CliError} those of exit 2, 5, 6 and 7, interrupted
 */
export async function giveCertificate(
  { identity, password }: Pick<OpenedP12, 'identity' | 'password'>,
  settings: Settings,
  giving: Giving,
  context: Context,
): Promise<SetReport> {
  const { dryRun = false, refresh = false, yes = false, verify } = giving;
  const planned = planSet(identity, settings, giving.now);
  // A person learns first whether the tenant answers, before the questions about the certificate.
  const isAsked = context.terminal.interactive && !dryRun && !planned.stops;
  const early = isAsked ? await openOrSignIn(settings, context) : null;
  const { unchanged } = planned;
  if (isAsked && unchanged)
    context.terminal.note(`This certificate for ${planned.clientAppKey} was set last; it is sent again.`);
  const first = yes || unchanged ? planned : await askKey(planned, settings, context);
  let done: Done = { dryRun };
  if (first.stops) return first.report(done);
  // Only --force can have left any of it open. It ends a dry run as well, and before APNs is asked or anybody signs in.
  const { fingerprint, notAfter, topic, clientAppKey } = first;
  if (fingerprint === null || notAfter === null)
    throw new CliError('usage', 'A file without a certificate cannot be sent, not even with --force');
  if (topic === null || clientAppKey === null)
    throw new CliError('usage', 'The certificate names no topic', { facts: { option: '--topic TOPIC' } });
  const odd = oddityOf(clientAppKey);
  if (odd !== null) context.terminal.warn(odd);
  const started = performance.now();
  if (verify === true || (verify !== false && !hasErrors(first.findings))) {
    const { verifyBefore } = await import('../../delivery/apns.ts');
    const apns = { ...settings.apns, topic: first.topic };
    const verification = await verifyBefore(verify, identity, apns, settings.network, context);
    done = { dryRun, verification };
  }
  if (dryRun || done.verification?.accepted === false) {
    if (refresh) context.terminal.note('Nothing was sent, so the tenant was not asked for its topic.');
    return first.report(done);
  }
  if (done.verification != null) await giving.onVerified?.();

  const waited = done.verification == null ? 0 : performance.now() - started;
  const open = early ?? (await openOrSignIn(settings, context, waited));
  const { tenant, client } = open;
  const told = refresh ? await askHeld(clientAppKey, open, settings, context) : null;
  const plan = first.with({ tenant, latestKey: told?.latestKey ?? null });
  if (plan.stops) return plan.report(done);
  await giving.onOpened?.(open);
  if (plan.replaces) done = { ...done, phones: await askPhones(open, settings, context) };
  if (context.terminal.interactive) await confirmSet(plan, tenant, done, yes, context);
  const sending = { identity, password, clientAppKey, topic, findings: plan.findings };
  const set = { clientAppKey, topic, fingerprint, notAfter, tenant };
  const at = giving.now.toISOString();
  const send = () => sendCertificate(sending, client, formsToTry(settings, tenant));
  const outcome = await changeCertificate({ asked: 'set', ...set, at }, send, open, settings, context);
  const { sentAs, missing } = outcome;
  if (missing !== null) return plan.report({ ...done, sent: null, ...missing });
  await giving.onSent?.({ ...set, setAt: at });
  done = { ...done, sent: true, sentAs };
  if (!refresh) return plan.report(done);
  const { askAfterwards } = await import('./refresh.ts');
  return plan.report({ ...done, held: await askAfterwards(set, open, settings, context) });
}

/**
 * Shows the user the plan with every error and warning, and asks before replacing another certificate or if there is an
 * error or a warning. @throws {CliError} interrupted if the user declines
 */
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
  const shown = { clientAppKey, tenant, topic, environments, before, open, verification, phones };
  const { notAfter, fingerprint } = plan;
  const format = (told: typeof shown, style: Style): string =>
    formatFields(
      [
        ['Client app key', told.clientAppKey],
        ['Tenant', told.tenant],
        ['Topic', told.topic],
        ['Environments', told.environments.join(', ') || 'none'],
        [
          'Valid until',
          notAfter === null ? 'none' : formatDaysLeft(notAfter, daysLeft(new Date(notAfter), now()), style),
        ],
        ['SHA-256', `${fingerprint?.slice(0, 8)}…`],
        ['Replaces', told.before],
        ...told.open,
        ['APNs', told.verification == null ? null : wordsForApns(told.verification)],
        ['Phones', told.phones === undefined ? null : wordsForPhones(told.phones)],
      ],
      style,
    );
  const silences = findings.some(({ code }) => code === 'silences-other-app');
  const isPlain = previous === null && concerned.length === 0 && unanswered.length === 0;
  const isAsked = !yes && (silences || !(unchanged || isPlain));
  if (isAsked || !terminal.flags.quiet) await terminal.present(shown, format);
  if (previous === null && clientAppKey !== topic)
    terminal.warn(`The client app key "${clientAppKey}" is new on this machine, and differs from the topic`);
  if (!isAsked) return;
  const verb = previous === null ? 'Set' : 'Replace';
  const isAgreed = await prompt.confirm({
    message: `${verb} the certificate for ${clientAppKey} at ${new URL(tenant).host}?`,
    unavailable: 'The set must be confirmed in a terminal',
    facts: { option: '--yes' },
  });
  if (!isAgreed) throw new CliError('interrupted', 'Nothing was sent');
}
