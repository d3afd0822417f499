import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { browserScripts } from './scripts/build/browser-scripts.mjs';
import { isMutation, mutationTests, processesForMutants } from './scripts/mutation/tests.mjs';
import { passedOver } from './test/support/passed-over.ts';
import { patience } from './test/support/patience.ts';
import { projects } from './test/support/projects.ts';
import { storyFiles } from './test/support/stories/plugin.ts';

const { repository, version } = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
);
const define = {
  MFA_CLI_VERSION: JSON.stringify(version),
  MFA_CLI_REPOSITORY: JSON.stringify(repository.url),
  // Key derivation costs the tests most. test/commands/apns counts the iterations of the built program.
  TEST_P12_ITERATIONS: '1000',
};

export default defineConfig({
  plugins: [browserScripts(), storyFiles(), processesForMutants],
  define,
  test: {
    // No test depends on how busy the machine is.
    testTimeout: 120_000 * patience,
    hookTimeout: 120_000 * patience,
    expect: { poll: { timeout: 20_000 * patience } },
    // mfa-cli shows local times; tests expect UTC.
    env: { TZ: 'UTC' },
    setupFiles: ['test/support/setup.ts'],
    globalSetup: 'test/support/scratch.ts',
    // Many wait for programs, browsers and clocks.
    maxWorkers: 4,
    // Files share modules, so each test must restore its spies.
    restoreMocks: true,
    reporters: ['default', ...(process.env.GITHUB_ACTIONS ? ['github-actions'] : []), passedOver],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // It runs in Chromium, where test/browser/ drives it.
      exclude: ['src/emulator/browser/**'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'reports/coverage',
      // A point below the coverage of the tests. Processes of the built program do not count.
      thresholds: { lines: 96, branches: 90 },
    },
    ...(isMutation ? mutationTests : { projects }),
  },
});
