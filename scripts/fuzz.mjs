// Feeds mutated fixtures to everything that reads a stranger's input: `npm run fuzz [-- --seconds N | --cases N] [--seed S]`,
// and repeats one case with `--target NAME --case N`. With `--cases`, each target has as many, however fast the machine is. Exits with 1 if anything but an answer or a command's error comes out, or
// too late, with too much memory, opened without its password, or with text that a terminal obeys.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';
import { wholeNumber } from './whole-number.mjs';

/**
 * @typedef {object} Failure
 * @property {'wrong' | 'cost' | 'hung' | 'died'} kind
 * @property {string} from
 * @property {string} what
 * @property {string} bytes of the input, its start in base64
 * @property {number} size
 *
 * @typedef {object} State of the cases that a child runs
 * @property {number} last the last one begun
 * @property {string} from
 * @property {number} bound
 * @property {boolean} done
 * @property {Failure | null} failure
 */

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    cases: { type: 'string' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    target: { type: 'string' },
    case: { type: 'string' },
  },
});
const seconds = wholeNumber('seconds', values.seconds);
const cases = values.cases === undefined ? null : wholeNumber('cases', values.cases);
const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), 'mfa-cli-fuzz-'));
/** Bytes of a failing input to print. */
const shownBytes = 600;
/** Seconds of processor time beyond its own limit after which a case counts as hung. */
const patience = 4;

console.log(`seed ${values.seed}`);
let failures = 0;
try {
  await bundle(join(root, 'scripts/fuzz/cases.ts'));
  if (values.case === undefined) await fuzz();
  else await again(values.target ?? 'regressions', Number(values.case));
} finally {
  await rm(scratch, { recursive: true, force: true });
}
console.log(
  failures === 0 ? `no failure; seed ${values.seed}` : `${failures} failures; seed ${values.seed}`,
);
process.exitCode = failures === 0 ? 0 : 1;

async function fuzz() {
  const all = await targetNames();
  const names = values.target === undefined ? all : all.filter((name) => name === values.target);
  if (names.length === 0)
    throw new Error(`The target ${values.target} is none of ${all.join(', ')}`);
  const endless = Number.POSITIVE_INFINITY;
  if (values.target === undefined) await cover('regressions', endless);
  for (const name of names) await cover(name, cases === null ? seconds / names.length : endless);
}

/**
 * All cases that fit into the time, or as many as are wanted. If a process fails, another continues from the next case.
 * @param {string} target
 * @param {number} seconds
 */
async function cover(target, seconds) {
  const started = performance.now();
  const left = () => seconds - (performance.now() - started) / 1000;
  let next = 0;
  let failed = 0;
  while (failed < 3) {
    const ended = await judge(target, next, 'until', Math.min(left(), 1e6), cases ?? 1e9);
    next = ended.last + 1;
    if (ended.failure !== null && (await isReal(target, ended.last, ended.failure))) failed++;
    if (ended.done || left() <= 0) break;
  }
  const took = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${target}: ${next} cases in ${took} s${failed === 0 ? '' : `, ${failed} failed`}`);
}

/**
 * Tries what costs too much again, alone: the process may have had other cases' garbage, or no processor.
 * @param {string} target
 * @param {number} last
 * @param {Failure} failure
 */
async function isReal(target, last, failure) {
  const real = failure.kind === 'wrong' ? failure : await judgeAlone(target, last);
  if (real === null) return false;
  report(target, last, real);
  return true;
}

/**
 * @param {string} target
 * @param {number} index
 */
async function again(target, index) {
  const failure = await judgeAlone(target, index);
  if (failure !== null) report(target, index, failure);
}

/**
 * @param {string} target
 * @param {number} index
 * @param {Failure} failure
 */
function report(target, index, { from, what, bytes, size }) {
  failures++;
  console.log(
    [
      `FAILED: ${target}, case ${index}, from ${JSON.stringify(from)}: ${what}`,
      `  input, ${size} bytes, its start in base64: ${bytes}`,
      `  again: npm run fuzz -- --seed ${values.seed} --target ${target} --case ${index}`,
    ].join('\n'),
  );
}

/**
 * One case, its input made by one process and read by another.
 * @param {string} target
 * @param {number} index
 */
async function judgeAlone(target, index) {
  const input = join(scratch, 'input');
  const made = await judge(target, index, 'make', input);
  if (made.failure !== null) return made.failure;
  const { failure } = await judge(target, index, 'judge', input);
  return failure === null ? null : { ...failure, ...(await contentOf(input)) };
}

/**
 * A killed process could not show its input itself.
 * @param {string} input
 */
async function contentOf(input) {
  const bytes = await readFile(input);
  return { size: bytes.length, bytes: bytes.subarray(0, shownBytes).toString('base64') };
}

/**
 * Runs cases in a child.
 * @param {string} target
 * @param {number} first
 * @param {...(string | number)} how `until` with seconds and a number of cases, or what a single case is for and its file
 */
async function judge(target, first, ...how) {
  const words = [target, values.seed, first, ...how].map(String);
  const child = spawn(process.execPath, [join(scratch, 'cases.mjs'), ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** @type {State} */
  const state = { last: first - 1, from: '', bound: 60, done: false, failure: null };
  let [spent, latest] = [0, 0];
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-2000);
  });
  const lines = createInterface({ input: child.stdout }).on('line', (line) => {
    const { begins, from, seconds: bound, fails, what, bytes, size, done } = JSON.parse(line);
    if (begins !== undefined) Object.assign(state, { last: begins, from, bound });
    if (fails !== undefined) state.failure = { kind: fails, from, what, bytes, size };
    if (done === true) state.done = true;
    spent = latest;
  });
  const watch = setInterval(async () => {
    latest = await processorSeconds(child.pid);
    if (latest - spent > state.bound + patience) child.kill('SIGKILL');
  }, 250);
  const [[code, signal]] = await Promise.all([once(child, 'close'), once(lines, 'close')]);
  clearInterval(watch);
  if (state.failure === null && !state.done)
    state.failure = {
      kind: signal === 'SIGKILL' ? 'hung' : 'died',
      from: state.from,
      what:
        signal === 'SIGKILL' ? 'does not end' : `ends the process (${signal ?? code}): ${stderr}`,
      bytes: '',
      size: 0,
    };
  return state;
}

/**
 * User and system time of a process with all its threads; 0 if the system does not tell.
 * @param {number | undefined} pid
 */
async function processorSeconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [, , , , , , , , , , , user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ');
  return (Number(user) + Number(system)) / 100;
}

/** @returns {Promise<string[]>} */
async function targetNames() {
  const child = spawn(process.execPath, [join(scratch, 'cases.mjs'), '--list'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return JSON.parse(text);
}

/** @param {string} entry */
async function bundle(entry) {
  await build({
    input: [entry],
    platform: 'node',
    transform: { target: 'node20.20', define: { MFA_CLI_VERSION: '"fuzz"' } },
    checks: { eval: false, ineffectiveDynamicImport: false },
    logLevel: 'silent',
    output: {
      dir: scratch,
      format: 'esm',
      keepNames: true,
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    },
  });
}
