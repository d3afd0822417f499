/** The steps of the vendor's guide, in its order; `certificate` is checked if one is given. */
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

/** The effect of each missing step, worst first: without the first ones, no push arrives at all. */
export const consequences = {
  'push-entitlement': 'no push reaches it',
  'background-modes': 'no push wakes it',
  certificate: 'no push reaches it',
  registration: 'the tenant does not learn its device token',
  authorization: 'pushes are not shown in full',
  category: 'pushes show no Approve and Deny',
  delegate: 'it does not receive the choice',
  challenge: 'it does not find the challenge in a push',
  answer: 'the tenant does not get the answer',
  configuration: 'it does not know its tenant',
} as const satisfies Record<AppStep, string>;

/**
 * Every permanent code: its step, or null if it is about the check itself; the Objective-C names that may provide the missing
 * part; and whether packages of Flutter and similar frameworks may provide it.
 */
const kinds = {
  'info-plist-missing': ['background-modes'],
  'info-plist-unreadable': ['background-modes'],
  'background-mode-missing': ['background-modes'],
  'entitlements-missing': ['push-entitlement'],
  'entitlements-unreadable': ['push-entitlement'],
  'aps-environment-missing': ['push-entitlement'],
  'aps-environment-unknown': ['push-entitlement'],
  'authorization-missing': ['authorization', /\brequestAuthorization/, true],
  'authorization-incomplete': ['authorization', /\brequestAuthorization/],
  'category-missing': ['category', /\bUNNotificationCategory\b/, true],
  'category-identifier-wrong': ['category', /\bUNNotificationCategory\b/],
  'category-not-registered': ['category', /\bsetNotificationCategories\b/, true],
  'action-approve-missing': ['category', /\bUNNotificationAction\b/],
  'action-deny-missing': ['category', /\bUNNotificationAction\b/],
  'app-delegate-not-connected': ['registration'],
  'remote-registration-missing': ['registration', /\bregisterForRemoteNotifications\b/, true],
  'push-token-not-handled': ['registration', /\bdidRegisterForRemoteNotifications|\bhandlePushToken/],
  'delegate-missing': ['delegate', /\bcurrentNotificationCenter\b|\bsetDelegate:/],
  'delegate-method-missing': ['delegate', /\bdidReceiveNotificationResponse\b/],
  'challenge-not-read': ['challenge', /\bChallengeAnswer\b/],
  'challenge-not-answered': ['answer', /\bhandleMFAChallenge/],
  'answer-one-sided': ['answer', /\bhandleMFAChallenge/],
  'configuration-missing': ['configuration'],
  'configuration-not-in-target': ['configuration'],
  'configuration-unreadable': ['configuration'],
  'configuration-incomplete': ['configuration'],
  'client-secret-in-app': ['configuration'],
  'certificate-missing': ['certificate'],
  'bundle-id-missing': ['certificate'],
  'bundle-id-mismatch': ['certificate'],
  'environment-mismatch': ['certificate'],
  'objective-c-not-read': [null],
  'other-side-not-read': [null],
  'source-not-read': [null],
} as const satisfies Record<string, Kind>;

type Kind = readonly [step: AppStep | null, inObjectiveC?: RegExp, inPackages?: true];

export type AppFindingCode = keyof typeof kinds;

/** The place of something, or the place to add it. */
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

export function kindOf({ code }: AppFinding): Kind {
  return kinds[code];
}

export function stepOf({ code }: AppFinding): AppStep | null {
  return kinds[code][0];
}

/** Its places, as many as a finding lists. */
export function placesOf(
  [first, ...others]: readonly Place[],
  otherwise: Place,
): Pick<AppFinding, 'file' | 'line' | 'also'> {
  const also = others.slice(0, 100);
  return { ...(first ?? otherwise), ...(also.length > 0 ? { also } : {}) };
}

/** A word from the project as shown in a sentence, of at most 60 characters. */
export function worded(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
