import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { harmless } from '../../text/printable.ts';
import { formatSteps } from './report.ts';
import type { Step } from './step.ts';

/** Shows a plan, and asks whether it may be done. @throws {CliError} prompt-unavailable; interrupted, when the answer is no */
export async function agree(
  steps: readonly Step[],
  notes: readonly string[],
  { tenant, yes }: { readonly tenant: string; readonly yes: boolean },
  { terminal, prompt }: Context,
): Promise<void> {
  if (!terminal.flags.quiet) {
    terminal.present(formatSteps(harmless(steps), await terminal.style('stderr')).trimEnd());
    for (const note of notes) terminal.note(note);
  }
  if (yes) return;
  const agreed = await prompt.confirm({
    message: `Do this at ${new URL(tenant).host}?`,
    unavailable: 'A confirmation is needed, and there is no terminal to ask on',
    facts: { option: '--yes, or --dry-run' },
  });
  if (!agreed) throw new CliError('interrupted', 'Nothing was changed');
}
