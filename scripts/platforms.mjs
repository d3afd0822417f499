// Runs what was built for other platforms, as far as this machine can: `npm run test:platforms [-- --full] [PLATFORM…]`, after
// `npm run build:binary -- --target all`. A platform whose parts are not installed is skipped with a sentence. `--full` tries all cases
// on each; without it the slow ones get fewer. `--table` writes docs/install.md's table of platforms, and runs nothing.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checks, createMachine, tryChecks } from './platforms/checks.mjs';
import { createWine, machines, missingFor, runWindows } from './platforms/machines.mjs';
import { tryPrompts } from './platforms/prompts.mjs';
import { documented, withTable } from './platforms/table.mjs';
import { runWindowsSuite } from './platforms/windows-suite.mjs';
import { root } from './program.mjs';

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
  const { open, runtime, slow, isWindows, runsSuite, ...needs } = machines[name];
  const skipped = (why) => [
    { name, check: 'all', result: `skipped: ${why}`, seconds: 0, failed: false },
  ];
  const missing = missingFor(needs);
  if (missing !== null) return skipped(missing);
  await mkdir(folder, { recursive: true });
  let opened;
  try {
    opened = await open(folder, wine);
  } catch (error) {
    // A missing platform is not a failure of the program.
    return skipped(error.message.split('\n')[0]);
  }
  const given = { ...opened, runtime, isWindows, share: slow && !values.full ? 12 : 1, lanes: 2 };
  const told = ({ check, seconds, failed }) =>
    console.log(`${failed ? '✗' : '✓'} ${name}: ${check} (${seconds.toFixed(1)} s)`);
  const parts = [
    () =>
      given.inside === undefined
        ? tryChecks(checks, createMachine(given, folder), told)
        : tryInside(given, folder, told),
    () => tryChecks({ prompts: tryPrompts }, { ...given, folder }, told),
  ];
  if (runsSuite)
    parts.push(() =>
      tryChecks({ suite: (of) => runWindowsSuite(of, values.full) }, { ...given, folder }, told),
    );
  const rows = [];
  for (const part of parts) rows.push(...(await part()));
  return rows.map((row) => ({ name, ...row }));
}

/** The rows of a platform whose Node.js tries the checks itself. */
async function tryInside({ inside, env, ...given }, folder, told) {
  await writeFile(
    join(folder, 'given.json'),
    JSON.stringify({ ...given, command: inside.command }),
  );
  await runWindows(inside.node, [`${root}scripts/platforms/inside.mjs`, folder], { env, folder });
  const rows = JSON.parse(await readFile(join(folder, 'rows.json'), 'utf8'));
  rows.forEach(told);
  return rows;
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
        .map((cell, column) =>
          column === 3 ? cell.padStart(widths[3]) : cell.padEnd(widths[column]),
        )
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
