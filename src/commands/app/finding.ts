/** The steps of the vendor's guide, and the effect of each missing one; `certificate` is checked if one is given. */
export const steps = {
  'push-entitlement': ['Push entitlement', 'no push reaches it'],
  'background-modes': ['Background mode for remote notifications', 'no push wakes it'],
  authorization: ['Authorization for badge, sound and alert', 'pushes are not shown in full'],
  category: ['Notification category and its two actions', 'pushes show no Approve and Deny'],
  registration: ['Registration of the device token', 'the tenant does not learn its device token'],
  delegate: ['Notification delegate', 'it does not receive the choice'],
  challenge: ['Challenge read from the push', 'it does not find the challenge in a push'],
  answer: ['Answer to the challenge', 'the tenant does not get the answer'],
  configuration: ['IdentityConfiguration.plist filled in', 'it does not know its tenant'],
  certificate: ['App and certificate match', 'no push reaches it'],
} as const satisfies Record<string, readonly [title: string, consequence: string]>;

export type AppStep = keyof typeof steps;
/** In the order of the guide. */
export const inOrder = Object.keys(steps) as readonly AppStep[];

/** Every permanent code, and its step; null if it is about the check itself. */
const codes = {
  'info-plist-missing': 'background-modes',
  'info-plist-unreadable': 'background-modes',
  'background-mode-missing': 'background-modes',
  'entitlements-missing': 'push-entitlement',
  'entitlements-unreadable': 'push-entitlement',
  'aps-environment-missing': 'push-entitlement',
  'aps-environment-unknown': 'push-entitlement',
  'authorization-missing': 'authorization',
  'authorization-incomplete': 'authorization',
  'category-missing': 'category',
  'category-identifier-wrong': 'category',
  'category-not-registered': 'category',
  'action-approve-missing': 'category',
  'action-deny-missing': 'category',
  'app-delegate-not-connected': 'registration',
  'remote-registration-missing': 'registration',
  'push-token-not-handled': 'registration',
  'delegate-missing': 'delegate',
  'delegate-method-missing': 'delegate',
  'challenge-not-read': 'challenge',
  'challenge-not-answered': 'answer',
  'answer-one-sided': 'answer',
  'configuration-missing': 'configuration',
  'configuration-not-in-target': 'configuration',
  'configuration-unreadable': 'configuration',
  'configuration-incomplete': 'configuration',
  'client-secret-in-app': 'configuration',
  'certificate-missing': 'certificate',
  'bundle-id-missing': 'certificate',
  'bundle-id-mismatch': 'certificate',
  'environment-mismatch': 'certificate',
  'objective-c-not-read': null,
  'other-side-not-read': null,
  'source-not-read': null,
} as const satisfies Record<string, AppStep | null>;

/** The place of something, or the place to add it. */
export interface Place {
  /** Relative to the project's directory, with `/`. */
  readonly file: string;
  /** From 1; null in a file without lines. */
  readonly line: number | null;
}

/** One judged fact about an app's project. The message is one sentence with a period; the hint says what to do. */
export interface AppFinding extends Place {
  readonly code: keyof typeof codes;
  readonly level: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string;
}

/** A finding, of level error unless another is given. */
export function finding(
  code: AppFinding['code'],
  message: string,
  hint: string,
  place: Place,
  level: AppFinding['level'] = 'error',
): AppFinding {
  return { code, level, message, hint, ...place };
}

export function stepOf({ code }: AppFinding): AppStep | null {
  return codes[code];
}
