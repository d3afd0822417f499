import { attempt, membersOf, type OtpProfile, textIn } from './device-calls.ts';

export interface PendingSignIn {
  readonly state: string;
  /** RFC 7636: sent only to the token endpoint. */
  readonly codeVerifier: string;
}

export interface Session {
  readonly accessToken: string;
  readonly user: string;
}

/** The user's choices when setting up the phone. */
export type Wish = Readonly<Record<'user' | 'name' | 'bundleId', string>>;

/** The phone's data at the tenant. */
export interface Enrollment {
  readonly user: string;
  readonly udid: string;
  readonly deviceToken: string;
  /** Null: the tenant has not sent one yet, or has forgotten the phone. */
  readonly otp: OtpProfile | null;
}

/** A push on the lock screen, and its outcome. */
export interface Notification {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly app: string;
  readonly title: string | null;
  readonly message: string;
  /** Returned with the answer; null: not an MFA push. */
  readonly challenge: string | null;
  /** Whether iOS offers Approve and Deny, which needs this category. */
  readonly hasActions: boolean;
  readonly state: 'waiting' | 'sending' | 'approved' | 'denied';
  /** The tenant's reason for refusing the last answer. */
  readonly refusal: string | null;
}

/** Everything that a phone stores, for the life of its tab. */
export interface Remembered {
  readonly wish: Wish | null;
  readonly pending: PendingSignIn | null;
  readonly session: Session | null;
  readonly enrollment: Enrollment | null;
  readonly notifications: readonly Notification[];
  /** `at` in milliseconds since 1970. */
  readonly happenings: readonly { readonly at: number; readonly text: string }[];
}

const nothing: Remembered = {
  ...{ wish: null, pending: null, session: null, enrollment: null },
  ...{ notifications: [], happenings: [] },
};

const key = 'mfa-cli-phone';

interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export type Memory = ReturnType<typeof openMemory>;

/** @param open returns the tab's own storage (`sessionStorage`), which throws in a browser that stores nothing */
export function openMemory(open: () => TextStore) {
  let now: Remembered =
    attempt(() => ({ ...nothing, ...JSON.parse(open().getItem(key) ?? '{}') })) ?? nothing;
  return {
    get now(): Remembered {
      return now;
    },
    /** @returns whether the browser stored it; if not, it is lost with the page */
    keep(changes: Partial<Remembered>): boolean {
      now = { ...now, ...changes };
      return attempt(() => open().setItem(key, JSON.stringify(now))) !== null;
    },
    forget(): void {
      now = nothing;
      attempt(() => open().removeItem(key));
    },
  };
}

const category = 'MfaNotificationCategoryId';

/** Reads a push: iOS shows `aps.alert`, a text or a title and a body; the vendor's app reads `payload.Options`. */
export function readPush(topic: string, payload: unknown) {
  const aps = membersOf(membersOf(payload).aps);
  const options = membersOf(membersOf(membersOf(payload).payload).Options);
  const alert = membersOf(aps.alert);
  return {
    app: appName(topic),
    title: textIn(alert.title),
    message: textIn(aps.alert) ?? textIn(alert.body) ?? textIn(options.Message) ?? '',
    challenge: textIn(options.ChallengeAnswer),
    hasActions: aps.category === category,
  };
}

/** A name for an app from its bundle ID: `Example` for `com.example.app`. */
function appName(bundleId: string): string {
  const parts = bundleId.split('.');
  const word =
    parts.findLast((part, index) => index > 0 && part.toLowerCase() !== 'app') ?? bundleId;
  return word.charAt(0).toUpperCase() + word.slice(1);
}
