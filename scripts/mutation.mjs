/**
 * Mutation testing: `npm run mutation [-- FOLDER… [FILE…]]`. Each folder of src/ below is mutated by itself, and judged by its
 * own fast tests, without those that start the built program or a browser, or kill processes. Files of src/ and test/
 * narrow it. Exits with 1 if a folder as a whole is below its bar.
 */
import { createRequire } from 'node:module';
import { matchesGlob } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installLocked } from './locked-packages.mjs';

const { resolve } = createRequire(installLocked('scripts/mutation'));
const { Stryker } = await import(pathToFileURL(resolve('@stryker-mutator/core')).href);

const slowPkcs12 = 'encode|certificate-request|derivation|pkcs12-kdf|kdf-workers';

/**
 * @typedef {{ files?: string[], tests?: string[] }} Part files with the tests that judge them
 *
 * @typedef {object} Folder
 * @property {number} bar percent of the mutants that the tests must kill
 * @property {string[]} [files]
 * @property {string[]} [tests]
 * @property {(Part & { files: [string] })[]} [parts] of one run each
 */

/** @type {Record<string, Folder>} */
const folders = {
  checks: { bar: 92, tests: ['test/checks/*.test.ts'] },
  network: {
    bar: 92,
    tests: ['test/network/*.test.ts', 'test/tenant/address.test.ts'],
  },
  auth: { bar: 95, tests: ['test/auth/**/*.test.ts'] },
  // Its callers' tests reach the calls that only they make.
  tenant: {
    bar: 92,
    tests: [
      'test/tenant/**/*.test.ts',
      'test/auth/{session,sign-out}.test.ts',
      'test/auth/factors/*.test.ts',
      'test/commands/bootstrap/{bootstrap,plans,wire}.test.ts',
      'test/commands/doctor/doctor-probe*.test.ts',
    ],
  },
  files: { bar: 92, tests: ['test/files/!(bounded).test.ts'] },
  programs: { bar: 92, tests: ['test/programs/*.test.ts'] },
  text: {
    bar: 92,
    files: ['src/text/{mask,words,json,printable}.ts'],
    tests: ['test/text/*.test.ts'],
  },
  // Whole files, some of which take a second to open, are left out as well. What derives keys for long, or starts OpenSSL, is
  // judged by itself.
  pkcs12: {
    bar: 92,
    parts: [
      {
        files: [`src/pkcs12/!(${slowPkcs12}).ts`],
        tests: [`test/pkcs12/!(hostile|fixtures|${slowPkcs12}|thread-pool.isolated).test.ts`],
      },
      {
        files: [`src/pkcs12/@(${slowPkcs12}).ts`],
        tests: [`test/pkcs12/@(${slowPkcs12}|thread-pool.isolated).test.ts`],
      },
    ],
  },
};

/** Its source text is passed to worker threads, where Stryker's insertions are undefined. */
const withoutMutants = ['!**/*.d.ts', '!src/pkcs12/pkcs12-kdf.ts'];

/** Mutants tried at the same time. */
const concurrency = Number(process.env.MUTATION_CONCURRENCY ?? 2);

/** Whether only that part of the mutants is tried (`MUTATION_SAMPLE=0.3`). */
const isSample = process.env.MUTATION_SAMPLE !== undefined;

const given = process.argv.slice(2);
const chosen = given.filter((argument) => !argument.includes('/'));
/** @type {Part} */
const narrowed = {};
const [files, tests] = ['src/', 'test/'].map((beginning) =>
  given.filter((argument) => argument.startsWith(beginning)),
);
const unknown = chosen.find((name) => !(name in folders));
if (unknown !== undefined)
  throw new Error(`${unknown} is none of ${Object.keys(folders).join(', ')}`);
if (files !== undefined && files.length > 0) narrowed.files = files;
if (tests !== undefined && tests.length > 0) narrowed.tests = tests;

