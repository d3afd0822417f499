// Runs what was built for other platforms, as far as this machine can: `npm run test:platforms [-- --full] [PLATFORM…]`, after
// `npm run build:binary -- --target all`. A platform whose parts are not installed is skipped with a sentence. `--full` tries all cases
// on each; without it the slow ones get fewer. `--table` writes docs/install.md's table of platforms, and runs nothing.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checks, createMachine } from './platforms/checks.mjs';
import { createWine, machines, missingFor } from './platforms/machines.mjs';
import { documented, withTable } from './platforms/table.mjs';
import { runWindowsSuite } from './platforms/windows-suite.mjs';
import { cleanEnvironment, root } from './program.mjs';

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean' }, table: { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !(name in machines));
if (unknown !== undefined)
  throw new Error(`The platform ${unknown} is none of ${Object.keys(machines).join(', ')}`);

if (values.table) {
  const page = `${root}docs/install.md`;
  await writeFile(page, withTable(await readFile(page, 'utf8'), documented()));
} else {
  const scratch = await mkdtemp(join(tmpdir(), 'mfa-cli-platforms-'));
  const wine = createWine(scratch);
  try {
    const names = positionals.length > 0 ? positionals : Object.keys(machines);
    // The emulated processor takes as long as all the others together.
    const [slow, quick] = [true, false].map((isSlow) =>
      names.filter((name) => Boolean(machines[name].slow) === isSlow),
    );
    const rows = await Promise.all([tryEach(slow, scratch, wine), tryEach(quick, scratch, wine)]);
    tell(rows.flat());
  } finally {
    await wine.stop?.();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The rows of these platforms, one after the other: `{ name, check, result, seconds, failed }`. */
async function tryEach(names, scratch, wine) {
  const rows = [];
  for (const name of names) rows.push(...(await tryPlatform(name, join(scratch, name), wine)));
  return rows;
}

async function tryPlatform(name, folder, wine) {
  const platform = machines[name];
  const missing = missingFor(platform);
  if (missing !== null) return [{ name, check: 'all', result: `skipped: ${missing}`, seconds: 0 }];
  await mkdir(folder, { recursive: true });
  const sharing = values.full ? { share: 1 } : { share: platform.slow ? 6 : 1 };
  let machine;
  const opening = await timed(async () => {
    const opened = await platform.open(folder, wine);
    machine = createMachine({ ...platform, ...sharing, lanes: 2 }, opened, folder, cleanEnvironment);
    return 'opened';
  });
  if (opening.failed) {
    // What is not to be had here is no failure of the program.
    return [
      { name, check: 'all', ...opening, result: `skipped: ${opening.result.split('\n')[0]}`, failed: false },
    ];
  }
  const rows = [];
  const all = platform.runsSuite ? { ...checks, suite: (of) => runWindowsSuite(of, values.full) } : checks;
  for (const [check, work] of Object.entries(all)) {
    const row = { name, check, ...(await timed(() => work(machine))) };
    console.log(`${row.failed ? '✗' : '✓'} ${name}: ${check}`);
    rows.push(row);
  }
  return rows;
}

/** What a check gave, as the table has it. */
async function timed(work) {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const given = await work();
    const result = typeof given === 'number' ? `ran (${given})` : given;
    return {
      result: given === 'opened' || typeof given === 'number' ? result : `skipped: ${given}`,
      seconds: seconds(),
    };
  } catch (error) {
    return { result: String(error.message), seconds: seconds(), failed: true };
  }
}

/** Prints the table, and fails where a check did. */
function tell(rows) {
  const shown = rows.map(({ name, check, result, seconds, failed }) => [
    name,
    check,
    failed ? 'FAILED' : result,
    seconds.toFixed(1),
  ]);
  const head = ['platform', 'check', 'ran or skipped', 'seconds'];
  const widths = head.map((title, column) =>
    Math.max(...[head, ...shown].map((row) => row[column].length), title.length),
  );
  console.log('');
  for (const row of [head, ...shown])
    console.log(
      row
        .map((cell, column) => (column === 3 ? cell.padStart(widths[3]) : cell.padEnd(widths[column])))
        .join('  '),
    );
  const failed = rows.filter((row) => row.failed);
  for (const { name, check, result } of failed) console.error(`\n${name}: ${check}\n${result}`);
  const skipped = rows.filter(({ result }) => result.startsWith('skipped')).length;
  console.log(
    `\n${rows.length - failed.length - skipped} passed, ${failed.length} failed, ${skipped} skipped`,
  );
  if (failed.length > 0) process.exitCode = 1;
}
