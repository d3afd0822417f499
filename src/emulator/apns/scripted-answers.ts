import { ApnsRefusal } from './reasons.ts';

/** Answers for the next pushes regardless of their content, for what no push can provoke by itself. */
export interface ScriptedAnswers {
  /**
   * @param status null: it comes when the connection ends
   * @param times for how many pushes; 0 removes all scripted answers
   */
  add(reason: string, status: number | null, times: number): void;
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
      else left.push(...Array.from({ length: times }, () => ({ reason, status })));
    },
    next() {
      const answer = left.shift();
      if (answer === undefined) return null;
      return new ApnsRefusal(answer.reason, answer.status, answer.status === 410 ? now() : null);
    },
  };
}
