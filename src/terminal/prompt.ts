import { Writable } from 'node:stream';
import { CliError, type ErrorFacts } from '../errors/cli-error.ts';
import { onOneLine } from '../text/printable.ts';
import { Secret } from '../text/secret.ts';
import type { Style } from './style.ts';
import type { Terminal } from './terminal.ts';

/** Questions to a person. Each needs a terminal; the answer never appears in a log. */
export type Prompt = ReturnType<typeof createPrompt>;

export interface Question {
  readonly message: string;
  /** The error message if nobody can be asked: `A password for push.p12 is needed, and there is no terminal to ask on`. */
  readonly unavailable: string;
  /** Facts for that error's advice. */
  readonly facts?: ErrorFacts;
  /** Ends the question from outside. Such a question is erased when it ends. */
  readonly signal?: AbortSignal;
}

interface PasswordQuestion extends Question {
  /** That the answer may as well be given elsewhere, beside a spinner, in less than a line: `Waiting for your phone`. */
  readonly waiting?: string;
}

export interface InputQuestion extends Question {
  readonly initial?: string;
  /** True, or the sentence that says what is wrong. */
  readonly validate?: (answer: string) => true | string;
}

interface Choice {
  readonly value: string;
  readonly name: string;
}

/** Prompts in the terminal's stderr, so that stdout is left to the result. Loads inquirer at the first question. */
export function createPrompt(terminal: Terminal, signal: AbortSignal) {
  async function ask<Answer>(question: Question, { look, ...definition }: Definition): Promise<Answer> {
    if (!terminal.interactive)
      throw new CliError('prompt-unavailable', question.unavailable, { facts: question.facts ?? {} });
    const { default: inquirer } = await import('inquirer');
    const { stdin: input, stderr: output } = terminal.streams;
    const ended = eitherOf(signal, question);
    const message = terminal.marked(onOneLine(question.message));
    const theme = promptTheme(await terminal.style('stderr'), terminal.marked, look);
    try {
      const answers = await afterEveryStop((resumed) =>
        inquirer.createPromptModule({
          input: input as NodeJS.ReadStream,
          output,
          signal: AbortSignal.any([ended, resumed]),
          clearPromptOnDone: question.signal !== undefined,
        })([{ ...definition, name: 'answer', message, theme }] as never),
      );
      return (answers as { answer: Answer }).answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Error && /^(ExitPrompt|AbortPrompt)Error$/.test(error.name)) {
        throw new CliError('interrupted', 'Interrupted', { cause: error });
      }
      throw error;
    }
  }
  return {
    /** A hidden value. @throws {CliError} prompt-unavailable, interrupted */
    async password({ waiting, ...question }: PasswordQuestion): Promise<Secret> {
      const beside = waiting !== undefined && terminal.interactive && terminal.spins;
      const hidden = { type: 'password', mask: false, toggleMask: false };
      return new Secret(
        beside
          ? await afterEveryStop((resumed) =>
              askBeside(question, waiting, terminal, AbortSignal.any([eitherOf(signal, question), resumed])),
            )
          : await ask<string>(question, hidden),
      );
    },
    /** Yes or no; Return alone means no unless `initial` is yes. @throws {CliError} prompt-unavailable, interrupted */
    confirm: ({ initial = false, ...question }: Question & { readonly initial?: boolean }) =>
      ask<string>(question, yesOrNo(initial)).then((answer) => isYes(answer, initial)),
    /** A line of text. @throws {CliError} prompt-unavailable, interrupted */
    input: ({ initial, validate, ...question }: InputQuestion) =>
      ask<string>(question, { type: 'input', default: initial, validate: validate ?? (() => true) }),
    /** One of several. @throws {CliError} prompt-unavailable, interrupted */
    select: ({ choices, ...question }: Question & { readonly choices: readonly Choice[] }) =>
      ask<string>(question, {
        type: 'select',
        choices: choices.map(({ name, value }) => ({ name: onOneLine(name), value })),
      }),
  };
}

