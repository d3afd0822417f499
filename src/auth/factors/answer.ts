import type { HttpResponse } from '../../network/http.ts';
import type { Envelope } from '../../tenant/envelope.ts';
import { membersOf } from '../../text/json.ts';
import { masked } from '../../text/mask.ts';
import { Secret } from '../../text/secret.ts';
import { wordsIn } from '../../text/words.ts';
import { type Mechanism, readMechanism } from './mechanism.ts';

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
  | { readonly kind: 'failed'; readonly words: string | null }
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
  const signedIn = readSignedIn(result, headers, typed);
  if (signedIn !== null) return signedIn;
  if (Array.isArray(result.Challenges)) return readChallenges(result, result.Challenges, typed);
  switch (summary?.toLowerCase()) {
    case 'startnextchallenge':
      return { kind: 'next-challenge' };
    case 'oobpending':
    case 'pending':
      return { kind: 'pending', number: numberIn(result.GeneratedAuthValue, typed) };
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

function readChallenges(
  result: Readonly<Record<string, unknown>>,
  challenges: readonly unknown[],
  typed: readonly Secret[],
): FactorAnswer {
  return {
    kind: 'challenges',
    sessionId: textIn(result.SessionId),
    tenantId: textIn(result.TenantId),
    challenges: challenges.map((challenge) => {
      const offered = membersOf(challenge)?.Mechanisms;
      return Array.isArray(offered) ? offered.flatMap((one) => readMechanism(one, typed) ?? []) : [];
    }),
  };
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An address is shown and followed as it is: one that reveals what was typed is none. */
function addressIn(value: unknown, typed: readonly Secret[]): string | null {
  const text = textIn(value);
  return text === null || text.length > longestAddress || masked(text, typed) !== text ? null : text;
}

function numberIn(value: unknown, typed: readonly Secret[]): string | null {
  return typeof value === 'number' ? String(value) : wordsIn(value, typed);
}
