import type { ServerResponse } from 'node:http';
import { isObject } from '../text/json.ts';

/** What the tenant judged of a request: all of its answer that is told to others than the one who asked. */
export interface Verdict {
  readonly success: boolean;
  /** The `MessageID` or `Message` of an envelope, or an OAuth `error`; null: it said yes. */
  readonly words: string | null;
}

const verdicts = new WeakMap<ServerResponse, Verdict>();
const longestWords = 200;

/** Keeps what an answer says: the envelope of an API, or an OAuth error. */
export function noteVerdict(response: ServerResponse, answer: unknown): void {
  const verdict = readVerdict(answer);
  if (verdict !== null) verdicts.set(response, verdict);
}

/** Null: it was no answer of that kind. */
export function verdictOf(response: ServerResponse): Verdict | null {
  return verdicts.get(response) ?? null;
}

/** @param answer the body of an answer, before it becomes JSON */
export function readVerdict(answer: unknown): Verdict | null {
  if (!isObject(answer)) return null;
  const { success, MessageID, Message, error } = answer;
  if (success === true) return { success, words: null };
  const words = success === false ? (MessageID ?? Message) : error;
  return typeof words === 'string' ? { success: false, words: words.slice(0, longestWords) } : null;
}
