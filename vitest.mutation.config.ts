import { loadFailures } from './scripts/mutation/load-failures.mjs';
import base from './vitest.base.config.ts';

/** For scripts/mutation.mjs: the fast tests that are about one folder. */
export default {
  ...base,
  test: {
    include: JSON.parse(process.env.MUTATION_TESTS ?? '[]'),
    exclude: [
      'test/auth/{full-disk,processes,working-directory}.test.ts',
      'test/auth/keychain/secret-service.test.ts',
      'test/network/{process-end,program-network,untrusting-program}.test.ts',
      'test/network/{ca-file-forms,system-trust}.test.ts',
    ],
    testTimeout: 60_000,
    reporters: ['default', loadFailures],
  },
};
