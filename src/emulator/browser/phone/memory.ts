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
export interface EnrollmentRequest {
  readonly user: string;
  /** Of the phone. */
  readonly name: string;
  readonly bundleId: string;
}

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

/** An entry of the phone's activity. */
export interface Activity {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** Everything that a phone stores, for the life of its tab. */
export interface SavedPhone {
  readonly request: EnrollmentRequest | null;
  readonly pending: PendingSignIn | null;
  readonly session: Session | null;
  readonly enrollment: Enrollment | null;
  readonly notifications: readonly Notification[];
  /** Oldest first. */
  readonly activity: readonly Activity[];
}

const emptyPhone: SavedPhone = {
  request: null,
  pending: null,
  session: null,
  enrollment: null,
  notifications: [],
  activity: [],
};

const key = 'mfa-cli-phone';

interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The memory of a tab, which holds a phone. */
export class Memory {
  readonly #open: () => TextStore;
  #now: SavedPhone;

  /**
   * @param open returns the tab's own storage (`sessionStorage`), which throws in a
   * browser that stores nothing
   */
  constructor(open: () => TextStore) {
    this.#open = open;
    const saved = attempt(() => JSON.parse(open().getItem(key) ?? '{}'));
    this.#now = { ...emptyPhone, ...saved };
  }

  get now(): SavedPhone {
    return this.#now;
  }

  /** @returns whether the browser stored it; if not, it is lost with the page */
  keep(changes: Partial<SavedPhone>): boolean {
    this.#now = { ...this.#now, ...changes };
    const text = JSON.stringify(this.#now);
    return attempt(() => this.#open().setItem(key, text)) !== null;
  }

  forget(): void {
    this.#now = emptyPhone;
    attempt(() => this.#open().removeItem(key));
  }
}

const category = 'MfaNotificationCategoryId';

type PushContent = Pick<Notification, 'app' | 'title' | 'message' | 'challenge' | 'hasActions'>;

/**
 * Reads a push: iOS shows `aps.alert`, a text or a title and a body; the vendor's app
 * reads `payload.Options`.
 */
export function readPush(topic: string, payload: unknown): PushContent {
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
