import { type DeliveredPush, takePush } from './device-calls.ts';
import type { Call } from './session.ts';
import { CallFailure } from './tenant-call.ts';

/** How a phone waits for pushes. */
export interface Listening {
  readonly call: Call;
  readonly deviceToken: string;
  /** Does work that may hold a connection for long, or may not. */
  inPlace<Result>(work: (mayWait: boolean) => Promise<Result>): Promise<Result>;
  /** Ends after that time, sooner once the phone is seen, and at once if `signal` is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  received(push: DeliveredPush): void;
  /** Whether the tenant answers. */
  reached(answers: boolean): void;
}

/** Seconds of one request: proxies end those that are silent for longer. */
const longestWait = 25;

/** Milliseconds. */
const [interval, firstPause, longestPause] = [3000, 500, 5000];

/** Waits for pushes until it is aborted, over any loss of the tenant. @throws {CallFailure} signed-out, refused */
export async function listen(
  { call, deviceToken, inPlace, pause, received, reached }: Listening,
  signal: AbortSignal,
): Promise<void> {
  for (let losses = 0; !signal.aborted; ) {
    const isBack = losses === 0;
    try {
      const { push, wait } = await inPlace(async (mayWait) => {
        const wait = mayWait && isBack ? longestWait : 0;
        const patience = AbortSignal.any([signal, AbortSignal.timeout((wait + 10) * 1000)]);
        return { push: await takePush(call, { deviceToken, wait }, patience), wait };
      });
      if (signal.aborted) return;
      losses = 0;
      reached(true);
      if (push !== null) received(push);
      else if (wait === 0 && isBack) await pause(interval, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof CallFailure) || error.kind !== 'unreachable') throw error;
      reached(false);
      await pause(Math.min(firstPause * 2 ** losses, longestPause), signal);
      losses += 1;
    }
  }
}
