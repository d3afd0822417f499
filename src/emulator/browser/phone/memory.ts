import { attempt, membersOf, type OtpProfile, textIn } from './device-calls.ts';

export interface PendingSignIn {
  readonly state: string;
  /** RFC 7636: it never leaves this tab but for the token endpoint. */
  readonly codeVerifier: string;
}

export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly user: string;
}

/** The choices of whoever sets up the phone. */
export type Wish = Readonly<Record<'user' | 'name' | 'bundleId', string>>;

/** The phone as the tenant knows it. */
export interface Enrollment {
  readonly user: string;
  readonly udid: string;
  readonly deviceToken: string;
  /** Null: the tenant has not given it one yet, or has forgotten the phone. */
  readonly otp: OtpProfile | null;
}

/** A push on the lock screen, and what became of it. */
export interface Notification {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly app: string;
  readonly title: string | null;
  readonly message: string;
  /** It goes back with the answer; null: this is no MFA push. */
  readonly challenge: string | null;
  /** Whether iOS offers Approve and Deny: for this category alone. */
  readonly hasActions: boolean;
  readonly state: 'waiting' | 'sending' | 'approved' | 'denied';
  /** Why the tenant did not take the last answer. */
  readonly refusal: string | null;
}

/** All that a phone knows; it is as long-lived as its tab. */
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

/**
 * @param open gives the tab's own storage (`sessionStorage`): no other tab sees it, and it is gone with this one.
 * It throws where the browser stores nothing, and so may the storage itself.
 */
export function openMemory(open: () => TextStore) {
  let now: Remembered =
    attempt(() => ({ ...nothing, ...JSON.parse(open().getItem(key) ?? '{}') })) ?? nothing;
  return {
    get now(): Remembered {
      return now;
    },
    /** @returns whether the browser stored it: if not, it is gone with the page */
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

/** iOS shows `aps.alert`, a text or a title and a body; the vendor's app reads `payload.Options`. */
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

/** A name for an app of which only the bundle ID is known: `Example` of `com.example.app`. */
function appName(bundleId: string): string {
  const parts = bundleId.split('.');
  const word = parts.findLast((part, index) => index > 0 && part.toLowerCase() !== 'app') ?? bundleId;
  return word.charAt(0).toUpperCase() + word.slice(1);
}
