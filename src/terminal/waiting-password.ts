import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from '../errors/cli-error.ts';
import type { Style } from './style.ts';
import type { Streams } from './terminal.ts';

/** Of the spinner, in milliseconds. */
const interval = 80;
const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const startOfLine = '\r\u001b[K';

/**
 * A hidden line that may never be typed, since what is waited for can happen elsewhere: a spinner turns meanwhile.
 * @param words short enough for one line of the terminal, which is drawn again and again
 * @param signal ends it, and the spinner's line is gone
 * @throws {CliError} interrupted; and the signal's reason
 */
export async function askWhileWaiting(
  words: string,
  { stdin, stderr }: Streams,
  { yellow, green }: Style,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  // Nothing that is typed is shown.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
  let turn = 0;
  const draw = (): void => {
    stderr.write(`${startOfLine}${yellow(frames[turn++ % frames.length] ?? '')} ${words}`);
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
    stderr.write(`${startOfLine}${green('✓')} ${words}\n`);
    return typed;
  } catch (error) {
    clearInterval(timer);
    stderr.write(startOfLine);
    throw error;
  } finally {
    lines.close();
  }
}
