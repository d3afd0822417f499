import { isOn } from '../text/phrasing.ts';

/** Colors by name, and the width to fill. Without color, every function returns its text unchanged. */
export interface Style
  extends Readonly<Record<'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan', (text: string) => string>> {
  /** Infinite for a pipe: nothing is wrapped there. */
  readonly columns: number;
  /** Whether the reader has also read the notes and questions: all go to one terminal. */
  readonly conversation: boolean;
}

/** A style for a stream: `color` decides whether chalk is loaded at all. */
export async function createStyle(color: boolean, columns: number, conversation: boolean): Promise<Style> {
  const same = (text: string): string => text;
  const plain = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };
  if (!color) return { ...plain, columns, conversation };
  const { Chalk } = await import('chalk');
  const { bold, dim, red, yellow, green, cyan } = new Chalk({ level: 1 });
  return { bold, dim, red, yellow, green, cyan, columns, conversation };
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
  if (noColor || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return isOn(env.FORCE_COLOR);
  return isTerminal && env.TERM !== 'dumb';
}
