/** The steps of the vendor's guide, in its order; `certificate` is judged if one is given. */
export const steps = {
  'background-modes': 'Background mode for remote notifications',
  'push-entitlement': 'Push entitlement',
  authorization: 'Authorization for badge, sound and alert',
  category: 'Notification category and its two actions',
  registration: 'Registration of the device token',
  delegate: 'Notification delegate',
  challenge: 'Challenge read from the push',
  answer: 'Answer to the challenge',
  configuration: 'IdentityConfiguration.plist filled in',
  certificate: 'App and certificate match',
} as const;

export type AppStep = keyof typeof steps;

/** What an app fails to do without a step, the worst first: without the first ones, no push arrives at all. */
export const consequences = {
  'push-entitlement': 'no push reaches it',
  'background-modes': 'no push wakes it',
  certificate: 'no push reaches it',
  registration: 'the tenant does not learn its device token',
  authorization: 'pushes are not shown in full',
  category: 'pushes are shown without Approve and Deny',
  delegate: 'it does not learn which of the two was chosen',
  challenge: 'it does not find the challenge in a push',
  answer: 'the tenant does not get the answer',
  configuration: 'it does not know its tenant',
} as const satisfies Record<AppStep, string>;

/** What is known of a code: its step, null if it is about the check itself; and what may do it instead of Swift. */
interface Kind {
  readonly step: AppStep | null;
  /** Names, in either language, of which one is in Objective-C that may do it. */
  readonly objectiveC?: RegExp;
  /** Whether packages of Flutter and the like do it. */
  readonly elsewhere?: true;
}

/** Every permanent code. */
const kinds = {
  'info-plist-missing': { step: 'background-modes' },
  'info-plist-unreadable': { step: 'background-modes' },
  'background-mode-missing': { step: 'background-modes' },
  'entitlements-missing': { step: 'push-entitlement' },
  'entitlements-unreadable': { step: 'push-entitlement' },
  'aps-environment-missing': { step: 'push-entitlement' },
  'aps-environment-unknown': { step: 'push-entitlement' },
  'authorization-missing': { step: 'authorization', objectiveC: /\brequestAuthorization/, elsewhere: true },
  'authorization-incomplete': { step: 'authorization', objectiveC: /\brequestAuthorization/ },
  'category-missing': { step: 'category', objectiveC: /\bUNNotificationCategory\b/, elsewhere: true },
  'category-identifier-wrong': { step: 'category', objectiveC: /\bUNNotificationCategory\b/ },
  'category-not-registered': {
    step: 'category',
    objectiveC: /\bsetNotificationCategories\b/,
    elsewhere: true,
  },
  'action-approve-missing': { step: 'category', objectiveC: /\bUNNotificationAction\b/ },
  'action-deny-missing': { step: 'category', objectiveC: /\bUNNotificationAction\b/ },
  'app-delegate-not-connected': { step: 'registration' },
  'remote-registration-missing': {
    step: 'registration',
    objectiveC: /\bregisterForRemoteNotifications\b/,
    elsewhere: true,
  },
  'push-token-not-handled': {
    step: 'registration',
    objectiveC: /\bdidRegisterForRemoteNotifications|\bhandlePushToken/,
  },
  'delegate-missing': { step: 'delegate', objectiveC: /\bcurrentNotificationCenter\b|\bsetDelegate:/ },
  'delegate-method-missing': { step: 'delegate', objectiveC: /\bdidReceiveNotificationResponse\b/ },
  'challenge-not-read': { step: 'challenge', objectiveC: /\bChallengeAnswer\b/ },
  'challenge-not-answered': { step: 'answer', objectiveC: /\bhandleMFAChallenge/ },
  'answer-one-sided': { step: 'answer', objectiveC: /\bhandleMFAChallenge/ },
  'configuration-missing': { step: 'configuration' },
  'configuration-not-in-target': { step: 'configuration' },
  'configuration-unreadable': { step: 'configuration' },
  'configuration-incomplete': { step: 'configuration' },
  'client-secret-in-app': { step: 'configuration' },
  'certificate-missing': { step: 'certificate' },
  'bundle-id-missing': { step: 'certificate' },
  'bundle-id-mismatch': { step: 'certificate' },
  'environment-mismatch': { step: 'certificate' },
  'objective-c-not-read': { step: null },
  'other-side-not-read': { step: null },
  'source-not-read': { step: null },
} as const satisfies Record<string, Kind>;

export type AppFindingCode = keyof typeof kinds;

export function kindOf(code: AppFindingCode): Kind {
  return kinds[code];
}

/** Where something is, or should be. */
export interface Place {
  /** Relative to the project's directory, with `/`. */
  readonly file: string;
  /** From 1; null in a file without lines. */
  readonly line: number | null;
}

/** One judged fact about an app's project. The message is one sentence with a period; the hint says what to do. */
export interface AppFinding extends Place {
  readonly code: AppFindingCode;
  readonly level: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string;
  /** The other places of the same fact, if any. */
  readonly also?: readonly Place[];
}

/** A finding, of level error unless another is given. */
export function finding(
  code: AppFindingCode,
  message: string,
  hint: string,
  place: Pick<AppFinding, 'file' | 'line' | 'also'>,
  level: AppFinding['level'] = 'error',
): AppFinding {
  return { code, level, message, hint, ...place };
}

/** How many other places a finding lists. */
export const alsoLimit = 100;

/** How much of a stranger's word to show, in characters. */
const wordLimit = 60;

/** A word from the project as shown in a sentence, truncated if long. */
export function worded(text: string): string {
  return text.length > wordLimit ? `${text.slice(0, wordLimit).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
