import { resolve } from 'node:path';
import { signInAndSave } from '../../change/sign-in/sign-in-and-save.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { wrote } from '../../report/findings.ts';
import { queryPath } from '../../tenant/administration/admin-client.ts';
import type { AdministrativeRight } from '../../tenant/administration/roles.ts';
import { fitted } from '../../text/layout.ts';
import { settingLine } from '../../text/shell.ts';
import type { CommandModule } from '../command.ts';
import { applyPlan } from './apply.ts';
import { type OpenBootstrap, openBootstrap } from './open.ts';
import type { BootstrapOptions } from './options.ts';
import { type Found, likelyRights, planBootstrap, readFound, verifyBootstrap } from './plan.ts';
import { removeObjects } from './remove.ts';
import { type BootstrapReport, carryOut, formatReport } from './report.ts';
import { requireFreeFile } from './service-password.ts';
import { pipelineAppId, type Step, type StepName, type Wanted } from './steps.ts';

async function bootstrap(options: BootstrapOptions, context: Context): Promise<BootstrapReport> {
  if (options.remove === true) requireConsent(options, context);
  const opened = await openBootstrap(options, context);
  const work = options.remove === true ? removeObjects : makeReady;
  const report = await work(opened, options, context).finally(opened.end);
  const { terminal } = context;
  const style = await terminal.style('stdout');
  // Before the next question.
  if (style.conversation && !terminal.flags.json)
    terminal.print(fitted(formatReport(report, style), terminal.columns('stdout')));
  if (options.remove !== true && report.ok && !report.dryRun) await offerLogin(opened, context);
  return report;
}

/**
 * Without a terminal a removal is agreed to before anything is sent.
 * @throws {CliError} prompt-unavailable
 */
function requireConsent({ yes, dryRun }: BootstrapOptions, { terminal }: Context): void {
  if (yes === true || dryRun === true || terminal.interactive) return;
  throw new CliError('prompt-unavailable', 'The removal must be confirmed in a terminal', {
    facts: { option: '--yes or --dry-run' },
  });
}

async function makeReady(
  { tenant, user, client, wanted }: OpenBootstrap,
  options: BootstrapOptions,
  context: Context,
): Promise<BootstrapReport> {
  const { secretFile } = wanted;
  const found = await readFound(client, wanted);
  const plan = planBootstrap(wanted, found, await rightFor(found, wanted.right, context));
  const { steps } = plan;
  const makesUser = steps.some(
    ({ step, action }) => step === 'service-user' && action === 'create',
  );
  if (secretFile !== null && makesUser) requireFreeFile(secretFile);
  if (secretFile !== null && !makesUser)
    context.terminal.note(
      `The service user ${wanted.serviceUser} already exists, so ${secretFile} was not written.`,
    );
  const work = {
    tenant,
    user,
    steps,
    notes: notesOn(steps, wanted),
    act: (done: (step: StepName) => void) =>
      applyPlan(plan, { client, wanted, found, signal: context.signal, done }),
    verify: async () => verifyBootstrap(plan, wanted, await readFound(client, wanted)),
  };
  const report = await carryOut(work, options, context);
  if (report.ok && !report.dryRun && makesUser && secretFile !== null)
    printPipelineVariables(tenant, wanted, secretFile, context);
  return report;
}

async function rightFor(
  { rights, role }: Found,
  named: string | null,
  { prompt }: Context,
): Promise<AdministrativeRight> {
  const candidates = likelyRights(rights, role?.rights ?? [], named);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const names = candidates.map(({ description }) => description);
  const path = await prompt.select({
    message: 'Which right lets the role manage push certificates?',
    choices: candidates.map(({ description, path }) => ({ name: description, value: path })),
    unavailable: `Several rights of the tenant match: ${names.join(', ')}`,
    facts: { option: '--right NAME' },
  });
  const chosen = candidates.find((right) => right.path === path);
  if (chosen === undefined) throw new Error('a right that was not offered');
  return chosen;
}

function notesOn(steps: readonly Step[], { readBack, devices }: Wanted): readonly string[] {
  const isWidened = steps.some(
    ({ step, action }) =>
      (step === 'scope' || step === 'pipeline-application') && action !== 'keep',
  );
  if (!isWidened) return [];
  const notes: string[] = [];
  if (readBack)
    notes.push('The two calls that --read-back allows also read other settings of the tenant.');
  if (devices)
    notes.push(
      `--devices allows ${queryPath}, which reads every table that the caller has the right ` +
        'to read: users, roles, applications and events as well as phones.',
    );
  return notes;
}

function printPipelineVariables(
  tenant: string,
  wanted: Wanted,
  file: string,
  { terminal }: Context,
): void {
  const variables = {
    MFA_CLI_TENANT: tenant,
    MFA_CLI_APP_ID: pipelineAppId(wanted),
    MFA_CLI_CLIENT_ID: wanted.serviceUser ?? '',
    MFA_CLI_CLIENT_SECRET_FILE: resolve(file),
    ...(wanted.scope === 'all' ? {} : { MFA_CLI_SCOPE: wanted.scope }),
  };
  terminal.note(wrote(file, `password of ${wanted.serviceUser}`), 'ok');
  const lines = [
    'In the pipeline, set:',
    ...Object.entries(variables).map(([name, value]) => settingLine(name, value)),
  ];
  terminal.note(lines.join('\n'));
}

async function offerLogin(
  { settings, tenant, user, isPerson }: OpenBootstrap,
  context: Context,
): Promise<void> {
  const { session } = settings.profile;
  const { appId, clientId, profileName } = settings;
  const isSignedIn =
    session?.tenant === tenant && session.appId === appId && session.clientId === clientId;
  if (!isPerson || isSignedIn || !context.terminal.interactive || settings.credentials !== null)
    return;
  const agreed = await context.prompt.confirm({
    message: `Sign in now, with the profile "${profileName}"?`,
    initial: true,
    unavailable: 'Signing in needs a terminal',
  });
  if (!agreed) return;
  await signInAndSave({ ...settings, loginHint: user }, { opensBrowser: true }, context);
  context.terminal.note(`Signed in to ${tenant}`, 'ok');
  context.terminal.note('Next: mfa-cli apns set cert.p12');
}

export const command: CommandModule<BootstrapOptions, BootstrapReport> = {
  work: bootstrap,
  format: (report, style) => (style.conversation ? '' : formatReport(report, style)),
  exitCode: ({ ok }) => (ok ? 0 : 8),
};
