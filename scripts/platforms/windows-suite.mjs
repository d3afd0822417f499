// Of the suite, what tests pure code and files, on Node.js for Windows under wine.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runWindows } from './machines.mjs';

const everyTime = [
  'test/text',
  'test/checks',
  'test/settings',
  'test/errors',
  'test/files',
  'test/programs',
];
const inFull = [
  ...[
    'test/pkcs12',
    'test/report',
    'test/reference',
    'test/tenant',
    'test/emulator',
    'test/auth',
    'test/network',
  ],
  'test/terminal',
];

/** Files that are left out, each with its reason. */
const leftOut = {
  'test/files/bounded.test.ts': 'signals end its processes',
  'test/files/directory.test.ts': 'modes and links are what it is about',
  'test/files/planted.test.ts': 'links and pipes of another user are what it is about',
  'test/auth/keychain/ask-keychain.isolated.test.ts':
    'starts programs that print to pipes, which wine has not',
  'test/auth/processes.test.ts': 'starts programs that print to pipes, which wine has not',
};

/**
 * Names or messages of tests that fail because Windows or wine lacks something, each with the reason that it counts under.
 * @type {readonly (readonly [RegExp, string])[]}
 */
const excused = [
  [/mkfifo ENOENT/, 'Windows has no pipes in folders'],
  [/"get(uid|euid)" is not defined|there are no such users/, 'Windows has no numbers of users'],
  [
    /expected .*\b(438|16822|'666')\b|that (others|its group|all) (may|can)|kept in a directory with other files|owner or a mode|keeps its mode/,
    'Windows has no modes',
  ],
  [
    /without permission|may not be removed|cannot be opened|may be written or run|in the words of the system|is a file that may be run/,
    'Windows has no modes',
  ],
  [/lutime|\b(links?|alias)\b.*\n/, 'wine makes no links as Windows does'],
  [
    /a new name is beside|is known by its start|a lack of space is reported|what can be replaced/,
    'tells a path or a process as POSIX has it',
  ],
  [/Windows. own program/, 'wine spells its own folder otherwise'],
  [
    /of a process that is gone|is taken over from a process that is gone/,
    'starts `true`, which Windows has not',
  ],
];

/**
 * @typedef {object} FileResult of Vitest's report
 * @property {string} name
 * @property {string} message
 * @property {string} status
 * @property {{ status: string, title: string, failureMessages: string[] }[]} assertionResults
 *
 * @typedef {{ title: string, said: string, test?: string }} Failed
 */

/**
 * Runs it: how many tests passed. Throws with each failure that has no reason.
 * @param {{ inside: import('./machines.mjs').Inside, env: NodeJS.ProcessEnv | undefined, folder: string }} platform
 * @param {boolean} isFull
 */
export async function runWindowsSuite({ inside, env, folder }, isFull) {
  const report = join(folder, 'suite.json');
  const words = ['node_modules/vitest/vitest.mjs', 'run', ...everyTime, ...(isFull ? inFull : [])];
  const without = Object.keys(leftOut).map((file) => `--exclude=${file}`);
  // Vitest gives nothing to its reporter's file of another drive but by its own spelling.
  const settings = [
    '--configLoader',
    'runner',
    '--reporter=json',
    `--outputFile=${report}`,
    '--maxWorkers=2',
  ];
  await runWindows(inside.node, [...words, ...without, ...settings], {
    env: { ...env, NAPI_RS_NATIVE_LIBRARY_PATH: inside.library, TEST_REQUIRE_ALL: '' },
    folder,
  });
  /** @type {{ testResults: FileResult[], numPassedTests: number }} */
  const { testResults, numPassedTests } = JSON.parse(await readFile(report, 'utf8'));
  const failed = testResults.flatMap(failuresOf);
  const reasons = new Map();
  const unexplained = [];
  for (const { title, test = '', said } of failed) {
    // The first line alone: the rest names files.
    const [, reason] = excused.find(([part]) => part.test(`${test}\n${said.split('\n')[0]}`)) ?? [];
    if (reason === undefined) unexplained.push(`${title}\n${said.slice(0, 400)}`);
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of reasons) console.log(`  ${count} left out: ${reason}`);
  for (const [file, reason] of Object.entries(leftOut))
    console.log(`  ${file} left out: ${reason}`);
  if (unexplained.length > 0) throw new Error(unexplained.join('\n\n'));
  return numPassedTests;
}

/**
 * @param {FileResult} result
 * @returns {Failed[]}
 */
function failuresOf({ name, message, status, assertionResults }) {
  const bad = assertionResults.filter((result) => result.status === 'failed');
  if (status === 'failed' && bad.length === 0) return [{ title: name, said: message }];
  return bad.map(({ title, failureMessages }) => ({
    title: `${name}: ${title}`,
    test: title,
    said: failureMessages.join('\n'),
  }));
}
