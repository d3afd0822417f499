import type { Context } from '../../context.ts';
import type { Verification } from '../../delivery/apns.ts';
import { CliError } from '../../errors/cli-error.ts';
import { concerns, formatFindings } from '../../report/fields.ts';
import { harmless } from '../../text/printable.ts';
import type { SetPlan } from './set-plan.ts';

/**
 * Shows a person what is about to be done and every error and warning, and asks if another certificate is replaced or
 * there is an error or a warning. @throws {CliError} interrupted, when the answer is no
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
  if (concerned.length > 0)
    terminal.present(`\n${formatFindings(harmless(concerned), await terminal.style('stderr'))}`);
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
  const { previous, unchanged, clientAppKey, topic, environments, notAfter, fingerprint } = plan;
  const before =
    previous === null
      ? 'nothing that this machine set'
      : unchanged
        ? 'the same certificate'
        : `the certificate until ${previous.notAfter.slice(0, 10)}, set on ${previous.setAt.slice(0, 10)}`;
  return [
    `To:       ${tenant}, client app key ${clientAppKey}`,
    `Sends:    topic ${topic}, ${served(environments)}, until ${notAfter?.slice(0, 10)}, SHA-256 ${fingerprint?.slice(0, 8)}…`,
    `Replaces: ${before}`,
    ...(verification === null ? [] : [`APNs:     ${verdictOfApns(verification)}`]),
  ];
}

/** Short enough for one line of a terminal. */
function question({ previous, environments, notAfter, fingerprint }: SetPlan): string {
  const what = `${fingerprint?.slice(0, 8)} (${served(environments)}, until ${notAfter?.slice(0, 10)})`;
  return previous === null ? `Set ${what}?` : `Replace it with ${what}?`;
}

function served(environments: readonly string[]): string {
  return environments.length === 0 ? 'no environment' : environments.join(' and ');
}

/** What APNs said, in the few words that a line has for it. */
export function verdictOfApns({ accepted, environment, explanation }: Verification): string {
  return accepted ? `accepts this certificate (${environment})` : explanation;
}
