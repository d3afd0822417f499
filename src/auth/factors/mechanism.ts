import type { HttpResponse } from '../../network/http.ts';
import { type Envelope, textIn } from '../../tenant/envelope.ts';
import { membersOf } from '../../text/json.ts';
import { masked } from '../../text/mask.ts';
import { Secret } from '../../text/secret.ts';
import { wordsIn } from '../../text/words.ts';

/** One way to meet a challenge: a password, a code, a push. */
export interface Mechanism {
  readonly id: string;
  /** The vendor's: `UP`, `OATH`, `OTP`, `SMS`, `EMAIL`, `PF`, `SQ`. */
  readonly name: string;
  /** `text`: answered at once; `answer-or-poll`: started, then answered or approved elsewhere; `poll`: only the latter. */
  readonly kind: 'text' | 'answer-or-poll' | 'poll';
  /** The tenant's words for it in a list, and once it is chosen. */
  readonly select: string;
  readonly chosen: string;
  /** Security questions, if there are several to answer together. */
  readonly questions: readonly { readonly id: string; readonly text: string }[];
}

const kinds: ReadonlyMap<string, Mechanism['kind']> = new Map([
  ['text', 'text'],
  ['starttextoob', 'answer-or-poll'],
  ['startoob', 'poll'],
]);

/** What a terminal cannot do: it has no security key, and shows no picture. */
const beyondTerminals = ['U2F', 'QR'];

/**
 * A mechanism as the tenant describes it, or null for what no client could use.
 * @param typed what its words may not reveal
 */
export function readMechanism(description: unknown, typed: readonly Secret[]): Mechanism | null {
  const members = membersOf(description) ?? {};
  const id = textIn(members.MechanismId);
  const kind = kinds.get(String(members.AnswerType).toLowerCase());
  if (id === null || kind === undefined) return null;
  const name = wordsIn(members.Name, typed) ?? 'unknown';
  const select = wordsIn(members.PromptSelectMech, typed) ?? name;
  const chosen = wordsIn(members.PromptMechChosen, typed) ?? select;
  return { id, name, kind, select, chosen, questions: readQuestions(members.MultipartMechanism, typed) };
}

export function fitsTerminal({ name }: Mechanism): boolean {
  return !beyondTerminals.includes(name.toUpperCase());
}

/** Several mechanisms in the tenant's words. */
export function namesOf(mechanisms: readonly Mechanism[]): string {
  return mechanisms.map(({ select }) => select).join(' or ') || 'a factor that it does not name';
}

/** A push to the vendor's authenticator, or to an app of one's own: the vendor has one name for both, and for the code beside it. */
export function isPush({ name, kind }: Mechanism): boolean {
  return name.toUpperCase() === 'OTP' && kind !== 'text';
}

function readQuestions(multipart: unknown, typed: readonly Secret[]): Mechanism['questions'] {
  const parts = membersOf(multipart)?.MechanismParts;
  if (!Array.isArray(parts) || parts.length < 2) return [];
  return parts.flatMap((part) => {
    const { Uuid: id, PromptMechChosen, QuestionText } = membersOf(part) ?? {};
    const text = wordsIn(PromptMechChosen, typed) ?? wordsIn(QuestionText, typed);
    return typeof id === 'string' && text !== null ? [{ id, text }] : [];
  });
}

/** Whoever signs in, at a terminal. Every question throws CliError `interrupted` on Ctrl-C. */
export interface Person {
  /** One of several mechanisms. @param place which challenge of how many, from 1 on */
  choose(mechanisms: readonly Mechanism[], place: { challenge: number; of: number }): Promise<Mechanism>;
  answer(question: string): Promise<Secret>;
  /** A code, which may never come, since the person can approve elsewhere; rejects once `stop` is aborted. */
  code(question: string, stop: AbortSignal): Promise<Secret>;
  /** Shows that somebody is awaited, for at most so many milliseconds, until stopped. */
  awaits(words: string, patience: number): { stop(): void };
  tell(words: string): void;
  /** The name to start over with: it may have been mistyped. Absent: the name is sure. */
  nameAgain?(user: string): Promise<string>;
  /** Opens a page in the browser, or says where it is. */
  openPage(address: string): Promise<void>;
  /** Whether the sign-in, with its password, may go on at a host that is not evidently the tenant's. */
  trusts(host: string, tenant: string): Promise<boolean>;
}

/** What the tenant answers to a step of a sign-in. */
export type FactorAnswer =
  /** What is to be proved: one mechanism of each challenge, in order. */
  | {
      readonly kind: 'challenges';
      /** Absent where a package follows another one in the same session. */
      readonly sessionId: string | null;
      readonly tenantId: string | null;
      readonly challenges: readonly (readonly Mechanism[])[];
    }
  | { readonly kind: 'next-challenge' }
  /** Waits for the person; `number` is the one to compare on the phone. */
  | { readonly kind: 'pending'; readonly number: string | null }
  /** The person signs in at the company's identity provider. */
  | {
      readonly kind: 'federated';
      readonly address: string;
      /** Null: the tenant lets nobody wait for the browser. */
      readonly sessionId: string | null;
      readonly wantsPin: boolean;
    }
  /** Another host of the tenant is to be asked. */
  | { readonly kind: 'elsewhere'; readonly host: string }
  | SignedIn
  /** `isUnsent`: before anybody's phone rang. */
  | { readonly kind: 'failed'; readonly words: string | null; readonly isUnsent?: true }
  /** Nothing that the vendor documents. */
  | { readonly kind: 'unknown'; readonly summary: string | null };

export interface SignedIn {
  readonly kind: 'signed-in';
  readonly token: Secret;
  /** Every secret of the answer. */
  readonly secrets: readonly Secret[];
  /** Seconds, or null where the tenant does not say. */
  readonly lifetime: number | null;
  readonly user: string | null;
}

const sessionCookie = /(?:^|[,;]\s*)\.ASPXAUTH=([^;,\s]+)/i;
/** What no header can carry is no token. */
const tokenPattern = /^[\x21-\x7e]+$/;
/** No address of a sign-in is longer, and no system passes a much longer one to a browser. */
const longestAddress = 8192;

/**
 * The meaning of an answer to `StartAuthentication`, `AdvanceAuthentication` or `OobAuthStatus`.
 * @param typed what no words of the tenant may reveal
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
  const address = addressIn(result.IdpRedirectShortUrl, typed) ?? addressIn(result.IdpRedirectUrl, typed);
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

/** A session comes as a token, or only as the cookie of a browser, whose value is a token just as well. */
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

/** An address is shown and followed as it is: one that reveals what was typed is none. */
function addressIn(value: unknown, typed: readonly Secret[]): string | null {
  const text = textIn(value);
  return text === null || text.length > longestAddress || masked(text, typed) !== text ? null : text;
}
