import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { browserScripts } from './scripts/build/browser-scripts.mjs';

const { repository, version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

export default defineConfig({
  plugins: [browserScripts()],
  define: {
    MFA_CLI_VERSION: JSON.stringify(version),
    MFA_CLI_REPOSITORY: JSON.stringify(repository.url),
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Executables and packages have suites of their own: vitest.binary.config.ts, vitest.release.config.ts.
    exclude: ['test/binary/**', 'test/release/**'],
    // No test depends on how busy the machine is.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Times for people are local.
    env: { TZ: 'UTC' },
    // Many wait for programs, browsers and clocks.
    maxWorkers: 6,
    // Files share their modules (vitest.config.ts): what one has spied on, the next must find as it was.
    restoreMocks: true,
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
  },
});
