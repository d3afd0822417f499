/** The steps of the vendor's guide, in its order; `certificate` is judged where one is given. */
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
  certificate: 'App and certificate belong together',
} as const;

export type AppStep = keyof typeof steps;

/** Every permanent code with the step that it belongs to; null: it speaks of the check itself. */
export const stepOf = {
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
  'source-not-read': null,
} as const satisfies Record<string, AppStep | null>;

export type AppFindingCode = keyof typeof stepOf;

/** Where something stands, or should. */
export interface Place {
  /** Relative to the project's directory, with `/`. */
  readonly file: string;
  /** From 1; null in a file without lines. */
  readonly line: number | null;
}

/** One judged fact about an app's project. The message is one sentence with a full stop; the hint says what to do. */
export interface AppFinding extends Place {
  readonly code: AppFindingCode;
  readonly level: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string;
}
