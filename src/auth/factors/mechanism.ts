import type { HttpResponse } from '../../network/http.ts';
import { type Envelope, textIn } from '../../tenant/envelope.ts';
import { membersOf } from '../../text/json.ts';
import { masked } from '../../text/mask.ts';
import { Secret } from '../../text/secret.ts';
import { wordsIn } from '../../text/words.ts';

/** One way to meet a challenge: a password, a code, a push. */
export type Mechanism = NonNullable<ReturnType<typeof readMechanism>>;

/** `text`: answered right away; `answer-or-poll`: started, then answered or approved elsewhere; `poll`: approved elsewhere. */
const kinds: ReadonlyMap<string, 'text' | 'answer-or-poll' | 'poll'> = new Map([
  ['text', 'text'],
  ['starttextoob', 'answer-or-poll'],
  ['startoob', 'poll'],
]);

/** Mechanisms that a terminal does not support: security keys and pictures. */
const beyondTerminals = ['U2F', 'QR'];

/**
 * A mechanism as the tenant describes it; null if no client could use it.
 * @param typed masked in its words
 */
export function readMechanism(description: unknown, typed: readonly Secret[]) {
  const members = membersOf(description) ?? {};
  const id = textIn(members.MechanismId);
  const kind = kinds.get(String(members.AnswerType).toLowerCase());
  if (id === null || kind === undefined) return null;
  // The vendor's name: `UP`, `OATH`, `OTP`, `SMS`, `EMAIL`, `PF`, `SQ`.
  const name = wordsIn(members.Name, typed) ?? 'unknown';
  // The tenant's words for it in a list, and after its choice.
  const select = wordsIn(members.PromptSelectMech, typed) ?? name;
  const chosen = wordsIn(members.PromptMechChosen, typed) ?? select;
  // Several questions at once do not fit a terminal, either.
  const fits =
    !beyondTerminals.includes(name.toUpperCase()) && !hasParts(members.MultipartMechanism);
  return { id, name, kind, select, chosen, fits };
}

/** The names of several mechanisms, in the tenant's words. */
export function namesOf(mechanisms: readonly Mechanism[]): string {
  return mechanisms.map(({ select }) => select).join(' or ') || 'a factor that it does not name';
}

/**
 * Whether this is a push, to the vendor's authenticator or to a custom app. The vendor uses one name for both, and for a code.
 */
export function isPush({ name, kind }: Mechanism): boolean {
  return name.toUpperCase() === 'OTP' && kind !== 'text';
}

function hasParts(multipart: unknown): boolean {
  const parts = membersOf(multipart)?.MechanismParts;
  return Array.isArray(parts) && parts.length > 1;
}

/** The person who signs in in a terminal. Every question throws CliError `interrupted` on Ctrl-C. */
export interface Person {
  /** Chooses one of several mechanisms. @param place number of the challenge and of all challenges, from 1 */
  choose(
    mechanisms: readonly Mechanism[],
    place: { challenge: number; of: number },
  ): Promise<Mechanism>;
  answer(question: string): Promise<Secret>;
  /** Asks for a code. The person may approve elsewhere instead; rejects when `stop` is aborted. */
  code(question: string, stop: AbortSignal): Promise<Secret>;
  /** Shows that the program waits for the person, for at most this many milliseconds, until stopped. */
  awaits(words: string, patience: number): { stop(): void };
  tell(words: string, mark?: 'error'): void;
  /** Asks again for the name, which may be mistyped. Absent: the name is certain. */
  nameAgain?(user: string): Promise<string>;
  /** Opens a page in the browser, or shows its address. */
  openPage(address: string): Promise<void>;
  /** Asks whether to send the sign-in, with its password, to a host that may not be the tenant's. */
  trusts(host: string, tenant: string): Promise<boolean>;
}

/** The tenant's answer to a step of a sign-in. */
export type FactorAnswer =
  /** The challenges, in order; each is met by one of its mechanisms. */
  | {
      readonly kind: 'challenges';
      /** Absent if another package follows in the same session. */
      readonly sessionId: string | null;
      readonly tenantId: string | null;
      readonly challenges: readonly (readonly Mechanism[])[];
    }
  | { readonly kind: 'next-challenge' }
  /** The tenant waits for the person; `number` is the one to compare on the phone. */
  | { readonly kind: 'pending'; readonly number: string | null }
  /** The person must sign in at the company's identity provider. */
  | {
      readonly kind: 'federated';
      readonly address: string;
      /** Null: the tenant offers no way to wait for the browser. */
      readonly sessionId: string | null;
      readonly wantsPin: boolean;
    }
  /** The sign-in continues at another host of the tenant. */
  | { readonly kind: 'elsewhere'; readonly host: string }
  | SignedIn
  /** `isUnsent`: no phone rang. */
  | { readonly kind: 'failed'; readonly words: string | null; readonly isUnsent?: true }
  /** An undocumented answer. */
  | { readonly kind: 'unknown'; readonly summary: string | null };

