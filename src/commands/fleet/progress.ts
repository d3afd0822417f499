import type { Context } from '../../context.ts';
import { onOneLine } from '../../text/printable.ts';
import type { Outcome } from './apply-plan.ts';
import type { PlannedTenant } from './make-plan.ts';

const cells = 20;

/** A line a tenant as it is done, and on a terminal a bar with the counts. */
export function openProgress(total: number, { terminal }: Context) {
  let [done, failed] = [0, 0];
  const text = (): string => {
    const full = Math.round((cells * done) / total);
    const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
    return `${bar} ${done} of ${total}${failed === 0 ? '' : `, ${failed} failed`}`;
  };
  const progress = terminal.progress(text());
  return {
    done(planned: PlannedTenant, outcome: Outcome): void {
      done++;
      if (outcome.error !== null) failed++;
      terminal.note(lineOf(planned, outcome));
      progress.say(text());
    },
    stop: progress.stop,
  };
}

function lineOf({ tenant, certificate, clientAppKey }: PlannedTenant, { sent, error }: Outcome): string {
  const key = onOneLine(clientAppKey ?? '');
  if (error !== null && sent) return `! ${tenant.name}: sent. ${error.message} [${error.code}]`;
  if (error !== null) return `✗ ${tenant.name}: ${error.message} [${error.code}]`;
  return certificate === null
    ? `✓ ${tenant.name}: deleted ${key}`
    : `✓ ${tenant.name}: set ${key}, valid until ${certificate.notAfter?.slice(0, 10)}`;
}
