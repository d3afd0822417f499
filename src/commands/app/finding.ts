/** A step of the vendor's guide, or of what phones ask of an app that was built. */
interface Step {
  readonly title: string;
  /** The effect on an app without it. */
  readonly effect: string;
  /** Whether no sign-in can be approved without it. */
  readonly isNeeded: boolean;
}

/**
 * The steps of the vendor's guide, then those of a built app; `certificate` is checked if
 * one is known.
 */
export const steps = {
  'push-entitlement': {
    title: 'Push entitlement',
    effect: 'no push reaches it',
    isNeeded: true,
  },
  'background-modes': {
    title: 'Background mode for remote notifications',
    effect: 'no push wakes it',
    isNeeded: true,
  },
  authorization: {
    title: 'Authorization for badge, sound and alert',
    effect: 'pushes are not shown in full',
    isNeeded: true,
  },
  category: {
    title: 'Notification category and its two actions',
    effect: 'pushes show no Approve and Deny',
    isNeeded: true,
  },
  registration: {
    title: 'Registration of the device token',
    effect: 'the tenant does not learn its device token',
    isNeeded: true,
  },
  delegate: {
    title: 'Notification delegate',
    effect: 'it does not receive the choice',
    isNeeded: true,
  },
  challenge: {
    title: 'Challenge read from the push',
    effect: 'it does not find the challenge in a push',
    isNeeded: true,
  },
  answer: {
    title: 'Answer to the challenge',
    effect: 'the tenant does not get the answer',
    isNeeded: true,
  },
  observer: {
    title: "Observer of the tenant's answer",
    effect: "it does not observe the tenant's answer",
    isNeeded: false,
  },
  completion: {
    title: 'Completion handler of the choice',
    effect: 'it does not tell iOS that it is done',
    isNeeded: false,
  },
  configuration: {
    title: 'IdentityConfiguration.plist filled in',
    effect: 'it does not know its tenant',
    isNeeded: true,
  },
  certificate: {
    title: 'App and certificate match',
    effect: 'no push reaches it',
    isNeeded: true,
  },
  signature: {
    title: 'Code signature',
    effect: 'it is not signed for phones',
    isNeeded: true,
  },
  profile: {
    title: 'Provisioning profile',
    effect: 'its profile does not allow it',
    isNeeded: true,
  },
} as const satisfies Record<string, Step>;

/** The names of all that no step looks at in a project. */
export const neverChecked = [
  'the enrollment of the device',
  'the signature and the provisioning profile of a build',
  'whether the values of IdentityConfiguration.plist are those of your tenant',
  'the order and the conditions in which the code runs',
] as const;

/** The same for a built app. */
export const neverCheckedInBuild = [
  'the enrollment of the device',
  'whether the code signature and the profile are genuine, and the files unchanged',
  'the code, but for texts that stand in the program',
  'extensions and other apps within the app',
] as const;

export type AppStep = keyof typeof steps;

/** The steps that only a built app has. */
const builtOnly: readonly AppStep[] = ['signature', 'profile'];

/** Those of a project, in the order of the guide. */
export const inOrder = (Object.keys(steps) as readonly AppStep[]).filter(
  (step) => !builtOnly.includes(step),
);

/** Those of a built app. */
export const inOrderOfBuild = [
  'signature',
  'push-entitlement',
  'background-modes',
  'profile',
  'certificate',
] as const satisfies readonly AppStep[];

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
  'authorization-not-followed': 'authorization',
  'category-missing': 'category',
  'category-identifier-wrong': 'category',
  'category-not-registered': 'category',
  'category-not-followed': 'category',
  'dismiss-action-missing': 'category',
  'action-approve-missing': 'category',
  'action-deny-missing': 'category',
  'app-delegate-not-connected': 'registration',
  'remote-registration-missing': 'registration',
  'push-token-not-handled': 'registration',
  'delegate-missing': 'delegate',
  'delegate-method-missing': 'delegate',
  'choice-not-read': 'delegate',
  'choice-not-followed': 'delegate',
  'action-comparison-wrong': 'delegate',
  'category-comparison-wrong': 'delegate',
  'challenge-not-read': 'challenge',
  'challenge-not-answered': 'answer',
  'answer-one-sided': 'answer',
  'answer-not-followed': 'answer',
  'answer-observer-missing': 'observer',
  'answer-observer-not-added': 'observer',
  'completion-handler-not-called': 'completion',
  'configuration-missing': 'configuration',
  'configuration-not-in-target': 'configuration',
  'configuration-unreadable': 'configuration',
  'configuration-incomplete': 'configuration',
  'client-secret-in-app': 'configuration',
  'certificate-missing': 'certificate',
  'bundle-id-missing': 'certificate',
  'bundle-id-mismatch': 'certificate',
  'environment-mismatch': 'certificate',
  'certificate-expired': 'certificate',
  'certificate-not-yet-valid': 'certificate',
  'app-topic-mismatch': 'certificate',
  'app-team-mismatch': 'certificate',
  'app-environment-mismatch': 'certificate',
  'app-unsigned': 'signature',
  'app-for-simulator': 'signature',
  'app-identifier-mismatch': 'signature',
  'app-entitlements-differ': 'push-entitlement',
  'app-profile-missing': 'profile',
  'app-profile-mismatch': 'profile',
  'app-profile-expired': 'profile',
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

/**
 * One judged fact about an app's project. The message is one sentence with a period; the
 * hint says what to do.
 */
export interface AppFinding extends Place {
  readonly code: keyof typeof codes;
  readonly level: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string;
}

/** A finding of level error. */
export function finding(
  code: AppFinding['code'],
  message: string,
  hint: string,
  place: Place,
): AppFinding {
  return { code, level: 'error', message, hint, ...place };
}

/** The finding at another level. */
export function atLevel(level: AppFinding['level'], found: AppFinding): AppFinding {
  return { ...found, level };
}

export function stepOf({ code }: AppFinding): AppStep | null {
  return codes[code];
}
