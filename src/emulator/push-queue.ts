import { EventEmitter, once } from 'node:events';
import type { Push } from './apns/judge-push.ts';

/** A push as iOS passes it to an app. */
export interface QueuedPush extends Pick<Push, 'payload' | 'topic'> {
  readonly apnsId: string;
}

/** Of one device token. */
const maxPushes = 100;

/** With waiting pushes: a phone no longer asks for those of its earlier token. */
const maxTokens = 1000;

/** Pushes that wait for their phones, by device token. */
export class PushQueue {
  readonly #queues = new Map<string, readonly QueuedPush[]>();
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  put(deviceToken: string, push: QueuedPush): void {
    const pushes = [...(this.#queues.get(deviceToken) ?? []), push];
    this.#queues.set(deviceToken, pushes.slice(-maxPushes));
    const [oldest = deviceToken] = this.#queues.keys();
    if (this.#queues.size > maxTokens) this.#queues.delete(oldest);
    this.#arrivals.emit(deviceToken);
  }

  /**
   * The oldest push, after waiting up to this many milliseconds; null: none arrived, or
   * `signal` ended the wait.
   */
  async take(deviceToken: string, wait: number, signal: AbortSignal): Promise<QueuedPush | null> {
    const end = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(wait))]);
    for (;;) {
      // All waiting callers wake up: one takes the push, and the others wait again.
      const push = signal.aborted ? null : this.#next(deviceToken);
      if (push !== null || wait <= 0 || end.aborted) return push;
      await once(this.#arrivals, deviceToken, { signal: end }).catch(() => {});
    }
  }

  #next(deviceToken: string): QueuedPush | null {
    const [push, ...others] = this.#queues.get(deviceToken) ?? [];
    if (others.length === 0) this.#queues.delete(deviceToken);
    else this.#queues.set(deviceToken, others);
    return push ?? null;
  }
}
