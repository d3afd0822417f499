import { count } from '../../text/phrasing.ts';
import { type App, startOf } from './app.ts';
import { checkCategory } from './check-category.ts';
import { checkChallenge } from './check-challenge.ts';
import {
  checkBackgroundModes,
  checkCertificate,
  checkConfiguration,
  checkEntitlements,
  type PushCertificate,
} from './check-property-lists.ts';
import {
  type AppFinding,
  type AppStep,
  consequences,
  finding,
  kindOf,
  placesOf,
  stepOf,
  steps,
} from './finding.ts';

/** Runs every check; without a certificate, it compares the app with none. */
export function checkApp(app: App, certificate?: PushCertificate | null) {
  const all = [
    ...checkBackgroundModes(app),
    ...checkEntitlements(app),
    ...checkCategory(app),
    ...checkChallenge(app),
    ...checkConfiguration(app),
    ...(certificate === undefined ? [] : checkCertificate(app, certificate)),
  ];
  const withheld = all.filter((each) => mayBeObjectiveC(app, each));
  const unjudged = new Set(withheld.flatMap((each) => stepOf(each) ?? []));
  const findings = [
    ...all.filter((each) => !withheld.includes(each)).map((each) => judgeOtherSide(app, each)),
    ...objectiveCFindings(app, unjudged),
    ...otherSideFindings(app),
    ...unreadFindings(app),
  ];
  return {
    /** Most important first. */
    findings: findings.sort((one, other) => weight(one) - weight(other)),
    /** In the guide's order, and whether each has no finding of level error; null if unknown. */
    steps: (Object.entries(steps) as [AppStep, string][])
      .filter(([step]) => step !== 'certificate' || certificate !== undefined)
      .map(([step, title]) => {
        const failed = findings.some((each) => each.level === 'error' && stepOf(each) === step);
        return { step, title, ok: failed ? false : unjudged.has(step) ? null : true };
      }),
  };
}

const order: readonly (AppStep | null)[] = [...(Object.keys(consequences) as AppStep[]), null];

/** Errors before warnings before notes, and the worst first in each. */
function weight(found: AppFinding): number {
  return ['error', 'warning', 'info'].indexOf(found.level) * order.length + order.indexOf(stepOf(found));
}

/** Turns a finding that unread parts of the app may resolve into a warning. */
function judgeOtherSide({ otherSide }: App, found: AppFinding): AppFinding {
  const [, , inPackages = false] = kindOf(found);
  if (otherSide === null || !inPackages) return found;
  const hint = `${otherSide.language}, which is not read, may contain it. ${found.hint}`;
  return { ...found, level: 'warning', hint };
}

function otherSideFindings({ otherSide }: App): readonly AppFinding[] {
  if (otherSide === null) return [];
  const { framework, language, file } = otherSide;
  const message = `${framework}: the native side was read, the ${language} side was not.`;
  const hint = `The guide's calls are native. Check the ${language} code by hand.`;
  return [finding('other-side-not-read', message, hint, { file, line: null }, 'info')];
}

/** The start of an Objective-C app, or its delegate. */
const start =
  /\bUIApplicationDelegate\b|\bdidFinishLaunchingWithOptions\b|\bUIApplicationMain\b|@implementation\s{1,20}\w{0,100}AppDelegate\b/;

/** The Objective-C source with the app delegate, if Swift does not start the app. */
function objectiveCDelegate({ objectiveC, swift, unread }: App): { readonly file: string } | undefined {
  if (startOf(swift) !== null) return undefined;
  const likely = objectiveC.find(({ file, code }) => /AppDelegate\.mm?$/.test(file) || start.test(code));
  return likely ?? (unread.length === 0 ? objectiveC[0] : undefined);
}

/** Whether a finding may be false because Objective-C is not read. */
function mayBeObjectiveC(app: App, found: AppFinding): boolean {
  const [, pattern] = kindOf(found);
  if (pattern === undefined) return false;
  if (app.objectiveC.some((source) => pattern.test(source.code))) return true;
  const isInSwift = [...app.swift.names.keys()].some((name) => pattern.test(name));
  return !isInSwift && objectiveCDelegate(app) !== undefined;
}

function objectiveCFindings(app: App, unjudged: ReadonlySet<AppStep>): readonly AppFinding[] {
  const [first, ...others] = app.objectiveC;
  if (first === undefined) return [];
  const delegate = objectiveCDelegate(app);
  const message =
    delegate !== undefined
      ? 'The app delegate is Objective-C, which is not read.'
      : `Objective-C is not read: ${count(others.length + 1, 'source')} of the target.`;
  const inOrder = (Object.keys(steps) as AppStep[]).filter((step) => unjudged.has(step));
  const titles = inOrder.map((step) => steps[step]).join('; ');
  const hint = titles === '' ? 'Its steps are not checked.' : `Check these steps by hand: ${titles}.`;
  const { file } = delegate ?? first;
  return [finding('objective-c-not-read', message, hint, { file, line: null }, 'info')];
}

function unreadFindings({ unread }: App): readonly AppFinding[] {
  const [first, ...others] = unread.map((file) => ({ file, line: null }));
  if (first === undefined) return [];
  const message =
    others.length === 0 ? 'A Swift source was not read.' : `${unread.length} Swift sources were not read.`;
  const hint =
    'It is missing, not a file, behind a link out of the project, or larger than 512 KiB. At most 8 MiB are read in all, less of unusually dense code.';
  return [finding('source-not-read', message, hint, placesOf([first, ...others], first), 'info')];
}
