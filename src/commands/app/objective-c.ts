import { placeOfMatch } from './anchors.ts';
import type { App } from './app.ts';
import { type AppFinding, type AppFindingCode, type AppStep, stepOf, steps } from './finding.ts';

/** The words behind a missing piece, in either language: Objective-C with one of them may do it. */
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

/** What starts an app, or is its delegate. */
const start =
  /\bUIApplicationDelegate\b|\bdidFinishLaunchingWithOptions\b|\bUIApplicationMain\b|@main\b|@implementation\s+\w*AppDelegate\b/;

/** What remains of the findings if there is Objective-C: a step that may be done there cannot be judged. */
export interface Judged {
  readonly findings: readonly AppFinding[];
  /** The steps that are not judged. */
  readonly unjudged: ReadonlySet<AppStep>;
}

/** Removes the findings that may be false because Objective-C is not read, and adds one about that. */
export function judgeObjectiveC(app: App, findings: readonly AppFinding[]): Judged {
  const { objectiveC, sources, unread } = app;
  const [first] = objectiveC;
  if (first === undefined) return { findings, unjudged: new Set() };
  // What Swift does not start is started here.
  const delegate =
    placeOfMatch(sources, start) === null
      ? (objectiveC.find(({ file, code }) => /AppDelegate\.mm?$/.test(file) || start.test(code)) ??
        (unread.length === 0 ? first : undefined))
      : undefined;
  const mayDo = (code: AppFindingCode): boolean => {
    const pattern = words[code];
    if (pattern === undefined) return false;
    if (objectiveC.some((source) => pattern.test(source.code))) return true;
    return delegate !== undefined && placeOfMatch(sources, pattern) === null;
  };
  const withheld = findings.filter(({ code }) => mayDo(code));
  const unjudged = new Set(withheld.flatMap(({ code }) => stepOf[code] ?? []));
  const titles = [...unjudged].map((step) => steps[step]).join('; ');
  return {
    unjudged,
    findings: [
      ...findings.filter((finding) => !withheld.includes(finding)),
      {
        code: 'objective-c-not-read',
        level: 'info',
        message:
          delegate !== undefined
            ? 'The app delegate is Objective-C, which is not read.'
            : `Objective-C is not read: ${objectiveC.length === 1 ? '1 source' : `${objectiveC.length} sources`} of the target.`,
        hint:
          titles === ''
            ? 'What is done there is not judged.'
            : `Check by hand what is not judged: ${titles}.`,
        file: (delegate ?? first).file,
        line: null,
      },
    ],
  };
}
