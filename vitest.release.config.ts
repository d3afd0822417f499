import config from './vitest.base.config.ts';

/** What `npm run release` made, installed and run. One at a time: each has some 100 MB. */
export default {
  ...config,
  test: {
    ...config.test,
    include: ['test/release/*.test.ts'],
    exclude: [],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};
