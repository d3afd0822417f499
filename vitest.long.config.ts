import config from './vitest.base.config.ts';

/** What would make `npm test` too long: assumptions alone and every two together, and installations of clones. */
export default { ...config, test: { ...config.test, include: ['test/**/*.long.ts'] } };
