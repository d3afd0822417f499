import config from './vitest.base.config.ts';

/** What would make `npm test` too long: each assumption alone, and installations of clones. */
export default { ...config, test: { ...config.test, include: ['test/**/*.long.ts'] } };