export interface SignedIn {
  readonly kind: 'signed-in';
  readonly token: Secret;
  /** All secrets of the answer. */
  readonly secrets: readonly Secret[];
  /** Seconds; null if the tenant does not tell. */
  readonly lifetime: number | null;
  readonly user: string | null;
}

const sessionCookie = /(?:^|[,;]\s*)\.ASPXAUTH=([^;,\s]+)/i;
/** A token must fit into a header. */
const tokenPattern = /^[\x21-\x7e]+$/;
/** The length limit of a sign-in address; systems do not pass a much longer one to a browser. */
const longestAddress = 8192;

/**
 * Decodes an answer to `StartAuthentication`, `AdvanceAuthentication` or `OobAuthStatus`.
 * @param typed masked in the tenant's words
 */
export function readFactorAnswer(
  envelope: Envelope,
  headers: HttpResponse['headers'],
  typed: readonly Secret[],
): FactorAnswer {
  if (!envelope.success) return { kind: 'failed', words: envelope.Message };
  const result = membersOf(envelope.Result) ?? {};
  const summary = wordsIn(result.Summary ?? result.State, typed);
  const number = result.GeneratedAuthValue;
  const signedIn = readSignedIn(result, headers, typed);
  if (signedIn !== null) return signedIn;
  if (Array.isArray(result.Challenges))
    return {
      kind: 'challenges',
      sessionId: textIn(result.SessionId),
      tenantId: textIn(result.TenantId),
      challenges: result.Challenges.map((challenge) => readChallenge(challenge, typed)),
    };
  switch (summary?.toLowerCase()) {
    case 'startnextchallenge':
      return { kind: 'next-challenge' };
    case 'oobpending':
    case 'pending':
      return {
        kind: 'pending',
        number: wordsIn(typeof number === 'number' ? String(number) : number, typed),
      };
    case 'failure':
    case 'failed':
      return { kind: 'failed', words: envelope.Message };
  }
  const address =
    addressIn(result.IdpRedirectShortUrl, typed) ?? addressIn(result.IdpRedirectUrl, typed);
  if (address !== null)
    return {
      kind: 'federated',
      address,
      sessionId: textIn(result.IdpLoginSessionId),
      wantsPin: String(result.IdpOobAuthPinRequired).toLowerCase() === 'true',
    };
  const host = addressIn(result.PodFqdn, typed);
  return host === null ? { kind: 'unknown', summary } : { kind: 'elsewhere', host };
}

/** The session token, or the value of the session cookie, which works as a token. */
function readSignedIn(
  result: Readonly<Record<string, unknown>>,
  headers: HttpResponse['headers'],
  typed: readonly Secret[],
): SignedIn | null {
  const word = String(result.Summary ?? result.State).toLowerCase();
  if (word !== 'loginsuccess' && word !== 'success') return null;
  const cookie = headers['set-cookie']?.match(sessionCookie)?.[1] ?? null;
  const token = textIn(result.Token) ?? textIn(result.Auth) ?? cookie;
  if (token === null || !tokenPattern.test(token)) return null;
  const lifetime = Number(result.TokenLifetime);
  const all = new Set([token, textIn(result.Auth), textIn(result.RefreshToken), cookie]);
  return {
    kind: 'signed-in',
    token: new Secret(token),
    secrets: [...all].filter((value) => value !== null).map((value) => new Secret(value)),
    lifetime: lifetime > 0 && lifetime < 1e10 ? lifetime : null,
    user: wordsIn(result.User, typed),
  };
}

function readChallenge(challenge: unknown, typed: readonly Secret[]): readonly Mechanism[] {
  const offered = membersOf(challenge)?.Mechanisms;
  return Array.isArray(offered) ? offered.flatMap((one) => readMechanism(one, typed) ?? []) : [];
}

/** An address is shown and opened as it is, so one that contains typed secrets is rejected. */
function addressIn(value: unknown, typed: readonly Secret[]): string | null {
  const text = textIn(value);
  return text === null || text.length > longestAddress || masked(text, typed) !== text
    ? null
    : text;
}
