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
/**
 * @typedef {import('./platforms/checks.mjs').Row} Row
 * @typedef {import('./platforms/checks.mjs').Given} Given
 * @typedef {import('./platforms/machines.mjs').Wine} Wine
 */

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
    const slow = names.filter((name) => machines[name]?.slow);
    const quick = names.filter((name) => !machines[name]?.slow);
    const rows = await Promise.all([tryEach(slow, scratch, wine), tryEach(quick, scratch, wine)]);
    tell(rows.flat());
  } finally {
    await wine.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * The rows of these platforms, one after the other.
 * @param {readonly string[]} names
 * @param {string} scratch
 * @param {Wine} wine
 */
async function tryEach(names, scratch, wine) {
  const rows = [];
  for (const name of names) rows.push(...(await tryPlatform(name, join(scratch, name), wine)));
  return rows;
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {Wine} wine
 * @returns {Promise<(Row & { name: string })[]>}
 */
async function tryPlatform(name, folder, wine) {
  const machine = machines[name];
  if (machine === undefined) throw new Error(`There is no platform ${name}`);
  const { open, runtime, slow = false, isWindows = false, runsSuite, ...needs } = machine;
  /** @param {string} why */
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
    const [reason = ''] = String(error)
      .replace(/^Error: /, '')
      .split('\n');
    return skipped(reason);
  }
  const share = slow && !values.full ? 12 : 1;
  // Wine needs a second to start a program.
  const fileShare = isWindows && !values.full ? 4 : share;
  const given = { ...opened, runtime, isWindows, share, fileShare, lanes: 2 };
  /** @param {Row} row */
  const told = ({ check, seconds, failed }) =>
    console.log(`${failed ? '✗' : '✓'} ${name}: ${check} (${seconds.toFixed(1)} s)`);
  const placed = { ...given, folder };
  const rows =
    given.inside === undefined
      ? await tryChecks(checks, createMachine(given, folder), told)
      : await tryInside(given, given.inside, folder, told);
  rows.push(...(await tryChecks({ prompts: tryPrompts }, placed, told)));
  const { inside } = given;
  if (runsSuite && inside !== undefined) {
    const suite = () => runWindowsSuite({ env: given.env, folder, inside }, values.full === true);
    rows.push(...(await tryChecks({ suite }, placed, told)));
  }
  return rows.map((row) => ({ name, ...row }));
}

/**
 * The rows of a platform whose Node.js tries the checks itself.
 * @param {Given} given
 * @param {import('./platforms/machines.mjs').Inside} inside
 * @param {string} folder
 * @param {(row: Row) => void} told
 */
async function tryInside({ env, ...given }, inside, folder, told) {
  await writeFile(
    join(folder, 'given.json'),
    JSON.stringify({ ...given, inside: undefined, command: inside.command }),
  );
  await runWindows(inside.node, [`${root}scripts/platforms/inside.mjs`, folder], { env, folder });
  /** @type {Row[]} */
  const rows = JSON.parse(await readFile(join(folder, 'rows.json'), 'utf8'));
  rows.forEach(told);
  return rows;
}

/**
 * Prints the table, and fails where a check did.
 * @param {readonly (Row & { name: string })[]} rows
 */
function tell(rows) {
  const shown = rows.map(({ name, check, result, seconds, failed }) => [
    name,
    check,
    failed ? 'FAILED' : result,
    seconds.toFixed(1),
  ]);
  const head = ['platform', 'check', 'ran or skipped', 'seconds'];
  const widths = head.map((_title, column) =>
    Math.max(...[head, ...shown].map((row) => row[column]?.length ?? 0)),
  );
  console.log('');
  for (const row of [head, ...shown])
    console.log(
      row
        .map((cell, column) =>
          column === 3 ? cell.padStart(widths[3] ?? 0) : cell.padEnd(widths[column] ?? 0),
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
