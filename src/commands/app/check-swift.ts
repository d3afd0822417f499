import { type App, appPlace, placeOf } from './app.ts';
import { type AppFinding, finding } from './finding.ts';

/** Something that the guide has an app contain. */
interface Rule {
  readonly code: AppFinding['code'];
  /** Occurs in the Swift sources of an app that follows the guide. */
  readonly needs: RegExp;
  /** The rule applies only to an app in which all of these occur. */
  readonly when?: readonly RegExp[];
  readonly message: string;
  readonly hint: string;
  /** Where to add it; otherwise at the start of the app. */
  readonly near?: RegExp;
}

const category = /\bUNNotificationCategory\s*[(.]/;
const swiftUi = /\bstruct\s+\w+\s*:[^{\n]{0,200}\bApp\b/;
const tokenMethod = /\bdidRegisterForRemoteNotificationsWithDeviceToken\b/;
const responseMethod = /\bfunc\s+userNotificationCenter\s*\([^)]{0,200}\bdidReceive\b/;
const authorizationHint =
  'Call UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }.';
const answerHint =
  'Call handleMFAChallenge(isAccepted: …, challenge: …, baseURL: …, withCompletionHandler: …), with true for Approve and false for Deny.';

/** The names in the tenant's pushes (the vendor's guide, "Integrate mobile push authenticator"). */
const identifiers = {
  'category-identifier-wrong': 'MfaNotificationCategoryId',
  'action-approve-missing': 'MfaNotificationApproveActionId',
  'action-deny-missing': 'MfaNotificationDenyActionId',
} as const;

/** The path to the challenge in a tenant's push. */
const challengeKeys = ['payload', 'Options', 'ChallengeAnswer'];

const rules: readonly Rule[] = [
  {
    code: 'authorization-missing',
    needs: /\brequestAuthorization\s*\(\s*options\b/,
    message: 'No Swift source asks for permission to notify.',
    hint: authorizationHint,
  },
  {
    code: 'category-missing',
    needs: category,
    message: 'No Swift source creates a UNNotificationCategory.',
    hint: `Create it with the identifier ${identifiers['category-identifier-wrong']} and the actions Approve and Deny.`,
  },
  ...(Object.entries(identifiers) as [keyof typeof identifiers, string][]).map(([code, id]) => ({
    code,
    // A comparison with the identifier gives it to nothing.
    needs: new RegExp(`(?<!(?:==\\s?|\\bcase\\s)")\\b${id}\\b`),
    when: [category],
    message: `No Swift source contains ${id}.`,
    hint: `Use the identifier "${id}", which the tenant's pushes name.`,
    near: code === 'category-identifier-wrong' ? category : /\bUNNotificationAction\s*\(/,
  })),
  {
    code: 'category-not-registered',
    needs: /\.setNotificationCategories\s*\(/,
    when: [category],
    message: 'The notification category is created but not registered.',
    hint: 'Call UNUserNotificationCenter.current().setNotificationCategories([category]).',
    near: category,
  },
  {
    code: 'app-delegate-not-connected',
    needs: /@UIApplicationDelegateAdaptor\b/,
    when: [swiftUi, /\bUIApplicationDelegate\b/],
    message: 'The SwiftUI app does not use its app delegate.',
    hint: 'Add @UIApplicationDelegateAdaptor(AppDelegate.self) private var appDelegate.',
    near: swiftUi,
  },
  {
    code: 'remote-registration-missing',
    needs: /\bregisterForRemoteNotifications\b/,
    message: 'No Swift source registers for remote notifications.',
    hint: 'Call UIApplication.shared.registerForRemoteNotifications() once permission is granted.',
    near: /\brequestAuthorization\b/,
  },
  {
    code: 'push-token-not-handled',
    needs: tokenMethod,
    message: 'No Swift source implements didRegisterForRemoteNotificationsWithDeviceToken.',
    hint: 'Implement it, and pass the device token to CyberArkAuthProvider.handlePushToken(token: deviceToken, baseURL: …).',
  },
  {
    code: 'push-token-not-handled',
    needs: /\bhandlePushToken\s*\(/,
    when: [tokenMethod],
    message: 'The device token is not passed to handlePushToken(token:baseURL:).',
    hint: 'Call CyberArkAuthProvider.handlePushToken(token: deviceToken, baseURL: …).',
    near: tokenMethod,
  },
  {
    code: 'delegate-missing',
    // On `UNUserNotificationCenter.current()`, or on a name that sounds like it.
    needs: /(?:\bcurrent\s*\(\)|center|notifications?)[?!]?\s*\.delegate\s*=(?!=)/i,
    message: 'No Swift source sets the delegate of UNUserNotificationCenter.',
    hint: 'Set UNUserNotificationCenter.current().delegate = self before launching finishes.',
  },
  {
    code: 'delegate-method-missing',
    needs: responseMethod,
    message:
      'No Swift source implements userNotificationCenter(_:didReceive:withCompletionHandler:).',
    hint: 'Implement it in the delegate of UNUserNotificationCenter: Approve and Deny arrive there.',
    near: /\bUNUserNotificationCenterDelegate\b/,
  },
  ...challengeKeys.map((key) => ({
    code: 'challenge-not-read' as const,
    // A key in a string, or the name of a case or of a property with a type.
    needs: new RegExp(
      `["._]${key}["._]|\\b(?:case|let|var)\\s[^\\n=]{0,200}\\b${key}\\b\\s*(?:[:,\\n}]|$)`,
    ),
    message: `No Swift source reads ${key} from the push.`,
    hint: 'Read "ChallengeAnswer" in "Options" in userInfo["payload"] (names are case-sensitive).',
    near: responseMethod,
  })),
  {
    code: 'challenge-not-answered',
    needs: /\bhandleMFAChallenge\s*\(/,
    message: 'No Swift source calls handleMFAChallenge.',
    hint: answerHint,
    near: responseMethod,
  },
];

/** The steps of the guide that no Swift source has. */
export function checkMissing(app: App): readonly AppFinding[] {
  const occurs = (pattern: RegExp): boolean => placeOf(app.swift, pattern) !== null;
  return rules
    .filter(({ needs, when = [] }) => when.every(occurs) && !occurs(needs))
    .map(({ code, message, hint, near }) =>
      finding(code, message, hint, (near && placeOf(app.swift, near)) ?? appPlace(app)),
    );
}

/** Calls that are there, and not as the guide has them. Values that are not literal are not judged. */
export function checkCalls(app: App): readonly AppFinding[] {
  return [...checkAuthorization(app), ...checkAnswer(app)];
}

function checkAuthorization({ swift }: App): readonly AppFinding[] {
  const call = /\brequestAuthorization\s*\(\s*options\s*:\s*\[([^\]]{0,500})\]/;
  const written = swift.map(({ code }) => call.exec(code)?.[1]).find((list) => list !== undefined);
  const items = written?.split(',').map((item) => item.trim()) ?? [];
  const missing = ['badge', 'sound', 'alert'].filter((option) => !items.includes(`.${option}`));
  const place = placeOf(swift, call);
  if (place === null || missing.length === 0 || !items.every((item) => /^\.\w+$/.test(item)))
    return [];
  const message = `The requested permission leaves out: ${missing.join(', ')}.`;
  return [finding('authorization-incomplete', message, authorizationHint, place)];
}

function checkAnswer({ swift }: App): readonly AppFinding[] {
  const call = /\bhandleMFAChallenge\s*\(\s*isAccepted\s*:\s*([\w.]+)/g;
  const answers = swift.flatMap(({ code }) => [...code.matchAll(call)].map(([, answer]) => answer));
  const [only, ...others] = new Set(answers);
  const place = placeOf(swift, call);
  if (place === null || others.length > 0 || (only !== 'true' && only !== 'false')) return [];
  const message = `handleMFAChallenge is only ever called with isAccepted: ${only}.`;
  return [finding('answer-one-sided', message, answerHint, place)];
}
