import { openOrSignIn } from '../../access/open-or-sign-in.ts';
import { formTakenBy } from '../../auth/profile-changes.ts';
import { type Finding, hasErrors } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import type { ApnsOptions } from '../../inputs/given-apns.ts';
import type { P12Options } from '../../inputs/given-p12.ts';
import { openP12 } from '../../inputs/open-p12.ts';
import { addConnectionOptions, addExamples, addP12Options } from '../../inputs/options.ts';
import { type ConnectionOptions, readSettings, type Settings } from '../../inputs/settings.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { formatFields } from '../../report/fields.ts';
import { formatFindings } from '../../report/findings.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule, Declaration } from '../command.ts';
import { askTarget, summary } from './ask-target.ts';
import { remember } from './record.ts';
import { addSendAsOption, formsToTry, type SendAsOptions, warnOfQuery } from './send-as.ts';
import { sendCertificate } from './send-certificate.ts';
import { planSet, requireTarget, type SetPlan } from './set-plan.ts';
import type { Verification } from './verification.ts';

export interface SetOptions extends ConnectionOptions, P12Options, ApnsOptions, SendAsOptions {
  readonly clientAppKey?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly verify?: boolean;
}

export const declaration: Declaration = {
  words: ['apns', 'set'],
  summary: 'check a .p12 and give it to the tenant',
  options(command) {
    addP12Options(command)
      .option('--topic <topic>', "APNs topic; default: the certificate's bundle ID")
      .option('--client-app-key <key>', 'key of the client app; default: the topic [MFA_CLI_CLIENT_APP_KEY]')
      .addOption(
        command
          .createOption('--environment <name>', 'environment that must be served')
          .choices(['production', 'sandbox']),
      )
      .option('--dry-run', 'do all but the request; needs no session')
      .option('--force', 'send in spite of findings')
      .option('--yes', 'replace another certificate without asking')
      .option('--verify', 'ask APNs first, and send nothing that it refuses')
      .option('--apns-host <host:port>', "with --verify: another host than Apple's [MFA_CLI_APNS_HOST]");
    addSendAsOption(command);
    addConnectionOptions(command);
    addExamples(
      command,
      'mfa-cli apns set --p12 cert.p12',
      'mfa-cli apns set --p12 cert.p12 --password-file password.txt --environment production --dry-run',
    );
  },
};

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
  readonly findings: readonly Finding[];
}

export async function set(options: SetOptions, context: Context): Promise<SetReport> {
  if (options.apnsHost !== undefined && options.verify !== true)
    throw new CliError('usage', 'A host of APNs was given, and APNs is not asked', {
      facts: { option: '--verify' },
    });
  warnOfQuery(options, 'the .p12 and its password', context);
  const given = await readSettings(options, context);
  const { identity, password } = await openP12(given.p12, context);
  const settings = await askTarget(given, identity, context);
  const planFor = (tenant: string | null): SetPlan => planSet(identity, settings, tenant, context.now());
  const stops = ({ findings }: SetPlan): boolean => hasErrors(findings) && options.force !== true;
  const dryRun = options.dryRun === true;
  const first = planFor(settings.tenant());
  const started = performance.now();
  const verification =
    options.verify === true && !stops(first) ? await askFirst(identity, settings, context) : null;
  const waited = verification === null ? 0 : performance.now() - started;
  const outcome = { sent: false, sentAs: null, dryRun, verification };
  if (dryRun || stops(first) || verification?.accepted === false) return reportOf(first, outcome);

  requireTarget(first);
  const open = await openOrSignIn(afterWaiting(settings, waited), context);
  const { tenant } = open;
  const plan = tenant === first.tenant ? first : planFor(tenant);
  if (stops(plan)) return reportOf(plan, outcome);
  const sending = requireTarget(plan);
  if (context.terminal.interactive) summary(plan, tenant).forEach(context.terminal.note);
  await confirmReplacement(plan, options, context);
  const forms = formsToTry(options, formTakenBy(settings.profile, tenant));
  const sentAs = await sendCertificate(
    { ...sending, identity, password, findings: plan.findings },
    open,
    forms,
  );
  const record = { ...sending, tenant, setAt: context.now().toISOString() };
  await remember(record, sentAs, settings, context);
  return reportOf(plan, { ...outcome, sent: true, sentAs });
}

