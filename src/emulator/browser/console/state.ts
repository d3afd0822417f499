/** The state of the tenant for the console. Times are ISO 8601, by the tenant's clock. */
export interface ConsoleState {
  /** Differs for each start of the emulator. */
  readonly run: string;
  readonly now: string;
  readonly certificates: readonly ConsoleCertificate[];
  readonly people: Latest<ConsolePerson>;
  /** The number of all phones, and of those that a push can reach. */
  readonly phones: { readonly total: number; readonly reachable: number };
  /** Newest first, like the next two. */
  readonly challenges: Latest<ConsoleChallenge>;
  readonly requests: Latest<ConsoleRequest>;
  readonly answers: Latest<ConsoleAnswer>;
  /** Its answers to the next pushes regardless of their content, next one first. */
  readonly scripted: readonly ScriptedAnswers[];
}

/** The part that is constant while the emulator runs. */
export interface ConsoleTenant {
  /** `127.0.0.1:8450` */
  readonly host: string;
  readonly apnsHost: string;
  readonly apnsEnvironment: 'sandbox' | 'production';
  readonly assumptions: readonly ConsoleAssumption[];
  /** The reasons of APNs to refuse a push, with their HTTP status. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** The state in the page itself. */
export interface FirstState {
  readonly tenant: ConsoleTenant;
  readonly state: ConsoleState;
}

/** Some items, and the count of all. */
export interface Latest<Item> {
  readonly total: number;
  readonly items: readonly Item[];
}

export interface ConsoleCertificate {
  readonly clientAppKey: string;
  readonly topic: string;
  /** Whether pushes use it: it was set last. */
  readonly isUsed: boolean;
  /** Null: set before the emulator started. */
  readonly set: { readonly by: string; readonly at: string } | null;
  /** Null: it cannot be opened. */
  readonly notAfter: string | null;
  readonly environments: readonly ('sandbox' | 'production')[];
  /**
   * Why its pushes will not reach phones, in the words and codes of `mfa-cli apns
   * status`.
   */
  readonly against: readonly { readonly code: string; readonly message: string }[];
}

export interface ConsolePerson {
  readonly user: string;
  readonly kind: 'administrator' | 'user' | 'program' | 'rehearsal';
  readonly phones: Latest<ConsolePhone>;
}

export interface ConsolePhone {
  readonly udid: string;
  readonly name: string;
  readonly os: 'ios' | 'android';
  readonly osVersion: string;
  /** Whether it is an iPhone with a device token. */
  readonly isReachable: boolean;
  /** Whether it has a key for one-time passwords. */
  readonly hasCodes: boolean;
}

export interface ConsoleChallenge {
  readonly user: string;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly verdict: 'Pending' | 'Approved' | 'Denied' | 'Expired';
  readonly pushes: readonly ConsolePush[];
}

/** An answer of APNs; `phone` is its name, or null for an unknown token. */
export interface ConsolePush {
  readonly phone: string | null;
  readonly status: number | null;
  readonly reason: string | null;
}

export interface ConsoleAnswer extends ConsolePush {
  readonly number: number;
  readonly at: string;
  readonly topic: string | null;
  /** Whether it answers a probe of `apns verify`. */
  readonly isProbe: boolean;
}

export interface ConsoleRequest {
  readonly number: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Null: the answer has no verdict. */
  readonly verdict: { readonly success: boolean; readonly words: string | null } | null;
}

/** One answer for the next pushes; status null: the connection ends with it. */
export interface ScriptedAnswers {
  readonly reason: string;
  readonly status: number | null;
  readonly times: number;
}

export interface ConsoleAssumption {
  readonly name: string;
  readonly value: string;
  readonly isUsual: boolean;
  readonly question: string;
}
