import { fileURLToPath } from 'node:url';
import type { TestProjectConfiguration } from 'vitest/config';
import { ownTarget } from '../../scripts/binary/targets.mjs';

const executable = fileURLToPath(
  new URL(`../../release/binary/${ownTarget()}/mfa-cli`, import.meta.url),
);

/** What `npm test` does not run. */
const apart = ['test/binary/**', 'test/release/**', 'test/**/*.long.*'];
/** They replace modules, so they must not share them. */
const isolated = ['test/**/*.isolated.*'];

/** The patterns of `--exclude`: Vitest ignores them for a project with a list of its own. */
const excluded = process.argv.flatMap((word, index, words) => {
  if (word === '--exclude') return words[index + 1] ?? [];
  return word.startsWith('--exclude=') ? word.slice('--exclude='.length) : [];
});

/** The projects of `npm test`. Where a file stands, and how it is called, decides. */
const everyday: readonly TestProjectConfiguration[] = [
  {
    extends: true,
    test: {
      name: 'sharing',
      include: ['test/**/*.test.ts', 'test/stories/**/*.story'],
      exclude: [...apart, ...isolated, ...excluded],
      // Files share loaded modules and one Chromium, which saves a third of the time.
      isolate: false,
    },
  },
  { extends: true, test: { name: 'isolated', include: isolated, exclude: excluded } },
];

/** The projects that need a release or an executable, or take longer: `--project` names each. */
const named: readonly TestProjectConfiguration[] = [
  {
    extends: true,
    test: {
      // Tests that start the built program, against this machine's executable.
      name: 'binary',
      include: ['test/binary/**/*.test.ts', 'test/**/*.program.*'],
      isolate: false,
      env: { MFA_CLI_TEST_COMMAND: executable },
    },
  },
  {
    extends: true,
    test: {
      // Tests of the packages of `npm run release`, one at a time: each has about 100 MB.
      name: 'release',
      include: ['test/release/**/*.test.ts'],
      globalSetup: 'test/release/packages.ts',
      fileParallelism: false,
    },
  },
  {
    extends: true,
    test: {
      // Whole matrices, slow key derivations, and tests that start many programs.
      name: 'long',
      include: ['test/**/*.long.{ts,story}', 'test/**/*.thorough.*'],
      isolate: false,
      env: { TEST_THOROUGH: '1' },
    },
  },
];

const isNamed = process.argv.some((word) => word.startsWith('--project'));

export const projects: TestProjectConfiguration[] = isNamed
  ? [...everyday, ...named]
  : [...everyday];
