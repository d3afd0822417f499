const second = 1000;
const day = 24 * 60 * 60 * second;

/** The tenant's time, in milliseconds since 1970, as it goes on. */
export interface Clock {
  /** @param iso what the tenant said just now */
  set(iso: string): void;
  now(): number;
}

export function createClock(): Clock {
  let offset = 0;
  return {
    set(iso) {
      offset = Date.parse(iso) - performance.now();
    },
    now: () => performance.now() + offset,
  };
}

/** Whole days, as `mfa-cli` counts them: negative once it is over. */
export function daysUntil(iso: string, now: number): number {
  return Math.floor((Date.parse(iso) - now) / day);
}

/** `4:09` */
export function minutesLeft(iso: string, now: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(iso) - now) / second));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const times = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** `00:21:09`, where the browser is. */
export function timeOf(iso: string): string {
  return times.format(Date.parse(iso));
}

/** `19 Nov 2026` */
export function dayOf(iso: string): string {
  return days.format(Date.parse(iso));
}
