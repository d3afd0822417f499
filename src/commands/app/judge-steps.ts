import { type AppFinding, type AppStep, stepOf, steps } from './finding.ts';
import type { AppCheckReport } from './report.ts';

/** The result of the checks of an app. */
interface Found {
  /** The steps that apply, in their order. */
  readonly steps: readonly AppStep[];
  readonly findings: readonly AppFinding[];
  /** The steps that could not be judged. */
  readonly unjudged: ReadonlySet<AppStep | null>;
  /** The names of what no step looks at. */
  readonly neverChecked: readonly string[];
}

/** The part of a report about the steps; the findings most important first. */
export interface JudgedSteps extends Pick<AppCheckReport, 'steps' | 'notChecked' | 'findings'> {}

/** Each step with its verdict, and the findings in the order of the steps. */
export function judgeSteps(found: Found): JudgedSteps {
  const { steps: inOrder, findings, unjudged, neverChecked } = found;
  const judged = inOrder.map((step) => ({
    step,
    title: steps[step].title,
    ok: judge(step, findings, unjudged),
  }));
  const unchecked = judged.filter(({ ok }) => ok === null).map(({ title }) => title);
  const order: readonly (AppStep | null)[] = [...inOrder, null];
  /** Errors before warnings before notes, each in the order of the steps. */
  const weight = (each: AppFinding): number =>
    ['error', 'warning', 'info'].indexOf(each.level) * order.length + order.indexOf(stepOf(each));
  return {
    steps: judged,
    notChecked: [...unchecked, ...neverChecked],
    findings: [...findings].sort((one, other) => weight(one) - weight(other)),
  };
}

function judge(
  step: AppStep,
  findings: readonly AppFinding[],
  unjudged: ReadonlySet<AppStep | null>,
): boolean | null {
  const levels = findings.filter((each) => stepOf(each) === step).map(({ level }) => level);
  if (levels.includes('error')) return false;
  return unjudged.has(step) || levels.includes('info') ? null : true;
}
