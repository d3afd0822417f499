import type { Push } from './apns/judge-push.ts';

/** A push as delivered to the phone. */
interface QueuedPush extends Pick<Push, 'payload' | 'topic'> {
  readonly apnsId: string;
}

/** Pushes waiting for their phones, by device token. */
export interface PushQueue {
  put(deviceToken: string, push: QueuedPush): void;
  /** The oldest push, waiting up to this many milliseconds; null: none came, or `signal` ended the wait. */
  take(deviceToken: string, wait: number, signal: AbortSignal): Promise<QueuedPush | null>;
}

/** Pushes kept for one token; the oldest make room. */
const kept = 100;

/** Tokens for which pushes are kept: a phone with a new one no longer asks for the old one's. */
const tokensKept = 1000;

export function createPushQueue(): PushQueue {
  const queues = new Map<string, QueuedPush[]>();
  const waiting = new Map<string, Set<() => void>>();
  const next = (deviceToken: string): QueuedPush | null => {
    const [push, ...others] = queues.get(deviceToken) ?? [];
    if (others.length === 0) queues.delete(deviceToken);
    else queues.set(deviceToken, others);
    return push ?? null;
  };
  const forget = (deviceToken: string, look: () => void): void => {
    const looks = waiting.get(deviceToken);
    looks?.delete(look);
    if (looks?.size === 0) waiting.delete(deviceToken);
  };
  return {
    put(deviceToken, push) {
      queues.set(deviceToken, [...(queues.get(deviceToken) ?? []), push].slice(-kept));
      const [oldest = deviceToken] = queues.keys();
      if (queues.size > tokensKept) queues.delete(oldest);
      // Each looks for itself: one takes the push, and the others keep waiting.
      for (const look of waiting.get(deviceToken) ?? []) look();
    },
    take(deviceToken, wait, signal) {
      const first = signal.aborted ? null : next(deviceToken);
      if (first !== null || wait <= 0 || signal.aborted) return Promise.resolve(first);
      return new Promise((resolve) => {
        const end = (push: QueuedPush | null): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', give);
          forget(deviceToken, look);
          resolve(push);
        };
        const give = (): void => end(null);
        const look = (): void => {
          const push = next(deviceToken);
          if (push !== null) end(push);
        };
        const timer = setTimeout(give, wait);
        signal.addEventListener('abort', give, { once: true });
        waiting.set(deviceToken, (waiting.get(deviceToken) ?? new Set()).add(look));
      });
    },
  };
}
