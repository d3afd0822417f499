import { loadFailures } from './load-failures.mjs';

/** Whether scripts/mutation.mjs has Stryker run Vitest. */
export const isMutation = process.env.MUTATION_TESTS !== undefined;

/**
 * The fast tests that are about one folder.
 * @type {Pick<import('vitest/config').TestUserConfig, 'include' | 'exclude' | 'reporters'>}
 */
export const mutationTests = {
  include: JSON.parse(process.env.MUTATION_TESTS ?? '[]'),
  exclude: [
    'test/**/*.{program,node}.*',
    'test/auth/{full-disk,processes}.test.ts',
    'test/network/process-end.test.ts',
  ],
  reporters: ['default', loadFailures],
};

/**
 * Stryker asks for threads, which at their end close descriptors that have passed on to sockets.
 * @type {import('vitest/config').Plugin}
 */
export const processesForMutants = {
  name: 'processes-for-mutants',
  configureVitest({ project }) {
    if (isMutation) project.config.pool = 'forks';
  },
};
