import { type App, startOf } from './app.ts';
import {
  checkBackgroundModes,
  checkCertificate,
  checkEntitlements,
  type PushCertificate,
} from './check-capabilities.ts';
import { checkCategory } from './check-category.ts';
import {
  checkAnswer,
  checkAuthorization,
  checkChallenge,
  checkDelegate,
  checkRegistration,
} from './check-challenge.ts';
import { checkConfiguration } from './check-configuration.ts';
import {
  type AppFinding,
  type AppFindingCode,
  type AppStep,
  consequences,
  finding,
  stepOf,
  steps,
} from './finding.ts';
import { createEvaluation } from './swift/evaluation.ts';

/** One step of the guide, and whether it has no finding of level error; null if unknown. */
export interface CheckedStep {
  readonly step: AppStep;
  readonly title: string;
  readonly ok: boolean | null;
}

/** What was found out about an app, most important first. */
export interface CheckedApp {
  readonly findings: readonly AppFinding[];
  /** In the guide's order. */
  readonly steps: readonly CheckedStep[];
}

/** Everything that keeps pushes from working; without a certificate, nothing is compared with one. */
export function checkApp(app: App, certificate?: PushCertificate | null): CheckedApp {
  const { findings, unjudged } = judgeObjectiveC(app, [
    ...checkBackgroundModes(app),
    ...checkEntitlements(app),
    ...checkCompiled(app),
    ...checkConfiguration(app),
    ...(certificate === undefined ? [] : checkCertificate(app, certificate)),
  ]);
  const all = [...judgeOtherSide(app, findings), ...app.unread];
  return {
    findings: all.sort((one, other) => weight(one) - weight(other)),
    steps: (Object.entries(steps) as [AppStep, string][])
      .filter(([step]) => step !== 'certificate' || certificate !== undefined)
      .map(([step, title]) => {
        const failed = all.some(({ code, level }) => level === 'error' && stepOf[code] === step);
        return { step, title, ok: failed ? false : unjudged.has(step) ? null : true };
      }),
  };
}

/** The checks of the code; if code that is not compiled would do, the hint says so. */
function checkCompiled(app: App): readonly AppFinding[] {
  const findings = checkCode(app);
  if (!app.sources.some(({ whole }) => whole !== null)) return findings;
  const sources = app.sources.map((source) => source.whole ?? source);
  const codes = checkCode({ ...app, sources, evaluate: createEvaluation(sources) }).map(({ code }) => code);
  const words = `The code that does it is left out of ${app.configuration} (#if).`;
  return findings.map((each) =>
    codes.includes(each.code) ? each : { ...each, hint: `${words} ${each.hint}` },
  );
}

function checkCode(app: App): readonly AppFinding[] {
  return [
    ...checkAuthorization(app),
    ...checkCategory(app),
    ...checkRegistration(app),
    ...checkDelegate(app),
    ...checkChallenge(app),
    ...checkAnswer(app),
  ];
}

/** What packages of Flutter and the like do without any Swift. */
const doneElsewhere: readonly AppFindingCode[] = [
  'authorization-missing',
  'category-missing',
  'category-not-registered',
  'remote-registration-missing',
];

/** Says which part of the app is not read, and turns findings that it may resolve into warnings. */
function judgeOtherSide({ otherSide }: App, findings: readonly AppFinding[]): AppFinding[] {
  if (otherSide === null) return [...findings];
  const { framework, language, file } = otherSide;
  const message = `${framework}: the native side was read, the ${language} side was not.`;
  const hint = `The guide's calls are native; check by hand what is done in ${language}.`;
  const maybe = `${language}, which is not read, may do it.`;
  return [
    ...findings.map(
      (each): AppFinding =>
        doneElsewhere.includes(each.code)
          ? { ...each, level: 'warning', hint: `${maybe} ${each.hint}` }
          : each,
    ),
    finding('other-side-not-read', message, hint, { file, line: null }, 'info'),
  ];
}

