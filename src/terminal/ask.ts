import { CliError, type FactsOf } from '../errors/cli-error.ts';
import { onOneLine } from '../text/printable.ts';
import type { Style } from './style.ts';
import type { Terminal } from './terminal.ts';

export interface Question {
  readonly message: string;
  /**
   * The error message if nobody can be asked:
   * `The password of push.p12 is missing, and there is no terminal`.
   */
  readonly unavailable: string;
  readonly facts?: FactsOf<'prompt-unavailable'>;
  readonly signal?: AbortSignal;
}

/** The kind of a question, and what belongs to it. */
export type Kind =
  | { readonly type: 'password' }
  | { readonly type: 'confirm'; readonly initial: boolean }
  | {
      readonly type: 'input';
      readonly initial: string | undefined;
      validate(answer: string): true | string;
    }
  | { readonly type: 'select'; readonly choices: readonly Choice[] };

export interface Choice {
  readonly value: string;
  readonly name: string;
}

/** The person's answer; to `confirm`, `Yes` or `No`. @throws {CliError} interrupted */
export async function ask(
  question: Question,
  kind: Kind,
  terminal: Terminal,
  interrupt: AbortSignal,
): Promise<string> {
  const signal = question.signal ? AbortSignal.any([interrupt, question.signal]) : interrupt;
  const definition = definitionOf(kind);
  return afterEveryStop((resumed) =>
    askOnce(question, definition, terminal, AbortSignal.any([signal, resumed])),
  ).catch((error: unknown) => {
    if (interrupt.aborted) throw interrupt.reason;
    if (error instanceof Error && /^(ExitPrompt|AbortPrompt)Error$/.test(error.name))
      throw new CliError('interrupted', 'Interrupted', { cause: error });
    throw error;
  });
}

async function askOnce(
  question: Question,
  { look, ...definition }: Definition,
  { streams, marked, style }: Terminal,
  signal: AbortSignal,
): Promise<string> {
  const { default: inquirer } = await import('inquirer');
  const input = streams.stdin as NodeJS.ReadStream;
  const message = marked(onOneLine(question.message));
  const theme = promptTheme(await style('stderr'), marked('❯'), look);
  // A question that something else ends is not left on the screen.
  const clearPromptOnDone = question.signal !== undefined;
  const ended = new AbortController();
  // Readline closes at Ctrl-D, pauses the input and ends its raw mode; inquirer waits on
  // while a server is open.
  const paused = (): void => void setImmediate(() => input.isRaw || ended.abort());
  const either = AbortSignal.any([signal, ended.signal]);
  const context = { input, output: streams.stderr, signal: either, clearPromptOnDone };
  input.on('pause', paused);
  try {
    const prompt = inquirer.createPromptModule(context);
    return (await prompt([{ ...definition, name: 'answer', message, theme }] as never)).answer;
  } finally {
    input.removeListener('pause', paused);
  }
}

/**
 * Asks, and asks again after Ctrl-Z and `fg`: readline has paused the input by then, so
 * the process would end, and the shell would read the answer.
 * @param ask takes a signal that ends the question
 */
async function afterEveryStop<Answer>(
  ask: (resumed: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    const resumed = new AbortController();
    // Readline's own listener comes first.
    const restart = (): void => void setImmediate(() => resumed.abort());
    process.once('SIGCONT', restart);
    try {
      return await ask(resumed.signal);
    } catch (error) {
      if (!resumed.signal.aborted) throw error;
    } finally {
      process.removeListener('SIGCONT', restart);
    }
  }
}

/** A question as inquirer takes it, and what differs in its look. */
interface Definition extends Readonly<Record<string, unknown>> {
  readonly look?: (style: Style) => { readonly style?: object };
}

function definitionOf(kind: Kind): Definition {
  if (kind.type === 'password') return { type: 'password', mask: false, toggleMask: false };
  if (kind.type === 'confirm') return yesOrNo(kind.initial);
  if (kind.type === 'input')
    return { type: 'input', default: kind.initial, validate: kind.validate };
  const choices = kind.choices.map(({ name, value }) => ({ name: onOneLine(name), value }));
  return { type: 'select', choices };
}

/**
 * A line that takes y and n; inquirer's own kind leaves a wrong answer standing, and the
 * next one is typed behind it.
 */
function yesOrNo(initial: boolean): Definition {
  const hint = initial ? '(Y/n)' : '(y/N)';
  const choiceIn = (answer: string): 'Yes' | 'No' =>
    (answer.trim() === '' ? initial : /^y/i.test(answer.trim())) ? 'Yes' : 'No';
  return {
    type: 'input',
    validate: (answer: string) => /^(y|ye|yes|n|no)?$/i.test(answer.trim()) || 'Type y or n',
    transformer: (answer: string, { isFinal }: { isFinal: boolean }) =>
      isFinal ? choiceIn(answer) : answer,
    filter: choiceIn,
    look: ({ bold, dim }) => ({
      validationFailureMode: 'clear',
      style: {
        message: (text: string, status: string) =>
          status === 'done' ? bold(text) : `${bold(text)} ${dim(hint)}`,
      },
    }),
  };
}

/**
 * The look of a question in the style of mfa-cli, since inquirer colors its own whatever
 * `--no-color` and `NO_COLOR` say.
 */
function promptTheme(own: Style, cursor: string, look: Definition['look'] = () => ({})) {
  const { bold, dim, red, cyan } = own;
  const other = look(own);
  return {
    // No tick: whether an answer is right is told later.
    prefix: { idle: cyan('?'), done: dim('?') },
    icon: { cursor },
    ...other,
    style: {
      // inquirer hands more than the text to some of these.
      answer: (text: string) => cyan(text),
      message: (text: string) => bold(text),
      error: (text: string) => red(`> ${text}`),
      defaultAnswer: (text: string) => dim(`(${text})`),
      help: (text: string) => dim(text),
      highlight: (text: string) => cyan(text),
      key: (text: string) => cyan(bold(`<${text}>`)),
      keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) =>
        keys.map(([key, action]) => `${bold(key)} ${dim(action)}`).join(dim(' • ')),
      ...other.style,
    },
  };
}
