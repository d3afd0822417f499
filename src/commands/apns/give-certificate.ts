import { formTakenBy } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { type JudgingOptions, stopsAt } from '../../delivery/judging.ts';
import type { OpenedP12 } from '../../delivery/open-p12.ts';
import { sendCertificate } from '../../delivery/send-certificate.ts';
import { openOrSignIn } from '../../delivery/tenant.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Held } from '../../tenant/certificates.ts';
import { agree } from './agree.ts';
import { askTarget } from './ask-target.ts';
import type { askAfterwards } from './held.ts';
import { remember } from './record.ts';
import { formsToTry, type SendAsOptions } from './send-as.ts';
import type { SetReport } from './set-format.ts';
import { type PlanFacts, planSet, requireTarget, type SetPlan } from './set-plan.ts';
import { type Verifying, verifyFirst } from './verify-first.ts';

/** What the command line says about giving a certificate to a tenant. */
export interface GivingOptions extends JudgingOptions, SendAsOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly refresh?: boolean;
}

interface Giving {
  readonly settings: Settings;
  readonly options: GivingOptions;
  readonly facts: PlanFacts;
  readonly verify: Verifying;
  /** Called once APNs has accepted the certificate, before anybody signs in. */
  onVerified?(): Promise<void>;
}

/**
 * Judges what was opened, asks a person and APNs, gives it to the tenant and remembers that: all that `apns set` does with
 * a file. What stops it is in the report. @throws {CliError} those of exit 2, 5, 6 and 7, interrupted
 */
export async function giveCertificate(
  { identity, password }: Pick<OpenedP12, 'identity' | 'password'>,
  { settings: given, options, facts, verify, onVerified }: Giving,
  context: Context,
): Promise<SetReport> {
  const stops = ({ findings }: SetPlan): boolean => stopsAt(findings, options);
  const dryRun = options.dryRun === true;
  const unsent = { sent: false, sentAs: null, dryRun, verification: null };
  // What cannot be set is refused before anything is asked.
  const judged = planSet(identity, given, given.tenant(), facts);
  if (stops(judged)) return reportOf(judged, unsent);

  const settings = await askTarget(given, identity, context);
  const first = planSet(identity, settings, settings.tenant(), facts);
  if (stops(first)) return reportOf(first, unsent);
  const started = performance.now();
  const verification = await verifyFirst(verify, identity, settings, first, context);
  const waited = verification === null ? 0 : performance.now() - started;
  if (dryRun || verification?.accepted === false) {
    if (options.refresh === true)
      context.terminal.note('Nothing was sent, so the tenant is not asked what it holds.');
    return reportOf(first, { ...unsent, verification });
  }
  if (verification !== null) await onVerified?.();

  requireTarget(first);
  const open = await openOrSignIn(afterWaiting(settings, waited), context);
  const { tenant } = open;
  const plan = tenant === first.tenant ? first : planSet(identity, settings, tenant, facts);
  if (stops(plan)) return reportOf(plan, { ...unsent, verification });
  const sending = requireTarget(plan);
  if (context.terminal.interactive) await agree(plan, tenant, verification, options.yes === true, context);
  const forms = formsToTry(options, formTakenBy(settings.profile, tenant));
  const sentAs = await sendCertificate(
    { ...sending, identity, password, findings: plan.findings },
    open.client,
    forms,
  );
  const record = { ...sending, tenant, setAt: facts.now.toISOString() };
  await remember(record, sentAs, settings, context);
  const held = options.refresh === true ? await readAfterwards(open, record, context.terminal) : undefined;
  return reportOf(plan, { sent: true, sentAs, dryRun, verification, held });
}

async function readAfterwards(...asking: Parameters<typeof askAfterwards>): ReturnType<typeof askAfterwards> {
  const { askAfterwards: ask } = await import('./held.ts');
  return ask(...asking);
}

/** The settings with less time, in milliseconds: the bound on the wait for the network is on all of it. */
function afterWaiting(settings: Settings, waited: number): Settings {
  const { network } = settings;
  return { ...settings, network: { ...network, timeout: Math.max(1, network.timeout - waited) } };
}

function reportOf(
  plan: SetPlan,
  {
    verification,
    held,
    ...outcome
  }: Pick<SetReport, 'sent' | 'sentAs' | 'dryRun' | 'verification'> & { readonly held?: Held | undefined },
): SetReport {
  const { tenant, clientAppKey, topic, fingerprint, notAfter, unchanged, findings } = plan;
  return {
    tenant,
    clientAppKey,
    topic,
    fingerprint,
    notAfter,
    ...outcome,
    unchanged,
    verification,
    ...(held === undefined ? {} : { held }),
    findings,
  };
}
