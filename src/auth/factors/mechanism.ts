import { membersOf } from '../../text/json.ts';
import type { Secret } from '../../text/secret.ts';
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
  readonly questions: readonly SecurityQuestion[];
}

interface SecurityQuestion {
  readonly id: string;
  readonly text: string;
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
  const id = members.MechanismId;
  if (typeof id !== 'string' || id === '') return null;
  const name = wordsIn(members.Name, typed) ?? 'unknown';
  const kind = kinds.get(String(members.AnswerType).toLowerCase());
  if (kind === undefined) return null;
  const select = wordsIn(members.PromptSelectMech, typed) ?? name;
  return {
    id,
    name,
    kind,
    select,
    chosen: wordsIn(members.PromptMechChosen, typed) ?? select,
    questions: readQuestions(members.MultipartMechanism, typed),
  };
}

/** Whether a person at a terminal can use it. */
export function fitsTerminal({ name }: Mechanism): boolean {
  return !beyondTerminals.includes(name.toUpperCase());
}

function readQuestions(multipart: unknown, typed: readonly Secret[]): readonly SecurityQuestion[] {
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
  /** A hidden answer, asked for in these words. */
  answer(question: string): Promise<Secret>;
  /** A code, which may never come, since the person can approve elsewhere; rejects once `stop` is aborted. */
  code(question: string, stop: AbortSignal): Promise<Secret>;
  /** Shows that somebody is awaited, until stopped. */
  awaits(words: string): { stop(): void };
  /** Something to read. */
  tell(words: string): void;
  /** Opens a page in the browser, or says where it is. */
  openPage(address: string): Promise<void>;
  /** Whether the sign-in, with its password, may go on at a host that is not evidently the tenant's. */
  trusts(host: string, tenant: string): Promise<boolean>;
}
