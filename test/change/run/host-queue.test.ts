import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runConcurrently, type Slot } from '../../../src/change/run/host-queue.ts';

/** Jobs `a1`, `a2`, `b1` …: the letter is the host. */
function pool(
  jobs: readonly string[],
  concurrency: number,
  mayStart = () => true,
  keepsSlot = false,
) {
  const [begun, running]: [string[], Map<string, { end: () => void; slot: Slot }>] = [
    [],
    new Map(),
  ];
  let most = 0;
  const done = runConcurrently(
    jobs,
    (job) => job[0] as string,
    { concurrency, mayStart, keepsSlot },
    (job, slot) =>
      new Promise((resolve) => {
        begun.push(job);
        running.set(job, {
          slot,
          end: () => {
            running.delete(job);
            resolve();
          },
        });
        most = Math.max(most, running.size);
      }),
  );
  return {
    begun,
    running,
    done,
    most: () => most,
    async end(job: string) {
      running.get(job)?.end();
      await turn();
    },
  };
}

test('works at so many at once, in order, and at one host one after another', async () => {
  const { begun, end, done, most } = pool(['a1', 'a2', 'b1', 'c1', 'd1'], 2);
  expect(begun).toEqual(['a1', 'b1']);
  await end('b1');
  expect(begun).toEqual(['a1', 'b1', 'c1']);
  await end('c1');
  expect(begun).toEqual(['a1', 'b1', 'c1', 'd1']);
  await end('d1');
  expect(begun).not.toContain('a2');
  await end('a1');
  expect(begun).toEqual(['a1', 'b1', 'c1', 'd1', 'a2']);
  await end('a2');
  await done;
  expect(most()).toBe(2);
});

test('begins nothing once it may not, and ends when what was begun is done', async () => {
  let may = true;
  const { begun, end, done } = pool(['a1', 'b1', 'c1'], 2, () => may);
  may = false;
  await end('a1');
  await end('b1');
  await done;
  expect(begun).toEqual(['a1', 'b1']);
  await pool(['a1'], 1, () => false).done;
  await pool([], 1).done;
});

test('a job that waits aside lets another work, keeps its host, and goes on before new ones', async () => {
  const { begun, running, end, done } = pool(['a1', 'a2', 'b1', 'c1'], 1);
  let [resume, resumed] = [() => {}, false];
  const waiting = running
    .get('a1')
    ?.slot.pause(() => new Promise((resolve) => (resume = resolve)))
    .then(() => (resumed = true));
  await turn();
  expect(begun).toEqual(['a1', 'b1']);
  resume();
  await turn();
  expect(resumed).toBe(false);
  await end('b1');
  await waiting;
  expect([begun, resumed]).toEqual([['a1', 'b1'], true]);
  await end('a1');
  // A host that was begun comes before a new one.
  expect(begun).toEqual(['a1', 'b1', 'a2']);
  await end('a2');
  await end('c1');
  await done;
});

test('a job that keeps its place lets no other work while it waits', async () => {
  const { begun, running, end, done } = pool(['a1', 'b1'], 1, () => true, true);
  const waiting = running.get('a1')?.slot.pause(turn);
  await waiting;
  expect(begun).toEqual(['a1']);
  await end('a1');
  await end('b1');
  await done;
});

test('keeps few waiting: a further one keeps its place', async () => {
  const jobs = Array.from({ length: 20 }, (_, index) => String.fromCharCode(97 + index));
  const { begun, running, end, done } = pool(jobs, 1);
  const resumes: (() => void)[] = [];
  for (let round = 0; round < 20; round++) {
    const job = begun.at(-1) as string;
    void running.get(job)?.slot.pause(() => new Promise((resolve) => void resumes.push(resolve)));
    await turn();
  }
  expect(begun).toHaveLength(9);
  for (const resume of resumes) resume();
  await turn();
  while (running.size > 0) await end([...running.keys()][0] as string);
  await done;
  expect(begun).toHaveLength(20);
});

test('a failed wait gives the place back, and the failure goes to whom it concerns', async () => {
  const { running, end, done } = pool(['a1', 'b1'], 1);
  const failed = running.get('a1')?.slot.pause(() => Promise.reject(new Error('late')));
  await turn();
  await Promise.all([expect(failed).rejects.toThrow('late'), end('b1')]);
  await end('a1');
  await done;
});
