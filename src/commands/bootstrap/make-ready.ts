import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { AdministrativeRight } from '../../tenant/administration/admin-client.ts';
import { shellWord } from '../../text/phrasing.ts';
import { agree } from './agree.ts';
import { applyPlan } from './apply.ts';
import { type Found, readFound } from './found.ts';
import type { OpenBootstrap } from './open.ts';
import type { BootstrapOptions } from './options.ts';
import { reportOutcome, untouchedReport } from './outcome.ts';
import { isSettled, type Plan, planBootstrap } from './plan.ts';
import type { BootstrapReport } from './report.ts';
import { chooseRight } from './right-plan.ts';
import { dropPassword, hasReserved, keepPassword, requireFree, reservePassword } from './service-password.ts';
import type { Step, StepName } from './step.ts';
import { type Verdicts, verifyBootstrap } from './verify.ts';
import { pipelineAppId, type Wanted } from './wanted.ts';

/** Reads, plans, asks, does, reads again and compares. @throws {CliError} whatever ended it before anything was done */
export async function makeReady(
  { tenant, user, client, wanted }: OpenBootstrap,
  { secretFile, dryRun = false, yes = false }: BootstrapOptions,
  context: Context,
): Promise<BootstrapReport> {
  const read = () =>
    readFound(client, wanted, async () => secretFile !== undefined && hasReserved(secretFile));
  const found = await read();
  const plan = planBootstrap(wanted, found, await rightFor(found, wanted.right, context));
  const { steps } = plan;
  const makesUser = steps.some(({ step, action }) => step === 'service-user' && action === 'create');
  if (secretFile !== undefined && makesUser) requireFree(secretFile);
  if (secretFile !== undefined && !makesUser && !found.reserved)
    context.terminal.note(
      `The service user ${wanted.serviceUser} is there already; its password is not known here, and ${secretFile} is not written.`,
    );
  if (isSettled(plan) || dryRun) return untouchedReport({ tenant, user, steps, dryRun });
  await agree(steps, notesOn(plan, wanted.readBack), { tenant, yes }, context);

  const done = new Set<StepName>();
  const passwords = {
    reserve: () => reservePassword(requireFile(secretFile), context),
    keep: () => keepPassword(requireFile(secretFile), context),
    drop: () => dropPassword(requireFile(secretFile)),
  };
  const doing = { client, wanted, found, passwords, done: (step: StepName) => void done.add(step) };
  const error = await failureOf(applyPlan(plan, doing));
  const verdicts = await verdictsAfter(plan, found, error);
  const report = reportOutcome({ tenant, user, steps, done, verdicts, error });
  if (report.ok && makesUser) context.terminal.note(nextForPipelines(wanted, requireFile(secretFile)));
  return report;

  /** After a failure reading again may fail as well, and then nothing is known. */
  async function verdictsAfter(
    plan: Plan,
    before: Found,
    failure: CliError | null,
  ): Promise<Verdicts | null> {
    if (failure?.code === 'interrupted') return null;
    try {
      return verifyBootstrap(plan, wanted, before, await read());
    } catch (error) {
      if (failure === null || !(error instanceof CliError)) throw error;
      return null;
    }
  }
}

/** @throws {CliError} usage, interrupted; without a terminal prompt-unavailable where the tenant has several */
async function rightFor(
  { rights, role }: Found,
  named: string | null,
  { prompt }: Context,
): Promise<AdministrativeRight> {
  const choice = chooseRight(rights, role?.rights ?? [], named);
  if (choice.kind === 'one') return choice.right;
  const names = choice.candidates.map(({ description }) => description);
  const path = await prompt.select({
    message: 'Which right lets the role manage push certificates?',
    choices: choice.candidates.map(({ description, path }) => ({ name: description, value: path })),
    unavailable: `The tenant has several rights that may be meant: ${names.join(', ')}`,
    facts: { option: '--right NAME' },
  });
  const chosen = choice.candidates.find((right) => right.path === path);
  if (chosen === undefined) throw new Error('a right that was not offered');
  return chosen;
}

function notesOn({ steps }: { readonly steps: readonly Step[] }, readBack: boolean): readonly string[] {
  const opens = steps.some(({ step, action }) => step === 'scope' && action !== 'keep');
  return readBack && opens ? ['The two calls of --read-back show other settings of the tenant, too.'] : [];
}

function nextForPipelines(wanted: Wanted, file: string): string {
  return [
    `The password of ${wanted.serviceUser} is in ${file}. A pipeline sets`,
    `MFA_CLI_APP_ID=${pipelineAppId(wanted)} MFA_CLI_CLIENT_ID=${wanted.serviceUser} MFA_CLI_CLIENT_SECRET_FILE=${shellWord(file)}`,
  ].join('\n');
}

async function failureOf(work: Promise<void>): Promise<CliError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}

function requireFile(file: string | undefined): string {
  if (file === undefined) throw new Error('a service user without a secret file');
  return file;
}
