import type { Readable, Writable } from 'node:stream';
import { fitted } from '../text/layout.ts';
import { onOneLine, printable, uncontrolled } from '../text/printable.ts';
import { createStyle, type Style, wantsColour } from './style.ts';

/** A stream that may be a terminal. */
type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
type InputStream = Readable & { readonly isTTY?: boolean };

export interface Streams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** What the command line says about output and prompts. */
export interface TerminalFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly noColor: boolean;
  readonly noInput: boolean;
}

/** A sign of life that is stopped by whoever started it. */
interface Progress {
  stop(): void;
}

/** stdout carries the result; everything else goes to stderr. */
export interface Terminal {
  readonly streams: Streams;
  readonly flags: TerminalFlags;
  /** Whether a person can be asked: stdin and stderr are terminals and nothing says `--no-input` or `CI`. */
  readonly interactive: boolean;
  /** Whether a person reads the notes. */
  readonly stderrIsTerminal: boolean;
  /** Writes the result; in text, control characters but colours are spelled out. */
  print(result: string | Uint8Array): void;
  /** A line on stderr that is said in every mode. */
  show(text: string): void;
  /** Text of ours on stderr, in its colors; whoever made it has spelled out what others wrote in it. */
  present(text: string): void;
  /** A line for a person; `--quiet` silences it. */
  note(text: string): void;
  warn(text: string): void;
  error(message: string, hints: readonly string[]): Promise<void>;
  /** A line of the `--debug` trace. */
  trace(text: string): void;
  /** A spinner after 300 ms on a terminal; nothing elsewhere, and where one is shown already. */
  progress(text: string): Progress;
  style(stream: 'stdout' | 'stderr'): Promise<Style>;
  /** The width that text is fitted to; infinite for a pipe, where nothing is wrapped. */
  columns(stream: 'stdout' | 'stderr'): number;
}

/** The terminal over three streams. Opens nothing, loads nothing until it is used. */
export function createTerminal(
  streams: Streams,
  env: Readonly<Record<string, string | undefined>>,
  flags: TerminalFlags,
): Terminal {
  const { stdout, stderr } = streams;
  const stderrIsTerminal = stderr.isTTY === true;
  // A terminal may tell a width of 0, which is none.
  const columns = (stream: 'stdout' | 'stderr'): number =>
    streams[stream].columns || Number.POSITIVE_INFINITY;
  // Node.js makes stdin when it is first looked at, which takes some milliseconds.
  const isInteractive = (): boolean => stderrIsTerminal && !flags.noInput && streams.stdin.isTTY === true;
  const style = (stream: 'stdout' | 'stderr'): Promise<Style> => {
    const isTerminal = streams[stream].isTTY === true;
    const colour = wantsColour(isTerminal, env, flags.noColor);
    return createStyle(colour, columns(stream), isTerminal && isInteractive());
  };
  let spinning = false;
  const line = (text: string): void => {
    stderr.write(`${fitted(text, columns('stderr'))}\n`);
  };
  return {
    streams,
    flags,
    get interactive() {
      return isInteractive();
    },
    stderrIsTerminal,
    print: (result) => {
      stdout.write(typeof result === 'string' ? printable(result) : result);
    },
    show: (text) => line(uncontrolled(text)),
    present: (text) => line(printable(text)),
    note: (text) => {
      if (!flags.quiet) line(uncontrolled(text));
    },
    warn: (text) => line(`mfa-cli: warning: ${onOneLine(text)}`),
    error: async (message, hints) => {
      const { red, dim } = await style('stderr');
      line(`mfa-cli: ${red('error:')} ${onOneLine(message)}`);
      for (const hint of hints) line(`mfa-cli: ${dim('hint:')} ${onOneLine(hint)}`);
    },
    trace: (text) => {
      if (flags.debug) line(`mfa-cli: debug: ${uncontrolled(text)}`);
    },
    progress: (text) => {
      // A terminal without a width has no line to redraw, and ora looks for its end without end.
      const shown =
        stderrIsTerminal && stderr.columns !== 0 && !flags.quiet && !flags.debug && env.TERM !== 'dumb';
      if (!shown || spinning) return { stop() {} };
      spinning = true;
      const colour = wantsColour(stderrIsTerminal, env, flags.noColor);
      const spinner = startSpinner(fitted(text, columns('stderr') - 2), stderr, colour);
      return {
        stop() {
          spinning = false;
          spinner.stop();
        },
      };
    },
    style,
    columns,
  };
}

/** What takes less time than this shows no spinner, in milliseconds. */
const spinnerDelay = 300;

function startSpinner(text: string, stream: OutputStream, colour: boolean): Progress {
  let stopped = false;
  let spinner: { stop(): unknown } | undefined;
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora');
    if (!stopped) {
      const color = colour ? 'cyan' : false;
      spinner = ora({ text, stream, color, discardStdin: false, hideCursor: false }).start();
    }
  }, spinnerDelay);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      spinner?.stop();
    },
  };
}
