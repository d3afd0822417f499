import { CliError } from '../errors/cli-error.ts';
import { Secret } from '../text/secret.ts';
import type { Choice, Kind, Question } from './ask.ts';
import type { Terminal } from './terminal.ts';

/** Questions to a person. Each needs a terminal; the answer never appears in a log. */
export interface Prompt {
  password(question: Question): Promise<Secret>;
  /** Yes or no; Return alone means no unless `initial` is yes. */
  confirm(question: ConfirmQuestion): Promise<boolean>;
  input(question: InputQuestion): Promise<string>;
  select(question: SelectQuestion): Promise<string>;
}

interface ConfirmQuestion extends Question {
  readonly initial?: boolean;
}

export interface InputQuestion extends Question {
  readonly initial?: string;
  /** True, or the sentence that says what is wrong. */
  readonly validate?: (answer: string) => true | string;
}

interface SelectQuestion extends Question {
  readonly choices: readonly Choice[];
}

/**
 * Prompts in the terminal's stderr, so that stdout is left to the result. The first
 * question loads its code. Each question throws a CliError: prompt-unavailable,
 * interrupted.
 */
export function createPrompt(terminal: Terminal, signal: AbortSignal): Prompt {
  const answerTo = async (question: Question, kind: Kind): Promise<string> => {
    if (!terminal.interactive)
      throw new CliError('prompt-unavailable', question.unavailable, {
        facts: question.facts ?? {},
      });
    const { ask } = await import('./ask.ts');
    return ask(question, kind, terminal, signal);
  };
  return {
    async password(question) {
      return new Secret(await answerTo(question, { type: 'password' }));
    },
    async confirm({ initial = false, ...question }) {
      return (await answerTo(question, { type: 'confirm', initial })) === 'Yes';
    },
    input: ({ initial, validate = () => true, ...question }) =>
      answerTo(question, { type: 'input', initial, validate }),
    select: ({ choices, ...question }) => answerTo(question, { type: 'select', choices }),
  };
}
