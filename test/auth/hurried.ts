/** The pauses that were asked for, in milliseconds, of which none is made: a clock that is moved in place of a wait. */
export const pauses: number[] = [];

type Timers = typeof import('node:timers/promises');

/** For `vi.mock('node:timers/promises', …)`: a pause takes a hundredth of its time. */
export async function hurried(original: () => Promise<unknown>): Promise<Timers> {
  const timers = (await original()) as Timers;
  const setTimeout: Timers['setTimeout'] = (milliseconds = 0, value, options) => {
    pauses.push(milliseconds);
    return timers.setTimeout(milliseconds / 100, value, options);
  };
  return { ...timers, setTimeout, default: { ...timers, setTimeout } } as Timers;
}
