import { openOrSignIn } from '../../access/open-or-sign-in.ts';
import { sendCertificate } from '../../access/send-certificate.ts';
import { formTakenBy } from '../../auth/profile-changes.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import type { ApnsOptions } from '../../inputs/given-apns.ts';
import type { P12Options } from '../../inputs/given-p12.ts';
import { type JudgingOptions, stopsAt, warnDaysOf } from '../../inputs/judging.ts';
import { openP12 } from '../../inputs/open-p12.ts';
import { addConnectionOptions, addExamples, addJudgingOptions, addP12Options } from '../../inputs/options.ts';
import { type ConnectionOptions, readSettings, type Settings } from '../../inputs/settings.ts';
import type { Held } from '../../tenant/read-back.ts';
import type { CommandModule, Declaration } from '../command.ts';
import { agree } from './agree.ts';
import { askTarget } from './ask-target.ts';
import type { askAfterwards } from './held.ts';
import { remember } from './record.ts';
import { addSendAsOption, formsToTry, type SendAsOptions, warnOfQuery } from './send-as.ts';
import { formatSet, type SetReport } from './set-format.ts';
import { planSet, requireTarget, type SetPlan } from './set-plan.ts';
import { type Verifying, verifyFirst } from './verify-first.ts';

export interface SetOptions
  extends ConnectionOptions,
    P12Options,
    ApnsOptions,
    JudgingOptions,
    SendAsOptions {
  readonly clientAppKey?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly verify?: boolean;
  readonly refresh?: boolean;
}

export const declaration: Declaration = {
  words: ['apns', 'set'],
  summary: 'check a .p12 and give it to the tenant',
  options(command) {
    command.argument('[file]', 'the .p12 file, - is stdin');
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
      .option('--yes', 'do not ask')
      .option('--verify', 'ask APNs first, and send nothing that it refuses; on a terminal the default')
      .option('--no-verify', 'do not ask APNs')
      .option('--refresh', 'ask the tenant afterwards, as far as it tells, which topic it holds')
      .option('--apns-host <host:port>', "another host than Apple's [MFA_CLI_APNS_HOST]");
    addJudgingOptions(command);
    addSendAsOption(command);
    addConnectionOptions(command);
    addExamples(
      command,
      'mfa-cli apns set cert.p12',
      'mfa-cli apns set --p12 cert.p12 --password-file password.txt --environment production --dry-run',
    );
  },
};

export async function set(options: SetOptions, context: Context): Promise<SetReport> {
  const { interactive } = context.terminal;
  const verify: Verifying = options.verify ?? (interactive ? 'if-reachable' : false);
  if (options.apnsHost !== undefined && verify === false)
    throw new CliError('usage', 'An APNs host was given, but APNs is not asked', {
      facts: { option: '--verify' },
    });
  warnOfQuery(options, 'the .p12 and its password', context);
  const facts = { now: context.now(), warnDays: warnDaysOf(options) };
  const given = await readSettings(options, context);
  const { identity, password } = await openP12(given.p12, context);
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

  requireTarget(first);
  const open = await openOrSignIn(afterWaiting(settings, waited), context);
  const { tenant } = open;
  const plan = tenant === first.tenant ? first : planSet(identity, settings, tenant, facts);
  if (stops(plan)) return reportOf(plan, { ...unsent, verification });
  const sending = requireTarget(plan);
  if (interactive) await agree(plan, tenant, verification, options.yes === true, context);
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

export const command: CommandModule<SetOptions, SetReport> = {
  work: set,
  format: formatSet,
  exitCode: ({ findings, sent, verification }, options) => {
    if (verification?.accepted === false) return 6;
    return !sent && stopsAt(findings, options) ? 4 : 0;
  },
};
