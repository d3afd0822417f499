import type { Standing } from '../../change/judge-reach.ts';
import type { Context } from '../../context.ts';
import type { Mark } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import { type Outcome, standingAt } from './plan-report.ts';

const cells = 20;

/** A line for each finished tenant and, in a terminal, a bar with the counts. */
export interface FleetProgress {
  done(planned: PlannedTenant, outcome: Outcome): void;
  stop(): void;
}

export function openProgress(total: number, { terminal, now }: Context): FleetProgress {
  let done = 0;
  let failed = 0;
  const text = (): string => {
    const full = Math.round((cells * done) / total);
    const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
    return `${bar} ${done} of ${total}${failed === 0 ? '' : `, ${failed} failed`}`;
  };
  const progress = terminal.progress(text());
  return {
    done(planned, outcome) {
      done++;
      if (outcome.error !== null) failed++;
      terminal.note(...lineOf(planned, outcome, standingAt(planned, outcome, now())));
      progress.say(text());
    },
    stop: progress.stop,
  };
}

function lineOf(
  { tenant, certificate, clientAppKey }: PlannedTenant,
  { sent, error }: Outcome,
  { against: [objection] }: Standing,
): [words: string, mark: Mark] {
  const key = onOneLine(clientAppKey ?? '');
  const did = certificate === null ? `deleted ${key}` : `set ${key}`;
  if (error !== null) {
    const words = `${sent === true ? `${did}. ` : ''}${error.message} [${error.code}]`;
    return [`${tenant.name}: ${words}`, sent === false ? 'error' : 'warning'];
  }
  const until = certificate === null ? '' : `, valid until ${certificate.notAfter?.slice(0, 10)}`;
  const words = `${tenant.name}: ${did}${until}`;
  if (objection === undefined || certificate === null) return [words, 'ok'];
  return [`${words}, but pushes will not reach phones: ${objection.message}`, 'warning'];
}
