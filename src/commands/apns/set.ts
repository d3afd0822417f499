import type { CertificateRecord } from '../../auth/profile.ts';
import { type Finding, hasErrors } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import type { Verification, Verifying } from '../../delivery/apns.ts';
import { type JudgingOptions, stopsAt, warnDaysOf } from '../../delivery/judging.ts';
import { type OpenedP12, openP12 } from '../../delivery/open-p12.ts';
import { formsToTry, sendCertificate } from '../../delivery/send-certificate.ts';
import { openOrSignIn } from '../../delivery/tenant.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatFields } from '../../report/fields.ts';
import { countConcerns, formatConcerns } from '../../report/findings.ts';
import {
  type ApnsOptions,
  type ConnectionOptions,
  type P12Options,
  readSettings,
  type Settings,
} from '../../settings/settings.ts';
import type { Held } from '../../tenant/certificates.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { remember, type SendAsOptions, warnOfQuery, wordsForHeld } from './sent.ts';
import { askTarget, confirmSet, type PlanFacts, planSet, type SetPlan, verdictOfApns } from './set-plan.ts';

/** What the command line says about giving a certificate to a tenant. */
export interface GivingOptions extends JudgingOptions, SendAsOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly refresh?: boolean;
}

export interface SetOptions extends ConnectionOptions, P12Options, ApnsOptions, GivingOptions {
  readonly clientAppKey?: string;
  readonly verify?: boolean;
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

/** How a certificate is to be judged and given. */
interface Giving extends PlanFacts, SendAsOptions {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly refresh: boolean;
  readonly verify: Verifying;
  /** Called once APNs has accepted the certificate, before anybody signs in. */
  onVerified?(): Promise<void>;
  /** Called once the tenant has taken it, with what this machine remembers of it. */
  onSent?(record: CertificateRecord): Promise<void>;
}

export async function set(options: SetOptions, context: Context): Promise<SetReport> {
  const verify: Verifying = options.verify ?? (context.terminal.interactive ? 'if-reachable' : false);
  if (options.apnsHost !== undefined && verify === false)
    throw new CliError('usage', 'An APNs host was given, but APNs is not asked', {
      facts: { option: '--verify' },
    });
  const giving = { ...givingOf(options), verify, now: context.now(), warnDays: warnDaysOf(options) };
  warnOfQuery(options, 'the .p12 and its password', context);
  const settings = await readSettings(options, context);
  const opened = await openP12(settings.p12, context);
  return giveCertificate(opened, settings, giving, context);
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
interface Given extends Pick<SetReport, 'sentAs' | 'verification'> {
  readonly plan: SetPlan;
  readonly held?: Held | undefined;
}

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

/** What was sent and what not, and everything that was found about it. */
function formatSet(report: SetReport, style: Style, options: JudgingOptions): string {
  const { tenant, clientAppKey, topic, fingerprint, notAfter, sent, sentAs, verification, held, findings } =
    report;
  // The rest was read above the question.
  if (sent && style.conversation)
    return `${verdict(report, options, style)}\n${held?.outcome === 'same' ? 'The tenant says that it holds this topic.\n' : ''}`;
  const fields = formatFields(
    [
      ['Tenant', tenant ?? 'none'],
      ['Client app key', clientAppKey ?? 'none'],
      ['Topic', topic ?? 'none'],
      ['SHA-256', fingerprint ?? 'none'],
      ['Valid until', notAfter?.slice(0, 10) ?? 'none'],
      ...(sentAs === null || sentAs === 'json' ? [] : [['Sent as', sentAs] as const]),
      ...(verification === null ? [] : [['APNs', verdictOfApns(verification)] as const]),
      ...(held === undefined ? [] : [['Held', wordsForHeld(held)] as const]),
    ],
    style,
  );
  const wayOut =
    !sent && stopsAt(findings, options) ? 'Give --force to send it in spite of what was found.\n' : '';
  return [`${verdict(report, options, style)}\n`, fields, formatConcerns(findings, style), wayOut]
    .filter((part) => part !== '')
    .join('\n');
}

function verdict(report: SetReport, options: JudgingOptions, style: Style): string {
  const { sent, dryRun, unchanged, clientAppKey, verification, findings } = report;
  if (sent)
    return style.green(
      unchanged
        ? `✓ Sent again: the same certificate for ${clientAppKey}`
        : `✓ Set the push certificate for ${clientAppKey}`,
    );
  if (verification?.accepted === false)
    return style.red('✗ Nothing was sent: APNs does not accept this certificate');
  const found = countConcerns(findings);
  if (stopsAt(findings, options)) return style.red(`✗ Nothing was sent: the checks found ${found}`);
  if (hasErrors(findings)) return style.yellow(`! Checks found ${found}. Nothing was sent (dry run).`);
  const passed = found === '' ? '✓ Checks passed.' : `✓ Checks passed with ${found}.`;
  return dryRun ? style.green(`${passed} Nothing was sent (dry run).`) : style.red('✗ Nothing was sent');
}

export const command: CommandModule<SetOptions, SetReport> = {
  work: set,
  format: formatSet,
  exitCode: ({ findings, sent, verification }, options) => {
    if (verification?.accepted === false) return 6;
    return !sent && stopsAt(findings, options) ? 4 : 0;
  },
};
