import { isOn } from '../text/phrasing.ts';

/** Colors by name, and the width to fill. Without color, every function returns its text unchanged. */
export interface Style {
  /** Infinite for a pipe: nothing is wrapped there. */
  readonly columns: number;
  /** Whether whoever reads it has read the notes and questions, too: all go to one terminal. */
  readonly conversation: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

/** A style for a stream: `color` decides whether chalk is loaded at all. */
export async function createStyle(color: boolean, columns: number, conversation: boolean): Promise<Style> {
  if (!color) return plainStyle(columns, conversation);
  const { Chalk } = await import('chalk');
  const { bold, dim, red, yellow, green, cyan } = new Chalk({ level: 1 });
  return { columns, conversation, bold, dim, red, yellow, green, cyan };
}

/** The style of a pipe, a file and a dumb terminal. */
function plainStyle(columns: number, conversation: boolean): Style {
  const same = (text: string): string => text;
  return { columns, conversation, bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };
}

/**
 * Whether a stream gets color: `--no-color` and `NO_COLOR` (non-empty) switch it off, `FORCE_COLOR` on,
 * `TERM=dumb` off; otherwise a terminal has it.
 */
export function wantsColor(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
  noColor: boolean,
): boolean {
  if (noColor || isSet(env.NO_COLOR)) return false;
  if (isSet(env.FORCE_COLOR)) return isOn(env.FORCE_COLOR);
  return isTerminal && env.TERM !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
