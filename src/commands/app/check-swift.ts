import { type App, appPlace, placeOf } from './app.ts';
import { answerHint } from './check-answer.ts';
import { membersOf } from './check-category.ts';
import { type AppFinding, atLevel, finding } from './finding.ts';

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

const swiftUi = /\bstruct\s+\w+\s*:[^{\n]{0,200}\bApp\b/;
const tokenMethod = /\bdidRegisterForRemoteNotificationsWithDeviceToken\b/;
const responseMethod = /\bfunc\s+userNotificationCenter\s*\([^)]{0,200}\bdidReceive\b/;
const authorizationHint =
  'Call UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }.';
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

/** Whether the permission to notify has all that the guide asks for. */
export function checkAuthorization({ code, values }: App): readonly AppFinding[] {
  const judged = code.calls('requestAuthorization').flatMap((call) => {
    const options = call.source.argument(call, 'options');
    if (options === null) return [];
    const ends = values.ends(options, 'UNAuthorizationOptions');
    const members = ends.flatMap((end) => membersOf(end));
    const missing = ['badge', 'sound', 'alert'].filter((option) => !members.includes(option));
    return { place: call.source.place(call.at), missing, isOpen: members.includes(null) };
  });
  const [first] = judged;
  if (first === undefined || judged.some(({ missing }) => missing.length === 0)) return [];
  if (first.isOpen) {
    const message =
      'The options of requestAuthorization are not checked: they could not be followed.';
    const { place } = first;
    return [
      atLevel('info', finding('authorization-not-followed', message, authorizationHint, place)),
    ];
  }
  const message = `The requested permission leaves out: ${first.missing.join(', ')}.`;
  return [finding('authorization-incomplete', message, authorizationHint, first.place)];
}
