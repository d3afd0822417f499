import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { browserScripts } from './scripts/build/browser-scripts.mjs';
import { loadFailures } from './scripts/mutation/load-failures.mjs';

const { repository, version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** For scripts/mutation.mjs: the fast tests that are about one folder. */
export default defineConfig({
  plugins: [browserScripts()],
  define: {
    MFA_CLI_VERSION: JSON.stringify(version),
    MFA_CLI_REPOSITORY: JSON.stringify(repository.url),
  },
  test: {
    include: JSON.parse(process.env.MUTATION_TESTS ?? '[]'),
    exclude: [
      'test/auth/{full-disk,processes,working-directory}.test.ts',
      'test/auth/keychain/secret-service.test.ts',
      'test/http/{process-end,program-network,untrusting-program}.test.ts',
      'test/network/{ca-file-forms,system-trust}.test.ts',
    ],
    testTimeout: 60_000,
    reporters: ['default', loadFailures],
  },
});