const order: readonly (AppStep | null)[] = [...(Object.keys(consequences) as AppStep[]), null];

/** Errors before warnings before notes, and within each the worst first. */
function weight({ code, level }: AppFinding): number {
  return ['error', 'warning', 'info'].indexOf(level) * order.length + order.indexOf(stepOf[code]);
}

/** The names behind a missing piece, in either language: Objective-C with one of them may do it. */
const words: Partial<Record<AppFindingCode, RegExp>> = {
  'authorization-missing': /\brequestAuthorization/,
  'authorization-incomplete': /\brequestAuthorization/,
  'category-missing': /\bUNNotificationCategory\b/,
  'category-identifier-wrong': /\bUNNotificationCategory\b/,
  'category-not-registered': /\bsetNotificationCategories\b/,
  'action-approve-missing': /\bUNNotificationAction\b/,
  'action-deny-missing': /\bUNNotificationAction\b/,
  'remote-registration-missing': /\bregisterForRemoteNotifications\b/,
  'push-token-not-handled': /\bdidRegisterForRemoteNotifications|\bhandlePushToken/,
  'delegate-missing': /\bcurrentNotificationCenter\b|\bsetDelegate:/,
  'delegate-method-missing': /\bdidReceiveNotificationResponse\b/,
  'challenge-not-read': /\bChallengeAnswer\b/,
  'challenge-not-answered': /\bhandleMFAChallenge/,
  'answer-one-sided': /\bhandleMFAChallenge/,
};

/** What starts an app in Objective-C, or is its delegate. */
const start =
  /\bUIApplicationDelegate\b|\bdidFinishLaunchingWithOptions\b|\bUIApplicationMain\b|@implementation\s{1,20}\w{0,100}AppDelegate\b/;

/** What remains of the findings if there is Objective-C: a step that may be done there cannot be judged. */
interface Judged {
  readonly findings: readonly AppFinding[];
  /** The steps that are not judged. */
  readonly unjudged: ReadonlySet<AppStep>;
}

/** Removes the findings that may be false because Objective-C is not read, and adds one about that. */
function judgeObjectiveC(app: App, findings: readonly AppFinding[]): Judged {
  const { objectiveC, sources, unread } = app;
  const [first] = objectiveC;
  if (first === undefined) return { findings, unjudged: new Set() };
  // What Swift does not start is started here.
  const likely = objectiveC.find(({ file, code }) => /AppDelegate\.mm?$/.test(file) || start.test(code));
  const delegate =
    startOf(sources) === null ? (likely ?? (unread.length === 0 ? first : undefined)) : undefined;
  const mayDo = (code: AppFindingCode): boolean => {
    const pattern = words[code];
    if (pattern === undefined) return false;
    if (objectiveC.some((source) => pattern.test(source.code))) return true;
    const isInSwift = sources.some(({ names }) => [...names.keys()].some((name) => pattern.test(name)));
    return delegate !== undefined && !isInSwift;
  };
  const withheld = findings.filter(({ code }) => mayDo(code));
  const unjudged = new Set(withheld.flatMap(({ code }) => stepOf[code] ?? []));
  const titles = [...unjudged].map((step) => steps[step]).join('; ');
  const sourcesOfIt = objectiveC.length === 1 ? '1 source' : `${objectiveC.length} sources`;
  const message =
    delegate !== undefined
      ? 'The app delegate is Objective-C, which is not read.'
      : `Objective-C is not read: ${sourcesOfIt} of the target.`;
  const hint =
    titles === '' ? 'What is done there is not judged.' : `Check by hand what is not judged: ${titles}.`;
  const place = { file: (delegate ?? first).file, line: null };
  return {
    unjudged,
    findings: [
      ...findings.filter((each) => !withheld.includes(each)),
      finding('objective-c-not-read', message, hint, place, 'info'),
    ],
  };
}
