import { formTakenBy } from '../../auth/profiles.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import type { Verifying } from '../../certificate/apns.ts';
import type { OpenedP12 } from '../../certificate/open-p12.ts';
import { changeCertificate } from '../../change/change-certificate.ts';
import type { OpenTenant } from '../../change/open.ts';
import { openOrSignIn } from '../../change/open-or-sign-in.ts';
import { formsToTry, sendCertificate } from '../../change/send-certificate.ts';
import { hasErrors } from '../../checks/finding.ts';
import { oddityOf } from '../../checks/key-in-use.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SentAs } from '../../tenant/client.ts';
import { type Done, planSet, type SetReport, type SetTerms } from './plan-set.ts';

export interface Giving extends Omit<SetTerms, 'to'> {
  readonly sendAs: SentAs | null;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly refresh: boolean;
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
  const { dryRun, refresh, yes, verify } = giving;
  const planned = planSet(identity, settings, { ...giving, to: context.destination });
  // A person learns first whether the tenant answers, before the questions about the certificate.
  const isAsked = context.terminal.interactive && !dryRun && !planned.stops;
  const openAfter = (waited: number) => openOrSignIn(settings, context, waited);
  const early = isAsked ? await openAfter(0) : null;
  const { unchanged } = planned;
  if (isAsked && unchanged)
    context.terminal.note(
      `This certificate for ${planned.clientAppKey} was set last; it is sent again.`,
    );
  const first = yes || unchanged ? planned : await planned.askForKey(context);
  let done: Done = { dryRun };
  if (first.stops) return first.report(done);
  // Without --force, the checks have stopped a file without a certificate or a topic.
  const { fingerprint, notAfter, topic, clientAppKey } = first;
  if (fingerprint === null || notAfter === null)
    throw new CliError(
      'usage',
      'A file without a certificate cannot be sent, not even with --force',
    );
  if (topic === null || clientAppKey === null)
    throw new CliError('usage', 'The certificate names no topic', {
      facts: { option: '--topic TOPIC' },
    });
  const odd = oddityOf(clientAppKey);
  if (odd !== null) context.terminal.warn(odd);
  const started = performance.now();
  if (verify === true || (verify !== false && !hasErrors(first.findings))) {
    const { verifyBefore } = await import('../../certificate/apns.ts');
    const apns = { ...giving.apns, topic: first.topic };
    const verification = await verifyBefore(verify, identity, apns, settings.network, context);
    done = { dryRun, verification };
  }
  if (dryRun || done.verification?.accepted === false) {
    if (refresh)
      context.terminal.note('Nothing was sent, so the tenant was not asked for its topic.');
    return first.report(done);
  }
  if (done.verification != null) await giving.onVerified?.();

  const waited = done.verification == null ? 0 : performance.now() - started;
  const open = early ?? (await openAfter(waited));
  const { tenant, client } = open;
  const told = refresh ? await open.askHeld(clientAppKey) : null;
  const plan = first.with({ tenant, latestKey: told?.latestKey ?? null });
  if (plan.stops) return plan.report(done);
  await giving.onOpened?.(open);
  if (plan.replaces) done = { ...done, phones: await open.askPhones() };
  if (context.terminal.interactive) await plan.showAndConfirm(tenant, done, yes, context);
  const sending = { identity, password, clientAppKey, topic, findings: plan.findings };
  const set = { clientAppKey, topic, fingerprint, notAfter, tenant };
  const at = giving.now.toISOString();
  const forms = formsToTry(giving.sendAs, formTakenBy(settings.profile, tenant));
  const send = () => sendCertificate(sending, client, forms);
  const outcome = await changeCertificate(
    { asked: 'set', ...set, at },
    send,
    open,
    settings,
    context,
  );
  const { sentAs, missing } = outcome;
  if (missing !== null) return plan.report({ ...done, sent: null, ...missing });
  await giving.onSent?.({ ...set, setAt: at });
  done = { ...done, sent: true, sentAs };
  if (!refresh) return plan.report(done);
  const { askAfterwards } = await import('./refresh.ts');
  return plan.report({ ...done, held: await askAfterwards(set, open, context) });
}
