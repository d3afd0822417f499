import { count } from '../../text/phrasing.ts';
import type { App } from './app.ts';
import { checkAnswer, checkCompletion, checkObserver } from './check-answer.ts';
import { checkCategory } from './check-category.ts';
import { checkDelegate } from './check-delegate.ts';
import {
  checkBackgroundModes,
  checkCertificate,
  checkConfiguration,
  checkEntitlements,
  type PushCertificate,
} from './check-property-lists.ts';
import { checkAuthorization, checkMissing } from './check-swift.ts';
import {
  type AppFinding,
  type AppStep,
  finding,
  inOrder,
  neverChecked,
  stepOf,
  steps,
} from './finding.ts';

/** Runs every check; without a certificate, it compares the app with none. */
export function checkApp(app: App, certificate?: PushCertificate | null) {
  const missing = [
    ...checkMissing(app),
    ...checkCategory(app),
    ...checkDelegate(app),
    ...checkObserver(app),
    ...checkCompletion(app),
  ];
  // Parts that were not read may have what is missing.
  const unread = missing.length > 0 ? unreadFindings(app, missing) : [];
  const unjudged = new Set(unread.length > 0 ? missing.map(stepOf) : []);
  const hasNoDelegate = missing.some(({ code }) => code === 'delegate-method-missing');
  if (hasNoDelegate) unjudged.add('completion');
  const findings = [
    ...checkBackgroundModes(app),
    ...checkEntitlements(app),
    ...checkAuthorization(app),
    ...checkAnswer(app),
    ...checkConfiguration(app),
    ...(certificate === undefined ? [] : checkCertificate(app, certificate)),
    ...(unread.length > 0 ? unread : missing),
  ];
  const judged = inOrder
    .filter((step) => step !== 'certificate' || certificate !== undefined)
    .map((step) => ({ step, title: steps[step].title, ok: judge(step, findings, unjudged) }));
  const unchecked = judged.filter(({ ok }) => ok === null).map(({ title }) => title);
  return {
    /** Most important first. */
    findings: findings.sort((one, other) => weight(one) - weight(other)),
    /** In the guide's order, and whether each has no finding of level error; null if unknown. */
    steps: judged,
    /** The names of what was not looked at: steps of this app, then what no step looks at. */
    notChecked: [...unchecked, ...neverChecked],
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

const order: readonly (AppStep | null)[] = [...inOrder, null];

/** Errors before warnings before notes, each in the guide's order. */
function weight(found: AppFinding): number {
  return (
    ['error', 'warning', 'info'].indexOf(found.level) * order.length + order.indexOf(stepOf(found))
  );
}

/** The parts of the app that were not read, one finding for each kind of part. */
function unreadFindings(app: App, missing: readonly AppFinding[]): readonly AppFinding[] {
  const [source] = app.unread;
  const [objectiveC] = app.objectiveC;
  const titles = inOrder
    .filter((step) => missing.map(stepOf).includes(step))
    .map((step) => steps[step].title);
  const hint = `Check these steps by hand: ${titles.join('; ')}.`;
  const found: AppFinding[] = [];
  const add = (code: AppFinding['code'], file: string, message: string): unknown =>
    found.push(finding(code, message, hint, { file, line: null }, 'info'));
  if (objectiveC !== undefined)
    add(
      'objective-c-not-read',
      objectiveC,
      `Objective-C is not read: ${count(app.objectiveC.length, 'source')}.`,
    );
  if (app.otherSide !== null)
    add(
      'other-side-not-read',
      app.otherSide,
      'The part of the app in JavaScript or Dart is not read.',
    );
  if (source !== undefined)
    add(
      'source-not-read',
      source,
      `${count(app.unread.length, 'Swift source')} ${app.unread.length === 1 ? 'was' : 'were'} not read: missing, too large or outside the project.`,
    );
  return found;
}
