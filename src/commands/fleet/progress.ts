import type { Standing } from '../../change/judge-reach.ts';
import { mainObjection, reachVerb } from '../../change/reach-words.ts';
import type { Context } from '../../context.ts';
import type { Mark } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import type { Wait } from '../../text/waiting.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import { standingAt, type TenantOutcome } from './plan-report.ts';

const cells = 20;

/** A line for each finished tenant and, in a terminal, a bar with the counts. */
export interface FleetProgress {
  done(planned: PlannedTenant, outcome: TenantOutcome): void;
  stop(): void;
}

interface ProgressTerms {
  /** The number of tenants. */
  readonly total: number;
  /**
   * Whether a report for people follows, which explains each failure: then a line has its
   * code alone.
   */
  readonly isExplained: boolean;
}

export function openProgress(
  { total, isExplained }: ProgressTerms,
  { terminal, now }: Context,
): FleetProgress {
  let done = 0;
  let failed = 0;
  const text = (): Wait => {
    const full = Math.round((cells * done) / total);
    const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
    return `Waiting for the tenants ${bar} ${done} of ${total}${failed === 0 ? '' : `, ${failed} failed`}`;
  };
  const progress = terminal.progress(text());
  return {
    done(planned, outcome) {
      done++;
      if (outcome.error !== null) failed++;
      const standing = standingAt(planned, outcome, now());
      const said = lineOf(planned, outcome, standing);
      terminal.note(`${said.words}${isExplained ? '' : said.why}${said.code}`, said.mark);
      progress.say(text());
    },
    stop: progress.stop,
  };
}

/** A line in its parts; the explanation and the code are empty where nothing is wrong. */
interface Said {
  readonly words: string;
  readonly why: string;
  readonly code: string;
  readonly mark: Mark;
}

function lineOf(
  { tenant, judged, clientAppKey }: PlannedTenant,
  { sent, error }: TenantOutcome,
  { against }: Standing,
): Said {
  const key = onOneLine(clientAppKey ?? '');
  const verb = judged === null ? 'delete' : 'set';
  const done = judged === null ? 'deleted' : 'set';
  const words = `${tenant.name}: ${sent === true ? done : `did not ${verb}`} ${key}`;
  if (error !== null) {
    const unsure = `${tenant.name}: may have ${done} ${key}`;
    return {
      words: sent === null ? unsure : words,
      why: `: ${error.message}`,
      code: ` [${error.code}]`,
      mark: sent === false ? 'error' : 'warning',
    };
  }
  if (judged === null) return { words, why: '', code: '', mark: 'ok' };
  const dated = `${words}, valid until ${judged.notAfter?.slice(0, 10)}`;
  const objection = mainObjection(against);
  if (objection === null) return { words: dated, why: '', code: '', mark: 'ok' };
  return {
    words: `${dated}, but pushes ${reachVerb(objection)}`,
    why: `: ${objection.message}`,
    code: ` [${objection.code}]`,
    mark: 'warning',
  };
}
