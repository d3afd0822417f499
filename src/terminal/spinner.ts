import type { Writable } from 'node:stream';
import { type Wait, wordsForWait } from '../text/waiting.ts';

/** A spinner; its caller stops it. */
export interface Progress {
  say(wait: Wait): void;
  stop(): void;
}

/** How a spinner looks, and where. */
interface SpinnerLook {
  readonly stream: Writable;
  readonly isColored: boolean;
  readonly isAscii: boolean;
  /** Makes the words fit the line. */
  readonly within: (words: string) => string;
}

/** Anything faster than this shows no spinner, in milliseconds. */
const spinnerDelay = 300;

/** @param limit milliseconds that the wait has; null: no limit is shown */
export function startSpinner(
  wait: Wait,
  limit: number | null,
  { stream, isColored, isAscii, within }: SpinnerLook,
): Progress {
  const begun = performance.now();
  let stopped = false;
  let spinner: { text: string; stop(): unknown } | undefined;
  let shown = wait;
  const words = (): string => within(wordsForWait(shown, performance.now() - begun, limit));
  const redraw = (): void => {
    if (spinner !== undefined) spinner.text = words();
  };
  const clock = setInterval(redraw, 1000).unref();
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora');
    if (stopped) return;
    const color = isColored ? 'cyan' : false;
    const look = isAscii ? { spinner: 'line' as const } : {};
    spinner = ora({
      text: words(),
      stream,
      color,
      discardStdin: false,
      hideCursor: false,
      ...look,
    }).start();
  }, spinnerDelay);
  return {
    say(next) {
      shown = next;
      redraw();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(clock);
      spinner?.stop();
    },
  };
}
