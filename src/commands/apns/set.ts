import type { Command } from 'commander';
import type { Finding } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import type { P12Options } from '../open-p12.ts';
import { addConnectionOptions, addExamples, addP12Options } from '../options.ts';
import type { SetPlan, TargetOptions } from './set-plan.ts';

interface SetOptions extends P12Options, TargetOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
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
  readonly dryRun: boolean;
  /** Whether this tool set this very certificate for this key last. */
  readonly unchanged: boolean;
  readonly findings: readonly Finding[];
}

function register(command: Command): void {
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
    .option('--yes', 'replace another certificate without asking');
  addConnectionOptions(command);
  addExamples(
    command,
    'mfa-cli apns set --p12 cert.p12',
    'mfa-cli apns set --p12 cert.p12 --password-file password.txt --environment production --dry-run',
  );
}

export async function set(options: SetOptions, context: Context): Promise<SetReport> {
  const { openP12 } = await import('../open-p12.ts');
  const { readStored, openTenant } = await import('../session.ts');
  const { planSet, requireTarget } = await import('./set-plan.ts');
  const { remember } = await import('./record.ts');
  const { hasErrors } = await import('../../checks/finding.ts');
  const { setCertificate } = await import('../../tenant/certificates.ts');

  const { identity, password } = await openP12(options, context);
  const stored = await readStored(options, context);
  const plan = planSet(identity, options, { ...stored, now: context.now() });
  const dryRun = options.dryRun === true;
  if (dryRun || (hasErrors(plan.findings) && options.force !== true))
    return reportOf(plan, { sent: false, dryRun });

  const target = requireTarget(plan);
  const { client, tenant } = await openTenant(options, stored, context);
  await confirmReplacement(plan, options, context);
  await setCertificate(client, { ...target, password, pfx: identity.container.pfx });
  await remember({ ...target, tenant, setAt: context.now().toISOString() }, stored, context);
  return reportOf(plan, { sent: true, dryRun });
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

function reportOf(plan: SetPlan, { sent, dryRun }: { sent: boolean; dryRun: boolean }): SetReport {
  const { tenant, clientAppKey, topic, fingerprint, notAfter, unchanged, findings } = plan;
  return { tenant, clientAppKey, topic, fingerprint, notAfter, sent, dryRun, unchanged, findings };
}

async function format(report: SetReport, style: Style): Promise<string> {
  const { formatFields } = await import('../../report/fields.ts');
  const { formatFindings } = await import('../../report/findings.ts');
  const { tenant, clientAppKey, topic, fingerprint, notAfter, findings } = report;
  const fields = formatFields(
    [
      ['Tenant', tenant ?? 'none'],
      ['Client app key', clientAppKey ?? 'none'],
      ['Topic', topic ?? 'none'],
      ['SHA-256', fingerprint ?? 'none'],
      ['Valid until', notAfter?.slice(0, 10) ?? 'none'],
    ],
    style,
  );
  return [`${verdict(report, style)}\n`, fields, formatFindings(findings, style)]
    .filter((part) => part !== '')
    .join('\n');
}

function verdict({ sent, dryRun, unchanged, clientAppKey, findings }: SetReport, style: Style): string {
  if (sent)
    return style.green(
      unchanged
        ? `✓ Sent again: the same certificate for ${clientAppKey}`
        : `✓ Set the push certificate for ${clientAppKey}`,
    );
  if (findings.some(({ level }) => level === 'error'))
    return style.red('✗ Nothing was sent: the checks found errors');
  return dryRun
    ? style.cyan('✓ Dry run: nothing was sent, and nothing speaks against it')
    : style.red('✗ Nothing was sent');
}

export const command: CommandModule<SetOptions, SetReport> = {
  register,
  work: set,
  format,
  exitCode: ({ findings, sent }) => (!sent && findings.some(({ level }) => level === 'error') ? 4 : 0),
};
