import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { ownTarget } from './scripts/binary/targets.mjs';
import { browserScripts } from './scripts/build/browser-scripts.mjs';
import { loadFailures } from './scripts/mutation/load-failures.mjs';
import { passedOver } from './test/support/passed-over.ts';
import { patience } from './test/support/patience.ts';

const { repository, version } = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
);
const executable = fileURLToPath(new URL(`release/binary/${ownTarget()}/mfa-cli`, import.meta.url));

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts'));
const within = (...folders: readonly string[]) =>
  files.filter((path) => folders.some((folder) => path.startsWith(`test/${folder}/`)));
const saying = (words: RegExp) => files.filter((path) => words.test(readFileSync(path, 'utf8')));

/** They put something else in the place of a module. The others share what is loaded, in a third less time, and Chromium. */
const replacing = saying(/\bvi\.(mock|doMock)\(/);
/** They start the built program in a process of its own; all the others are of the source, in Node.js. */
const starting = saying(
  /\b(startProgram|runProgram|runShell|openTerminal|programCommand|shellCommand)\b/,
).filter((path) => !replacing.includes(path));
/** They have Node.js load a file of their own into the program: an executable does not. */
const preloading = saying(/\bNODE_OPTIONS: `--import/);
/** What `npm test` does not run. */
const apart = within('binary', 'release');

const without = (all: readonly string[], ...others: readonly (readonly string[])[]) =>
  all.filter((path) => !others.flat().includes(path));
const project = (
  name: string,
  include: string[],
  test: TestProjectInlineConfiguration['test'] = {},
) => ({
  extends: true as const,
  test: { name, include, ...test },
});

/** Of `npm test`. */
const everyday = [
  project('sharing', without(files, apart, replacing), { isolate: false }),
  project('isolated', replacing),
];

/** They need more than the build, or longer: each runs only where `--project` names it. */
const named = [
  // What starts the built program, on this machine's executable in place of Node.js; and what is about executables.
  project('binary', [...within('binary'), ...without(starting, apart, preloading)], {
    env: { MFA_CLI_TEST_COMMAND: executable },
  }),
  // What `npm run release` made, installed and run, one at a time: each has some 100 MB. And what needs packages of test/release/.
  project('release', within('release'), {
    globalSetup: 'test/release/packages.ts',
    fileParallelism: false,
  }),
  // Assumptions alone and every two together, installations of clones, pages in every look, and what takes long to derive.
  project('long', ['test/**/*.long.ts', ...saying(/\b(createLooks\(|isThorough\b)/)], {
    env: { TEST_THOROUGH: '1' },
  }),
].filter(({ test: { name } }) =>
  process.argv.some((word, index, words) =>
    word === '--project' ? words[index + 1] === name : word === `--project=${name}`,
  ),
);

/** For scripts/mutation.mjs: the fast tests that are about one folder. */
const mutation = {
  include: JSON.parse(process.env.MUTATION_TESTS ?? '[]'),
  exclude: [
    'test/auth/{full-disk,processes}.test.ts',
    'test/auth/keychain/secret-service.test.ts',
    'test/network/{process-end,program-network,runtime-traces}.test.ts',
    'test/network/system-trust.test.ts',
  ],
  reporters: ['default', loadFailures],
};

const define = {
  MFA_CLI_VERSION: JSON.stringify(version),
  MFA_CLI_REPOSITORY: JSON.stringify(repository.url),
  // What costs the tests most. test/commands/apns/pack.test.ts counts those of the built program.
  TEST_P12_ITERATIONS: '1000',
};

export default defineConfig({
  plugins: [
    browserScripts(),
    {
      // Vitest keeps transformed modules by their text; the constants above are a part of them.
      name: 'constants-in-cached-modules',
      configureVitest: ({ experimental_defineCacheKeyGenerator: addToKey }) =>
        addToKey(() => JSON.stringify(define)),
    },
    {
      // Stryker asks for threads, which at their end close descriptors that have passed on to sockets.
      name: 'processes-for-mutants',
      configureVitest({ project }) {
        if (process.env.MUTATION_TESTS !== undefined) project.config.pool = 'forks';
      },
    },
  ],
  define,
  test: {
    // No test depends on how busy the machine is.
    testTimeout: 120_000 * patience,
    hookTimeout: 120_000 * patience,
    expect: { poll: { timeout: 20_000 * patience } },
    // Times for people are local. A machine that builds is none to the tests but where they say so.
    env: { TZ: 'UTC' },
    setupFiles: ['test/support/setup.ts'],
    // Many wait for programs, browsers and clocks.
    maxWorkers: 6,
    // Files share their modules: what one has spied on, the next must find as it was.
    restoreMocks: true,
    reporters: ['default', ...(process.env.GITHUB_ACTIONS ? ['github-actions'] : []), passedOver],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // It runs in Chromium, where test/browser/ drives it.
      exclude: ['src/emulator/browser/**'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'reports/coverage',
      // A point below what the tests reach. What the built program does in processes of its own does not count.
      thresholds: { lines: 96, branches: 90 },
    },
    ...(process.env.MUTATION_TESTS === undefined
      ? { projects: [...everyday, ...named] }
      : mutation),
  },
});
