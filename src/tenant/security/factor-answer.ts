import * as v from 'valibot';
import type { HttpResponse } from '../../network/http.ts';
import { masked } from '../../text/mask.ts';
import { Secret } from '../../text/secret.ts';
import { wordsIn } from '../../text/words.ts';
import { isTrue, list, listOrNull, readAnswer, text, textOfNumber } from '../answer.ts';
import type { Envelope } from '../envelope.ts';

/** One way to meet a challenge: a password, a code, a push. */
export interface Mechanism {
  readonly id: string;
  /** The vendor's name: `UP`, `OATH`, `OTP`, `SMS`, `EMAIL`, `PF`, `SQ`. */
  readonly name: string;
  readonly kind: MechanismKind;
  /** The tenant's words for it in a list. */
  readonly select: string;
  /** The tenant's words for it once it is chosen. */
  readonly chosen: string;
  /** Whether a terminal supports it. */
  readonly fits: boolean;
}

/**
 * `text`: answered right away; `answer-or-poll`: started, then answered or approved
 * elsewhere; `poll`: approved elsewhere.
 */
type MechanismKind = 'text' | 'answer-or-poll' | 'poll';

const kinds: ReadonlyMap<string, MechanismKind> = new Map([
  ['text', 'text'],
  ['starttextoob', 'answer-or-poll'],
  ['startoob', 'poll'],
]);

/** Mechanisms that a terminal does not support: security keys and pictures. */
const beyondTerminals = ['U2F', 'QR'];

const mechanismMembers = v.object({
  MechanismId: text,
  AnswerType: text,
  Name: text,
  PromptSelectMech: text,
  PromptMechChosen: text,
  MultipartMechanism: v.fallback(v.object({ MechanismParts: list }), { MechanismParts: [] }),
});

/**
 * A mechanism as the tenant describes it; null if no client could use it.
 * @param typed masked in its words
 */
export function readMechanism(description: unknown, typed: readonly Secret[]): Mechanism | null {
  const mechanism = readAnswer(mechanismMembers, description);
  const id = mechanism.MechanismId;
  const kind = kinds.get(mechanism.AnswerType?.toLowerCase() ?? '');
  if (id === null || kind === undefined) return null;
  const name = wordsIn(mechanism.Name, typed) ?? 'unknown';
  const select = wordsIn(mechanism.PromptSelectMech, typed) ?? name;
  const chosen = wordsIn(mechanism.PromptMechChosen, typed) ?? select;
  // Several questions at once do not fit a terminal, either.
  const hasParts = mechanism.MultipartMechanism.MechanismParts.length > 1;
  const fits = !beyondTerminals.includes(name.toUpperCase()) && !hasParts;
  return { id, name, kind, select, chosen, fits };
}

/**
 * Whether this is a push, to the vendor's authenticator or to a custom app. The vendor
 * uses one name for both, and for a code.
 */
export function isPush({ name, kind }: Mechanism): boolean {
  return name.toUpperCase() === 'OTP' && kind !== 'text';
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
/**
 * The length limit of a sign-in address; systems do not pass a much longer one to a
 * browser.
 */
const longestAddress = 8192;

const resultMembers = v.object({
  Summary: text,
  /** The word of `OobAuthStatus`, which has no summary. */
  State: text,
  SessionId: text,
  TenantId: text,
  Challenges: listOrNull,
  GeneratedAuthValue: textOfNumber,
  IdpRedirectShortUrl: text,
  IdpRedirectUrl: text,
  IdpLoginSessionId: text,
  IdpOobAuthPinRequired: isTrue,
  PodFqdn: text,
  Token: text,
  Auth: text,
  RefreshToken: text,
  TokenLifetime: v.optional(v.unknown()),
  User: text,
});
type Result = v.InferOutput<typeof resultMembers>;

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
  const result = readAnswer(resultMembers, envelope.Result);
  const summary = wordsIn(wordOf(result), typed);
  const signedIn = readSignedIn(result, headers, typed);
  if (signedIn !== null) return signedIn;
  if (result.Challenges !== null)
    return {
      kind: 'challenges',
      sessionId: result.SessionId,
      tenantId: result.TenantId,
      challenges: result.Challenges.map((challenge) => readChallenge(challenge, typed)),
    };
  switch (summary?.toLowerCase()) {
    case 'startnextchallenge':
      return { kind: 'next-challenge' };
    case 'oobpending':
    case 'pending':
      return { kind: 'pending', number: wordsIn(result.GeneratedAuthValue, typed) };
    case 'failure':
    case 'failed':
      return { kind: 'failed', words: envelope.Message };
  }
  return readElsewhere(result, typed) ?? { kind: 'unknown', summary };
}

/** The word for the outcome. An empty summary counts as absent. */
function wordOf({ Summary, State }: Result): string | null {
  return Summary ?? State;
}

/** Where the sign-in continues, if it is another place. */
function readElsewhere(result: Result, typed: readonly Secret[]): FactorAnswer | null {
  const address =
    addressIn(result.IdpRedirectShortUrl, typed) ?? addressIn(result.IdpRedirectUrl, typed);
  if (address !== null)
    return {
      kind: 'federated',
      address,
      sessionId: result.IdpLoginSessionId,
      wantsPin: result.IdpOobAuthPinRequired,
    };
  const host = addressIn(result.PodFqdn, typed);
  return host === null ? null : { kind: 'elsewhere', host };
}

/** The session token, or the value of the session cookie, which works as a token. */
function readSignedIn(
  result: Result,
  headers: HttpResponse['headers'],
  typed: readonly Secret[],
): SignedIn | null {
  const word = wordOf(result)?.toLowerCase();
  if (word !== 'loginsuccess' && word !== 'success') return null;
  const cookie = headers['set-cookie']?.match(sessionCookie)?.[1] ?? null;
  const token = result.Token ?? result.Auth ?? cookie;
  if (token === null || !tokenPattern.test(token)) return null;
  const lifetime = Number(result.TokenLifetime);
  const all = new Set([token, result.Auth, result.RefreshToken, cookie]);
  return {
    kind: 'signed-in',
    token: new Secret(token),
    secrets: [...all].filter((value) => value !== null).map((value) => new Secret(value)),
    lifetime: lifetime > 0 && lifetime < 1e10 ? lifetime : null,
    user: wordsIn(result.User, typed),
  };
}

const challengeMembers = v.object({ Mechanisms: list });

function readChallenge(challenge: unknown, typed: readonly Secret[]): readonly Mechanism[] {
  const { Mechanisms } = readAnswer(challengeMembers, challenge);
  return Mechanisms.flatMap((one) => readMechanism(one, typed) ?? []);
}

/**
 * An address is shown and opened as it is, so one that contains typed secrets is
 * rejected.
 */
function addressIn(address: string | null, typed: readonly Secret[]): string | null {
  return address === null || address.length > longestAddress || masked(address, typed) !== address
    ? null
    : address;
}
