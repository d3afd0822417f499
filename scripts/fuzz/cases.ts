// Judges the cases of one target in a process of its own: TARGET SEED FIRST until SECONDS CASES, or only the first with
// TARGET SEED FIRST make|judge FILE: making an input may need more memory than reading it. Writes a line of JSON to stdout
// for each case it begins (so that one that hangs is known), and for each failure.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import fc from 'fast-check';
import { randomOf } from './mutate.ts';
import type { Seed, Target } from './target.ts';
import { targets } from './targets.ts';

/** Bytes of an input to show; a line of them fits into the pipe at once. */
const shownBytes = 600;
const memoryLimit = 300 * 1024 * 1024;
/** How long to look for a smaller input that fails in the same way. */
const shrinkingMilliseconds = 4000;
/** A machine may be half as fast as the one that the limits of the targets were chosen on. */
const leeway = 2;

const [targetName = '', seed = '', first = '0', how = 'until', ...rest] = process.argv.slice(2);
/** The file of a single case. */
const only = how === 'until' ? undefined : rest[0];
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

if (targetName === '--list') writeSync(1, JSON.stringify(targets.map(({ name }) => name)));
else if (targetName === 'regressions') await judgeRegressions();
else await judgeTarget(targetNamed(targetName));

function targetNamed(name: string): Target {
  const target = targets.find((each) => each.name === name);
  if (target === undefined) throw new Error(`no target is called ${name}`);
  return target;
}

async function judgeTarget(target: Target): Promise<void> {
  const seeds = await target.seeds();
  const [seconds, cases] = rest.map(Number);
  const end = performance.now() + (seconds ?? 0) * 1000;
  const last = Math.ceil((cases ?? 0) / (target.weight ?? 1)) - 1;
  let index = Number(first);
  do if (!(await judgeCase(target, seeds, index++))) return;
  while (only === undefined && index <= last && performance.now() < end);
  say({ done: true });
}

/**
 * One case: fast-check chooses a seed and its changes by the number of the case, and makes both smaller where what comes out is
 * wrong, as long as it is wrong in the same way. False if the process is no longer usable.
 */
async function judgeCase(target: Target, seeds: readonly Seed[], index: number): Promise<boolean> {
  let isUsable = true;
  let wrong: { problem: string; input: Uint8Array; from: Seed; until: number } | undefined;
  const property = fc.asyncProperty(fc.constantFrom(...seeds), fc.gen(), async (from, generate) => {
    if (wrong !== undefined && performance.now() > wrong.until) return;
    const make = () =>
      target.mutate(from, seeds, randomOf(generate)).subarray(0, target.bytesLimit);
    if (wrong === undefined) {
      begin(target, from, index);
      const input = inputOf(make);
      const problem = input === null ? null : await judgeOne(target, input, from, index);
      isUsable = input !== null && problem === null;
      if (input === null || problem === null || problem === '') return;
      wrong = { problem, input, from, until: performance.now() + shrinkingMilliseconds };
    } else {
      const input = make();
      const problem = await problemWith(target, input, from);
      if (problem?.split('\n')[0] !== wrong.problem.split('\n')[0]) return;
      wrong = { ...wrong, input, from };
    }
    throw new Error(wrong.problem);
  });
  const name = createHash('sha256').update(`${seed}/${target.name}/${index}`).digest();
  await fc.check(property, { seed: name.readInt32LE(), numRuns: 1, unbiased: true });
  if (wrong !== undefined) fails('wrong', wrong.problem, wrong.input, wrong.from, index);
  return isUsable;
}

async function judgeRegressions(): Promise<void> {
  const { regressions } = await import('./regressions.ts');
  for (const [index, { name, target, make }] of regressions.entries()) {
    if (index < Number(first) || (only !== undefined && index !== Number(first))) continue;
    const from = { name, bytes: new Uint8Array() };
    const input = inputOf(make);
    if (input === null) return;
    begin(targetNamed(target), from, index);
    if ((await judgeOne(targetNamed(target), input, from, index)) !== null) return;
  }
  say({ done: true });
}

/** Also reported before the input is made: if that ends the process, it is a failure like any other. */
function begin(target: Target, from: Seed, index: number): void {
  say({ begins: index, from: from.name, seconds: target.seconds * leeway });
}

/** The input, made or read from the file; null if it was made into the file. */
function inputOf(make: () => Uint8Array): Uint8Array | null {
  if (only === undefined) return make();
  if (how === 'judge') return readFileSync(only);
  writeFileSync(only, make());
  say({ done: true });
  return null;
}

/** The fault of a case: empty if it costs too much, null if there is none. */
async function judgeOne(
  target: Target,
  input: Uint8Array,
  from: Seed,
  index: number,
): Promise<string | null> {
  const before = process.cpuUsage();
  const problem = await problemWith(target, input, from);
  const { user, system } = process.cpuUsage(before);
  const cost = (user + system) / 1e6;
  const limit = target.seconds * leeway;
  const memory = process.resourceUsage().maxRSS * 1024;
  if (problem !== null) fails('wrong', problem, input, from, index);
  else if (cost > limit) {
    const words = `takes ${cost.toFixed(1)} s of processor time, more than ${limit}`;
    fails('slow', words, input, from, index);
  } else if (memory > memoryLimit)
    fails(
      'large',
      `the process has ${Math.round(memory / 1024 / 1024)} MB, more than 300`,
      input,
      from,
      index,
    );
  else return null;
  return problem ?? '';
}

function fails(kind: string, what: string, input: Uint8Array, from: Seed, index: number): void {
  const bytes = Buffer.from(input.subarray(0, shownBytes)).toString('base64');
  say({ fails: kind, index, from: from.name, what, size: input.length, bytes });
}

async function problemWith(target: Target, input: Uint8Array, from: Seed): Promise<string | null> {
  try {
    await target.judge(input, from);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message).slice(0, 2000) : String(error);
  }
}