/**
 * Asks, and asks again after Ctrl-Z and `fg`: readline has paused the input by then, so the process would end, and the shell
 * would read the answer.
 * @param ask takes a signal that ends the question
 */
async function afterEveryStop<Answer>(ask: (resumed: AbortSignal) => Promise<Answer>): Promise<Answer> {
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

function eitherOf(signal: AbortSignal, question: Question): AbortSignal {
  return question.signal ? AbortSignal.any([signal, question.signal]) : signal;
}

/** A question as inquirer takes it, and what differs in its look. */
interface Definition extends Readonly<Record<string, unknown>> {
  readonly look?: (style: Style) => { readonly style?: object };
}

/** A line that takes y and n; inquirer's own kind leaves a wrong answer standing, and the next one is typed behind it. */
function yesOrNo(initial: boolean): Definition {
  const hint = initial ? '(Y/n)' : '(y/N)';
  return {
    type: 'input',
    validate: (answer: string) => /^(y|ye|yes|n|no)?$/i.test(answer.trim()) || 'Type y or n',
    transformer: (answer: string, { isFinal }: { isFinal: boolean }) =>
      isFinal ? (isYes(answer, initial) ? 'Yes' : 'No') : answer,
    look: ({ bold, dim }) => ({
      validationFailureMode: 'clear',
      style: {
        message: (text: string, status: string) =>
          status === 'done' ? bold(text) : `${bold(text)} ${dim(hint)}`,
      },
    }),
  };
}

function isYes(answer: string, initial: boolean): boolean {
  return answer.trim() === '' ? initial : /^y/i.test(answer.trim());
}

/** Of a spinner, in milliseconds. */
const interval = 80;
const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const framesFor = (marked: Terminal['marked']): readonly string[] =>
  marked('✓') === '✓' ? frames : [...'-\\|/'];

/** The look of a question in our style, since inquirer colors its own whatever `--no-color` and `NO_COLOR` say. */
function promptTheme(own: Style, marked: Terminal['marked'], look: Definition['look'] = () => ({})) {
  const { bold, dim, red, yellow, cyan } = own;
  const other = look(own);
  return {
    // No tick: whether an answer is right is told later.
    prefix: { idle: cyan('?'), done: dim('?') },
    ...other,
    ...(marked('❯') === '>' && { icon: { cursor: '>' } }),
    spinner: { interval, frames: framesFor(marked).map((frame) => yellow(frame)) },
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

const startOfLine = '\r\u001b[K';

/**
 * A hidden line that may never be typed, since what is waited for can happen elsewhere: the question stands on a line of its
 * own, and a spinner turns below it.
 * @param signal ends it, and the spinner's line is gone
 * @throws {CliError} interrupted; and the signal's reason
 */
async function askBeside(
  { message }: Question,
  waiting: string,
  { streams: { stdin, stderr }, marked, style, present, columns }: Terminal,
  signal: AbortSignal,
): Promise<string> {
  // Only here: every command loads this file at its start.
  const { createInterface } = await import('node:readline');
  const { yellow, cyan, bold, dim } = await style('stderr');
  present(`${cyan('?')} ${bold(onOneLine(message))}`);
  // A spinner is drawn on one line, again and again.
  const words = waiting.length + 2 < columns('stderr') ? waiting : 'Waiting';
  signal.throwIfAborted();
  // Nothing that is typed is shown.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
  const shown = framesFor(marked);
  let turn = 0;
  const draw = (): void => {
    stderr.write(`${startOfLine}${yellow(shown[turn++ % shown.length] ?? '')} ${words}`);
  };
  draw();
  const timer = setInterval(draw, interval);
  try {
    const typed = await new Promise<string>((resolve, reject) => {
      const interrupted = (): void => reject(new CliError('interrupted', 'Interrupted'));
      lines.once('line', resolve).once('SIGINT', interrupted).once('close', interrupted);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    clearInterval(timer);
    stderr.write(`${startOfLine}${dim('?')} ${words}\n`);
    return typed;
  } catch (error) {
    clearInterval(timer);
    stderr.write(startOfLine);
    throw error;
  } finally {
    lines.close();
  }
}
