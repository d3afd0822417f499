/**
 * Mutation testing: `npm run mutation [-- FOLDER… [FILE…]]`. Each folder of src/ below is mutated by itself, and judged by the
 * fast tests that are about it: those that start the built program or a browser, or kill processes, are left out.
 */
import { Stryker } from '@stryker-mutator/core';

const folders = {
  checks: { tests: ['test/checks/*.test.ts'] },
  network: { tests: ['test/network/*.test.ts', 'test/tenant/address.test.ts'] },
  auth: { tests: ['test/auth/*.test.ts'] },
  // With the HTTP client.
  tenant: { files: ['src/{tenant,http}/**'], tests: ['test/{tenant,http}/*.test.ts'] },
  text: {
    files: ['src/text/{mask,spellings,words}.ts'],
    tests: ['test/text/{mask,spellings,words}.test.ts'],
  },
  pkcs12: { tests: ['test/pkcs12/!(hostile).test.ts'] },
};

/** The derivation is handed to worker threads as source text, where what Stryker puts into it is not defined. */
const withoutMutants = ['!**/*.d.ts', '!src/pkcs12/pkcs12-kdf.ts'];

const given = process.argv.slice(2);
const chosen = given.filter((argument) => !argument.includes('/'));
const files = given.filter((argument) => argument.includes('/'));
const unknown = chosen.find((name) => !(name in folders));
if (unknown !== undefined) throw new Error(`${unknown} is none of ${Object.keys(folders).join(', ')}`);

const lines = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(folders)) {
  const folder = { files: [`src/${name}/**`], ...folders[name], ...(files.length > 0 ? { files } : {}) };
  lines.push(`${name.padEnd(8)} ${score(await mutate(name, folder))}`);
}
console.log(`\n${lines.join('\n')}`);

/** @returns the outcome of each mutant */
async function mutate(name, { tests, files }) {
  process.env.MUTATION_TESTS = JSON.stringify(tests);
  return new Stryker({
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutation.config.ts' },
    plugins: ['@stryker-mutator/vitest-runner', import.meta.resolve('./mutation/wording.mjs')],
    ignorers: ['wording'],
    mutate: [...files, ...withoutMutants],
    coverageAnalysis: 'perTest',
    concurrency: 2,
    incremental: true,
    incrementalFile: `reports/mutation/${name}.json`,
    // TypeScript 7 has no API, and nothing needs one here.
    tsconfigFile: 'none',
    tempDirName: '.cache/stryker',
    ignorePatterns: ['dist', 'reports', 'docs', '*.tgz'],
    // A busy machine is no time-out.
    timeoutMS: 20_000,
    timeoutFactor: 3,
    allowConsoleColors: false,
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  }).runMutationTest();
}

/** A mutant that no test ran counts as one that survived; one that hung was noticed. */
function score(mutants) {
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const killed = count('Killed', 'Timeout');
  const all = killed + count('Survived', 'NoCoverage');
  return `${((100 * killed) / all).toFixed(1)} % of ${all} mutants (${count('Ignored')} of wording left out)`;
}
