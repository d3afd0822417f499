import { parseJson } from '../http/json.ts';
import { Secret } from '../secret.ts';
import { plainWords } from '../text/words.ts';

/** The members of a JSON object without those that are null (.NET writes what is absent so); null for any other body. */
export function jsonObject(body: string): Readonly<Record<string, unknown>> | null {
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
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
  const known = secrets.map((secret) => new Secret(secret));
  return plainWords(words.join(': '), known) || `HTTP ${status}`;
}
