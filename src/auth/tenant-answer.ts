import { successIn } from '../tenant/envelope.ts';
import { membersOf, parseJson } from '../text/json.ts';
import { Secret } from '../text/secret.ts';
import { wordsIn } from '../text/words.ts';

/** The members of a JSON object except those that are null (.NET's way of writing absent ones); null for any other body. */
export function jsonObject(body: string): Readonly<Record<string, unknown>> | null {
  const members = membersOf(parseJson(body));
  return members && Object.fromEntries(Object.entries(members).filter(([, member]) => member !== null));
}

/** An OAuth error (RFC 6749 §5.2), or the tenant's own envelope without success, which comes with HTTP 200. */
export function isRefusal(answer: Readonly<Record<string, unknown>>): boolean {
  return answer.error !== undefined || successIn(answer) === false;
}

/** What an OAuth error (RFC 6749 §5.2) or the tenant's own envelope says, otherwise the status; `secrets` masked. */
export function refusalWords(
  answer: Readonly<Record<string, unknown>>,
  status: number,
  secrets: readonly string[],
): string {
  const words = [answer.error, answer.error_description, answer.Message]
    .filter((part) => typeof part === 'string')
    .join(': ');
  const known = secrets.map((secret) => new Secret(secret));
  return wordsIn(words, known) || `HTTP ${status}`;
}
