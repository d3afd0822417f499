// Compiles dist/ into one executable a system: `npm run build:binary [-- --target NAME]…`, `all` for every one, this machine's by
// default; `--into FOLDER` in place of release/binary/. What is in release/binary/NAME/ afterwards is listed in docs/decisions/binary-with-bun.md.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { closeRuntime } from './binary/closed-runtime.mjs';
import { writeCompanions } from './binary/companions.mjs';
import { fetchLocked, readLocks } from './binary/locked-package.mjs';
import { signMachO } from './binary/sign-mach-o.mjs';
import { stageProgram } from './binary/stage.mjs';
import { ownTarget, targets } from './binary/targets.mjs';
import { root } from './program.mjs';

const run = promisify(execFile);

/** Nothing in the working directory may change what the program is; by default `.env` and `bunfig.toml` do. */
const closed = ['dotenv', 'bunfig', 'tsconfig', 'package-json'].map(
  (what) => `--no-compile-autoload-${what}`,
);

/** Nor may the environment: Bun takes NODE_ENV into the program, and options from BUN_OPTIONS. */
const compilerEnvironment = Object.fromEntries(
  ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP', 'USERPROFILE']
    .filter((name) => process.env[name] !== undefined)
    .map((name) => [name, process.env[name]]),
);

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    into: { type: 'string', default: join(root, 'release', 'binary') },
  },
});
const own = ownTarget();
const names = chosen(values.target ?? (own === undefined ? [] : [own]));
const lock = readLocks();
const cache = `${root}.cache/binary`;
const { version } = lock.packages['node_modules/bun'] ?? {};
const compiler = await runtimeOf(targetOf(own ?? ''));

for (const name of names) {
  const target = targetOf(name);
  const { bun, keychain: library, extension = '' } = target;
  const folder = join(values.into, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const output = join(folder, `mfa-cli${extension}`);
  const executable = join(cache, `closed-${name}${extension}`);
  await closeRuntime(await runtimeOf(target), executable);
  const keychain = await fetchLocked(library, lock, cache);
  const stage = join(cache, `stage-${name}`);
  await stageProgram(stage, keychain);
  await run(
    compiler,
    [
      ...['build', '--compile', '--bytecode', ...closed],
      // Otherwise it is a path of the machine that built it, where whoever owns that path elsewhere could put a program.
      ...['--define', '__filename=process.execPath'],
      ...[`--target=${bun}`, `--compile-executable-path=${executable}`],
      ...['--outfile', output, 'dist/main.js'],
    ],
    { cwd: stage, env: compilerEnvironment },
  );
  // Bun leaves on Intel's file a signature of what it was before, and on that for Apple's own processors the name of no program.
  if (name.startsWith('darwin')) await writeFile(output, signMachO(await readFile(output)));
  await writeCompanions(folder, version, keychain);
  console.log(relative(root, output));
}

/**
 * The path of Bun's executable for a target.
 * @param {import('./binary/targets.mjs').Target} target
 */
async function runtimeOf({ runtime, extension = '' }) {
  return join(await fetchLocked(runtime, lock, cache), 'bin', `bun${extension}`);
}

/** @param {readonly string[]} wanted */
function chosen(wanted) {
  if (wanted.includes('all')) return Object.keys(targets);
  if (wanted.length === 0) throw new Error('This machine is no target: give one with --target');
  wanted.forEach(targetOf);
  return wanted;
}

/** @param {string} name */
function targetOf(name) {
  const target = targets[name];
  if (target === undefined)
    throw new Error(`The target ${name} is none of ${Object.keys(targets).join(', ')}, all`);
  return target;
}