/** What APNs says, before anybody signs in or is asked. What speaks with it is loaded for that only. */
async function askFirst(
  identity: PushIdentity,
  { apns, network }: Settings,
  context: Context,
): Promise<Verification> {
  const { apnsTargetOf } = await import('../../access/apns.ts');
  const { verifyIdentity } = await import('./verification.ts');
  return verifyIdentity(identity, apnsTargetOf(identity, apns), network, context);
}

/** The settings with less time, in milliseconds: the bound on the wait for the network is on all of it. */
function afterWaiting(settings: Settings, waited: number): Settings {
  const { network } = settings;
  return { ...settings, network: { ...network, timeout: Math.max(1, network.timeout - waited) } };
}

/** On a terminal, asks before something else is replaced. @throws {CliError} interrupted, when the answer is no */
async function confirmReplacement(plan: SetPlan, options: SetOptions, context: Context): Promise<void> {
  const { previous, clientAppKey } = plan;
  if (previous === null || plan.unchanged || options.yes === true || !context.terminal.interactive) return;
  const question = {
    message: `Replace the certificate for ${clientAppKey} (until ${previous.notAfter.slice(0, 10)}, set ${previous.setAt.slice(0, 10)})?`,
    unavailable: 'A confirmation is needed, and there is no terminal to ask on',
    facts: { option: '--yes' },
  };
  if (!(await context.prompt.confirm(question))) throw new CliError('interrupted', 'Nothing was sent');
}

function reportOf(
  plan: SetPlan,
  { sent, sentAs, dryRun, verification }: Pick<SetReport, 'sent' | 'sentAs' | 'dryRun' | 'verification'>,
): SetReport {
  const { tenant, clientAppKey, topic, fingerprint, notAfter, unchanged, findings } = plan;
  return {
    tenant,
    clientAppKey,
    topic,
    fingerprint,
    notAfter,
    sent,
    sentAs,
    dryRun,
    unchanged,
    verification,
    findings,
  };
}

function format(report: SetReport, style: Style, { force }: SetOptions): string {
  const { tenant, clientAppKey, topic, fingerprint, notAfter, sentAs, verification, findings } = report;
  const fields = formatFields(
    [
      ['Tenant', tenant ?? 'none'],
      ['Client app key', clientAppKey ?? 'none'],
      ['Topic', topic ?? 'none'],
      ['SHA-256', fingerprint ?? 'none'],
      ['Valid until', notAfter?.slice(0, 10) ?? 'none'],
      ...(sentAs === null || sentAs === 'json' ? [] : [['Sent as', sentAs] as const]),
      ...(verification === null ? [] : [['APNs', verification.explanation] as const]),
    ],
    style,
  );
  return [`${verdict(report, force === true, style)}\n`, fields, formatFindings(findings, style)]
    .filter((part) => part !== '')
    .join('\n');
}

function verdict(report: SetReport, forced: boolean, style: Style): string {
  const { sent, dryRun, unchanged, clientAppKey, verification, findings } = report;
  if (sent)
    return style.green(
      unchanged
        ? `✓ Sent again: the same certificate for ${clientAppKey}`
        : `✓ Set the push certificate for ${clientAppKey}`,
    );
  if (verification?.accepted === false) return style.red('✗ Nothing was sent: APNs does not accept it');
  if (hasErrors(findings) && forced) return style.yellow('! Dry run: it would be sent in spite of errors');
  if (hasErrors(findings)) return style.red('✗ Nothing was sent: the checks found errors');
  return dryRun
    ? style.cyan('✓ Dry run: nothing was sent, and nothing speaks against it')
    : style.red('✗ Nothing was sent');
}

export const command: CommandModule<SetOptions, SetReport> = {
  work: set,
  format,
  exitCode: ({ findings, sent, verification }, { force }) => {
    if (verification?.accepted === false) return 6;
    return !sent && force !== true && hasErrors(findings) ? 4 : 0;
  },
};
