import { isOn } from '../text/switch.ts';

/**
 * The marks of all reports and notes, each with its color as SGR has it (ECMA-48
 * §8.3.117).
 */
const marks = { ok: ['✓', 32], warning: ['!', 33], error: ['✗', 31], info: ['i', 36] } as const;
export type Mark = keyof typeof marks;

export function coloredMark(mark: Mark, color: boolean): string {
  const [sign, code] = marks[mark];
  return color ? `\u001b[${code}m${sign}\u001b[39m` : sign;
}

/**
 * Colors by name, and the width to fill. Without color, every function returns its text
 * unchanged.
 */
export interface Style
  extends Readonly<
    Record<'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan', (text: string) => string>
  > {
  /** Infinite for a pipe: nothing is wrapped there. */
  readonly columns: number;
  /** Whether the reader has also read the notes and questions: all go to one terminal. */
  readonly conversation: boolean;
  mark(mark: Mark, text?: string): string;
  /** The first line of a report, without its line break. */
  verdict(mark: Mark, text: string): string;
}

/** A style for a stream: `color` decides whether chalk is loaded at all. */
export async function createStyle(
  color: boolean,
  columns: number,
  conversation: boolean,
): Promise<Style> {
  const same = (text: string): string => text;
  const plain = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };
  const mark = (mark: Mark, text?: string): string =>
    `${coloredMark(mark, color)}${text === undefined ? '' : ` ${text}`}`;
  const rest = { columns, conversation, mark };
  if (!color) return { ...plain, ...rest, verdict: mark };
  const { Chalk } = await import('chalk');
  const { bold, dim, red, yellow, green, cyan } = new Chalk({ level: 1 });
  const verdict = (sign: Mark, text: string): string => mark(sign, bold(text));
  return { bold, dim, red, yellow, green, cyan, ...rest, verdict };
}

/**
 * Whether a stream gets color: `--no-color` and `NO_COLOR` (non-empty) switch it off,
 * `FORCE_COLOR` on, `TERM=dumb` off; otherwise a terminal has it.
 */
export function wantsColor(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
  noColor: boolean,
): boolean {
  if (noColor || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return isOn(env.FORCE_COLOR);
  return isTerminal && env.TERM !== 'dumb';
}
