import { ApnsRefusal } from './reasons.ts';

/** How many can wait. */
export const mostScripted = 1000;

/** Answers for the next pushes regardless of their content, for what no push can provoke by itself. */
export interface ScriptedAnswers {
  /**
   * @param status null: it comes when the connection ends
   * @param times for how many pushes; 0 removes all scripted answers
   * @returns whether there was room for them
   */
  add(reason: string, status: number | null, times: number): boolean;
  /** The next one, or null. */
  next(): ApnsRefusal | null;
  /** Those to come, the next one first. */
  left(): readonly ScriptedAnswer[];
}

interface ScriptedAnswer {
  readonly reason: string;
  /** Null: it comes when the connection ends. */
  readonly status: number | null;
}

export function createScriptedAnswers(now: () => Date): ScriptedAnswers {
  let left: ScriptedAnswer[] = [];
  return {
    left: () => left,
    add(reason, status, times) {
      if (times === 0) left = [];
      if (left.length + times > mostScripted) return false;
      left.push(...Array.from({ length: times }, () => ({ reason, status })));
      return true;
    },
    next() {
      const answer = left.shift();
      if (answer === undefined) return null;
      return new ApnsRefusal(answer.reason, answer.status, answer.status === 410 ? now() : null);
    },
  };
}
