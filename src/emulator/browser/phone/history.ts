import type { DeliveredPush } from './device-calls.ts';
import type { Memory, Notification } from './memory.ts';
import { readPush } from './push.ts';

/** What has come to a phone, and what was done. */
export interface History {
  /** Adds to what happened. */
  tell(text: string): void;
  /** Puts a push on the lock screen, above the others. */
  add(push: DeliveredPush): void;
  find(id: number): Notification | null;
  change(id: number, changes: Partial<Pick<Notification, 'state' | 'refusal'>>): void;
  clear(id: number): void;
  /** What was being sent as the page went: nobody knows what became of it. */
  reopen(): void;
}

const [notificationsKept, happeningsKept] = [5, 20];

/** @param now milliseconds since 1970 */
export function createHistory(memory: Memory, now: () => number): History {
  const all = (): readonly Notification[] => memory.now.notifications;
  const keep = (notifications: readonly Notification[]): void => {
    memory.keep({ notifications: notifications.slice(0, notificationsKept) });
  };
  return {
    tell(text) {
      memory.keep({ happenings: [...memory.now.happenings, { at: now(), text }].slice(-happeningsKept) });
    },
    add(push) {
      const id = Math.max(0, ...all().map((one) => one.id)) + 1;
      keep([{ ...readPush(push), id, at: now(), state: 'waiting', refusal: null }, ...all()]);
    },
    find: (id) => all().find((one) => one.id === id) ?? null,
    change: (id, changes) => keep(all().map((one) => (one.id === id ? { ...one, ...changes } : one))),
    clear: (id) => keep(all().filter((one) => one.id !== id)),
    reopen: () => keep(all().map((one) => (one.state === 'sending' ? { ...one, state: 'waiting' } : one))),
  };
}
