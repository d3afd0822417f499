import type { Readable, Writable } from 'node:stream';
import { fitted } from '../text/layout.ts';
import { harmless, inAscii, onOneLine, printable, uncontrolled } from '../text/printable.ts';
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

/** A spinner; its caller stops it. */
interface Progress {
  say(text: string): void;
  stop(): void;
}

/** stdout carries the result; everything else goes to stderr. */
export type Terminal = ReturnType<typeof createTerminal>;

/** The terminal over three streams. Opens and loads nothing until used. */
export function createTerminal(
  streams: Streams,
  env: Readonly<Record<string, string | undefined>>,
  flags: TerminalFlags,
) {
  const { stdout, stderr } = streams;
  const stderrIsTerminal = stderr.isTTY === true;
  // Some terminals report a width of 0, which means none.
  const columns = (stream: 'stdout' | 'stderr'): number =>
    streams[stream].columns || Number.POSITIVE_INFINITY;
  // Node.js creates stdin at first use, which takes a few milliseconds.
  const isInteractive = (): boolean =>
    stderrIsTerminal && !flags.noInput && streams.stdin.isTTY === true;
  const style = (stream: 'stdout' | 'stderr'): Promise<Style> => {
    const isTerminal = streams[stream].isTTY === true;
    const color = wantsColor(isTerminal, env, flags.noColor);
    return createStyle(color, columns(stream), isTerminal && isInteractive() && !flags.quiet);
  };
  // A terminal without a width has no line to redraw, and ora would look for its end
  // forever.
  const spins = stderrIsTerminal && stderr.columns !== 0 && env.TERM !== 'dumb';
  let spinning = false;
  const marked = hasUtf8(env) ? (text: string) => text : inAscii;
  const isColored = wantsColor(stderrIsTerminal, env, flags.noColor);
  const withMark = (mark: Mark | undefined, text: string): string =>
    mark === undefined ? text : `${coloredMark(mark, isColored)} ${text}`;
  /** The first line of the last result. */
  let headline: Headline = async () => null;
  const line = (text: string): void => {
    stderr.write(`${fitted(marked(text), columns('stderr'))}\n`);
  };
  return {
    streams,
    flags,
    /**
     * Whether a person can be asked: stdin and stderr are terminals, and neither
     * `--no-input` nor `CI` is set.
     */
    get interactive(): boolean {
      return isInteractive();
    },
    /** The program's own text as the locale can show it. */
    marked,
    /** Whether a person reads the notes. */
    stderrIsTerminal,
    /**
     * Writes the result; in text, control characters other than colors are escaped.
     * @param first what the result says first, for a person whom stdout does not reach
     */
    print(result: string | Uint8Array, first: Headline = async () => null): void {
      headline = first;
      const text = (words: string): string => (flags.json ? words : marked(words));
      stdout.write(typeof result === 'string' ? text(printable(result)) : result);
    },
    /** The first line of the last result; null if it is data. */
    headline: (): Promise<string | null> => headline(),
    /** A line on stderr in every mode. */
    show: (text: string, mark?: Mark): void => line(withMark(mark, uncontrolled(text))),
    /** Prints a report on stderr. `format` gets it cleaned by `harmless`. */
    async present<Report>(
      report: Report,
      format: (report: Report, style: Style) => string,
    ): Promise<void> {
      line(printable(format(harmless(report), await style('stderr'))));
    },
    /** A line for a person; `--quiet` silences it. */
    note(text: string, mark?: Mark): void {
      if (!flags.quiet) line(withMark(mark, uncontrolled(text)));
    },
    /** A person reads a mark, a log the name and the level. */
    warn: (text: string): void =>
      line(
        stderrIsTerminal
          ? withMark('warning', onOneLine(text))
          : `mfa-cli: warning: ${onOneLine(text)}`,
      ),
    /**
     * With `--json --quiet` the document alone says it.
     * @param lines the sentence, and what follows it, each on a line of its own
     */
    async error(
      [message, ...more]: readonly [string, ...string[]],
      hints: readonly string[],
    ): Promise<void> {
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
    trace(text: string): void {
      if (flags.debug) line(`mfa-cli: debug: ${uncontrolled(text)}`);
    },
    /**
     * A spinner after 300 ms in a terminal; nothing elsewhere, or if one is already
     * shown.
     */
    progress(text: string): Progress {
      const shown = spins && !flags.quiet && !flags.debug;
      if (!shown || spinning) return { say() {}, stop() {} };
      spinning = true;
      const within = (words: string): string => fitted(words, columns('stderr') - 2);
      const spinner = startSpinner(within(marked(text)), stderr, isColored, marked === inAscii);
      return {
        say: (words) => spinner.say(within(marked(words))),
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

/** Anything faster than this shows no spinner, in milliseconds. */
const spinnerDelay = 300;

/**
 * Whether the locale shows more than ASCII; one that is not set says nothing against it.
 */
function hasUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}

function startSpinner(
  text: string,
  stream: OutputStream,
  colored: boolean,
  ascii: boolean,
): Progress {
  let stopped = false;
  let spinner: { text: string; stop(): unknown } | undefined;
  let shown = text;
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora');
    if (stopped) return;
    const color = colored ? 'cyan' : false;
    const look = ascii ? { spinner: 'line' as const } : {};
    spinner = ora({
      text: shown,
      stream,
      color,
      discardStdin: false,
      hideCursor: false,
      ...look,
    }).start();
  }, spinnerDelay);
  return {
    say(words) {
      shown = words;
      if (spinner !== undefined) spinner.text = words;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      spinner?.stop();
    },
  };
}
