import { count } from '../../text/phrasing.ts';
import type { App } from './app.ts';
import { checkAnswer, checkCompletion, checkObserver } from './check-answer.ts';
import { checkCategory } from './check-category.ts';
import type { Compared } from './check-certificate.ts';
import { checkDelegate } from './check-delegate.ts';
import {
  checkBackgroundModes,
  checkConfiguration,
  checkEntitlements,
  checkMatch,
} from './check-property-lists.ts';
import { checkAuthorization, checkMissing } from './check-swift.ts';
import {
  type AppFinding,
  atLevel,
  finding,
  inOrder,
  neverChecked,
  stepOf,
  steps,
} from './finding.ts';
import { type JudgedSteps, judgeSteps } from './judge-steps.ts';

/** Runs every check. */
export function checkApp(app: App, compared: Compared): JudgedSteps {
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
    ...checkMatch(app, compared),
    ...(unread.length > 0 ? unread : missing),
  ];
  const isCompared = compared.certificates?.length !== 0;
  const known = inOrder.filter((step) => step !== 'certificate' || isCompared);
  return judgeSteps({ steps: known, findings, unjudged, neverChecked });
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
    found.push(atLevel('info', finding(code, message, hint, { file, line: null })));
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
      `${unreadSources(app.unread.length)} not read: missing, too large or outside the project.`,
    );
  return found;
}

function unreadSources(number: number): string {
  return `${count(number, 'Swift source')} ${number === 1 ? 'was' : 'were'}`;
}
