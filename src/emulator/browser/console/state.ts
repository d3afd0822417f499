/** The tenant as the console shows it. Times are ISO 8601, by the tenant's clock. */
export interface ConsoleState {
  /** Another one each time that the emulator is started. */
  readonly run: string;
  readonly now: string;
  readonly certificates: readonly ConsoleCertificate[];
  readonly people: Latest<ConsolePerson>;
  /** Of all people: how many phones there are, and how many of them a push can reach. */
  readonly phones: { readonly total: number; readonly reachable: number };
  /** The newest first, as of the two that follow. */
  readonly challenges: Latest<ConsoleChallenge>;
  readonly requests: Latest<ConsoleRequest>;
  /** Of the stand-in for APNs. */
  readonly answers: Latest<ConsoleAnswer>;
  /** Its answers to the next pushes, whatever they hold; the next one first. */
  readonly scripted: readonly ScriptedAnswers[];
}

/** The part that does not change while the emulator runs. */
export interface ConsoleTenant {
  /** `127.0.0.1:8450` */
  readonly host: string;
  readonly apnsHost: string;
  readonly apnsEnvironment: 'sandbox' | 'production';
  readonly assumptions: readonly ConsoleAssumption[];
  /** The reasons of APNs to refuse a push, and the HTTP status of each. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** The page brings this along. */
export type FirstState = Readonly<{ tenant: ConsoleTenant; state: ConsoleState }>;

/** Some of many, and how many there have ever been, or are. */
export type Latest<Item> = Readonly<{ total: number; items: readonly Item[] }>;

export interface ConsoleCertificate {
  readonly clientAppKey: string;
  readonly topic: string;
  /** Whether pushes are sent with it: it was set last. */
  readonly isUsed: boolean;
  /** Null: before the emulator was started. */
  readonly set: { readonly by: string; readonly at: string } | null;
  /** Null: it cannot be opened. */
  readonly notAfter: string | null;
  readonly environments: readonly ('sandbox' | 'production')[];
  /** Why no push arrives that is sent with it, in a sentence, whenever it ends; null: nothing is against it. */
  readonly fault: string | null;
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
  /** Whether it has a device token, and a key for one-time passwords. */
  readonly isReachable: boolean;
  readonly hasCodes: boolean;
}

export interface ConsoleChallenge {
  readonly user: string;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly verdict: 'Pending' | 'Approved' | 'Denied' | 'Expired';
  readonly pushes: readonly ConsolePush[];
}

/** An answer of APNs; the phone by its name, or null: none here has that token. */
export interface ConsolePush {
  readonly phone: string | null;
  readonly status: number | null;
  readonly reason: string | null;
}

export interface ConsoleAnswer extends ConsolePush {
  readonly number: number;
  readonly at: string;
  readonly topic: string | null;
  /** Whether it went to the device token of nobody, as `apns verify` sends it. */
  readonly isProbe: boolean;
}

export interface ConsoleRequest {
  readonly number: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Null: the tenant had nothing to judge. */
  readonly verdict: { readonly success: boolean; readonly words: string | null } | null;
}

/** One answer for so many pushes; status null: it comes when the connection ends. */
export type ScriptedAnswers = Readonly<{ reason: string; status: number | null; times: number }>;

export type ConsoleAssumption = Readonly<{ name: string; value: string; isUsual: boolean; question: string }>;
