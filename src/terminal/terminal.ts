import type { Readable, Writable } from 'node:stream';
import { fitted } from '../text/layout.ts';
import { harmless, inAscii, onOneLine, printable, uncontrolled } from '../text/printable.ts';
import type { Wait } from '../text/waiting.ts';
import { type Progress, startSpinner } from './spinner.ts';
import { coloredMark, createStyle, type Mark, type Style, wantsColor } from './style.ts';

type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
type InputStream = Readable & { readonly isTTY?: boolean };

export interface Streams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export interface TerminalFlags {
  readonly json: boolean;
  readonly compact: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly noColor: boolean;
  readonly noInput: boolean;
}

/** Formats the first line of a result when it is needed. */
type Headline = () => Promise<string | null>;

/** stdout carries the result; everything else goes to stderr. */
export interface Terminal extends Notes {
  readonly streams: Streams;
  readonly flags: TerminalFlags;
  /**
   * Whether a person can be asked: stdin and stderr are terminals, and neither
   * `--no-input` nor `CI` is set.
   */
  readonly interactive: boolean;
  /** Whether a person reads the notes. */
  readonly stderrIsTerminal: boolean;
  /** The program's own text as the locale can show it. */
  marked(text: string): string;
  style(stream: OutputName): Promise<Style>;
  /** The width of a stream; infinite where it has none. */
  columns(stream: OutputName): number;
  /**
   * Writes the result; in text, control characters other than colors are escaped.
   * @param first what the result says first, for a person whom stdout does not reach
   */
  print(result: string | Uint8Array, first?: Headline): void;
  /** The first line of the last result; null if it is data. */
  headline(): Promise<string | null>;
  /**
   * A spinner after 300 ms in a terminal; nothing elsewhere, or if one is already shown.
   * @param limit milliseconds that the wait has, for a countdown
   */
  progress(wait: Wait, limit?: number | null): Progress;
}

/** The lines on stderr. */
interface Notes {
  /** A line on stderr in every mode. */
  show(text: string, mark?: Mark): void;
  /** Prints a report on stderr. `format` gets it cleaned by `harmless`. */
  present<Report>(report: Report, format: (report: Report, style: Style) => string): Promise<void>;
  /** A line for a person; `--quiet` silences it. */
  note(text: string, mark?: Mark): void;
  /** A person reads a mark, a log the name and the level. */
  warn(text: string): void;
  /**
   * With `--json --quiet` the document alone says it.
   * @param lines the sentence, and what follows it, each on a line of its own
   */
  error(lines: readonly [string, ...string[]], hints: readonly string[]): Promise<void>;
  trace(text: string): void;
}

type OutputName = 'stdout' | 'stderr';

/** The terminal over three streams. Opens and loads nothing until used. */
export function createTerminal(
  streams: Streams,
  env: Readonly<Record<string, string | undefined>>,
  flags: TerminalFlags,
): Terminal {
  const look = lookOf(streams, env, flags);
  const { marked } = look;
  /** The first line of the last result. */
  let headline: Headline = async () => null;
  const print = (result: string | Uint8Array, first: Headline = async () => null): void => {
    headline = first;
    const text = (words: string): string => (flags.json ? words : marked(words));
    streams.stdout.write(typeof result === 'string' ? text(printable(result)) : result);
  };
  return {
    streams,
    flags,
    get interactive(): boolean {
      return look.isInteractive();
    },
    stderrIsTerminal: look.stderrIsTerminal,
    marked,
    style: look.style,
    columns: look.columns,
    print,
    headline: () => headline(),
    ...createNotes(streams.stderr, look, flags),
    progress: createSpinners(streams.stderr, look, { env, flags }),
  };
}

/** The look of text, by the streams, the environment and the flags. */
interface Look extends Pick<Terminal, 'stderrIsTerminal' | 'marked' | 'style' | 'columns'> {
  readonly isInteractive: () => boolean;
  readonly hasColoredNotes: boolean;
  readonly isAscii: boolean;
}

