import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { concerns, formatFindings } from '../../report/findings.ts';
import type { SetPlan } from './set-plan.ts';
import type { Verification } from './verification.ts';

/**
 * Shows a person what is about to be done and everything that speaks against it, and asks where something else is replaced
 * or something does speak against it. @throws {CliError} interrupted, when the answer is no
 */
export async function agree(
  plan: SetPlan,
  tenant: string,
  verification: Verification | null,
  yes: boolean,
  { terminal, prompt }: Context,
): Promise<void> {
  summary(plan, tenant, verification).forEach(terminal.note);
  const concerned = concerns(plan.findings);
  if (concerned.length > 0) terminal.show(`\n${formatFindings(concerned, await terminal.style('stderr'))}`);
  if (yes || plan.unchanged || (plan.previous === null && concerned.length === 0)) return;
  const confirmation = {
    message: question(plan),
    unavailable: 'A confirmation is needed, and there is no terminal to ask on',
    facts: { option: '--yes' },
  };
  if (!(await prompt.confirm(confirmation))) throw new CliError('interrupted', 'Nothing was sent');
}

/** What is about to be sent where, and in place of what, as lines for a person. */
function summary(plan: SetPlan, tenant: string, verification: Verification | null): readonly string[] {
  const { previous, unchanged, clientAppKey, topic } = plan;
  const before =
    previous === null
      ? 'nothing that this machine set'
      : unchanged
        ? 'the same certificate'
        : `the certificate until ${previous.notAfter.slice(0, 10)}, set on ${previous.setAt.slice(0, 10)}`;
  return [
    `To:       ${tenant}, client app key ${clientAppKey}`,
    `Sends:    topic ${topic}, ${describe(plan)}`,
    `Replaces: ${before}`,
    ...(verification === null ? [] : [`APNs:     ${verdictOfApns(verification)}`]),
  ];
}

function question(plan: SetPlan): string {
  const key = plan.clientAppKey;
  const change =
    plan.previous === null
      ? `Set this certificate for ${key}`
      : `Replace the certificate for ${key} with this one`;
  return `${change}: ${describe(plan)}?`;
}

/** A certificate in few words: `production, until 2027-12-01, SHA-256 3fa4b2c1…`. */
function describe({ environments, notAfter, fingerprint }: SetPlan): string {
  const served = environments.length === 0 ? 'no environment' : environments.join(' and ');
  return `${served}, until ${notAfter?.slice(0, 10)}, SHA-256 ${fingerprint?.slice(0, 8)}…`;
}

/** What APNs said, in the few words that a line has for it. */
export function verdictOfApns({ accepted, environment, explanation }: Verification): string {
  return accepted ? `accepts this certificate (${environment})` : explanation;
}
