// Judges the cases of one target in a process of its own: TARGET SEED FIRST SECONDS, or only the first with
// TARGET SEED FIRST make|judge FILE: making an input may need more memory than reading it. Writes a line of JSON to stdout
// for each case it begins (so that one that hangs is known), and for each failure.
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createRandom } from './random.ts';
import type { Seed, Target } from './target.ts';
import { targets } from './targets.ts';

/** Bytes of an input to show; a line of them fits into the pipe at once. */
const shownBytes = 600;
const memoryLimit = 300 * 1024 * 1024;
/** How long to look for a smaller input that fails in the same way. */
const shrinkingMilliseconds = 4000;

const [targetName = '', seed = '', first = '0', seconds = '0', only] = process.argv.slice(2);
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
  const end = performance.now() + Number(seconds) * 1000;
  for (
    let index = Number(first);
    only === undefined ? performance.now() < end : index === Number(first);
    index++
  ) {
    const random = createRandom(`${seed}/${target.name}/${index}`);
    const from = random.pick(seeds);
    begin(target, from, index);
    const input = inputOf(() => target.mutate(from, seeds, random).subarray(0, target.bytesLimit));
    if (input === null) return;
    if (!(await judgeOne(target, input, from, index))) return;
  }
  say({ done: true });
}

async function judgeRegressions(): Promise<void> {
  const { regressions } = await import('./regressions.ts');
  for (const [index, { name, target, make }] of regressions.entries()) {
    if (index < Number(first) || (only !== undefined && index !== Number(first))) continue;
    const from = { name, bytes: new Uint8Array() };
    const input = inputOf(make);
    if (input === null) return;
    begin(targetNamed(target), from, index);
    if (!(await judgeOne(targetNamed(target), input, from, index))) return;
  }
  say({ done: true });
}

/** Also reported before the input is made: if that ends the process, it is a failure like any other. */
function begin(target: Target, from: Seed, index: number): void {
  say({ begins: index, from: from.name, seconds: target.seconds });
}

/** The input, made or read from the file; null if it was made into the file. */
function inputOf(make: () => Uint8Array): Uint8Array | null {
  if (only === undefined) return make();
  if (seconds === 'judge') return readFileSync(only);
  writeFileSync(only, make());
  say({ done: true });
  return null;
}

/** False if the process is no longer usable. */
async function judgeOne(target: Target, input: Uint8Array, from: Seed, index: number): Promise<boolean> {
  const before = process.cpuUsage();
  const problem = await problemWith(target, input, from);
  const { user, system } = process.cpuUsage(before);
  const cost = (user + system) / 1e6;
  const memory = process.resourceUsage().maxRSS * 1024;
  const fails = (kind: string, what: string, bytes: Uint8Array): void =>
    say({
      fails: kind,
      index,
      from: from.name,
      what,
      size: bytes.length,
      bytes: Buffer.from(bytes.subarray(0, shownBytes)).toString('base64'),
    });
  if (problem !== null) {
    fails('wrong', problem, input);
    fails('wrong', problem, await shrunk(target, input, from, problem));
  } else if (cost > target.seconds)
    fails('slow', `takes ${cost.toFixed(1)} s of processor time, more than ${target.seconds}`, input);
  else if (memory > memoryLimit)
    fails('large', `the process has ${Math.round(memory / 1024 / 1024)} MB, more than 300`, input);
  return problem === null && memory <= memoryLimit && cost <= target.seconds;
}

async function problemWith(target: Target, input: Uint8Array, from: Seed): Promise<string | null> {
  try {
    await target.judge(input, from);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message).slice(0, 2000) : String(error);
  }
}

/** Removes ever smaller pieces, as long as it still fails with the same message. */
async function shrunk(target: Target, input: Uint8Array, from: Seed, problem: string): Promise<Uint8Array> {
  const end = performance.now() + shrinkingMilliseconds;
  const [line] = problem.split('\n');
  let least = input;
  for (let size = least.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < least.length; ) {
      if (performance.now() > end) return least;
      const less = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      const same = (await problemWith(target, less, from))?.split('\n')[0] === line;
      if (same) least = less;
      else at += size;
    }
  }
  return least;
}