function lookOf(
  streams: Streams,
  env: Readonly<Record<string, string | undefined>>,
  flags: TerminalFlags,
): Look {
  const stderrIsTerminal = streams.stderr.isTTY === true;
  // Some terminals report a width of 0, which means none.
  const columns = (stream: OutputName): number =>
    streams[stream].columns || Number.POSITIVE_INFINITY;
  // Node.js creates stdin at first use, which takes a few milliseconds.
  const isInteractive = (): boolean =>
    stderrIsTerminal && !flags.noInput && streams.stdin.isTTY === true;
  const style = (stream: OutputName): Promise<Style> => {
    const isTerminal = streams[stream].isTTY === true;
    const color = wantsColor(isTerminal, env, flags.noColor);
    return createStyle(color, columns(stream), isTerminal && isInteractive() && !flags.quiet);
  };
  const isAscii = !hasUtf8(env);
  return {
    stderrIsTerminal,
    marked: isAscii ? inAscii : (text) => text,
    style,
    columns,
    isInteractive,
    hasColoredNotes: wantsColor(stderrIsTerminal, env, flags.noColor),
    isAscii,
  };
}

function createNotes(stderr: OutputStream, look: Look, flags: TerminalFlags): Notes {
  const { stderrIsTerminal, marked, style, columns, hasColoredNotes } = look;
  const withMark = (mark: Mark | undefined, text: string): string =>
    mark === undefined ? text : `${coloredMark(mark, hasColoredNotes)} ${text}`;
  const line = (text: string): void => {
    stderr.write(`${fitted(marked(text), columns('stderr'))}\n`);
  };
  return {
    show: (text, mark) => line(withMark(mark, uncontrolled(text))),
    async present(report, format) {
      line(printable(format(harmless(report), await style('stderr'))));
    },
    note(text, mark) {
      if (!flags.quiet) line(withMark(mark, uncontrolled(text)));
    },
    warn(text) {
      const sentence = onOneLine(text);
      line(stderrIsTerminal ? withMark('warning', sentence) : `mfa-cli: warning: ${sentence}`);
    },
    async error([message, ...more], hints) {
      if (flags.json && flags.quiet) return;
      const { red, dim } = await style('stderr');
      const sentence = onOneLine(message);
      line(
        stderrIsTerminal ? withMark('error', sentence) : `mfa-cli: ${red('error:')} ${sentence}`,
      );
      for (const text of more) line(`${stderrIsTerminal ? '  ' : ''}${onOneLine(text)}`);
      for (const hint of hints)
        line(`${stderrIsTerminal ? ' ' : `mfa-cli: ${dim('hint:')}`} ${onOneLine(hint)}`);
    },
    trace(text) {
      if (flags.debug) line(`mfa-cli: debug: ${uncontrolled(text)}`);
    },
  };
}

interface SpinnerTerms {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: TerminalFlags;
}

/** Starts the spinners of a terminal: one at a time. */
function createSpinners(
  stderr: OutputStream,
  look: Look,
  { env, flags }: SpinnerTerms,
): Terminal['progress'] {
  const { marked, columns, hasColoredNotes, isAscii } = look;
  // A terminal without a width has no line to redraw, and ora would look for its end
  // forever.
  const canSpin = look.stderrIsTerminal && stderr.columns !== 0 && env.TERM !== 'dumb';
  const isWanted = canSpin && !flags.quiet && !flags.debug;
  const shown = {
    stream: stderr,
    isColored: hasColoredNotes,
    isAscii,
    within: (words: string): string => fitted(marked(words), columns('stderr') - 2),
  };
  let isSpinning = false;
  return (wait, limit = null) => {
    if (!isWanted || isSpinning) return { say() {}, stop() {} };
    isSpinning = true;
    const spinner = startSpinner(wait, limit, shown);
    return {
      say: spinner.say,
      stop() {
        isSpinning = false;
        spinner.stop();
      },
    };
  };
}

/**
 * Whether the locale shows more than ASCII; one that is not set says nothing against it.
 */
function hasUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}
