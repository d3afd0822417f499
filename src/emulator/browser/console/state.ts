/** What the console shows of a tenant. Times are ISO 8601, by the tenant's clock. */
export interface ConsoleState {
  /** Another one each time that the emulator is started. */
  readonly run: string;
  readonly now: string;
  readonly certificates: readonly ConsoleCertificate[];
  readonly people: Latest<ConsolePerson>;
  /** Of all people: how many phones there are, and how many of them a push can reach. */
  readonly phones: { readonly total: number; readonly reachable: number };
  /** The newest first. */
  readonly challenges: Latest<ConsoleChallenge>;
  /** The newest first. */
  readonly requests: Latest<ConsoleRequest>;
  /** Of the stand-in for APNs, the newest first. */
  readonly answers: Latest<ConsoleAnswer>;
  /** Its answers to the next pushes, whatever they hold; the next one first. */
  readonly scripted: readonly ScriptedAnswers[];
}

/** What does not change while the emulator runs. */
export interface ConsoleTenant {
  /** `127.0.0.1:8450` */
  readonly host: string;
  readonly apnsHost: string;
  readonly apnsEnvironment: 'sandbox' | 'production';
  readonly assumptions: readonly ConsoleAssumption[];
  /** What APNs can refuse a push with, and the HTTP status of each. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What the page brings along. */
export interface FirstState {
  readonly tenant: ConsoleTenant;
  readonly state: ConsoleState;
}

/** Some of many. */
interface Latest<Item> {
  /** How many there have ever been, or are. */
  readonly total: number;
  readonly items: readonly Item[];
}

export interface ConsoleCertificate {
  readonly clientAppKey: string;
  readonly topic: string;
  /** Whether pushes are sent with it: it was set last. */
  readonly isUsed: boolean;
  /** Null: before the emulator was started. */
  readonly set: { readonly by: string; readonly at: string } | null;
  readonly commonName: string | null;
  /** Null, as all else of the certificate: it cannot be opened. */
  readonly notBefore: string | null;
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
  /** Whether it has a device token. */
  readonly isReachable: boolean;
  /** Whether it has what its one-time passwords are made from. */
  readonly hasCodes: boolean;
}

export interface ConsoleChallenge {
  readonly id: string;
  readonly user: string;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly verdict: 'Pending' | 'Approved' | 'Denied' | 'Expired';
  readonly pushes: readonly ConsolePush[];
}

export interface ConsolePush {
  /** The name of the phone; null: it is no longer enrolled. */
  readonly phone: string | null;
  readonly status: number | null;
  readonly reason: string | null;
}

export interface ConsoleRequest {
  readonly number: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** What the tenant judged; null: it was nothing to judge. */
  readonly verdict: { readonly success: boolean; readonly words: string | null } | null;
}

export interface ConsoleAnswer {
  readonly number: number;
  readonly at: string;
  /** The name of the phone; null: no phone here has that token. */
  readonly phone: string | null;
  readonly topic: string | null;
  readonly status: number | null;
  readonly reason: string | null;
}

/** One answer for so many pushes. */
export interface ScriptedAnswers {
  readonly reason: string;
  /** Null: it comes when the connection ends. */
  readonly status: number | null;
  readonly times: number;
}

export interface ConsoleAssumption {
  readonly name: string;
  readonly value: string;
  readonly isUsual: boolean;
  readonly question: string;
}
