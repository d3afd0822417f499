import config from './vitest.config.ts';

/** Each assumption alone: what the matrix of `npm test` takes in few combinations, one by one. */
export default { ...config, test: { ...config.test, include: ['test/assumptions/*.long.ts'] } };
