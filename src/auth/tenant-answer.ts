import { masked } from '../mask.ts';
import { Secret } from '../secret.ts';

/** Longer texts are no message for a person. */
const limit = 300;

/**
 * Words that came over the network, fit for a terminal: one line, without control or direction-changing characters,
 * at most 300 characters, and with each of `secrets` masked where the sender echoes it.
 */
export function plainWords(text: string, secrets: readonly string[] = []): string {
  const line = masked(
    text,
    secrets.map((secret) => new Secret(secret)),
  )
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

/** The members of a JSON object without those that are null (.NET writes what is absent so); null for any other body. */
export function jsonObject(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
  } catch {
    return null;
  }
}

/** An OAuth error (RFC 6749 §5.2), or the tenant's own envelope without success, which comes with HTTP 200. */
export function isRefusal(answer: Readonly<Record<string, unknown>>): boolean {
  const success = Object.entries(answer).find(([name]) => name.toLowerCase() === 'success');
  return answer.error !== undefined || success?.[1] === false;
}

/** What an OAuth error (RFC 6749 §5.2) or the tenant's own envelope says, else the status; `secrets` masked. */
export function refusalWords(
  answer: Readonly<Record<string, unknown>>,
  status: number,
  secrets: readonly string[],
): string {
  const words = [answer.error, answer.error_description, answer.Message].filter(
    (part) => typeof part === 'string',
  );
  return plainWords(words.join(': '), secrets) || `HTTP ${status}`;
}
