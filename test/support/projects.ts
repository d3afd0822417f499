import { fileURLToPath } from 'node:url';
import type { TestProjectConfiguration } from 'vitest/config';
import { ownTarget } from '../../scripts/binary/targets.mjs';

const executable = fileURLToPath(
  new URL(`../../release/binary/${ownTarget()}/mfa-cli`, import.meta.url),
);

/** What `npm test` does not run. */
const apart = ['test/binary/**', 'test/release/**', 'test/**/*.long.*'];
/** They replace a module, and so share none. */
const isolated = ['test/**/*.isolated.*'];

/** What `--exclude PATTERN` or `--exclude=PATTERN` names: a project's own list would hide it. */
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
      // They share what is loaded, in a third less time, and Chromium.
      isolate: false,
    },
  },
  { extends: true, test: { name: 'isolated', include: isolated, exclude: excluded } },
];

/** The projects that need more than the build, or longer: each runs where `--project` names it. */
const named: readonly TestProjectConfiguration[] = [
  {
    extends: true,
    test: {
      // What starts the built program, on this machine's executable in place of Node.js.
      name: 'binary',
      include: ['test/binary/**/*.test.ts', 'test/**/*.program.*'],
      isolate: false,
      env: { MFA_CLI_TEST_COMMAND: executable },
    },
  },
  {
    extends: true,
    test: {
      // What `npm run release` made, one at a time: each has some 100 MB.
      name: 'release',
      include: ['test/release/**/*.test.ts'],
      globalSetup: 'test/release/packages.ts',
      fileParallelism: false,
    },
  },
  {
    extends: true,
    test: {
      // Whole matrices, what takes long to derive, and what starts the most programs.
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
