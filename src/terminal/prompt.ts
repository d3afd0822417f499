import { CliError, type ErrorFacts } from '../errors/cli-error.ts';
import { Secret } from '../text/secret.ts';
import type { Terminal } from './terminal.ts';

/** Questions to a person. Each needs a terminal; the answer never appears in a log. */
export type Prompt = ReturnType<typeof createPrompt>;

export interface Question {
  readonly message: string;
  /** The error message if nobody can be asked: `A password for push.p12 is needed, and there is no terminal to ask on`. */
  readonly unavailable: string;
  readonly facts?: ErrorFacts;
  readonly signal?: AbortSignal;
}

export interface InputQuestion extends Question {
  readonly initial?: string;
  /** True, or the sentence that says what is wrong. */
  readonly validate?: (answer: string) => true | string;
}

/** The kind of a question, and what belongs to it. */
export type Kind =
  | { readonly type: 'password' }
  | { readonly type: 'confirm'; readonly initial: boolean }
  | { readonly type: 'input'; readonly initial: string | undefined; validate(answer: string): true | string }
  | { readonly type: 'select'; readonly choices: readonly Choice[] };

interface Choice {
  readonly value: string;
  readonly name: string;
}

/**
 * Prompts in the terminal's stderr, so that stdout is left to the result. The first question loads its code.
 * Each question throws a CliError: prompt-unavailable, interrupted.
 */
export function createPrompt(terminal: Terminal, signal: AbortSignal) {
  const answerTo = async (question: Question, kind: Kind): Promise<string> => {
    if (!terminal.interactive)
      throw new CliError('prompt-unavailable', question.unavailable, { facts: question.facts ?? {} });
    const { ask } = await import('./ask.ts');
    return ask(question, kind, terminal, signal);
  };
  return {
    password: async (question: Question) => new Secret(await answerTo(question, { type: 'password' })),
    /** Yes or no; Return alone means no unless `initial` is yes. */
    confirm: async ({ initial = false, ...question }: Question & { readonly initial?: boolean }) =>
      isYes(await answerTo(question, { type: 'confirm', initial }), initial),
    input: ({ initial, validate = () => true, ...question }: InputQuestion) =>
      answerTo(question, { type: 'input', initial, validate }),
    select: ({ choices, ...question }: Question & { readonly choices: readonly Choice[] }) =>
      answerTo(question, { type: 'select', choices }),
  };
}

/** Whether the answer to a question with that default is yes. */
export function isYes(answer: string, initial: boolean): boolean {
  return answer.trim() === '' ? initial : /^y/i.test(answer.trim());
}