const lines = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(folders)) {
  const folder = folders[name];
  if (folder === undefined) continue;
  const mutants = [];
  for (const [index, part] of partsOf(folder).entries())
    if (part !== null)
      mutants.push(
        ...(await mutate(index === 0 ? name : `${name}-${index}`, {
          files: [`src/${name}/**`],
          ...part,
        })),
      );
  const { percent, words } = score(mutants);
  const isWhole = Object.keys(narrowed).length === 0;
  const isBelow = isWhole && percent < folder.bar;
  if (isBelow) process.exitCode = 1;
  lines.push(`${name.padEnd(8)} ${words}${isBelow ? `, below its bar of ${folder.bar} %` : ''}`);
}
console.log(`\n${lines.join('\n')}`);

/**
 * The runs of a folder, null where none of the given files is in it. Given tests judge whatever files are given.
 * @param {Folder} folder
 * @returns {(Part | null)[]}
 */
function partsOf({ parts, ...folder }) {
  const { files: given, tests } = narrowed;
  if (parts === undefined || (given && tests)) return [{ ...folder, ...narrowed }];
  if (given === undefined) return parts.map((part) => ({ ...part, ...narrowed }));
  return parts.map((part) => {
    const files = given.filter((file) => matchesGlob(file.replace(/:.*/, ''), part.files[0]));
    return files.length === 0 ? null : { ...part, files };
  });
}

/**
 * @param {string} name
 * @param {Part & { files: string[] }} part
 * @returns {Promise<{ status: string }[]>} the outcome of each mutant
 */
async function mutate(name, { tests, files }) {
  process.env.MUTATION_TESTS = JSON.stringify(tests);
  return new Stryker({
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.config.ts' },
    plugins: [
      '@stryker-mutator/vitest-runner',
      import.meta.resolve('./mutation/wording.mjs'),
      import.meta.resolve('./mutation/sample.mjs'),
    ],
    ignorers: ['wording'],
    checkers: isSample ? ['sample'] : [],
    // Each of those that are there once a module is loaded takes all of the tests.
    ignoreStatic: isSample,
    mutate: [...files, ...withoutMutants],
    coverageAnalysis: 'perTest',
    concurrency,
    incremental: true,
    incrementalFile: `reports/mutation/${name}${isSample ? '-sample' : ''}.json`,
    // TypeScript 7 has no API, and nothing needs one here.
    tsconfigFile: 'none',
    tempDirName: '.cache/stryker',
    ignorePatterns: ['dist', 'release', 'reports', 'docs', '*.tgz'],
    // A busy machine is not a timeout.
    timeoutMS: Number(process.env.MUTATION_TIMEOUT ?? 20_000),
    timeoutFactor: 2,
    allowConsoleColors: false,
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: {
      allowColor: false,
      logTests: false,
      reportTests: false,
      reportScoreTable: true,
    },
  }).runMutationTest();
}

/**
 * A mutant that no test ran counts as survived; one that hung counts as killed. Of a sample the share of those that tests
 * reach is told for all of them, with the interval that holds it 95 times in 100.
 * @param {readonly { status: string }[]} mutants
 */
function score(mutants) {
  /** @param {...string} statuses */
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const [killed, survived, uncovered] = [
    count('Killed', 'Timeout'),
    count('Survived'),
    count('NoCoverage'),
  ];
  const tried = killed + survived;
  const untried = count('CompileError');
  const all = tried + untried + uncovered;
  const share = killed / tried;
  const reached = (100 * (tried + untried)) / all;
  const percent = share * reached;
  const margin = 1.96 * Math.sqrt((share * (1 - share)) / tried) * reached;
  const sample = isSample ? ` ± ${margin.toFixed(1)} %, from ${tried} of` : ' % of';
  return {
    percent,
    words: `${percent.toFixed(1)}${sample} ${all} mutants (${count('Ignored')} of wording left out)`,
  };
}
